//! What rails say about refunds, and refunds that come back.

use std::cmp::Ordering;

use base::Text;
use ledger::{Reason, Subject};

use crate::backoff::next_call_at;
use crate::owed::{DISPUTED, Shift};
use crate::post::Sheet;
use crate::{ConsentReason, Context, EventKind, FailureCode, Outcome, Payment, RailRefund};
use crate::{RefundAccounts, RefundNotice, RefundState, Refusal};

/// Notes what the rail has said about one attempt at a refund.
///
/// A success is posted, debit `refund/payable`, credit `rail/{rail}/clearing`; before it, nothing
/// is: until the rail says so the money has not left. A failure frees what the refund held of the
/// cap; when the method is gone it stays counted and waits for consent. A refund that waits takes
/// news as one that was sent: the rail knows better. What fails after its
/// success has come back: see [`returned`]. What a lost dispute has paid meanwhile is owed no more,
/// debit `refund/payable`, credit `chargeback/loss`.
///
/// # Errors
///
/// `NothingToChange` when the notice is about an earlier attempt, says what is known, or was true
/// before; `Contradiction` when it is said to have succeeded although it did not, or the attempt is
/// a later one than there is; `LimitExceeded` when a total would overflow.
pub fn note_refund(
    attempt: u32,
    notice: &RefundNotice,
    refund: &RailRefund,
    payment: &Payment,
    accounts: RefundAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let is_success = matches!(notice, RefundNotice::Succeeded { .. });
    check_attempt(attempt, refund, is_success)?;
    let is_pending = matches!(refund.state, RefundState::Waiting | RefundState::Sent);
    let has_succeeded = refund.state == RefundState::Succeeded;
    match notice {
        RefundNotice::Succeeded { reference } if is_pending => {
            succeed(refund, reference.as_ref(), payment, accounts, context)
        }
        RefundNotice::Succeeded { .. } if has_succeeded => Err(Refusal::NothingToChange),
        RefundNotice::Succeeded { .. } => Err(not_now(attempt, refund)),
        RefundNotice::Returned => returned(attempt, refund, payment, accounts, context),
        RefundNotice::Failed { .. } | RefundNotice::MethodGone if has_succeeded => {
            returned(attempt, refund, payment, accounts, context)
        }
        _ if !is_pending => Err(Refusal::NothingToChange),
        RefundNotice::Failed { code } => {
            let after = payment.stopped(refund.amount.amount)?;
            // The rail may know of a dispute before we do.
            let kept_back = code.as_str() == DISPUTED;
            let failed = RailRefund { kept_back, ..refund.failed(code.clone()) };
            let failed = (failed, EventKind::RefundFailed);
            stop(failed, payment, after, &[], accounts, context)
        }
        RefundNotice::MethodGone => {
            let state = RefundState::NeedsConsent { reason: ConsentReason::MethodGone };
            let gone = (refund.settled(state), EventKind::RefundConsentNeeded);
            stop(gone, payment, payment.clone(), &[], accounts, context)
        }
        RefundNotice::Pending { reference } => accept(refund, reference.as_ref(), context),
        RefundNotice::Unknown => Ok(wait(refund, true, context)),
        RefundNotice::NotReceived => Ok(wait(refund, false, context)),
    }
}

/// Notes that a refund which had succeeded came back. The money is owed to the payer still, so it
/// stays counted, and waits for consent to another way. It may be heard of before the success.
///
/// Posts, debit `rail/{rail}/clearing`, credit `refund/payable`.
///
/// # Errors
///
/// `NothingToChange` when that, that it failed, or that it was given otherwise, is known;
/// `Contradiction` when the attempt is a later one than there is; `LimitExceeded` when a total
/// would overflow.
pub fn returned(
    attempt: u32,
    refund: &RailRefund,
    payment: &Payment,
    accounts: RefundAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    check_attempt(attempt, refund, false)?;
    let (ways, after): (&[Reason], _) = match refund.state {
        RefundState::Succeeded => {
            let after = payment.take_back(refund.id, refund.amount.amount)?;
            (&[Reason::RefundReturned], after)
        }
        RefundState::Waiting | RefundState::Sent => {
            (&[Reason::RefundSent, Reason::RefundReturned], payment.clone())
        }
        RefundState::Failed { .. }
        | RefundState::NeedsConsent { .. }
        | RefundState::Settled
        | RefundState::Credited
        | RefundState::PaidByHand => return Err(Refusal::NothingToChange),
    };
    let state = RefundState::NeedsConsent { reason: ConsentReason::CameBack };
    let back = RailRefund { returned_attempt: Some(refund.attempt), ..refund.settled(state) };
    stop((back, EventKind::RefundReturned), payment, after, ways, accounts, context)
}

