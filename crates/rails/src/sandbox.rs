//! The sandbox: a strict simulated rail, in the same process, for test books and demonstrations.
//! It can be a card processor or an app store ([`Kind`]).
//!
//! Tokens, times and fees stand in `docs/rails.md`. The clock is the caller's, so a test clock
//! that is moved by a month lets a month of refunds and disputes happen.

mod settlement;
mod translate;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use base::{Amount, Currency, Instant, Text};
use outside::clock::Clock;

use crate::provider::model::{Delivery, Event, Method, NewPayment, Object};
use crate::provider::{Answered, KEY_DAYS, Provider, Trouble};
use crate::{
    Authorize, Capabilities, Capture, DisputeState, FailureCode, Header, MethodState, MethodToken,
    Outcome, PaymentQuery, PaymentState, Rail, RailEvent, Reference, Refund, RefundQuery,
    RefundState, Secret, StoreDoes, Unknown, Void, WebhookError, signature,
};

pub use crate::provider::{Behavior, Faults};

/// The header that carries the signature of the sandbox's messages.
pub const SIGNATURE_HEADER: &str = "Sandbox-Signature";

/// The key in a payment's or refund's metadata under which the operation stands.
pub(crate) const OPERATION: &str = "operation";

/// What a sandbox plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A processor of cards, which sends refunds when it is called: the rail `sandbox`.
    Cards,
    /// An app store, which makes refunds by itself or declines them: the rail `sandbox_store`.
    Store,
}

impl Kind {
    /// The name of the rail.
    pub const fn rail(self) -> &'static str {
        match self {
            Kind::Cards => "sandbox",
            Kind::Store => "sandbox_store",
        }
    }
}

/// A store's share of what was captured, in hundredths of a percent.
const STORE_BASIS_POINTS: u32 = 3_000;

/// What a sandbox is made with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it plays.
    pub kind: Kind,
    /// How it behaves.
    pub behavior: Behavior,
    /// What its ids are made from, and when its messages are late. A book that lives longer than
    /// the sandbox's memory needs a fresh one each time, or ids of the past would mean something
    /// else.
    pub seed: u64,
    /// What its messages are signed with.
    pub webhook_secret: Secret,
    /// Where a challenge is answered; the id of the payment follows.
    pub challenge_url: String,
}

impl Settings {
    /// The documented behavior, with these secrets.
    pub fn new(seed: u64, webhook_secret: Secret) -> Self {
        let challenge_url = "https://sandbox.invalid/challenges/".to_owned();
        let (kind, behavior) = (Kind::Cards, Behavior::default());
        Settings { kind, behavior, seed, webhook_secret, challenge_url }
    }

    /// The same of another kind. The fee of a store is its share and nothing else.
    pub fn of(kind: Kind, seed: u64, webhook_secret: Secret) -> Self {
        let mut settings = Settings { kind, ..Settings::new(seed, webhook_secret) };
        if kind == Kind::Store {
            settings.behavior.fee_basis_points = STORE_BASIS_POINTS;
            settings.behavior.fee_fixed = 0;
        }
        settings
    }
}

/// A message of the sandbox, as it would come over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
    /// Which it is among those that wait.
    pub(crate) place: (i64, u64),
}

impl Message {
    /// The headers as [`Rail::verify_and_translate`] takes them.
    pub fn headers(&self) -> Vec<Header<'_>> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// The simulated rail. Clones are the same one.
#[derive(Clone)]
pub struct Sandbox {
    kind: Kind,
    pub(crate) provider: Provider,
    pub(crate) webhook_secret: Secret,
    pub(crate) challenge_url: Arc<str>,
}

impl Sandbox {
    /// A sandbox that is gone with the process.
    pub fn in_memory(clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let provider = Provider::in_memory(clock, settings.behavior, settings.seed);
        Self::of(provider, settings)
    }

    /// A sandbox that goes on where the file ends; a missing file is made.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written, or another process uses it.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, settings: Settings) -> io::Result<Self> {
        let provider = Provider::in_file(clock, settings.behavior, settings.seed, path)?;
        Ok(Self::of(provider, settings))
    }

    fn of(provider: Provider, settings: Settings) -> Self {
        let Settings { kind, webhook_secret, challenge_url, .. } = settings;
        Sandbox { kind, provider, webhook_secret, challenge_url: challenge_url.into() }
    }

    /// From now on, messages go wrong like this.
    pub fn set_faults(&self, faults: Faults) {
        self.provider.set_faults(faults);
    }

