//! Bought cards whose purchase may not stand: their order is refunded, or their payment is disputed
//! and perhaps lost.
//!
//! Only what is unspent and not held can be taken. Where spent value is concerned, a purchase that
//! is refunded returns less, and a payment that is lost leaves a loss.

use base::{Money, Token};
use ledger::{Account, AccountName, LinkedSet, Reason, Subject};

use crate::life::{changed, move_value, refuse_canceled};
use crate::refund::prolong;
use crate::{Block, Card, CardState, Context, EventKind, Outcome, Refusal};

/// Takes unspent value off a card, all or `part` of it, back to the account that it came from,
/// from which its order is refunded. A card with nothing left, not even held, is canceled.
///
/// # Errors
///
/// In this order: `NotUsable(Canceled)`, `CurrencyMismatch`, `LimitExceeded` when the part is
/// nothing, `InsufficientBalance` when it is more than what is unspent and not held.
pub fn withdraw(
    card: &Card,
    account: &Account,
    funding: Option<&Account>,
    part: Option<Money>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let to = Account::or_open(funding, card.funding.account(), card.currency);
    let (why, kind) = (Reason::OrderRefund, EventKind::CardWithdrawn);
    let mut outcome = take_off(card, account, to, part, (why, kind), context)?;
    let left = outcome.posted.accounts.iter().find(|left| left.id == account.id);
    if left.is_some_and(|left| left.balance() == 0) {
        outcome.cards[0].state = CardState::Canceled;
        outcome.events.push((EventKind::CardCanceled, Subject::of(card.id)));
    }
    Ok(outcome)
}

/// Takes unspent value off a card, all or `part` of it, because the payment that bought it was
/// lost to a dispute. The card lives on, blocked: what orders still refund to it can be clawed
/// back as well.
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
    let (why, kind) = (Reason::CardClawedBack, EventKind::CardClawedBack);
    take_off(card, account, to, part, (why, kind), context)
}

/// Gives back to a card what was clawed back from it, because the dispute was won after all. A card
/// that is past its date is prolonged as by a refund: its holder could not spend it meanwhile.
/// `expiry` is the account named by [`Funding::expiry_account`](crate::Funding::expiry_account),
/// when it was opened before.
///
/// # Errors
///
/// In this order: `NotUsable(Canceled)`, `CurrencyMismatch`, `LimitExceeded` when it is nothing or
/// a total would overflow.
pub fn restore(
    card: &Card,
    account: &Account,
    [loss, expiry]: [Option<&Account>; 2],
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
        prolong(card, account, expiry, &mut set, &mut outcome, context)?;
        set.on_behalf(why, subject);
    } else {
        outcome.cards.push(card.clone());
    }
    set.transfer(loss, account.id, amount).map_err(|_| Refusal::LimitExceeded)?;
    outcome.events.push((EventKind::CardRestored, subject));
    outcome.posted = set.finish();
    Ok(outcome)
}

fn take_off(
    card: &Card,
    account: &Account,
    to: Account,
    part: Option<Money>,
    (why, kind): (Reason, EventKind),
    context: Context,
) -> Result<Outcome, Refusal> {
    refuse_canceled(card)?;
    let amount = match part {
        Some(part) if part.currency != card.currency => return Err(Refusal::CurrencyMismatch),
        Some(part) if part.amount.is_zero() => return Err(Refusal::LimitExceeded),
        Some(part) => part.amount,
        None => account.available(),
    };
    let posted = move_value(card, account, to, why, amount, context)?;
    Ok(Outcome { posted, ..changed(card.clone(), account, kind) })
}

/// Blocks a card while the payment that bought it is disputed. Holds that were placed before may
/// still be captured, as for a frozen card.
///
/// # Errors
///
/// `NotUsable(Canceled)`; `NothingToChange` when it is blocked so already.
pub fn block_for_dispute(
    card: &Card,
    account: &Account,
    reason: Token<40>,
    context: Context,
) -> Result<Outcome, Refusal> {
    refuse_canceled(card)?;
    if card.disputed.is_some() {
        return Err(Refusal::NothingToChange);
    }
    let disputed = Some(Block { since: context.now, reason });
    Ok(changed(Card { disputed, ..card.clone() }, account, EventKind::CardBlocked))
}

/// Lifts the block of a dispute, and no other.
///
/// # Errors
///
/// `NotUsable(Canceled)`; `NothingToChange` when there is none.
pub fn unblock(card: &Card, account: &Account) -> Result<Outcome, Refusal> {
    refuse_canceled(card)?;
    if card.disputed.is_none() {
        return Err(Refusal::NothingToChange);
    }
    Ok(changed(Card { disputed: None, ..card.clone() }, account, EventKind::CardUnblocked))
}
