//! Bought cards whose purchase may not stand: their order is refunded, or their payment is disputed
//! and perhaps lost.
//!
//! Only what is unspent and not held can be taken. Where spent value is concerned, a purchase that
//! is refunded returns less, and a payment that is lost leaves a loss.

use base::{Amount, Money, Token};
use ledger::{Account, AccountName, LinkedSet, Reason, Subject};

use crate::life::{changed, move_value, refuse_canceled};
use crate::refund::prolong;
use crate::{Block, Card, CardState, Context, EventKind, Outcome, Refusal, Sinks};

/// Takes unspent value off a card, all or `part` of it, back to the account that it came from,
/// from which its order is refunded: these, and `giftcard/incentives`, are `sinks`. A card that has
/// given back all that it was sold with is canceled, with whatever goodwill is left on it, unless
/// something is held.
///
/// # Errors
///
/// In this order: `NotUsable(Canceled)`, `CurrencyMismatch`, `LimitExceeded` when the part is
/// nothing, `InsufficientBalance` when it is more than what is unspent and not held. Goodwill does
/// not count.
pub fn withdraw(
    card: &Card,
    account: &Account,
    sinks: Sinks<'_>,
    part: Option<Money>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let amount = amount_of(card, account, part)?;
    let subject = Subject::of(card.id);
    let to = Account::or_open(sinks.issued, card.funding.account(), card.currency);
    let credit = to.id;
    let mut set = LinkedSet::new(context.position, Reason::OrderRefund, subject);
    set = set.with(account.clone()).with(to);
    let moved = set.transfer(account.id, credit, card.money(amount));
    moved.map_err(|_| Refusal::LimitExceeded)?;
    let given_back = card.given_back.checked_add(amount).ok_or(Refusal::LimitExceeded)?;
    let mut card = Card { given_back, ..card.clone() };
    let mut events = vec![(EventKind::CardWithdrawn, subject)];
    let left = account.available().saturating_sub(amount);
    if card.given_back >= card.value && account.held().is_zero() {
        // All that it was sold with has gone back, so the rest was given away, also where the row
        // does not tell it apart.
        card.goodwill = left;
        set.on_behalf(Reason::Cancel, subject);
        card.take_for_good(
            left,
            &card.funding.cancel_account(),
            Sinks { issued: None, ..sinks },
            &mut set,
        )?;
        card.state = CardState::Canceled;
        events.push((EventKind::CardCanceled, subject));
    }
    Ok(Outcome { cards: vec![card], posted: set.finish(), events, ..Outcome::default() })
}

/// Takes unspent value off a card, all or `part` of it, because the payment that bought it was
/// lost to a dispute; goodwill stays. The card lives on, blocked: what orders still refund to it
/// can be clawed back as well.
///
/// # Errors
///
/// As [`withdraw`].
pub fn claw_back(
    card: &Card,
    account: &Account,
    loss: Option<&Account>,
    part: Option<Money>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let to = Account::or_open(loss, AccountName::ChargebackLoss, card.currency);
    let amount = amount_of(card, account, part)?;
    let posted = move_value(card, account, to, Reason::CardClawedBack, amount, context)?;
    Ok(Outcome { posted, ..changed(card.clone(), account, EventKind::CardClawedBack) })
}

/// Gives back to a card what was clawed back from it, because the dispute was won after all. A card
/// that is past its date is prolonged as by a refund: its holder could not spend it meanwhile.
/// `expiry` is where value goes that has expired, as for a refund.
///
/// # Errors
///
/// In this order: `NotUsable(Canceled)`, `CurrencyMismatch`, `LimitExceeded` when it is nothing or
/// a total would overflow.
pub fn restore(
    card: &Card,
    account: &Account,
    (loss, expiry): (Option<&Account>, Sinks<'_>),
    amount: Money,
    context: Context,
) -> Result<Outcome, Refusal> {
    refuse_canceled(card)?;
    if amount.currency != card.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    if amount.amount.is_zero() {
        return Err(Refusal::LimitExceeded);
    }
    let from = Account::or_open(loss, AccountName::ChargebackLoss, card.currency);
    let (why, subject, loss) = (Reason::CardRestored, Subject::of(card.id), from.id);
    let mut set = LinkedSet::new(context.position, why, subject).with(account.clone()).with(from);
    let mut outcome = Outcome::default();
    if card.is_past_expiry(context.now) {
        let card = prolong(card, account, expiry, &mut set, &mut outcome, context)?;
        outcome.cards.push(card);
        set.on_behalf(why, subject);
    } else {
        outcome.cards.push(card.clone());
    }
    set.transfer(loss, account.id, amount).map_err(|_| Refusal::LimitExceeded)?;
    outcome.events.push((EventKind::CardRestored, subject));
    outcome.posted = set.finish();
    Ok(outcome)
}

/// What is to be taken off a card: this part, or all that can be.
fn amount_of(card: &Card, account: &Account, part: Option<Money>) -> Result<Amount, Refusal> {
    refuse_canceled(card)?;
    let left = card.left_to_give(account);
    match part {
        Some(part) if part.currency != card.currency => Err(Refusal::CurrencyMismatch),
        Some(part) if part.amount.is_zero() => Err(Refusal::LimitExceeded),
        Some(part) if part.amount > left => {
            Err(Refusal::InsufficientBalance { available: card.money(left) })
        }
        Some(part) => Ok(part.amount),
        None => Ok(left),
    }
}

/// Blocks a card while the payment that bought it is disputed. Holds that were placed before may
/// still be captured, as for a frozen card. One that is canceled is blocked as well, so that none
/// is given for it meanwhile.
///
/// # Errors
///
/// `NothingToChange` when it is blocked so already.
pub fn block_for_dispute(
    card: &Card,
    account: &Account,
    reason: Token<40>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if card.disputed.is_some() {
        return Err(Refusal::NothingToChange);
    }
    let disputed = Some(Block { since: context.now, reason });
    Ok(changed(Card { disputed, ..card.clone() }, account, EventKind::CardBlocked))
}

/// Lifts the block of a dispute, and no other. A card that nobody could claim meanwhile can be
/// claimed for as long as one that is sent now.
///
/// # Errors
///
/// `NothingToChange` when there is none.
pub fn unblock(card: &Card, account: &Account, context: Context) -> Result<Outcome, Refusal> {
    if card.disputed.is_none() {
        return Err(Refusal::NothingToChange);
    }
    let mut card = Card { disputed: None, ..card.clone() };
    card.begin_return_term_anew(context.now);
    Ok(changed(card, account, EventKind::CardUnblocked))
}
