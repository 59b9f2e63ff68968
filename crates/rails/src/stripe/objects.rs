//! Stripe's objects, as far as we read them, and what they say in the words of the port.

use std::collections::BTreeMap;

use base::{Amount, Currency, Instant, Money, Text, Token};
use serde::Deserialize;

use super::{amounts, codes};
use crate::{
    Challenge, Change, DisputeStage, DisputeState, FailureCode, MethodState, Operation,
    PaymentStage, PaymentState, RailEvent, RefundStage, RefundState,
};

/// The key in the metadata under which the operation stands.
pub(super) const OPERATION: &str = "operation";

type Metadata = BTreeMap<String, String>;

#[derive(Deserialize)]
pub(super) struct ErrorAnswer {
    pub(super) error: StripeError,
}

/// An error. Its message is not read: it may quote what was sent.
#[derive(Deserialize)]
pub(super) struct StripeError {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
    pub(super) param: Option<String>,
}

/// An object, or its id where it was not expanded.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Object(T),
    Id(String),
}

#[derive(Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

#[derive(Deserialize)]
pub(super) struct PaymentIntent {
    pub(super) id: String,
    amount: i64,
    amount_received: Option<i64>,
    currency: String,
    status: String,
    #[serde(default)]
    metadata: Metadata,
    next_action: Option<NextAction>,
    last_payment_error: Option<StripeError>,
    latest_charge: Option<Expandable<Charge>>,
}

#[derive(Deserialize)]
struct NextAction {
    redirect_to_url: Option<Redirect>,
}

#[derive(Deserialize)]
struct Redirect {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Charge {
    amount: Option<i64>,
    #[serde(default)]
    captured: bool,
    amount_captured: Option<i64>,
    amount_refunded: Option<i64>,
    balance_transaction: Option<Expandable<BalanceTransaction>>,
}

#[derive(Deserialize)]
struct BalanceTransaction {
    fee: i64,
    currency: String,
}

impl PaymentIntent {
    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        self.metadata.get(OPERATION).is_some_and(|found| found == operation.as_str())
    }

    pub(super) fn state(&self) -> Option<PaymentState> {
        let reference = Text::new(&self.id).ok()?;
        let currency = currency(&self.currency)?;
        let amount = amounts::from_stripe(self.amount, currency)?;
        let charge = match &self.latest_charge {
            Some(Expandable::Object(charge)) => Some(charge),
            _ => None,
        };
        let stage = self.stage(&reference)?;
        let captured = match stage {
            PaymentStage::Captured => {
                let said = self.amount_received.or_else(|| charge?.captured_amount());
                amounts::from_stripe(said?, currency)?.amount
            }
            _ => Amount::ZERO,
        };
        let refunded = match charge.and_then(Charge::refunded_amount) {
            _ if stage != PaymentStage::Captured => Some(Amount::ZERO),
            Some(number) => Some(amounts::from_stripe(number, currency)?.amount),
            None => None,
        };
        let fee = charge.and_then(|charge| charge.fee(currency));
        let operation = operation(&self.metadata);
        Some(PaymentState { reference, operation, stage, amount, captured, refunded, fee })
    }

    fn stage(&self, reference: &crate::Reference) -> Option<PaymentStage> {
        Some(match self.status.as_str() {
            "requires_action" => {
                let redirect = self.next_action.as_ref().and_then(|n| n.redirect_to_url.as_ref());
                let url = redirect.and_then(|redirect| redirect.url.clone());
                PaymentStage::RequiresAction(Challenge { reference: reference.clone(), url })
            }
            "processing" | "requires_confirmation" => PaymentStage::Pending,
            "requires_capture" => PaymentStage::Authorized,
            "succeeded" => PaymentStage::Captured,
            "canceled" => PaymentStage::Voided,
            "requires_payment_method" => PaymentStage::Failed(
                self.last_payment_error.as_ref().map_or(FailureCode::MethodGone, codes::failure),
            ),
            _ => return None,
        })
    }
}

