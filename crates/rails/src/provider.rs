//! A strict simulated provider of payments, without a face: the sandbox calls it directly, the
//! test server puts Stripe's wire format in front of it.
//!
//! # Invariants
//!
//! - captured ≤ authorized, and refunded + disputed ≤ captured, for every payment at all times.
//! - A key with the same arguments gets the same answer, with others none.
//! - What falls due happens at its time and in the order of times, whoever asks next and however
//!   late: nothing depends on when anybody looks.
//! - What was answered is in the file, if there is one.

pub(crate) mod model;
mod rules;
mod state;
mod state_file;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::Span;
use outside::clock::Clock;

use model::{Change, Delivery, Dispute, Keyed, NewPayment, Object, Payment, Refund, Refusal};
use state::State;
use state_file::StateFile;

/// Days after which an answered key may be forgotten: it is when the file is opened.
pub(crate) const KEY_DAYS: u64 = 30;

/// How the simulated rail behaves: data, so that tests and demonstrations can be quick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behavior {
    /// The fee's part of the captured amount, in hundredths of a percent; rounded half up.
    pub fee_basis_points: u32,
    /// The fee's fixed part, in minor units.
    pub fee_fixed: u32,
    /// How long an authorization holds.
    pub authorization_lasts: Span,
    /// How long the payer has for a challenge.
    pub challenge_lasts: Span,
    /// How long `tok_timeout` is unknown before it succeeds.
    pub timeout_lasts: Span,
    /// How long refunds of `tok_refund_pending` pend.
    pub refund_pends: Span,
    /// How long refunds of `tok_refund_fails`, or to an expired card, seem to have succeeded.
    pub refund_fails_after: Span,
    /// How long `tok_expires_soon` is valid, from the authorization on.
    pub method_expires_after: Span,
    /// How long after the capture `tok_disputed` opens its dispute.
    pub dispute_opens_after: Span,
    /// How long a dispute waits for evidence before it is lost.
    pub dispute_lasts: Span,
    /// How long after the capture a refund is taken.
    pub refund_window: Span,
}

impl Default for Behavior {
    fn default() -> Self {
        Behavior {
            fee_basis_points: 290,
            fee_fixed: 30,
            authorization_lasts: Span::days(7),
            challenge_lasts: Span::days(1),
            timeout_lasts: Span::seconds(10),
            refund_pends: Span::days(2),
            refund_fails_after: Span::days(3),
            method_expires_after: Span::days(30),
            dispute_opens_after: Span::days(1),
            dispute_lasts: Span::days(7),
            refund_window: Span::days(180),
        }
    }
}

/// What goes wrong with messages on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Faults {
    /// Each message is late by up to this much, drawn by the seed, so they overtake each other.
    pub delay_max: Span,
    /// How many of a hundred come a second time.
    pub duplicate_percent: u8,
    /// How many of a hundred are followed by one with a wrong signature.
    pub forge_percent: u8,
    /// How many of a hundred never come.
    pub lose_percent: u8,
}

/// The provider; clones are the same one.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    behavior: Behavior,
    inner: Mutex<Inner>,
}

struct Inner {
    state: State,
    faults: Faults,
    file: Option<StateFile>,
    /// The file could not be written, so nothing may be answered any more.
    is_broken: bool,
    calls: u64,
}

/// An answer to a deed.
pub(crate) struct Answered {
    pub(crate) object: Object,
    /// The key was answered before.
    pub(crate) is_replay: bool,
}

/// Why a deed was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Refused(Refusal),
    /// The key belongs to a deed with other arguments.
    KeyReused,
    /// The provider cannot keep its state.
    Broken,
}

type Deed = Result<Object, Refusal>;

impl Provider {
    pub(crate) fn in_memory(clock: Arc<dyn Clock>, behavior: Behavior, seed: u64) -> Self {
        Self::new(clock, behavior, State::new(seed), None)
    }

    /// Goes on where the file ends; a new one begins with the seed.
    pub(crate) fn in_file(
        clock: Arc<dyn Clock>,
        behavior: Behavior,
        seed: u64,
        path: &Path,
    ) -> io::Result<Self> {
        let lock = StateFile::lock(path)?;
        let changes = StateFile::read(path)?;
        let mut state = if changes.is_empty() { State::new(seed) } else { State::of(changes) };
        let keys_since = clock.now().saturating_sub(Span::days(KEY_DAYS)).micros();
        let file = StateFile::rewrite(path, lock, &state.snapshot(keys_since))?;
        state.unwritten.clear();
        Ok(Self::new(clock, behavior, state, Some(file)))
    }