/// A refund that a rail has no more. What a lost dispute has paid of it is not owed.
fn stop(
    (refund, kind): (RailRefund, EventKind),
    before: &Payment,
    after: Payment,
    ways: &[Reason],
    accounts: RefundAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let mut shift = Shift::of(after);
    shift.tell(kind, refund.clone());
    let paid = shift.settle_one(&refund)?;
    let mut sheet = sheet(&refund, context);
    post(&mut sheet, ways, &refund, accounts)?;
    let (_, payable, loss) = accounts.of(&refund);
    sheet.transfer_some(Reason::RefundOwed, &payable, &loss, before.money(paid))?;
    Ok(shift.into_outcome(before).with_posted(sheet.finish()))
}

fn check_attempt(attempt: u32, refund: &RailRefund, is_success: bool) -> Result<(), Refusal> {
    match attempt.cmp(&refund.attempt) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(contradiction(refund, "attempted more often")),
        // An earlier attempt was over before the next began, so what is heard of it now is old.
        Ordering::Less if is_success => Err(not_now(attempt, refund)),
        Ordering::Less => Err(Refusal::NothingToChange),
    }
}

/// What to say of the success of an attempt that is over: old news when it came back afterwards.
/// Otherwise the payer has got money that we were told was not sent, and a person must look.
fn not_now(attempt: u32, refund: &RailRefund) -> Refusal {
    match refund.returned_attempt {
        Some(last) if attempt <= last => Refusal::NothingToChange,
        _ => contradiction(refund, "succeeded"),
    }
}

fn succeed(
    refund: &RailRefund,
    reference: Option<&Text<255>>,
    payment: &Payment,
    accounts: RefundAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let after = payment.arrived(refund.id, refund.amount.amount)?;
    let mut sheet = sheet(refund, context);
    post(&mut sheet, &[Reason::RefundSent], refund, accounts)?;
    let settled = named(refund.settled(RefundState::Succeeded), reference);
    Ok(Outcome::of_payment(payment, after)
        .with_refund(settled)
        .with_event(EventKind::RefundSucceeded, Subject::of(refund.id))
        .with_posted(sheet.finish()))
}

/// Ends a refund that did not take place; its part of the payment is free, and owed.
pub(crate) fn fail(
    refund: &RailRefund,
    code: &FailureCode,
    payment: &Payment,
) -> Result<Outcome, Refusal> {
    let after = payment.stopped(refund.amount.amount)?;
    Ok(Outcome::of_payment(payment, after)
        .with_refund(refund.failed(code.clone()))
        .with_event(EventKind::RefundFailed, Subject::of(refund.id)))
}

/// The rail has it and will say later; when that is known, only a question that was due counts.
fn accept(
    refund: &RailRefund,
    reference: Option<&Text<255>>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let accepted = RailRefund { state: RefundState::Sent, is_unknown: false, ..refund.clone() };
    let accepted = named(accepted, reference);
    let was_due = refund.due_at.is_some_and(|at| at <= context.now);
    if accepted == *refund && !was_due {
        return Err(Refusal::NothingToChange);
    }
    Ok(Outcome::default().with_refund(waiting(accepted, context)))
}

fn wait(refund: &RailRefund, is_unknown: bool, context: Context) -> Outcome {
    let sent = RailRefund { state: RefundState::Sent, is_unknown, ..refund.clone() };
    Outcome::default().with_refund(waiting(sent, context))
}

fn waiting(refund: RailRefund, context: Context) -> RailRefund {
    let calls = refund.calls.saturating_add(1);
    // Nobody is called about a refund that a store makes, so it has no time and gets none.
    let due_at = refund.due_at.and_then(|_| next_call_at(context.now, calls));
    RailRefund { calls, due_at, ..refund }
}

fn named(refund: RailRefund, reference: Option<&Text<255>>) -> RailRefund {
    let rail_reference = reference.cloned().or(refund.rail_reference);
    RailRefund { rail_reference, ..refund }
}

fn sheet(refund: &RailRefund, context: Context) -> Sheet {
    Sheet::new(context, Reason::RefundSent, Subject::of(refund.id))
}

fn post(
    sheet: &mut Sheet,
    ways: &[Reason],
    refund: &RailRefund,
    accounts: RefundAccounts<'_>,
) -> Result<(), Refusal> {
    let (clearing, payable, _) = accounts.of(refund);
    for reason in ways {
        let (debit, credit) = match reason {
            Reason::RefundReturned => (&clearing, &payable),
            _ => (&payable, &clearing),
        };
        sheet.transfer(*reason, debit, credit, refund.amount)?;
    }
    Ok(())
}

fn contradiction(refund: &RailRefund, told: &'static str) -> Refusal {
    Refusal::Contradiction { known: refund.state.as_str(), told }
}
