//! What the simulated provider keeps: payments, refunds, disputes, and what it has answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::FailureCode;

/// How a payer's method behaves; see the table in `docs/rails.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    Ok,
    Declined,
    Insufficient,
    ExpiresSoon,
    Expired,
    Challenge,
    Timeout,
    RefundPending,
    RefundFails,
    Disputed,
}

impl Method {
    /// Method, token of the sandbox, and last four digits of its card.
    pub(crate) const ALL: [(Method, &'static str, &'static str); 10] = [
        (Method::Ok, "tok_ok", "4242"),
        (Method::Declined, "tok_declined", "0002"),
        (Method::Insufficient, "tok_insufficient", "9995"),
        (Method::ExpiresSoon, "tok_expires_soon", "0028"),
        (Method::Expired, "tok_expired", "0069"),
        (Method::Challenge, "tok_challenge", "3220"),
        (Method::Timeout, "tok_timeout", "0408"),
        (Method::RefundPending, "tok_refund_pending", "7726"),
        (Method::RefundFails, "tok_refund_fails", "5126"),
        (Method::Disputed, "tok_disputed", "0259"),
    ];

    pub(crate) fn of_token(token: &str) -> Option<Method> {
        Self::ALL.iter().find(|(_, known, _)| *known == token).map(|(method, ..)| *method)
    }

    #[cfg(feature = "stripe-server")]
    pub(crate) fn token(self) -> &'static str {
        self.row().1
    }

    pub(crate) fn last_four(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Method, &'static str, &'static str) {
        Self::ALL
            .into_iter()
            .find(|(method, ..)| *method == self)
            .expect("every method has its row")
    }
}

/// How far a payment has come. The words are those of Stripe's payment intents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
}

/// A payment. Amounts are counted in the unit its face of the provider uses; times in
/// microseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) method: Option<Method>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    /// Authorizing and capturing are two steps.
    pub(crate) is_manual: bool,
    pub(crate) status: PaymentStatus,
    pub(crate) failure: Option<FailureCode>,
    pub(crate) captured: i64,
    /// Refunds that were sent or are on their way.
    pub(crate) refunded: i64,
    pub(crate) fee: i64,
    pub(crate) created_at: i64,
    pub(crate) captured_at: Option<i64>,
    pub(crate) return_url: Option<String>,
    /// When something happens to it by itself.
    pub(crate) due_at: Option<i64>,
    pub(crate) refunds: Vec<String>,
    pub(crate) disputes: Vec<String>,
}

/// What a payment is made from.
#[derive(Clone, Debug)]
pub(crate) struct NewPayment {
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) method: Option<Method>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) is_manual: bool,
    pub(crate) is_confirmed: bool,
    pub(crate) return_url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    Pending,
    Succeeded,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) payment: String,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: RefundStatus,
    pub(crate) failure: Option<FailureCode>,
    pub(crate) created_at: i64,
    pub(crate) due_at: Option<i64>,
}

impl Refund {
    /// True for one that a store was asked for and did not make. All others that have failed were
    /// sent and came back.
    pub(crate) fn is_declined(&self) -> bool {
        self.failure == Some(FailureCode::Declined)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputeStatus {
    NeedsResponse,
    Won,
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dispute {
    pub(crate) id: String,
    pub(crate) payment: String,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: DisputeStatus,
    pub(crate) created_at: i64,
    /// When it was decided; files from before this was kept do not have it.
    #[serde(default)]
    pub(crate) decided_at: Option<i64>,
    /// Until when evidence counts; undecided by then, it is lost.
    pub(crate) due_at: Option<i64>,
}

/// Anything that events and answers are about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Object {
    Payment(Box<Payment>),
    Refund(Box<Refund>),
    Dispute(Box<Dispute>),
}

/// Something that happened, with its object as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) at: i64,
    /// In the words of Stripe's event types.
    pub(crate) kind: String,
    pub(crate) object: Object,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) at: i64,
    pub(crate) number: u64,
    /// Signed with a secret that is not ours.
    pub(crate) is_forged: bool,
    pub(crate) event: Event,
}

/// A refusal, and the payment that was made although it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub(crate) code: FailureCode,
    pub(crate) payment: Option<Box<Payment>>,
}

impl From<FailureCode> for Refusal {
    fn from(code: FailureCode) -> Self {
        Refusal { code, payment: None }
    }
}

/// What an idempotency key was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Keyed {
    pub(crate) key: String,
    /// Of the deed and its arguments.
    pub(crate) fingerprint: String,
    pub(crate) answer: Result<Object, Refusal>,
    pub(crate) at: i64,
}

/// One thing that is different now: the whole new object, so applying it twice is once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// What ids are made from.
    Seed(u64),
    /// How many ids were made.
    Count(u64),
    Payment(Box<Payment>),
    Refund(Box<Refund>),
    Dispute(Box<Dispute>),
    Keyed(Box<Keyed>),
    Event(Box<Event>),
    Delivery(Box<Delivery>),
    /// The delivery with this time and number has left.
    Delivered(i64, u64),
}
