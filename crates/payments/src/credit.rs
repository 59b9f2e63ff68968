//! Giving back in another form than money over a rail.

use base::Money;

use crate::authorize::changed;
use crate::cap::sum;
use crate::capture::is_in_currency_of;
use crate::{EventKind, Outcome, Payment, PaymentState, Refusal};

/// Counts a part of a payment as given back in another form, such as a gift card. Only the cap
/// moves here; whoever gives the card posts it, and has the payer's consent.
///
/// # Errors
///
/// In this order: `NotCaptured`; `CurrencyMismatch`; `LimitExceeded` when nothing is to be given;
/// `AmountExceedsRefundable`.
pub fn credit(amount: Money, payment: &Payment) -> Result<Outcome, Refusal> {
    check_part_of(payment, amount)?;
    payment.check_fits(amount.amount, payment.sendable())?;
    let credited = sum(payment.credited, amount.amount)?;
    let after = Payment { credited, ..payment.clone() };
    Ok(changed(payment, after, EventKind::PaymentCredited))
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
