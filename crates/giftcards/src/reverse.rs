//! Undoing an operation by its key, for a shop that does not know whether it took place.

use base::{Amount, HoldId, RefundId};
use ledger::{Account, LinkedSet, Reason};

use crate::outcome::{about_hold, about_refund};
use crate::refund::give_back;
use crate::spend::close_if_settled;
use crate::{Card, Context, EventKind, Hold, Outcome, Refund, Refusal};

/// What the operation to be undone did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// It placed a hold.
    Hold(HoldId),
    /// It captured this much of a hold.
    Capture(HoldId, Amount),
    /// It paid in one step.
    Redemption(HoldId),
    /// It refunded.
    Refund(RefundId),
}

/// Undoes what `undo` names. Undoing what is undone already changes nothing and succeeds.
///
/// # Errors
///
/// `HoldCaptured` when a hold was captured by another operation, which must be undone first;
/// `AmountExceedsCaptured` when a part of a capture was refunded already;
/// `InsufficientBalance` when refunded money was spent again; `NotUsable(Canceled)`.
pub fn reverse(
    undo: Undo,
    hold: &Hold,
    card: &Card,
    accounts: (&Account, &Account),
    refund: Option<&Refund>,
    context: Context,
) -> Result<Outcome, Refusal> {
    match undo {
        Undo::Hold(_) => release_all(hold, card, accounts, context),
        Undo::Capture(_, amount) => {
            if amount > hold.refundable() {
                let refundable = card.money(hold.refundable());
                return Err(Refusal::AmountExceedsCaptured { refundable });
            }
            take_back(hold, card, accounts, amount, context)
        }
        Undo::Redemption(_) => take_back(hold, card, accounts, hold.refundable(), context),
        Undo::Refund(_) => match refund {
            Some(refund) => undo_refund(refund, hold, card, accounts, context),
            None => Err(Refusal::HoldNotFound),
        },
    }
}

fn release_all(
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    context: Context,
) -> Result<Outcome, Refusal> {
    if !hold.pending.posted.is_zero() {
        return Err(Refusal::HoldCaptured);
    }
    let mut set = LinkedSet::new(context.sequence, Reason::Reverse, about_hold(hold.id))
        .with(account.clone())
        .with(clearing.clone());
    let mut hold = hold.clone();
    let open = hold.pending.open();
    let mut events = Vec::new();
    if !open.is_zero() {
        hold.pending = set.void(&hold.pending, open).map_err(|_| Refusal::HoldNotOpen)?;
        events.push((EventKind::HoldReleased, about_hold(hold.id)));
    }
    let mut card = card.clone();
    close_if_settled(&mut card, &hold);
    Ok(Outcome {
        cards: vec![card],
        holds: vec![hold],
        posted: set.finish(),
        events,
        ..Outcome::default()
    })
}

fn take_back(
    hold: &Hold,
    card: &Card,
    accounts: (&Account, &Account),
    amount: Amount,
    context: Context,
) -> Result<Outcome, Refusal> {
    if amount.is_zero() {
        let posted = ledger::Posted { accounts: vec![accounts.0.clone()], ..Default::default() };
        return Ok(Outcome { holds: vec![hold.clone()], posted, ..Outcome::default() });
    }
    let money = card.money(amount);
    let mut outcome = give_back(hold, card, accounts, money, Reason::Reverse, context)?;
    outcome.events.push((EventKind::HoldReversed, about_hold(hold.id)));
    Ok(outcome)
}

fn undo_refund(
    refund: &Refund,
    hold: &Hold,
    card: &Card,
    (account, clearing): (&Account, &Account),
    context: Context,
) -> Result<Outcome, Refusal> {
    let amount = refund.amount;
    let available = card.money(account.available());
    if !refund.reversed && available.amount < amount.amount {
        return Err(Refusal::InsufficientBalance { available });
    }
    let mut set = LinkedSet::new(context.sequence, Reason::Reverse, about_refund(refund.id))
        .with(account.clone())
        .with(clearing.clone());
    let mut hold = hold.clone();
    let mut events = Vec::new();
    if !refund.reversed {
        let moved = set.transfer(account.id, clearing.id, amount);
        moved.map_err(|_| Refusal::LimitExceeded)?;
        hold.refunded = hold.refunded.saturating_sub(amount.amount);
        events.push((EventKind::RefundReversed, about_refund(refund.id)));
    }
    Ok(Outcome {
        holds: vec![hold],
        refunds: vec![Refund { reversed: true, ..refund.clone() }],
        posted: set.finish(),
        events,
        ..Outcome::default()
    })
}