impl Charge {
    /// What was refunded of what was captured: the rest of an authorization that was captured in
    /// part is released, and Stripe tells that as a refund too.
    fn refunded_amount(&self) -> Option<i64> {
        let released = match (self.amount, self.amount_captured) {
            (Some(amount), Some(captured)) if self.captured => amount.saturating_sub(captured),
            _ => 0,
        };
        Some(self.amount_refunded?.saturating_sub(released.max(0)).max(0))
    }

    /// What was captured; a charge that knows no partial capture was captured whole.
    fn captured_amount(&self) -> Option<i64> {
        self.amount_captured.or(if self.captured { self.amount } else { None })
    }

    /// The fee, where it was taken in the currency of the payment.
    fn fee(&self, currency: Currency) -> Option<Amount> {
        match &self.balance_transaction {
            Some(Expandable::Object(transaction))
                if transaction.currency.to_ascii_uppercase() == currency.code() =>
            {
                amounts::from_stripe(transaction.fee, currency).map(|fee| fee.amount)
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Refund {
    id: String,
    amount: i64,
    currency: String,
    created: Option<i64>,
    status: Option<String>,
    failure_reason: Option<String>,
    payment_intent: Option<Expandable<HasId>>,
    #[serde(default)]
    metadata: Metadata,
}

/// An object of which only the id matters.
#[derive(Deserialize)]
pub(super) struct HasId {
    id: String,
}

impl Expandable<HasId> {
    fn id(&self) -> &str {
        match self {
            Expandable::Object(object) => &object.id,
            Expandable::Id(id) => id,
        }
    }
}

impl Refund {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        self.metadata.get(OPERATION).is_some_and(|found| found == operation.as_str())
    }

    pub(super) fn state(&self) -> Option<RefundState> {
        Some(RefundState {
            reference: Text::new(&self.id).ok()?,
            payment: Text::new(self.payment_intent.as_ref()?.id()).ok()?,
            operation: operation(&self.metadata),
            amount: money(self.amount, &self.currency)?,
            created_at: self.created.and_then(instant),
            stage: match self.status.as_deref()? {
                "pending" | "requires_action" => RefundStage::Pending,
                "succeeded" => RefundStage::Succeeded,
                "failed" | "canceled" => {
                    RefundStage::Failed(codes::refund_failure(self.failure_reason.as_deref()))
                }
                _ => return None,
            },
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Dispute {
    id: String,
    amount: i64,
    currency: String,
    reason: String,
    status: String,
    payment_intent: Option<Expandable<HasId>>,
    evidence_details: Option<EvidenceDetails>,
}

#[derive(Deserialize)]
struct EvidenceDetails {
    due_by: Option<i64>,
}

impl Dispute {
    pub(super) fn state(&self) -> Option<DisputeState> {
        let due_by = self.evidence_details.as_ref().and_then(|details| details.due_by);
        Some(DisputeState {
            reference: Text::new(&self.id).ok()?,
            payment: Text::new(self.payment_intent.as_ref()?.id()).ok()?,
            amount: money(self.amount, &self.currency)?,
            ground: Text::new(&self.reason).ok()?,
            due_at: match due_by {
                Some(seconds) => Some(instant(seconds)?),
                None => None,
            },
            stage: match self.status.as_str() {
                "warning_needs_response" | "warning_under_review" => DisputeStage::Inquiry,
                "needs_response" | "under_review" => DisputeStage::Open,
                "appeal_needs_response" | "appeal_under_review" => DisputeStage::Open,
                "won" | "warning_closed" => DisputeStage::Won,
                "lost" => DisputeStage::Lost,
                // Stopped before it became a chargeback: by a word to the bank, or by giving the
                // payer the money. Stripe does not say which of them in this word.
                "prevented" => DisputeStage::Unclear,
                _ => return None,
            },
        })
    }
}

#[derive(Deserialize)]
pub(super) struct PaymentMethod {
    #[serde(rename = "type")]
    kind: String,
    card: Option<Card>,
}

#[derive(Deserialize)]
struct Card {
    brand: String,
    last4: String,
    exp_month: u8,
    exp_year: u16,
}

impl PaymentMethod {
    pub(super) fn state(&self) -> Option<MethodState> {
        let Some(card) = &self.card else {
            return Some(MethodState { label: Text::new(&self.kind).ok()?, expires_at: None });
        };
        // A card is good until the end of its month.
        let (year, month) = match card.exp_month {
            12 => (card.exp_year.checked_add(1)?, 1),
            month => (card.exp_year, month.checked_add(1)?),
        };
        let end = Instant::parse(&format!("{year:04}-{month:02}-01T00:00:00Z")).ok()?;
        let label = Text::new(&format!("{} {}", card.brand, card.last4)).ok()?;
        Some(MethodState { label, expires_at: Some(end) })
    }
}

#[derive(Deserialize)]
pub(super) struct Event {
    id: String,
    created: i64,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: serde_json::Value,
}

impl Event {
    /// The event in our words: nothing when it is about something else, an error when it is about
    /// one of our objects and cannot be read. What is not ours need not be understood: whoever
    /// shares the account may take other currencies, and Stripe gives an endpoint up that refuses.
    pub(super) fn translate(self) -> Result<Option<RailEvent>, ()> {
        let object = self.data.object;
        let kind = object.get("object").and_then(|kind| kind.as_str()).ok_or(())?.to_owned();
        let is_ours = object.get("metadata").and_then(|all| all.get(OPERATION)).is_some();
        let intent = object.get("payment_intent").filter(|id| !id.is_null()).cloned();
        let change = match (kind.as_str(), intent) {
            ("payment_intent", _) => {
                let intent = read::<PaymentIntent>(object).ok();
                intent.and_then(|intent| intent.state()).map(Change::Payment)
            }
            ("refund", Some(_)) => {
                let refund = read::<Refund>(object).ok();
                refund.and_then(|refund| refund.state()).map(Change::Refund)
            }
            ("dispute", Some(intent)) => {
                let dispute = read::<Dispute>(object).ok().and_then(|dispute| dispute.state());
                // Whose it is only the payment tells.
                Some(match dispute {
                    Some(state) => Change::Dispute(state),
                    None => Change::TakenBack(reference(intent)?),
                })
            }
            // It tells how much was refunded and not by which refund.
            ("charge", Some(intent)) => {
                let refunded = object.get("amount_refunded").and_then(serde_json::Value::as_i64);
                if refunded.is_none_or(|amount| amount == 0) {
                    return Ok(None);
                }
                Some(Change::TakenBack(reference(intent)?))
            }
            _ => return Ok(None),
        };
        let change = match change {
            Some(change) => change,
            None if is_ours => return Err(()),
            None => return Ok(None),
        };
        let id = Text::new(&self.id).map_err(drop)?;
        let at = instant(self.created).ok_or(())?;
        Ok(Some(RailEvent { id, at, change }))
    }
}

/// The payment that an object belongs to.
fn reference(intent: serde_json::Value) -> Result<crate::Reference, ()> {
    let intent: Expandable<HasId> = read(intent)?;
    Text::new(intent.id()).map_err(drop)
}

fn read<T: serde::de::DeserializeOwned>(object: serde_json::Value) -> Result<T, ()> {
    serde_json::from_value(object).map_err(drop)
}

fn operation(metadata: &Metadata) -> Option<Operation> {
    metadata.get(OPERATION).and_then(|text| Token::new(text).ok())
}

fn money(number: i64, code: &str) -> Option<Money> {
    amounts::from_stripe(number, currency(code)?)
}

fn currency(lower_case: &str) -> Option<Currency> {
    Currency::parse(&lower_case.to_ascii_uppercase()).ok()
}

fn instant(seconds: i64) -> Option<Instant> {
    seconds.checked_mul(1_000_000).and_then(Instant::try_from_micros)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn translated(object: Value) -> Result<Option<Change>, ()> {
        let event = json!({"id": "evt_1", "created": 1, "data": {"object": object}});
        let event: Event = serde_json::from_value(event).unwrap();
        event.translate().map(|event| event.map(|event| event.change))
    }

    #[test]
    fn what_is_not_ours_is_received_whatever_it_says() {
        let intent = |currency: &str, status: &str, metadata: Value| {
            translated(json!({
                "object": "payment_intent", "id": "pi_1", "amount": 500, "currency": currency,
                "status": status, "metadata": metadata,
            }))
        };
        let ours = || json!({"operation": "pay_1:authorize"});
        assert!(matches!(intent("usd", "requires_capture", ours()), Ok(Some(Change::Payment(_)))));
        for (currency, status) in [("ugx", "succeeded"), ("iqd", "succeeded"), ("usd", "hatched")] {
            assert_eq!(intent(currency, status, json!({"order": "7"})), Ok(None), "{currency}");
            assert_eq!(intent(currency, status, ours()), Err(()), "{currency}");
        }
        let refund = |currency: &str, metadata: Value| {
            translated(json!({
                "object": "refund", "id": "re_1", "amount": 500, "currency": currency,
                "status": "succeeded", "payment_intent": "pi_1", "metadata": metadata,
            }))
        };
        assert_eq!(refund("ugx", json!({})), Ok(None));
        assert_eq!(refund("ugx", json!({"operation": "rrf_1:1"})), Err(()));
        // Made by hand at Stripe, of a payment that may be ours: somebody should hear of it.
        assert!(matches!(refund("usd", json!({})), Ok(Some(Change::Refund(_)))));
    }

    #[test]
    fn a_dispute_that_cannot_be_read_is_asked_about() {
        let dispute = |currency: &str, status: &str, intent: Value| {
            translated(json!({
                "object": "dispute", "id": "dp_1", "amount": 500, "currency": currency,
                "reason": "fraudulent", "status": status, "payment_intent": intent,
            }))
        };
        let asked = Ok(Some(Change::TakenBack(Text::new("pi_1").unwrap())));
        assert_eq!(dispute("ugx", "lost", json!("pi_1")), asked);
        assert_eq!(dispute("usd", "hatched", json!({"id": "pi_1"})), asked);
        assert!(matches!(dispute("usd", "lost", json!("pi_1")), Ok(Some(Change::Dispute(_)))));
        assert_eq!(dispute("usd", "lost", Value::Null), Ok(None));
    }

    /// Whether a dispute that was prevented has cost us the money only Stripe's pages say.
    #[test]
    fn a_dispute_that_was_prevented_is_not_taken_as_won() {
        for (status, stage) in [
            ("won", DisputeStage::Won),
            ("warning_closed", DisputeStage::Won),
            ("prevented", DisputeStage::Unclear),
            ("lost", DisputeStage::Lost),
        ] {
            let change = translated(json!({
                "object": "dispute", "id": "dp_1", "amount": 500, "currency": "usd",
                "reason": "fraudulent", "status": status, "payment_intent": "pi_1",
            }));
            let Ok(Some(Change::Dispute(state))) = change else { panic!("{status}: {change:?}") };
            assert_eq!(state.stage, stage, "{status}");
        }
    }

    #[test]
    fn a_charge_that_was_refunded_is_asked_about() {
        let charge = |refunded: i64, intent: Value| {
            translated(json!({
                "object": "charge", "id": "ch_1", "amount": 500, "amount_refunded": refunded,
                "currency": "usd", "payment_intent": intent,
            }))
        };
        let asked = Ok(Some(Change::TakenBack(Text::new("pi_1").unwrap())));
        assert_eq!(charge(200, json!("pi_1")), asked);
        assert_eq!(charge(0, json!("pi_1")), Ok(None));
        assert_eq!(charge(200, Value::Null), Ok(None));
    }
}
