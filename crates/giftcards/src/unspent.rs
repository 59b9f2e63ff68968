//! What is left on bought cards, and which of them give how much of it back.

use std::collections::BTreeSet;

use base::{Amount, CardId, Instant, Money, Span};
use ledger::Account;

use crate::{Card, CardState, Purchase, Refusal, limits};

/// What one bought card could give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unspent {
    /// Number of the line that sold it.
    pub line: u8,
    /// The card.
    pub card: CardId,
    /// What it was sold with.
    pub value: Amount,
    /// What can be taken off it: what is left of what it was sold with, neither spent nor held.
    pub left: Amount,
    /// True while something of it is held, be it of what was added to it.
    pub is_held: bool,
    /// True once somebody has claimed it.
    pub is_claimed: bool,
    /// True unless it is canceled.
    pub is_living: bool,
}

impl Unspent {
    /// What `card`, which `line` sold, could give back at `now`. One that is frozen, claimed or
    /// disputed gives; one that is canceled or past its date does not.
    pub fn of(line: u8, card: &Card, account: &Account, now: Instant) -> Unspent {
        let is_living = card.state != CardState::Canceled;
        let gives = is_living && !card.is_past_expiry(now);
        let left = if gives { card.left_to_give(account) } else { Amount::ZERO };
        let (is_held, is_claimed) = (!account.held().is_zero(), card.owner().is_some());
        Unspent { line, card: card.id, value: card.value, left, is_held, is_claimed, is_living }
    }

    /// True when nothing of what it was sold with was spent, held or taken back.
    pub fn is_whole(&self) -> bool {
        self.left == self.value
    }
}

/// Which cards give back `amount` together, of those there are, and how much each: as many whole
/// ones as `whole` says, as they were bought, then the others for the rest. Among the latter those
/// that are spent in part come before whole ones. Unclaimed cards come before claimed ones, always.
/// Less than was asked for comes back when they have less.
pub fn take_from(cards: &[Unspent], whole: u32, amount: Amount) -> Vec<(CardId, Amount)> {
    let mut wanted = amount;
    let mut taken: Vec<(CardId, Amount)> = Vec::new();
    let mut order: Vec<&Unspent> = cards.iter().filter(|card| !card.left.is_zero()).collect();
    // Sorting keeps the order of the purchase among equals.
    order.sort_by_key(|card| (card.is_claimed, card.is_whole()));
    let whole = usize::try_from(whole).unwrap_or(usize::MAX);
    for card in order.iter().filter(|card| card.is_whole()).take(whole) {
        if card.left <= wanted {
            wanted = wanted.saturating_sub(card.left);
            taken.push((card.card, card.left));
        }
    }
    order.retain(|card| taken.iter().all(|(id, _)| *id != card.card));
    for card in order {
        let part = card.left.min(wanted);
        if !part.is_zero() {
            wanted = wanted.saturating_sub(part);
            taken.push((card.card, part));
        }
    }
    taken
}

/// Whether a purchase may still be undone by its buyer, who need not say why; `at` is when the
/// cards were issued, `cards` are all of them.
///
/// A claimed card belongs to its owner, so it cannot be undone any more; that it was sent does not
/// matter, for code and link die with it. Cards that a refund has canceled before are passed over.
///
/// # Errors
///
/// In this order: `UndoTooLate`; `NothingToChange` when no card is living; `AlreadyClaimed`;
/// `InsufficientBalance` when something of what they were sold with was spent or taken back, or
/// anything is held. `left` is what a line of cards has not given back, in minor units.
pub fn check_undo(
    purchase: &Purchase,
    cards: &[Unspent],
    left: impl Fn(u8) -> Amount,
    at: Instant,
    now: Instant,
) -> Result<(), Refusal> {
    if now > at.saturating_add(Span::seconds(limits::UNDO_SECONDS)) {
        return Err(Refusal::UndoTooLate);
    }
    let living = || cards.iter().filter(|card| card.is_living);
    if living().next().is_none() {
        return Err(Refusal::NothingToChange);
    }
    if living().any(|card| card.is_claimed) {
        return Err(Refusal::AlreadyClaimed);
    }
    let lines: BTreeSet<u8> = living().map(|card| card.line).collect();
    let of_line = |line: u8, amount: fn(&Unspent) -> Amount| {
        total(living().filter(|card| card.line == line).map(amount))
    };
    let is_short = lines.iter().any(|line| of_line(*line, |card| card.value) > left(*line));
    if is_short || living().any(|card| !card.is_whole() || card.is_held) {
        let there = |line: &u8| of_line(*line, |card| card.left).min(left(*line));
        let amount = total(lines.iter().map(there));
        let available = Money { amount, currency: purchase.currency };
        return Err(Refusal::InsufficientBalance { available });
    }
    Ok(())
}

fn total(amounts: impl Iterator<Item = Amount>) -> Amount {
    amounts.fold(Amount::ZERO, |sum, amount| sum.checked_add(amount).unwrap_or(Amount::MAX))
}
