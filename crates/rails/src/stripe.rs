//! The adapter that speaks Stripe's API: payment intents with separate capture, refunds, disputes
//! and webhooks.

mod amounts;
mod client;
mod codes;
mod objects;
mod reports;

use std::time::Duration;

use base::{Instant, Span};
use serde::de::DeserializeOwned;

use self::client::{Client, Fields};
use self::objects::{Dispute, Event, List, OPERATION, PaymentIntent, PaymentMethod};
use crate::{
    Authorize, Capabilities, Capture, DisputeState, FailureCode, Header, MethodState, MethodToken,
    Outcome, PaymentQuery, PaymentState, Rail, RailEvent, Reference, Refund, RefundQuery,
    RefundState, Secret, SettledLine, SettlementError, Unknown, Void, WebhookError, signature,
};

/// The version of Stripe's API that this adapter was written for; every request names it, so that
/// an upgrade of the account changes nothing here.
pub const VERSION: &str = "2026-10-28.endive";

/// The header that carries the signature of Stripe's messages.
pub const SIGNATURE_HEADER: &str = "Stripe-Signature";

/// Pages of a list that are read in search of an operation; a page has a hundred objects.
const PAGES_MAX: usize = 20;

/// How much Stripe's clock may be behind ours.
const CLOCK_SKEW: Span = Span::seconds(3600);

/// What the adapter needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `https://api.stripe.com`, or a server for tests on this machine.
    pub base_url: String,
    /// A secret or restricted key: `sk_…`, `rk_…`.
    pub api_key: Secret,
    /// Secrets of the webhook endpoint: one, or two while it is being changed.
    pub webhook_secrets: Vec<Secret>,
    /// How long an answer may take; afterwards the outcome is unknown.
    pub timeout: Duration,
}

impl Settings {
    /// Settings for Stripe itself.
    pub fn new(api_key: Secret, webhook_secrets: Vec<Secret>) -> Self {
        let base_url = "https://api.stripe.com".to_owned();
        Settings { base_url, api_key, webhook_secrets, timeout: Duration::from_secs(30) }
    }
}

/// Why the adapter cannot be made from its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The address would send the key readable over the network.
    #[error("the address of the rail must begin with https://, except on this machine")]
    NotEncrypted,
    /// The key is empty or has characters that no key has.
    #[error("the rail's API key is missing or has spaces or other strange characters in it")]
    NoKey,
    /// This machine has no list of certificate authorities.
    #[error("no certificate authorities were found; install the package ca-certificates")]
    NoAuthorities,
}

/// The adapter. It keeps nothing between calls but open connections.
pub struct Stripe {
    client: Client,
    webhook_secrets: Vec<Secret>,
}

impl Stripe {
    /// An adapter with these settings; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`SettingsError`].
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let client = Client::new(&settings.base_url, &settings.api_key, settings.timeout)?;
        Ok(Stripe { client, webhook_secrets: settings.webhook_secrets.clone() })
    }

    /// Searches a list, newest first.
    fn find<T: DeserializeOwned>(
        &self,
        path: &str,
        filter: (&str, &str),
        id_of: impl Fn(&T) -> &str,
        is_meant: impl Fn(&T) -> bool,
    ) -> Outcome<Option<T>> {
        let mut found = None;
        let read = self.read_list(path, filter, id_of, |one| {
            let is_found = is_meant(&one);
            found = is_found.then_some(one);
            is_found
        });
        read.map(|()| found)
    }

    /// Reads a list page by page, newest first, until `has_enough` says so.
    fn read_list<T: DeserializeOwned>(
        &self,
        path: &str,
        filter: (&str, &str),
        id_of: impl Fn(&T) -> &str,
        mut has_enough: impl FnMut(T) -> bool,
    ) -> Outcome<()> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = vec![filter, ("limit", "100")];
            if let Some(after) = &after {
                query.push(("starting_after", after));
            }
            let page: List<T> = match self.client.get(path, &query) {
                Outcome::Succeeded(page) => page,
                other => return other.map(drop),
            };
            let last = page.data.last().map(|last| id_of(last).to_owned());
            if page.data.into_iter().any(&mut has_enough) {
                return Outcome::Succeeded(());
            }
            after = match last {
                Some(last) if page.has_more => Some(last),
                _ => return Outcome::Succeeded(()),
            };
        }
        // More than two thousand objects since then: it may be further back.
        Outcome::Unknown(Unknown::Unreadable)
    }

    fn get_or_none<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &Fields<'_>,
    ) -> Outcome<Option<T>> {
        match self.client.get(path, query) {
            Outcome::Failed(FailureCode::NotFound) => Outcome::Succeeded(None),
            other => other.map(Some),
        }
    }
}

