//! The provider's objects as Stripe writes them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::FailureCode;
use crate::provider::model::{
    Dispute, DisputeStatus, Event, Method, Object, Payment, PaymentStatus, Refund, RefundStatus,
};

/// Stripe's times are whole seconds.
fn seconds(micros: i64) -> i64 {
    micros.div_euclid(1_000_000)
}

/// The part of an id after its prefix, so that a payment's charge and fee have ids of their own.
fn suffix(id: &str) -> &str {
    id.split_once('_').map_or(id, |(_, suffix)| suffix)
}

pub(super) fn method(method: Method) -> Value {
    let year = if method == Method::Expired { 2020 } else { 2034 };
    json!({
        "id": method_id(method),
        "object": "payment_method",
        "billing_details": {},
        "card": {
            "brand": "visa", "country": "US", "exp_month": 12, "exp_year": year,
            "funding": "credit", "last4": method.last_four(),
        },
        "created": 0,
        "customer": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    })
}

fn method_id(method: Method) -> String {
    format!("pm_{}", suffix(method.token()))
}

/// How much of a payment is written out.
#[derive(Clone, Copy)]
pub(super) struct Depth {
    pub(super) charge: bool,
    pub(super) balance_transaction: bool,
}

impl Depth {
    pub(super) const FLAT: Depth = Depth { charge: false, balance_transaction: false };
}

pub(super) fn payment(payment: &Payment, depth: Depth, challenge_url: &str) -> Value {
    let failure = payment.failure.filter(|code| *code != FailureCode::AuthorizationLapsed);
    let next_action = (payment.status == PaymentStatus::RequiresAction).then(|| {
        let url = format!("{challenge_url}{}", payment.id);
        json!({
            "type": "redirect_to_url",
            "redirect_to_url": { "url": url, "return_url": payment.return_url },
        })
    });
    let capturable = match payment.status {
        PaymentStatus::RequiresCapture => payment.amount,
        _ => 0,
    };
    let has_charge = capturable > 0 || payment.captured_at.is_some();
    let charge_value = match depth.charge {
        true => charge(payment, depth),
        false => json!(format!("ch_{}", suffix(&payment.id))),
    };
    json!({
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.amount,
        "amount_capturable": capturable,
        "amount_received": payment.captured,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": if payment.is_manual { "manual" } else { "automatic" },
        "client_secret": format!("{}_secret_sandbox", payment.id),
        "confirmation_method": "automatic",
        "created": seconds(payment.created_at),
        "currency": payment.currency.to_ascii_lowercase(),
        "customer": null,
        "description": null,
        "last_payment_error": failure.map(card_error),
        "latest_charge": if has_charge { charge_value } else { Value::Null },
        "livemode": false,
        "metadata": payment.metadata,
        "next_action": next_action,
        "payment_method": payment.method.map(method_id),
        "payment_method_types": ["card"],
        "status": payment.status,
    })
}

fn charge(payment: &Payment, depth: Depth) -> Value {
    let transaction = format!("txn_{}", suffix(&payment.id));
    let transaction = match (payment.captured_at, depth.balance_transaction) {
        (None, _) => Value::Null,
        (Some(_), false) => json!(transaction),
        (Some(at), true) => json!({
            "id": transaction,
            "object": "balance_transaction",
            "amount": payment.captured,
            "created": seconds(at),
            "currency": payment.currency.to_ascii_lowercase(),
            "fee": payment.fee,
            "net": payment.captured - payment.fee,
            "status": "pending",
            "type": "charge",
        }),
    };
    json!({
        "id": format!("ch_{}", suffix(&payment.id)),
        "object": "charge",
        "amount": payment.amount,
        "amount_captured": payment.captured,
        "amount_refunded": payment.refunded + released(payment),
        "balance_transaction": transaction,
        "captured": payment.captured_at.is_some(),
        "created": seconds(payment.created_at),
        "currency": payment.currency.to_ascii_lowercase(),
        "disputed": !payment.disputes.is_empty(),
        "livemode": false,
        "metadata": {},
        "paid": true,
        "payment_intent": payment.id,
        "refunded": payment.captured_at.is_some() && payment.refunded == payment.captured,
        "status": "succeeded",
    })
}