    fn new(
        clock: Arc<dyn Clock>,
        behavior: Behavior,
        state: State,
        file: Option<StateFile>,
    ) -> Self {
        let faults = Faults::default();
        let inner = Mutex::new(Inner { state, faults, file, is_broken: false, calls: 0 });
        Provider(Arc::new(Shared { clock, behavior, inner }))
    }

    pub(crate) fn behavior(&self) -> &Behavior {
        &self.0.behavior
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.lock().faults = faults;
    }

    /// How often the provider was asked for anything over its port.
    pub(crate) fn calls(&self) -> u64 {
        self.lock().calls
    }

    pub(crate) fn create(&self, key: Option<&str>, new: NewPayment) -> Result<Answered, Trouble> {
        let arguments = format!("create {new:?}");
        self.act(key, &arguments, |desk| desk.create(new))
    }

    #[cfg(feature = "stripe-server")]
    pub(crate) fn confirm(
        &self,
        key: Option<&str>,
        payment: &str,
        method: Option<model::Method>,
        return_url: Option<String>,
    ) -> Result<Answered, Trouble> {
        let arguments = format!("confirm {payment} {method:?} {return_url:?}");
        self.act(key, &arguments, |desk| desk.confirm(payment, method, return_url))
    }

    pub(crate) fn capture(
        &self,
        key: Option<&str>,
        payment: &str,
        amount: Option<i64>,
    ) -> Result<Answered, Trouble> {
        let arguments = format!("capture {payment} {amount:?}");
        self.act(key, &arguments, |desk| desk.capture(payment, amount))
    }

    pub(crate) fn cancel(&self, key: Option<&str>, payment: &str) -> Result<Answered, Trouble> {
        self.act(key, &format!("cancel {payment}"), |desk| desk.cancel(payment))
    }

    pub(crate) fn refund(
        &self,
        key: Option<&str>,
        payment: &str,
        amount: Option<i64>,
        metadata: std::collections::BTreeMap<String, String>,
    ) -> Result<Answered, Trouble> {
        let arguments = format!("refund {payment} {amount:?} {metadata:?}");
        self.act(key, &arguments, |desk| desk.refund(payment, amount, metadata))
    }

    /// Somebody asks for a refund, and does not get it.
    pub(crate) fn decline_refund(
        &self,
        key: Option<&str>,
        payment: &str,
        amount: i64,
    ) -> Result<Answered, Trouble> {
        let arguments = format!("decline {payment} {amount}");
        self.act(key, &arguments, |desk| desk.decline_refund(payment, amount))
    }

    /// The payer passes the challenge of a payment, or does not.
    pub(crate) fn finish_challenge(&self, payment: &str, passed: bool) -> Result<(), Trouble> {
        self.act(None, "", |desk| desk.finish_challenge(payment, passed)).map(drop)
    }

    /// The bank decides a dispute.
    pub(crate) fn decide_dispute(&self, dispute: &str, won: bool) -> Result<(), Trouble> {
        self.act(None, "", |desk| desk.decide_dispute(dispute, won)).map(drop)
    }

    pub(crate) fn payment(&self, id: &str) -> Result<Option<Payment>, Trouble> {
        self.look(|state| state.payments.get(id).cloned())
    }

    /// Payments, newest first.
    pub(crate) fn payments(&self) -> Result<Vec<Payment>, Trouble> {
        let newest_first = |a: &Payment, b: &Payment| b.created_at.cmp(&a.created_at);
        self.look(|state| {
            let mut all: Vec<Payment> = state.payments.values().cloned().collect();
            all.sort_by(newest_first);
            all
        })
    }

    /// What a key made: found even when its answer was lost.
    pub(crate) fn made_by(&self, key: &str) -> Result<Option<Object>, Trouble> {
        self.look(|state| match &state.keyed(key)?.answer {
            Ok(Object::Payment(made)) => {
                state.payments.get(&made.id).cloned().map(|now| Object::Payment(Box::new(now)))
            }
            Ok(Object::Refund(made)) => {
                state.refunds.get(&made.id).cloned().map(|now| Object::Refund(Box::new(now)))
            }
            Ok(dispute) => Some(dispute.clone()),
            Err(refusal) => refusal.payment.clone().map(Object::Payment),
        })
    }