    /// The messages that have arrived by now and were not received before, in the order of their
    /// arrival, signed now as every sender does when it sends. A sandbox that cannot keep its
    /// state sends none. Each is sent again until it was [received](Sandbox::received).
    pub fn arrived(&self) -> Vec<Message> {
        self.first_arrived(usize::MAX)
    }

    /// The first of them.
    pub fn first_arrived(&self, limit: usize) -> Vec<Message> {
        let deliveries = self.provider.arrived(limit).unwrap_or_default();
        // A look at the clock may cost a question to somebody.
        let Some(now) = (!deliveries.is_empty()).then(|| self.provider.clock().now()) else {
            return Vec::new();
        };
        deliveries.iter().map(|delivery| self.message(delivery, now)).collect()
    }

    /// Somebody has dealt with a message, so it is not sent again.
    pub fn received(&self, message: &Message) {
        // A sandbox that cannot keep its state sends nothing any more.
        let _ = self.provider.received(message.place.0, message.place.1);
    }

    /// The messages that have arrived by now, as [`Sandbox::arrived`], all of them received.
    pub fn messages(&self) -> Vec<Message> {
        let messages = self.arrived();
        for message in &messages {
            self.received(message);
        }
        messages
    }

    /// When something happens next by itself, or a message arrives that has not: whoever moves the
    /// clock can stop there.
    pub fn next_change(&self) -> Option<Instant> {
        self.provider.next_change().map(Instant::from_micros)
    }

    fn message(&self, delivery: &Delivery, now: Instant) -> Message {
        let body = serde_json::to_vec(&delivery.event).expect("events have text keys only");
        let foreign = Secret::new("somebody else's");
        let secret = if delivery.is_forged { &foreign } else { &self.webhook_secret };
        let signed = signature::sign(secret, now, &body);
        let headers = vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            (SIGNATURE_HEADER.to_owned(), signed),
        ];
        Message { headers, body, place: (delivery.at, delivery.number) }
    }

    /// The payer answers the challenge of a payment.
    ///
    /// # Errors
    ///
    /// [`FailureCode::NotFound`]; [`FailureCode::WrongState`] when none is open.
    pub fn finish_challenge(&self, payment: &Reference, passed: bool) -> Result<(), FailureCode> {
        self.provider.finish_challenge(payment.as_str(), passed).map_err(code)
    }

    /// The bank decides a dispute.
    ///
    /// # Errors
    ///
    /// [`FailureCode::NotFound`]; [`FailureCode::WrongState`] when it is decided.
    pub fn decide_dispute(&self, dispute: &Reference, won: bool) -> Result<(), FailureCode> {
        self.provider.decide_dispute(dispute.as_str(), won).map_err(code)
    }

    /// Somebody refunds a part of a payment at the rail itself, as in its own pages: no operation
    /// of ours stands in it.
    ///
    /// # Errors
    ///
    /// As for [`Rail::refund`].
    pub fn refund_at_rail(
        &self,
        payment: &Reference,
        part: Amount,
    ) -> Result<Reference, FailureCode> {
        let nobodys = BTreeMap::new();
        name_of(self.provider.refund(None, payment.as_str(), Some(part.minor()), nobodys))
    }

    /// The store is asked for a refund of a part of a payment and declines: nothing was sent.
    ///
    /// # Errors
    ///
    /// [`FailureCode::NotFound`]; [`FailureCode::WrongState`] when nothing was captured;
    /// [`FailureCode::AmountTooSmall`]; [`FailureCode::AmountTooLarge`] above what was captured.
    pub fn decline_refund(
        &self,
        payment: &Reference,
        part: Amount,
    ) -> Result<Reference, FailureCode> {
        name_of(self.provider.decline_refund(None, payment.as_str(), part.minor()))
    }

    /// What the rail owes us in a currency: captured, less fees, refunds sent or under way, and
    /// disputes open or lost. It may be negative.
    pub fn balance(&self, currency: Currency) -> i64 {
        let is_meant = |code: &str| code == currency.code();
        let payments = self.provider.payments().unwrap_or_default();
        let disputes = self.provider.disputes(None).unwrap_or_default();
        let kept: i64 = payments
            .iter()
            .filter(|payment| is_meant(&payment.currency))
            .map(|payment| payment.captured - payment.fee - payment.refunded)
            .sum();
        let withdrawn: i64 = disputes
            .iter()
            .filter(|dispute| is_meant(&dispute.currency) && translate::takes_money(dispute))
            .map(|dispute| dispute.amount)
            .sum();
        kept - withdrawn
    }

    /// How many payments were made, whatever became of them.
    pub fn payments_made(&self) -> usize {
        self.provider.payments().map_or(0, |payments| payments.len())
    }

    /// How often the rail was asked for anything.
    pub fn calls(&self) -> u64 {
        self.provider.calls()
    }

    fn paid(&self, answer: Result<Answered, Trouble>) -> Outcome<PaymentState> {
        match answer {
            Ok(Answered { object: Object::Payment(payment), .. }) => {
                translate::outcome_of_payment(&payment, &self.challenge_url)
            }
            Ok(_) => Outcome::Unknown(Unknown::Unreadable),
            Err(trouble) => unsettled(trouble),
        }
    }
}

