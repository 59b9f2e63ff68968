//! Undoing an operation by its key, for a shop that does not know whether it took place.

use base::{Amount, HoldId, RefundId};
use ledger::{LinkedSet, Reason, Subject};

use crate::refund::give_back;
use crate::spend::close_if_settled;
use crate::{Context, EventKind, Outcome, Refund, Refusal, ReturnRows};

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

/// Undoes what `undo` names, as a whole or not at all: when a part of it was refunded, that
/// refund must be undone first, for undoing it later would charge for something that never took
/// place. A hold and a refund remember that they were undone; that a capture or redemption is
/// undone once only is for the caller to know.
///
/// # Errors
///
/// `HoldOfCheckout` when a checkout placed the hold, for its order is refunded instead;
/// `HoldCaptured` when a hold was captured by another operation and that was neither undone nor
/// refunded; `AmountExceedsCaptured` when a part of a capture or redemption was refunded already;
/// `NotUsable(Canceled)` when captured money has no card to return to and is not all goodwill;
/// `InsufficientBalance` when refunded money was spent again; `HoldNotFound` when there is no such
/// refund.
pub fn reverse(
    undo: Undo,
    rows: ReturnRows<'_>,
    refund: Option<&Refund>,
    context: Context,
) -> Result<Outcome, Refusal> {
    rows.hold.check_moved_by(None)?;
    match undo {
        Undo::Hold(_) => release_all(rows, context),
        Undo::Capture(_, amount) => take_back(rows, amount, context),
        Undo::Redemption(_) => take_back(rows, rows.hold.pending.posted, context),
        Undo::Refund(_) => match refund {
            Some(refund) => undo_refund(refund, rows, context),
            None => Err(Refusal::HoldNotFound),
        },
    }
}

fn release_all(rows: ReturnRows<'_>, context: Context) -> Result<Outcome, Refusal> {
    if !rows.hold.refundable().is_zero() {
        return Err(Refusal::HoldCaptured);
    }
    let (mut hold, mut card) = (rows.hold.clone(), rows.card.clone());
    let mut set = LinkedSet::new(context.position, Reason::Reverse, Subject::of(hold.id))
        .with(rows.account.clone())
        .with(rows.clearing.clone());
    let open = hold.pending.open();
    let mut events = Vec::new();
    if !open.is_zero() {
        hold.pending = set.void(&hold.pending, open).map_err(|_| Refusal::HoldNotOpen)?;
        events.push((EventKind::HoldReleased, Subject::of(hold.id)));
    }
    close_if_settled(&mut card, &hold);
    Ok(Outcome {
        cards: vec![card],
        holds: vec![hold],
        posted: set.finish(),
        events,
        ..Outcome::default()
    })
}

fn take_back(rows: ReturnRows<'_>, amount: Amount, context: Context) -> Result<Outcome, Refusal> {
    let ReturnRows { hold, card, .. } = rows;
    if amount > hold.refundable() {
        let refundable = card.money(hold.refundable());
        return Err(Refusal::AmountExceedsCaptured { refundable });
    }
    let mut outcome = give_back(rows, card.money(amount), Reason::Reverse, context)?;
    outcome.events.push((EventKind::HoldReversed, Subject::of(hold.id)));
    Ok(outcome)
}

fn undo_refund(
    refund: &Refund,
    rows: ReturnRows<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let ReturnRows { account, clearing, .. } = rows;
    let amount = refund.amount;
    let available = rows.card.money(account.available());
    if !refund.reversed && available.amount < amount.amount {
        return Err(Refusal::InsufficientBalance { available });
    }
    let mut set = LinkedSet::new(context.position, Reason::Reverse, Subject::of(refund.id))
        .with(account.clone())
        .with(clearing.clone());
    let mut hold = rows.hold.clone();
    let (mut events, mut cards) = (Vec::new(), Vec::new());
    if !refund.reversed {
        let moved = set.transfer(account.id, clearing.id, amount);
        moved.map_err(|_| Refusal::LimitExceeded)?;
        hold.refunded = hold.refunded.saturating_sub(amount.amount);
        // What the refund has put back is taken off; where that was spent since, the rest is.
        let rest = amount.amount.saturating_sub(rows.card.issued_left(account));
        let goodwill = refund.goodwill.max(rest).min(rows.card.goodwill);
        if !goodwill.is_zero() {
            let mut card = rows.card.clone();
            card.take_goodwill_first(goodwill);
            cards.push(card);
        }
        let goodwill = hold.goodwill.checked_add(goodwill);
        hold.goodwill = goodwill.ok_or(Refusal::LimitExceeded)?;
        events.push((EventKind::RefundReversed, Subject::of(refund.id)));
    }
    Ok(Outcome {
        cards,
        holds: vec![hold],
        refunds: vec![Refund { reversed: true, ..refund.clone() }],
        posted: set.finish(),
        events,
        ..Outcome::default()
    })
}
