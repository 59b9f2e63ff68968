//! From the provider's objects to the words of the port. Nothing comes out when an object has
//! values that no request can have made: the file was changed by hand.

use base::{Currency, Instant, Money, Text, Token};

use super::{OPERATION, amount};
use crate::provider::model::{
    Dispute, DisputeStatus, Event, Object, Payment, PaymentStatus, Refund, RefundStatus,
};
use crate::{
    Challenge, Change, DisputeStage, DisputeState, FailureCode, Operation, Outcome, PaymentStage,
    PaymentState, RailEvent, RefundStage, RefundState, Unknown,
};

/// What callers keep of the address of a challenge.
const CHALLENGE_URL_BYTES_MAX: usize = 2_048;

pub(super) fn payment(payment: &Payment, challenge_url: &str) -> Option<PaymentState> {
    let reference = Text::new(&payment.id).ok()?;
    let stage = match payment.status {
        PaymentStatus::RequiresAction => {
            let url = Some(url_of_challenge(payment, challenge_url));
            PaymentStage::RequiresAction(Challenge { reference: reference.clone(), url })
        }
        PaymentStatus::Processing | PaymentStatus::RequiresConfirmation => PaymentStage::Pending,
        PaymentStatus::RequiresCapture => PaymentStage::Authorized,
        PaymentStatus::Succeeded => PaymentStage::Captured,
        PaymentStatus::Canceled => PaymentStage::Voided,
        PaymentStatus::RequiresPaymentMethod => {
            PaymentStage::Failed(payment.failure.unwrap_or(FailureCode::MethodGone))
        }
    };
    Some(PaymentState {
        reference,
        operation: operation(payment.metadata.get(OPERATION)),
        stage,
        amount: money(payment.amount, &payment.currency)?,
        captured: amount(payment.captured)?,
        refunded: Some(amount(payment.refunded)?),
        fee: match payment.captured_at {
            Some(_) => Some(amount(payment.fee)?),
            None => None,
        },
    })
}

/// Where a challenge is answered. It says where the payer goes back to, unless that makes it longer
/// than such an address may be.
fn url_of_challenge(payment: &Payment, challenge_url: &str) -> String {
    let url = format!("{challenge_url}{}", payment.id);
    let Some(back) = &payment.return_url else { return url };
    let mut whole = format!("{url}?return_url=");
    for character in back.chars() {
        // Whatever else an address has may stand in a query as it is (RFC 3986, section 3.4).
        match character {
            '%' => whole.push_str("%25"),
            '#' => whole.push_str("%23"),
            '&' => whole.push_str("%26"),
            '+' => whole.push_str("%2B"),
            plain => whole.push(plain),
        }
    }
    if whole.len() <= CHALLENGE_URL_BYTES_MAX { whole } else { url }
}

/// What a deed on a payment is answered: its stage decides.
pub(super) fn outcome_of_payment(found: &Payment, challenge_url: &str) -> Outcome<PaymentState> {
    let Some(state) = payment(found, challenge_url) else {
        return Outcome::Unknown(Unknown::Unreadable);
    };
    state.into_outcome()
}

pub(super) fn refund(refund: &Refund) -> Option<RefundState> {
    Some(RefundState {
        reference: Text::new(&refund.id).ok()?,
        payment: Text::new(&refund.payment).ok()?,
        operation: operation(refund.metadata.get(OPERATION)),
        amount: money(refund.amount, &refund.currency)?,
        created_at: Some(Instant::from_micros(refund.created_at)),
        stage: match refund.status {
            RefundStatus::Pending => RefundStage::Pending,
            RefundStatus::Succeeded => RefundStage::Succeeded,
            RefundStatus::Failed => {
                RefundStage::Failed(refund.failure.unwrap_or(FailureCode::MethodGone))
            }
        },
    })
}

/// What a refund is answered: its stage decides.
pub(super) fn outcome_of_refund(found: &Refund) -> Outcome<RefundState> {
    let Some(state) = refund(found) else {
        return Outcome::Unknown(Unknown::Unreadable);
    };
    state.into_outcome()
}

pub(super) fn dispute(dispute: &Dispute) -> Option<DisputeState> {
    Some(DisputeState {
        reference: Text::new(&dispute.id).ok()?,
        payment: Text::new(&dispute.payment).ok()?,
        amount: money(dispute.amount, &dispute.currency)?,
        ground: Text::new("fraudulent").ok()?,
        due_at: dispute.due_at.map(Instant::from_micros),
        stage: match dispute.status {
            DisputeStatus::NeedsResponse => DisputeStage::Open,
            DisputeStatus::Won => DisputeStage::Won,
            DisputeStatus::Lost => DisputeStage::Lost,
        },
    })
}

/// Whether the disputed amount is with the bank.
pub(super) fn takes_money(dispute: &Dispute) -> bool {
    dispute.status != DisputeStatus::Won
}

pub(super) fn event(event: &Event, challenge_url: &str) -> Option<RailEvent> {
    let change = match &event.object {
        Object::Payment(found) => Change::Payment(payment(found, challenge_url)?),
        Object::Refund(found) => Change::Refund(refund(found)?),
        Object::Dispute(found) => Change::Dispute(dispute(found)?),
    };
    let at = Instant::from_micros(event.at);
    Some(RailEvent { id: Text::new(&event.id).ok()?, at, change })
}

fn operation(text: Option<&String>) -> Option<Operation> {
    text.and_then(|text| Token::new(text).ok())
}

fn money(minor: i64, currency: &str) -> Option<Money> {
    Money::new(minor, Currency::parse(currency).ok()?)
}