impl Rail for Sandbox {
    fn name(&self) -> &'static str {
        self.kind.rail()
    }

    fn capabilities(&self) -> Capabilities {
        let behavior = self.provider.behavior();
        Capabilities {
            separate_capture: true,
            authorization_days: days(behavior.authorization_lasts),
            operations_last: base::Span::days(KEY_DAYS),
            partial_refund: true,
            refund_days: Some(days(behavior.refund_window)),
            challenge: true,
            disputes: true,
            store_mediated: self.kind == Kind::Store,
            refund_elsewhere: false,
        }
    }

    fn play_challenge(&self, payment: &Reference, passed: bool) -> Result<(), FailureCode> {
        self.finish_challenge(payment, passed)
    }

    fn play_store(&self, asked: &Refund<'_>, does: StoreDoes) -> Result<Reference, FailureCode> {
        if self.kind != Kind::Store {
            return Err(FailureCode::NotPermitted);
        }
        let (key, payment) = (Some(asked.operation.as_str()), asked.payment.as_str());
        let paid = self.provider.payment(payment).map_err(code)?.ok_or(FailureCode::NotFound)?;
        if paid.currency != asked.amount.currency.code() {
            return Err(FailureCode::CurrencyUnsupported);
        }
        let minor = asked.amount.amount.minor();
        name_of(match does {
            StoreDoes::Refund => self.provider.refund(key, payment, Some(minor), BTreeMap::new()),
            StoreDoes::Decline => self.provider.decline_refund(key, payment, minor),
        })
    }

    fn method(&self, token: &MethodToken) -> Outcome<MethodState> {
        let Some(method) = Method::of_token(token.reveal()) else {
            return Outcome::Failed(FailureCode::MethodGone);
        };
        let now = self.provider.clock().now();
        let expires_at = match method {
            Method::ExpiresSoon => {
                Some(now.saturating_add(self.provider.behavior().method_expires_after))
            }
            Method::Expired => Some(now),
            _ => None,
        };
        let label = format!("{} {}", self.name(), method.last_four());
        let label = Text::new(&label).expect("digits make a text");
        Outcome::Succeeded(MethodState { label, expires_at })
    }

    fn authorize(&self, request: &Authorize<'_>) -> Outcome<PaymentState> {
        let Some(method) = Method::of_token(request.method.reveal()) else {
            return Outcome::Failed(FailureCode::MethodGone);
        };
        let new = NewPayment {
            metadata: metadata(request.operation),
            method: Some(method),
            amount: request.amount.amount.minor(),
            currency: request.amount.currency.code().to_owned(),
            is_manual: true,
            is_confirmed: true,
            return_url: request.return_url.map(str::to_owned),
        };
        let answer = self.provider.create(Some(request.operation.as_str()), new);
        if method == Method::Timeout && answer.as_ref().is_ok_and(|answer| !answer.is_replay) {
            return Outcome::Unknown(Unknown::TimedOut);
        }
        self.paid(answer)
    }

    fn capture(&self, request: &Capture<'_>) -> Outcome<PaymentState> {
        let (key, payment) = (request.operation.as_str(), request.payment.as_str());
        self.paid(self.provider.capture(Some(key), payment, Some(request.amount.amount.minor())))
    }

    fn void(&self, request: &Void<'_>) -> Outcome<PaymentState> {
        self.paid(self.provider.cancel(Some(request.operation.as_str()), request.payment.as_str()))
    }

    fn refund(&self, request: &Refund<'_>) -> Outcome<RefundState> {
        if self.kind == Kind::Store {
            return Outcome::Failed(FailureCode::NotPermitted);
        }
        let (key, payment) = (request.operation.as_str(), request.payment.as_str());
        let amount = Some(request.amount.amount.minor());
        match self.provider.refund(Some(key), payment, amount, metadata(request.operation)) {
            Ok(Answered { object: Object::Refund(refund), .. }) => {
                translate::outcome_of_refund(&refund)
            }
            Ok(_) => Outcome::Unknown(Unknown::Unreadable),
            Err(trouble) => unsettled(trouble),
        }
    }

    fn payment(&self, query: &PaymentQuery<'_>) -> Outcome<Option<PaymentState>> {
        let found = match query.reference {
            Some(reference) => self.provider.payment(reference.as_str()),
            None => self.provider.made_by(query.operation.as_str()).map(|object| match object {
                Some(Object::Payment(payment)) => Some(*payment),
                _ => None,
            }),
        };
        state_of(found, |payment| translate::payment(payment, &self.challenge_url))
    }

    fn refund_state(&self, query: &RefundQuery<'_>) -> Outcome<Option<RefundState>> {
        let found = match query.reference {
            Some(reference) => self.provider.refund_by_id(reference.as_str()),
            None => self.provider.made_by(query.operation.as_str()).map(|object| match object {
                Some(Object::Refund(refund)) => Some(*refund),
                _ => None,
            }),
        };
        state_of(found, translate::refund)
    }

    fn refunds(&self, payment: &Reference) -> Outcome<Vec<RefundState>> {
        states_of(self.provider.refunds(Some(payment.as_str())), translate::refund)
    }

    fn disputes(&self, payment: &Reference) -> Outcome<Vec<DisputeState>> {
        states_of(self.provider.disputes(Some(payment.as_str())), translate::dispute)
    }

    fn verify_and_translate(
        &self,
        headers: &[Header<'_>],
        body: &[u8],
        now: Instant,
    ) -> Result<Vec<RailEvent>, WebhookError> {
        let secrets = std::slice::from_ref(&self.webhook_secret);
        signature::verify(secrets, SIGNATURE_HEADER, headers, body, now)?;
        let event: Event = serde_json::from_slice(body).map_err(|_| WebhookError::Unreadable)?;
        let event = translate::event(&event, &self.challenge_url);
        Ok(vec![event.ok_or(WebhookError::Unreadable)?])
    }
}

