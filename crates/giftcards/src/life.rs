//! What staff and owners do to a card: freeze, replace the code, cancel, extend, adjust.

use base::{Amount, Instant, Money, PersonId, Token};
use ledger::{Account, LinkedSet, Posted, Reason, Subject};

use crate::limits;
use crate::{AdjustReason, Block, Card, CardState, Code, CodeRow, Context, EventKind, Outcome};
use crate::{Refusal, Sinks, Why};

/// Blocks spending. Holds that were placed before may still be captured: the shop has relied on
/// them. `by` is the person in whose name it is done, `None` the shop itself.
///
/// # Errors
///
/// In this order: `NotTheOwner`; `NotUsable(Canceled)`; `NothingToChange` when it is frozen
/// already.
pub fn freeze(
    card: &Card,
    account: &Account,
    reason: Token<40>,
    by: Option<PersonId>,
    context: Context,
) -> Result<Outcome, Refusal> {
    card.check_side(by)?;
    refuse_canceled(card)?;
    if card.frozen.is_some() {
        return Err(Refusal::NothingToChange);
    }
    let frozen = Some(Block { since: context.now, reason });
    Ok(changed(Card { frozen, ..card.clone() }, account, EventKind::CardFrozen))
}

/// Lifts a freeze.
///
/// # Errors
///
/// In this order: `NotTheOwner`; `NotUsable(Canceled)`; `NothingToChange` when it is not frozen.
pub fn unfreeze(card: &Card, account: &Account, by: Option<PersonId>) -> Result<Outcome, Refusal> {
    card.check_side(by)?;
    refuse_canceled(card)?;
    if card.frozen.is_none() {
        return Err(Refusal::NothingToChange);
    }
    Ok(changed(Card { frozen: None, ..card.clone() }, account, EventKind::CardUnfrozen))
}

/// Gives the card a new code: same value, history and holds, and the old code is dead for good.
/// A freeze stays, for it may have another reason than the code.
///
/// # Errors
///
/// In this order: `NotTheOwner`; `NotUsable(Canceled)`; `CodeTaken` when the new code exists.
pub fn replace_code(
    card: &Card,
    account: &Account,
    new: &Code,
    taken: Option<&CodeRow>,
    by: Option<PersonId>,
) -> Result<Outcome, Refusal> {
    card.check_side(by)?;
    refuse_canceled(card)?;
    if taken.is_some() {
        return Err(Refusal::CodeTaken);
    }
    let old = CodeRow { hash: card.code.hash, card: card.id, live: false };
    let live = CodeRow { hash: new.hash, card: card.id, live: true };
    let card = Card { code: new.clone(), ..card.clone() };
    let outcome = changed(card, account, EventKind::CardCodeReplaced);
    Ok(Outcome { codes: vec![old, live], ..outcome })
}

/// Takes the card back. What is left goes to
/// [`Funding::cancel_account`](crate::Funding::cancel_account), and goodwill to
/// `giftcard/incentives`: these are `sinks`.
///
/// # Errors
///
/// In this order: `NothingToChange` when it is canceled already; `HoldsOpen` while something is
/// held, even by a lapsed hold, which is booked first.
pub fn cancel(
    card: &Card,
    account: &Account,
    sinks: Sinks<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if card.state == CardState::Canceled {
        return Err(Refusal::NothingToChange);
    }
    if !account.held().is_zero() {
        return Err(Refusal::HoldsOpen);
    }
    let mut set = LinkedSet::new(context.position, Reason::Cancel, Subject::of(card.id));
    set.add(account.clone());
    let mut card = Card { state: CardState::Canceled, ..card.clone() };
    let to = card.funding.cancel_account();
    card.take_for_good(account.available(), &to, sinks, &mut set)?;
    Ok(Outcome { posted: set.finish(), ..changed(card, account, EventKind::CardCanceled) })
}

/// A new date for a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// The new expiry; `None` never expires.
    pub expires_at: Option<Instant>,
}

/// Moves the expiry date. A card that had expired gets back what was taken off it, from the same
/// `sinks`.
///
/// # Errors
///
/// In this order: `NotUsable(Canceled)`; `NothingToChange` when it never expires and never
/// shall; `DateNotLater` when the date is not in the future or not later than the present one.
pub fn extend(
    card: &Card,
    account: &Account,
    sinks: Sinks<'_>,
    new: &Extend,
    context: Context,
) -> Result<Outcome, Refusal> {
    refuse_canceled(card)?;
    let is_later = match (new.expires_at, card.expires_at) {
        (Some(new), Some(old)) => new > old && new > context.now,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => return Err(Refusal::NothingToChange),
    };
    if !is_later {
        return Err(Refusal::DateNotLater);
    }
    let mut set = LinkedSet::new(context.position, Reason::Extend, Subject::of(card.id));
    set.add(account.clone());
    let issued = Account::or_open(sinks.issued, card.funding.expiry_account(), card.currency);
    let parts = [
        (issued, card.expired_value.saturating_sub(card.expired_goodwill)),
        (card.incentives(sinks.incentives), card.expired_goodwill),
    ];
    for (from, part) in parts.into_iter().filter(|(_, part)| !part.is_zero()) {
        let debit = from.id;
        set.add(from);
        let moved = set.transfer(debit, account.id, card.money(part));
        moved.map_err(|_| Refusal::LimitExceeded)?;
    }
    let mut extended = Card {
        state: CardState::Active,
        expires_at: new.expires_at,
        expired_value: Amount::ZERO,
        expired_goodwill: Amount::ZERO,
        ..card.clone()
    };
    extended.add_goodwill(card.expired_goodwill)?;
    Ok(Outcome { posted: set.finish(), ..changed(extended, account, EventKind::CardExtended) })
}

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Adds value.
    Up,
    /// Takes value off.
    Down,
}