/// What a payment is read with, so that refunds and fee are in it.
const WHOLE_PAYMENT: (&str, &str) = ("expand[0]", "latest_charge.balance_transaction");

impl Rail for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    /// Source: Stripe's pages on placing a hold (cards hold seven days at least online, except
    /// where a brand says less), on idempotent requests (keys may be removed after a day), and on
    /// refunds (cards have no limit of their own).
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            separate_capture: true,
            authorization_days: 7,
            operations_last: Span::days(1),
            partial_refund: true,
            refund_days: None,
            challenge: true,
            disputes: true,
            store_mediated: false,
            refund_elsewhere: false,
        }
    }

    fn method(&self, token: &MethodToken) -> Outcome<MethodState> {
        let path = format!("/v1/payment_methods/{}", token.reveal());
        match self.client.get::<PaymentMethod>(&path, &[]) {
            Outcome::Failed(FailureCode::NotFound) => Outcome::Failed(FailureCode::MethodGone),
            other => other.and_then(|method| read(method.state())),
        }
    }

    fn authorize(&self, request: &Authorize<'_>) -> Outcome<PaymentState> {
        let amount = match amounts::to_stripe(request.amount) {
            Ok(amount) => amount.to_string(),
            Err(code) => return Outcome::Failed(code),
        };
        let currency = request.amount.currency.code().to_ascii_lowercase();
        let metadata = format!("metadata[{OPERATION}]");
        let mut fields = vec![
            ("amount", amount.as_str()),
            ("currency", &currency),
            ("payment_method", request.method.reveal()),
            ("payment_method_types[0]", "card"),
            ("capture_method", "manual"),
            ("confirm", "true"),
            (&metadata, request.operation.as_str()),
        ];
        if let Some(url) = request.return_url {
            fields.push(("return_url", url));
        }
        let answer = self.client.post("/v1/payment_intents", request.operation, &fields);
        answer.and_then(paid)
    }

    fn capture(&self, request: &Capture<'_>) -> Outcome<PaymentState> {
        let Some(payment) = path_of("payment_intents", request.payment) else {
            return Outcome::Failed(FailureCode::NotFound);
        };
        let amount = match amounts::to_stripe(request.amount) {
            Ok(amount) => amount.to_string(),
            Err(code) => return Outcome::Failed(code),
        };
        let fields = [("amount_to_capture", amount.as_str()), WHOLE_PAYMENT];
        self.client.post(&format!("{payment}/capture"), request.operation, &fields).and_then(paid)
    }

    fn void(&self, request: &Void<'_>) -> Outcome<PaymentState> {
        let Some(payment) = path_of("payment_intents", request.payment) else {
            return Outcome::Failed(FailureCode::NotFound);
        };
        self.client.post(&format!("{payment}/cancel"), request.operation, &[]).and_then(paid)
    }

    fn refund(&self, request: &Refund<'_>) -> Outcome<RefundState> {
        let amount = match amounts::to_stripe(request.amount) {
            Ok(amount) => amount.to_string(),
            Err(code) => return Outcome::Failed(code),
        };
        let metadata = format!("metadata[{OPERATION}]");
        let fields = [
            ("payment_intent", request.payment.as_str()),
            ("amount", &amount),
            (&metadata, request.operation.as_str()),
        ];
        let answer: Outcome<objects::Refund> =
            self.client.post("/v1/refunds", request.operation, &fields);
        answer.and_then(|refund| read(refund.state())).and_then(RefundState::into_outcome)
    }

    fn payment(&self, query: &PaymentQuery<'_>) -> Outcome<Option<PaymentState>> {
        let path = match query.reference {
            Some(reference) => path_of("payment_intents", reference),
            None => {
                let since = query.since.saturating_sub(CLOCK_SKEW);
                let since = since.micros().div_euclid(1_000_000).to_string();
                let found = self.find(
                    "/v1/payment_intents",
                    ("created[gte]", &since),
                    |intent: &PaymentIntent| &intent.id,
                    |intent| intent.is_of(query.operation),
                );
                match found {
                    // The list does not show refunds and fee; the payment itself does.
                    Outcome::Succeeded(Some(intent)) => {
                        Some(format!("/v1/payment_intents/{}", intent.id))
                    }
                    other => return other.map(|_| None),
                }
            }
        };
        let Some(path) = path else { return Outcome::Succeeded(None) };
        self.get_or_none::<PaymentIntent>(&path, &[WHOLE_PAYMENT]).and_then(|found| match found {
            Some(intent) => read(intent.state()).map(Some),
            None => Outcome::Succeeded(None),
        })
    }

    fn refund_state(&self, query: &RefundQuery<'_>) -> Outcome<Option<RefundState>> {
        let found = match query.reference {
            Some(reference) => match path_of("refunds", reference) {
                Some(path) => self.get_or_none(&path, &[]),
                None => return Outcome::Succeeded(None),
            },
            None => self.find(
                "/v1/refunds",
                ("payment_intent", query.payment.as_str()),
                |refund: &objects::Refund| refund.id(),
                |refund| refund.is_of(query.operation),
            ),
        };
        found.and_then(|found| match found {
            Some(refund) => read(refund.state()).map(Some),
            None => Outcome::Succeeded(None),
        })
    }

    fn refunds(&self, payment: &Reference) -> Outcome<Vec<RefundState>> {
        let mut all = Vec::new();
        let filter = ("payment_intent", payment.as_str());
        let read_all = self.read_list("/v1/refunds", filter, objects::Refund::id, |refund| {
            all.push(refund.state());
            false
        });
        read_all.and_then(|()| read(all.into_iter().collect()))
    }

    fn disputes(&self, payment: &Reference) -> Outcome<Vec<DisputeState>> {
        let query = [("payment_intent", payment.as_str()), ("limit", "100")];
        self.client
            .get("/v1/disputes", &query)
            .and_then(|list: List<Dispute>| read(list.data.iter().map(Dispute::state).collect()))
    }

    fn verify_and_translate(
        &self,
        headers: &[Header<'_>],
        body: &[u8],
        now: Instant,
    ) -> Result<Vec<RailEvent>, WebhookError> {
        signature::verify(&self.webhook_secrets, SIGNATURE_HEADER, headers, body, now)?;
        let event: Event = serde_json::from_slice(body).map_err(|_| WebhookError::Unreadable)?;
        let event = event.translate().map_err(|()| WebhookError::Unreadable)?;
        Ok(event.into_iter().collect())
    }

    fn settlement(&self, file: &str) -> Result<Vec<SettledLine>, SettlementError> {
        reports::read(file)
    }
}

fn paid(intent: PaymentIntent) -> Outcome<PaymentState> {
    read(intent.state()).and_then(PaymentState::into_outcome)
}

/// An object that lacks what it must have is not an answer.
fn read<T>(state: Option<T>) -> Outcome<T> {
    match state {
        Some(state) => Outcome::Succeeded(state),
        None => Outcome::Unknown(Unknown::Unreadable),
    }
}

/// The path of an object; none for an id that Stripe cannot have given, which could lead
/// somewhere else.
fn path_of(kind: &str, reference: &Reference) -> Option<String> {
    let id = reference.as_str();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    id.bytes().all(fits).then(|| format!("/v1/{kind}/{id}"))
}