    pub(crate) fn refund_by_id(&self, id: &str) -> Result<Option<Refund>, Trouble> {
        self.look(|state| state.refunds.get(id).cloned())
    }

    /// Refunds, of one payment or all, newest first.
    pub(crate) fn refunds(&self, payment: Option<&str>) -> Result<Vec<Refund>, Trouble> {
        self.look(|state| match payment {
            Some(payment) => {
                let ids = state.payments.get(payment).map(|p| p.refunds.clone());
                let ids = ids.unwrap_or_default();
                ids.iter().rev().filter_map(|id| state.refunds.get(id).cloned()).collect()
            }
            None => {
                let mut all: Vec<Refund> = state.refunds.values().cloned().collect();
                all.sort_by_key(|refund| std::cmp::Reverse(refund.created_at));
                all
            }
        })
    }

    /// Disputes, of one payment or all, newest first.
    pub(crate) fn disputes(&self, payment: Option<&str>) -> Result<Vec<Dispute>, Trouble> {
        self.look(|state| {
            let is_meant = |d: &&Dispute| payment.is_none_or(|payment| payment == d.payment);
            let mut all: Vec<Dispute> = state.disputes.values().filter(is_meant).cloned().collect();
            all.sort_by_key(|dispute| std::cmp::Reverse(dispute.created_at));
            all
        })
    }

    /// Events, newest first.
    #[cfg(feature = "stripe-server")]
    pub(crate) fn events(&self) -> Result<Vec<model::Event>, Trouble> {
        self.look(|state| state.events.iter().rev().cloned().collect())
    }

    /// The messages that have arrived by now and were not received yet.
    pub(crate) fn arrived(&self, limit: usize) -> Result<Vec<Delivery>, Trouble> {
        self.with(|inner, now| inner.state.arrived(now, limit))
    }

    /// A message has been received.
    pub(crate) fn received(&self, at: i64, number: u64) -> Result<(), Trouble> {
        self.with(|inner, _| inner.state.received(at, number))
    }

    /// When something happens next, or a message arrives.
    pub(crate) fn next_change(&self) -> Option<i64> {
        self.with(|inner, now| inner.state.next_change(now)).ok().flatten()
    }

    /// Does a deed once a key.
    fn act(
        &self,
        key: Option<&str>,
        arguments: &str,
        deed: impl FnOnce(&mut rules::Desk<'_>) -> Deed,
    ) -> Result<Answered, Trouble> {
        let behavior = self.0.behavior;
        self.with(|inner, now| {
            inner.calls += 1;
            if let Some(keyed) = key.and_then(|key| inner.state.keyed(key)) {
                return match &keyed.answer {
                    _ if keyed.fingerprint != arguments => Err(Trouble::KeyReused),
                    Ok(object) => Ok(Answered { object: object.clone(), is_replay: true }),
                    Err(refusal) => Err(Trouble::Refused(refusal.clone())),
                };
            }
            let Inner { state, faults, .. } = inner;
            let answer = deed(&mut rules::Desk { state, behavior: &behavior, faults, now });
            if let Some(key) = key {
                let (key, fingerprint) = (key.to_owned(), arguments.to_owned());
                let keyed = Keyed { key, fingerprint, answer: answer.clone(), at: now };
                state.put(Change::Keyed(Box::new(keyed)));
            }
            answer.map(|object| Answered { object, is_replay: false }).map_err(Trouble::Refused)
        })?
    }

    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, Trouble> {
        self.with(|inner, _| {
            inner.calls += 1;
            look(&inner.state)
        })
    }

    /// Lets happen what is due, does the work, and writes down what changed.
    fn with<T>(&self, work: impl FnOnce(&mut Inner, i64) -> T) -> Result<T, Trouble> {
        let now = self.0.clock.now().micros();
        let mut inner = self.lock();
        if inner.is_broken {
            return Err(Trouble::Broken);
        }
        let Inner { state, faults, .. } = &mut *inner;
        rules::Desk { state, behavior: &self.0.behavior, faults, now }.settle();
        let done = work(&mut inner, now);
        let changes = std::mem::take(&mut inner.state.unwritten);
        if !changes.is_empty()
            && let Some(file) = &mut inner.file
            && file.append(&changes).is_err()
        {
            inner.is_broken = true;
            return Err(Trouble::Broken);
        }
        Ok(done)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
