//! Giving back what is stuck otherwise than over its rail: in another form, or by hand.

use base::{Amount, Money, Text};
use ledger::{RailName, Reason, Subject};

use crate::authorize::changed;
use crate::cap::{less, sum};
use crate::capture::is_in_currency_of;
use crate::post::Sheet;
use crate::{Context, Destination, EventKind, Outcome, Payment, PaymentState, RailRefund};
use crate::{RefundAccounts, RefundState, Refusal};

/// Gives a refund that is stuck in another form, such as a gift card, by the payer's word. Only the
/// cap moves here; whoever gives the other form posts it, debit `refund/payable`.
///
/// # Errors
///
/// In this order: `ConsentNotNeeded` unless it needs consent or has failed; `NothingToChange` when
/// another refund took its place; `AmountExceedsRefundable` while a dispute takes more than there
/// is, or leaves no room for one that has failed; `LimitExceeded` when a total would overflow.
pub fn credit(refund: &RailRefund, payment: &Payment) -> Result<Outcome, Refusal> {
    let mut after = taken_over(refund, payment)?;
    after.credited = sum(payment.credited, refund.amount.amount)?;
    Ok(changed(payment, after, EventKind::PaymentCredited)
        .with_refund(refund.settled(RefundState::Credited))
        .with_event(EventKind::RefundSucceeded, Subject::of(refund.id)))
}

/// Notes that a refund which is stuck was paid by hand over a rail, by an agreement with the payer.
/// It does not go over its own rail any more, which it keeps: should that rail say after all that
/// it has sent it, that is a contradiction for a person.
///
/// Posts, debit `refund/payable`, credit `rail/{rail}/clearing`. `accounts` are of that rail.
///
/// # Errors
///
/// As [`credit`].
pub fn pay_by_hand(
    rail: &RailName,
    refund: &RailRefund,
    payment: &Payment,
    accounts: RefundAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let after = taken_over(refund, payment)?;
    sent(rail, refund.settled(RefundState::PaidByHand), (payment, after), accounts, context)
}

/// Notes that a refund which is stuck was made in the rail's own pages, by somebody who has seen
/// that. It is one attempt more, which nobody here has called, under the rail's name for it: what
/// the rail says of former attempts is old, and when this one comes back it is stuck again.
///
/// Posts, debit `refund/payable`, credit `rail/{rail}/clearing`.
///
/// # Errors
///
/// As [`credit`]; and `ConsentNotNeeded` when the payer has agreed to another method.
pub fn made_at_rail(
    reference: &Text<255>,
    refund: &RailRefund,
    payment: &Payment,
    accounts: RefundAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if refund.destination != Destination::Original {
        return Err(Refusal::ConsentNotNeeded);
    }
    let after = taken_over(refund, payment)?;
    let made = RailRefund {
        attempt: refund.attempt.saturating_add(1),
        rail_reference: Some(reference.clone()),
        ..refund.settled(RefundState::Succeeded)
    };
    sent(&refund.rail, made, (payment, after), accounts, context)
}

/// A refund that has reached the payer over a rail: nothing of it is owed any more.
fn sent(
    rail: &RailName,
    refund: RailRefund,
    (before, after): (&Payment, Payment),
    accounts: RefundAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let mut after = after.without(refund.id);
    after.refunded = sum(before.refunded, refund.amount.amount)?;
    let of_rail = RailRefund { rail: rail.clone(), ..refund.clone() };
    let (clearing, payable, _) = accounts.of(&of_rail);
    let mut sheet = Sheet::new(context, Reason::RefundSent, Subject::of(refund.id));
    sheet.transfer(Reason::RefundSent, &payable, &clearing, refund.amount)?;
    Ok(Outcome::of_payment(before, after)
        .with_event(EventKind::RefundSucceeded, Subject::of(refund.id))
        .with_refund(refund)
        .with_posted(sheet.finish()))
}

/// The payment without what it counted of a refund that is stuck.
fn taken_over(refund: &RailRefund, payment: &Payment) -> Result<Payment, Refusal> {
    let amount = refund.amount.amount;
    let mut after = payment.clone();
    match refund.state {
        RefundState::NeedsConsent { .. } => {
            payment.check_not_overdrawn()?;
            after.refunding = less(payment.refunding, amount)?;
        }
        RefundState::Failed { .. } if refund.replaced_by.is_none() => {
            payment.check_fits(amount, payment.refundable())?;
            after.owed = less(payment.owed, amount)?;
        }
        RefundState::Failed { .. } => return Err(Refusal::NothingToChange),
        _ => return Err(Refusal::ConsentNotNeeded),
    }
    Ok(after)
}

/// Takes a part of what was given in another form back, because lost disputes have paid it: the
/// payer has it from the bank, and nobody loses it. Whoever has taken the other form back posts it,
/// credit `chargeback/loss`.
///
/// # Errors
///
/// In this order: `RefundNotOpen` unless it was given in another form; `AmountExceedsRefundable`
/// for more than [`Payment::credited_and_lost`], or than it is; `LimitExceeded` for nothing.
pub fn take_credit_back(
    part: Amount,
    refund: &RailRefund,
    payment: &Payment,
) -> Result<Outcome, Refusal> {
    if refund.state != RefundState::Credited {
        return Err(Refusal::RefundNotOpen);
    }
    let whole = refund.amount.amount;
    payment.check_fits(part, payment.credited_and_lost().min(whole))?;
    if part.is_zero() {
        return Err(Refusal::LimitExceeded);
    }
    let mut after = payment.clone();
    after.credited = less(payment.credited, part)?;
    after.settled = sum(payment.settled, part)?;
    let row = if part == whole {
        after = after.without(refund.id);
        refund.settled(RefundState::Settled)
    } else {
        refund.of_amount(less(whole, part)?)
    };
    Ok(Outcome::of_payment(payment, after).with_refund(row))
}

/// What every way back has in common: something of what was taken, in its currency.
pub(crate) fn check_part_of(payment: &Payment, amount: Money) -> Result<(), Refusal> {
    if payment.state != PaymentState::Captured {
        return Err(Refusal::NotCaptured);
    }
    if !is_in_currency_of(payment, amount) {
        return Err(Refusal::CurrencyMismatch);
    }
    if amount.amount.is_zero() {
        return Err(Refusal::LimitExceeded);
    }
    Ok(())
}
