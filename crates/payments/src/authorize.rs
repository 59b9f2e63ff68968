//! The first step: asking a rail to reserve an amount.

use base::{Amount, Money, PaymentId, Text};

use ledger::Subject;

use crate::notice::waiting;
use crate::{AuthorizationNotice, Context, EventKind, Method, NextAction, Outcome, Payment};
use crate::{PaymentState, Purpose, Refusal, ReturnUrl, Step, limits};

/// A payment to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPayment {
    /// Its id, drawn by the caller.
    pub id: PaymentId,
    /// How much, above zero.
    pub amount: Money,
    /// For what.
    pub purpose: Purpose,
    /// Where the payer comes back to after a challenge.
    pub return_url: Option<ReturnUrl>,
}

/// Makes a payment that wants to be authorized now. Whether a method can pay is for its rail to
/// say, also when it looks expired: banks renew cards.
///
/// # Errors
///
/// In this order: `IdTaken`; `LimitExceeded` when the amount is zero or above
/// [`limits::AMOUNT_MAX`].
pub fn authorize(
    new: &NewPayment,
    method: &Method,
    existing: Option<&Payment>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    if new.amount.amount.is_zero() || new.amount.amount.minor() > limits::AMOUNT_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let payment = Payment {
        id: new.id,
        method: method.id,
        rail: method.rail.clone(),
        amount: new.amount,
        purpose: new.purpose,
        return_url: new.return_url.clone(),
        state: PaymentState::Authorizing,
        is_unknown: false,
        rail_reference: None,
        captured: Amount::ZERO,
        refunded: Amount::ZERO,
        refunding: Amount::ZERO,
        disputed: Amount::ZERO,
        lost: Amount::ZERO,
        owed: Amount::ZERO,
        settled: Amount::ZERO,
        credited: Amount::ZERO,
        fee: None,
        open_refunds: Vec::new(),
        calls: 0,
        due_at: Some(context.now),
        created_at: context.now,
    };
    Ok(Outcome { payments: vec![payment], ..Outcome::default() })
}

/// Notes what the rail has said about an authorization. When the payment is past it, that is old
/// news, except that what was authorized cannot have been refused.
///
/// # Errors
///
/// `NothingToChange`; `Contradiction` when it was refused and is said to be authorized, or the
/// other way round.
pub fn note_authorization(
    notice: &AuthorizationNotice,
    payment: &Payment,
) -> Result<Outcome, Refusal> {
    match notice {
        AuthorizationNotice::Authorized { reference } => {
            check_may_be_authorized(payment)?;
            let after = payment.settled(PaymentState::Authorized).named(reference.as_ref());
            Ok(changed(payment, after, EventKind::PaymentAuthorized))
        }
        AuthorizationNotice::Failed { code } => {
            check_may_be_refused(payment)?;
            let state = PaymentState::Failed { step: Step::Authorize, code: code.clone() };
            Ok(changed(payment, payment.settled(state), EventKind::PaymentFailed))
        }
    }
}

fn check_may_be_authorized(payment: &Payment) -> Result<(), Refusal> {
    match payment.state {
        PaymentState::Authorizing | PaymentState::RequiresAction { .. } => Ok(()),
        PaymentState::Failed { step: Step::Authorize, .. } => {
            Err(contradiction(payment, "authorized"))
        }
        PaymentState::Authorized
        | PaymentState::Capturing
        | PaymentState::Captured
        | PaymentState::Voiding
        | PaymentState::Voided
        | PaymentState::Failed { .. } => Err(Refusal::NothingToChange),
    }
}

fn check_may_be_refused(payment: &Payment) -> Result<(), Refusal> {
    match payment.state {
        PaymentState::Authorizing | PaymentState::RequiresAction { .. } => Ok(()),
        // Whatever is given up may have been refused meanwhile: the void says how it ends.
        PaymentState::Voiding
        | PaymentState::Voided
        | PaymentState::Failed { step: Step::Authorize, .. } => Err(Refusal::NothingToChange),
        PaymentState::Authorized
        | PaymentState::Capturing
        | PaymentState::Captured
        | PaymentState::Failed { .. } => Err(contradiction(payment, "refused")),
    }
}

/// Notes that the payer must do something before the rail can authorize. The rail is asked now and
/// then whether it was done. `reference` is the rail's own name for the payment, when it has told.
///
/// # Errors
///
/// `NothingToChange` when the payment is past it, or when the same is known and no question was
/// due.
pub fn note_action(
    next_action: &NextAction,
    reference: Option<&Text<255>>,
    payment: &Payment,
    context: Context,
) -> Result<Outcome, Refusal> {
    let is_known = match &payment.state {
        PaymentState::Authorizing => false,
        PaymentState::RequiresAction { next_action: known } => known == next_action,
        _ => return Err(Refusal::NothingToChange),
    };
    if is_known && !payment.is_unknown && !is_due(payment, context) {
        return Err(Refusal::NothingToChange);
    }
    let state = PaymentState::RequiresAction { next_action: next_action.clone() };
    let calls = if is_known { payment.calls } else { 0 };
    let told = payment.settled(state).named(reference);
    let after = waiting(Payment { calls, ..told }, context);
    if is_known {
        return Ok(Outcome::of_payment(payment, after));
    }
    Ok(changed(payment, after, EventKind::PaymentActionRequired))
}

fn is_due(payment: &Payment, context: Context) -> bool {
    payment.due_at.is_some_and(|at| at <= context.now)
}

/// A payment after a notice, and its event.
pub(crate) fn changed(before: &Payment, after: Payment, kind: EventKind) -> Outcome {
    Outcome::of_payment(before, after).with_event(kind, Subject::of(before.id))
}

pub(crate) fn contradiction(payment: &Payment, told: &'static str) -> Refusal {
    Refusal::Contradiction { known: payment.state.as_str(), told }
}
