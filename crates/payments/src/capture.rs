//! Taking what was reserved, and what the rail keeps of it.

use base::{Amount, Money};
use ledger::{Account, AccountName, Reason, Subject};

use crate::authorize::{changed, contradiction};
use crate::post::Sheet;
use crate::{CaptureNotice, Context, EventKind, FailureCode, Outcome, Payment, PaymentState};
use crate::{Refusal, Step, limits};

/// Accounts on which a capture is posted, each when it was opened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct CaptureAccounts<'a> {
    /// `rail/{rail}/clearing` of the payment.
    pub clearing: Option<&'a Account>,
    /// `rail/{rail}/fees` of the payment.
    pub fees: Option<&'a Account>,
    /// `order/clearing`.
    pub order: Option<&'a Account>,
}

/// Asks to take what is reserved.
///
/// # Errors
///
/// In this order: `NothingToChange` when that was asked or done before; `NotAuthorized`.
pub fn begin_capture(payment: &Payment, context: Context) -> Result<Outcome, Refusal> {
    match payment.state {
        PaymentState::Authorized => {
            let after = payment.starting(PaymentState::Capturing, context.now);
            Ok(Outcome::of_payment(payment, after))
        }
        PaymentState::Capturing | PaymentState::Captured => Err(Refusal::NothingToChange),
        PaymentState::Authorizing
        | PaymentState::RequiresAction { .. }
        | PaymentState::Voiding
        | PaymentState::Voided
        | PaymentState::Failed { .. } => Err(Refusal::NotAuthorized),
    }
}

/// Notes what the rail has said about a capture. Money that was taken is booked in every open
/// state, also when it was not asked for: some rails take it at once.
///
/// Posts the amount, debit `rail/{rail}/clearing`, credit `order/clearing`, and the fee, debit
/// `rail/{rail}/fees`, credit `rail/{rail}/clearing`.
///
/// # Errors
///
/// In this order: `CurrencyMismatch`; `NothingToChange`; `Contradiction` when it was not taken
/// before, or another amount was, or none or more than was asked for is said to be; `LimitExceeded`
/// for a fee above [`limits::AMOUNT_MAX`], or when a total would overflow.
pub fn note_capture(
    notice: &CaptureNotice,
    payment: &Payment,
    accounts: CaptureAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let (amount, fee, reference) = match notice {
        CaptureNotice::Failed { code } => return note_refused(code, payment),
        CaptureNotice::Captured { amount, fee, reference } => (*amount, *fee, reference.as_ref()),
    };
    if [Some(amount), fee].into_iter().flatten().any(|told| !is_in_currency_of(payment, told)) {
        return Err(Refusal::CurrencyMismatch);
    }
    match payment.state {
        PaymentState::Captured if amount.amount == payment.captured => {
            let fee = fee.ok_or(Refusal::NothingToChange)?;
            return note_fee(fee, payment, accounts, context);
        }
        PaymentState::Captured | PaymentState::Voided | PaymentState::Failed { .. } => {
            return Err(contradiction(payment, "captured"));
        }
        _ if amount.amount.is_zero() => return Err(contradiction(payment, "captured nothing")),
        _ if amount.amount > payment.amount.amount => {
            return Err(contradiction(payment, "captured more"));
        }
        _ => {}
    }
    let after = Payment {
        captured: amount.amount,
        fee: fee.map(|fee| fee.amount),
        ..payment.settled(PaymentState::Captured).named(reference)
    };
    let clearing = clearing(payment, accounts);
    let order = Account::or_open(accounts.order, AccountName::OrderClearing, amount.currency);
    let mut sheet = Sheet::new(context, Reason::Payment, Subject::of(payment.id));
    sheet.transfer(Reason::Payment, &clearing, &order, amount)?;
    post_fee(&mut sheet, fee, payment, accounts)?;
    let outcome = changed(payment, after, EventKind::PaymentCaptured);
    Ok(outcome.with_posted(sheet.finish()))
}

fn note_refused(code: &FailureCode, payment: &Payment) -> Result<Outcome, Refusal> {
    match payment.state {
        PaymentState::Capturing => {
            let state = PaymentState::Failed { step: Step::Capture, code: code.clone() };
            Ok(changed(payment, payment.settled(state), EventKind::PaymentFailed))
        }
        PaymentState::Failed { step: Step::Capture, .. } | PaymentState::Voided => {
            Err(Refusal::NothingToChange)
        }
        _ => Err(contradiction(payment, "refused to capture")),
    }
}

/// Notes what the rail keeps, when it told so only after the capture.
///
/// # Errors
///
/// In this order: `NotCaptured`; `CurrencyMismatch`; `NothingToChange`; `Contradiction` when
/// another fee is known; `LimitExceeded` above [`limits::AMOUNT_MAX`], or when a total would
/// overflow.
pub fn note_fee(
    fee: Money,
    payment: &Payment,
    accounts: CaptureAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if payment.state != PaymentState::Captured {
        return Err(Refusal::NotCaptured);
    }
    if !is_in_currency_of(payment, fee) {
        return Err(Refusal::CurrencyMismatch);
    }
    match payment.fee {
        Some(known) if known == fee.amount => return Err(Refusal::NothingToChange),
        Some(_) => return Err(Refusal::Contradiction { known: "a fee", told: "another fee" }),
        None => {}
    }
    let mut sheet = Sheet::new(context, Reason::PaymentFee, Subject::of(payment.id));
    post_fee(&mut sheet, Some(fee), payment, accounts)?;
    let after = Payment { fee: Some(fee.amount), ..payment.clone() };
    Ok(changed(payment, after, EventKind::PaymentFeeNoted).with_posted(sheet.finish()))
}

fn post_fee(
    sheet: &mut Sheet,
    fee: Option<Money>,
    payment: &Payment,
    accounts: CaptureAccounts<'_>,
) -> Result<(), Refusal> {
    let Some(fee) = fee.filter(|fee| fee.amount > Amount::ZERO) else { return Ok(()) };
    if fee.amount.minor() > limits::AMOUNT_MAX {
        return Err(Refusal::LimitExceeded);
    }
    let name = AccountName::RailFees(payment.rail.clone());
    let fees = Account::or_open(accounts.fees, name, fee.currency);
    sheet.transfer(Reason::PaymentFee, &fees, &clearing(payment, accounts), fee)
}

fn clearing(payment: &Payment, accounts: CaptureAccounts<'_>) -> Account {
    let name = AccountName::RailClearing(payment.rail.clone());
    Account::or_open(accounts.clearing, name, payment.amount.currency)
}

pub(crate) fn is_in_currency_of(payment: &Payment, money: Money) -> bool {
    money.currency == payment.amount.currency
}