/// A correction by a person, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjust {
    /// How much, above zero.
    pub amount: Money,
    /// Up or down.
    pub direction: Direction,
    /// Why; the ledger keeps it.
    pub reason: AdjustReason,
}

/// Corrects the value of a card against `giftcard/incentives`. What is added is goodwill, and goes
/// first when something is taken off.
///
/// # Errors
///
/// In this order: `NotUsable` for a canceled or expired card; `CurrencyMismatch`;
/// `AboveLimit` when the balance would pass [`limits::CARD_VALUE_MAX`]; `LimitExceeded` when
/// nothing is to be changed; `InsufficientBalance` when less is left than is to be taken.
pub fn adjust(
    card: &Card,
    account: &Account,
    incentives: Option<&Account>,
    change: &Adjust,
    context: Context,
) -> Result<Outcome, Refusal> {
    refuse_canceled(card)?;
    if card.is_past_expiry(context.now) {
        return Err(Refusal::NotUsable(Why::Expired));
    }
    if change.amount.currency != card.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    let mut card = card.clone();
    let other = card.incentives(incentives);
    let amount = change.amount.amount;
    let room = limits::CARD_VALUE_MAX.saturating_sub(account.balance());
    if change.direction == Direction::Up && amount.minor() > room {
        let limit = card.money(Amount::new(room).unwrap_or(Amount::ZERO));
        return Err(Refusal::AboveLimit { limit });
    }
    if amount.is_zero() {
        return Err(Refusal::LimitExceeded);
    }
    let reason = change.reason.in_ledger();
    let posted = match change.direction {
        Direction::Up => {
            card.add_goodwill(amount)?;
            give_value(&card, account, other, reason, amount, context)?
        }
        Direction::Down => {
            let posted = move_value(&card, account, other, reason, amount, context)?;
            card.take_goodwill_first(amount);
            posted
        }
    };
    Ok(Outcome { posted, ..changed(card, account, EventKind::CardAdjusted) })
}

pub(crate) fn refuse_canceled(card: &Card) -> Result<(), Refusal> {
    match card.state {
        CardState::Canceled => Err(Refusal::NotUsable(Why::Canceled)),
        CardState::Active | CardState::Expired => Ok(()),
    }
}

/// A card after a change. The account rides along even when it did not move, because whoever
/// reads the event is told the balance.
pub(crate) fn changed(card: Card, account: &Account, kind: EventKind) -> Outcome {
    Outcome {
        events: vec![(kind, Subject::of(card.id))],
        posted: Posted { accounts: vec![account.clone()], ..Posted::default() },
        cards: vec![card],
        ..Outcome::default()
    }
}

/// Moves `amount` off the card; nothing is posted when it is zero.
pub(crate) fn move_value(
    card: &Card,
    account: &Account,
    to: Account,
    reason: Reason,
    amount: Amount,
    context: Context,
) -> Result<Posted, Refusal> {
    let available = card.money(account.available());
    if available.amount < amount {
        return Err(Refusal::InsufficientBalance { available });
    }
    transfer(card, account, to, reason, amount, context, Direction::Down)
}

/// Moves `amount` onto the card.
pub(crate) fn give_value(
    card: &Card,
    account: &Account,
    from: Account,
    reason: Reason,
    amount: Amount,
    context: Context,
) -> Result<Posted, Refusal> {
    transfer(card, account, from, reason, amount, context, Direction::Up)
}

fn transfer(
    card: &Card,
    account: &Account,
    other: Account,
    reason: Reason,
    amount: Amount,
    context: Context,
    direction: Direction,
) -> Result<Posted, Refusal> {
    let (mine, theirs) = (account.id, other.id);
    let mut set = LinkedSet::new(context.position, reason, Subject::of(card.id));
    set = set.with(account.clone()).with(other);
    let (debit, credit) = match direction {
        Direction::Up => (theirs, mine),
        Direction::Down => (mine, theirs),
    };
    if !amount.is_zero() {
        set.transfer(debit, credit, card.money(amount)).map_err(|_| Refusal::LimitExceeded)?;
    }
    Ok(set.finish())
}