/// What was let go because less was captured than authorized.
fn released(payment: &Payment) -> i64 {
    payment.captured_at.map_or(0, |_| payment.amount - payment.captured)
}

/// What was let go, as Stripe lists it: as one more refund, which nobody has asked for.
pub(super) fn release(payment: &Payment) -> Option<Value> {
    let amount = Some(released(payment)).filter(|amount| *amount > 0)?;
    Some(refund(&Refund {
        id: format!("re_rest{}", suffix(&payment.id)),
        payment: payment.id.clone(),
        metadata: BTreeMap::new(),
        amount,
        currency: payment.currency.clone(),
        status: RefundStatus::Succeeded,
        failure: None,
        created_at: payment.captured_at?,
        due_at: None,
    }))
}

pub(super) fn refund(refund: &Refund) -> Value {
    let reason = refund.failure.map(|code| match code {
        FailureCode::ExpiredMethod => "expired_or_canceled_card",
        _ => "lost_or_stolen_card",
    });
    let mut value = json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "balance_transaction": format!("txn_{}", suffix(&refund.id)),
        "charge": format!("ch_{}", suffix(&refund.payment)),
        "created": seconds(refund.created_at),
        "currency": refund.currency.to_ascii_lowercase(),
        "metadata": refund.metadata,
        "payment_intent": refund.payment,
        "reason": null,
        "receipt_number": null,
        "status": match refund.status {
            RefundStatus::Pending => "pending",
            RefundStatus::Succeeded => "succeeded",
            RefundStatus::Failed => "failed",
        },
    });
    if let Some(reason) = reason {
        value["failure_reason"] = reason.into();
    }
    value
}

pub(super) fn dispute(dispute: &Dispute) -> Value {
    json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": [],
        "charge": format!("ch_{}", suffix(&dispute.payment)),
        "created": seconds(dispute.created_at),
        "currency": dispute.currency.to_ascii_lowercase(),
        "evidence": {},
        "evidence_details": {
            "due_by": dispute.due_at.map(seconds),
            "has_evidence": false, "past_due": false, "submission_count": 0,
        },
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": dispute.payment,
        "reason": "fraudulent",
        "status": match dispute.status {
            DisputeStatus::NeedsResponse => "needs_response",
            DisputeStatus::Won => "won",
            DisputeStatus::Lost => "lost",
        },
    })
}

pub(super) fn event(event: &Event, challenge_url: &str) -> Value {
    let object = match &event.object {
        Object::Payment(found) => payment(found, Depth::FLAT, challenge_url),
        Object::Refund(found) => refund(found),
        Object::Dispute(found) => dispute(found),
    };
    json!({
        "id": event.id,
        "object": "event",
        "api_version": crate::stripe::VERSION,
        "created": seconds(event.at),
        "data": { "object": object },
        "livemode": false,
        "pending_webhooks": 0,
        "request": null,
        "type": event.kind,
    })
}

/// Newest first, as the caller brings them: those after `after`, at most `limit`.
pub(super) fn list(url: &str, all: &[Value], after: Option<&str>, limit: usize) -> Value {
    let start = match after {
        Some(after) => all.iter().position(|one| one["id"] == after).map_or(all.len(), |at| at + 1),
        None => 0,
    };
    let page: Vec<&Value> = all[start..].iter().take(limit).collect();
    let has_more = start + page.len() < all.len();
    json!({ "object": "list", "url": url, "data": page, "has_more": has_more })
}

/// The error object of a payment that was refused.
pub(super) fn card_error(code: FailureCode) -> Value {
    let (code, decline_code) = match code {
        FailureCode::InsufficientFunds => ("card_declined", Some("insufficient_funds")),
        FailureCode::ExpiredMethod => ("expired_card", None),
        FailureCode::ChallengeFailed => ("payment_intent_authentication_failure", None),
        _ => ("card_declined", Some("generic_decline")),
    };
    let mut error =
        json!({ "type": "card_error", "code": code, "message": "Your card was declined." });
    if let Some(decline_code) = decline_code {
        error["decline_code"] = decline_code.into();
    }
    error
}