fn state_of<T, S>(
    found: Result<Option<T>, Trouble>,
    translate: impl FnOnce(&T) -> Option<S>,
) -> Outcome<Option<S>> {
    match found {
        Ok(None) => Outcome::Succeeded(None),
        Ok(Some(found)) => match translate(&found) {
            Some(state) => Outcome::Succeeded(Some(state)),
            None => Outcome::Unknown(Unknown::Unreadable),
        },
        Err(trouble) => unsettled(trouble),
    }
}

fn states_of<T, S>(
    found: Result<Vec<T>, Trouble>,
    translate: impl Fn(&T) -> Option<S>,
) -> Outcome<Vec<S>> {
    match found {
        Ok(found) => match found.iter().map(translate).collect() {
            Some(states) => Outcome::Succeeded(states),
            None => Outcome::Unknown(Unknown::Unreadable),
        },
        Err(trouble) => unsettled(trouble),
    }
}

fn unsettled<T>(trouble: Trouble) -> Outcome<T> {
    match trouble {
        Trouble::Refused(refusal) => Outcome::Failed(refusal.code),
        Trouble::KeyReused => Outcome::Unknown(Unknown::OperationReused),
        Trouble::Broken => Outcome::Unknown(Unknown::RailError),
    }
}

fn code(trouble: Trouble) -> FailureCode {
    match trouble {
        Trouble::Refused(refusal) => refusal.code,
        Trouble::KeyReused | Trouble::Broken => FailureCode::InvalidRequest,
    }
}

/// What the rail calls a refund that was made, or declined.
fn name_of(made: Result<Answered, Trouble>) -> Result<Reference, FailureCode> {
    match made.map_err(code)?.object {
        Object::Refund(refund) => Text::new(&refund.id).map_err(|_| FailureCode::NotFound),
        Object::Payment(_) | Object::Dispute(_) => Err(FailureCode::NotFound),
    }
}

fn metadata(operation: &crate::Operation) -> BTreeMap<String, String> {
    BTreeMap::from([(OPERATION.to_owned(), operation.as_str().to_owned())])
}

fn days(span: base::Span) -> u16 {
    u16::try_from(span.micros() / base::Span::days(1).micros()).unwrap_or(u16::MAX)
}

/// An amount of the provider, which is never negative.
pub(crate) fn amount(minor: i64) -> Option<Amount> {
    Amount::new(minor)
}
