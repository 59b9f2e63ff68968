//! A rail between the caller and the sandbox, on which things go wrong.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Condvar, Mutex};

use base::{Instant, Span};
use rails::{
    Authorize, Capabilities, Capture, Change, DisputeStage, DisputeState, Header, MethodState,
    MethodToken, Outcome, PaymentQuery, PaymentState, Rail, RailEvent, Reference, Refund,
    RefundQuery, RefundState, Unknown, Void, WebhookError,
};

use super::market::{Kept, Market};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call does not arrive.
    Unsent,
    /// The answer is lost.
    Unheard,
    /// Whoever calls dies before the call.
    DiesBefore,
    /// Whoever calls dies before it has noted the answer.
    DiesAfter,
}

#[derive(Default)]
struct Plan {
    /// Calls so far, by name.
    calls: Vec<&'static str>,
    /// At which call, counted from 1, what goes wrong.
    at: Option<(usize, Fault)>,
    /// Nothing arrives.
    is_down: bool,
    /// Calls wait until this ends.
    hangs: bool,
    /// Calls that hang now.
    hanging: usize,
    /// Captures are refused after so many.
    captures_max: Option<usize>,
    /// What the rail says of itself.
    operations_last: Option<Span>,
    /// The first such call gets an error that the rail keeps under the key.
    keeps_error: Option<&'static str>,
    /// That key.
    failed: Option<String>,
    /// Every answer to such a call is lost.
    unheard: Option<&'static str>,
    /// Whoever calls dies.
    always_dies: bool,
    /// Nobody sees whose refunds are.
    hides_operations: bool,
    /// Nobody is told who has won a dispute.
    blurs_disputes: bool,
    /// A seed, and how many of a hundred calls go wrong.
    luck: Option<(u64, u8)>,
    /// How often each call was made about each thing.
    made: BTreeMap<(&'static str, String), u64>,
}

impl Plan {
    /// What goes wrong with this call by chance. It follows from the seed, from what is called,
    /// and from how often that was done before, so that threads do not matter.
    fn struck(&mut self, name: &'static str, about: &str) -> Option<Fault> {
        let (seed, percent) = self.luck?;
        let made = self.made.entry((name, about.to_owned())).or_default();
        *made += 1;
        let mut hasher = DefaultHasher::new();
        (seed, name, about, *made).hash(&mut hasher);
        let drawn = hasher.finish();
        let faults = [Fault::Unsent, Fault::Unheard, Fault::DiesBefore, Fault::DiesAfter];
        (drawn % 100 < u64::from(percent)).then(|| faults[(drawn / 100 % 4) as usize])
    }
}

/// Shared by whoever tests and whoever calls.
#[derive(Clone, Default)]
pub struct Faults(Arc<(Mutex<Plan>, Condvar)>);

impl Faults {
    pub fn at(&self, call: usize, fault: Fault) {
        self.change(|plan| plan.at = Some((call, fault)));
    }

    pub fn set_down(&self, is_down: bool) {
        self.change(|plan| plan.is_down = is_down);
    }

    pub fn set_hanging(&self, hangs: bool) {
        self.change(|plan| plan.hangs = hangs);
    }

    /// The rail fails the first call of this name and whatever comes under its key, as Stripe does.
    pub fn keep_error(&self, name: &'static str) {
        self.change(|plan| plan.keeps_error = Some(name));
    }

    /// Every answer to a call of this name is lost.
    pub fn unhear_all(&self, name: &'static str) {
        self.change(|plan| plan.unheard = Some(name));
    }

    pub fn always_die(&self, dies: bool) {
        self.change(|plan| plan.always_dies = dies);
    }

    pub fn capture_at_most(&self, captures: usize) {
        self.change(|plan| plan.captures_max = Some(captures));
    }

    pub fn forget_after(&self, span: Span) {
        self.change(|plan| plan.operations_last = Some(span));
    }

    /// From now on refunds do not say whose they are, as if somebody had changed that at the rail.
    pub fn hide_operations(&self) {
        self.change(|plan| plan.hides_operations = true);
    }

    /// From now on the rail does not say who has the money of a dispute that is over.
    pub fn blur_disputes(&self) {
        self.change(|plan| plan.blurs_disputes = true);
    }

    fn blurred(&self, state: DisputeState) -> DisputeState {
        let is_over = matches!(state.stage, DisputeStage::Won | DisputeStage::Lost);
        let stage = match is_over && self.0.0.lock().unwrap().blurs_disputes {
            true => DisputeStage::Unclear,
            false => state.stage,
        };
        DisputeState { stage, ..state }
    }

    fn seen(&self, state: RefundState) -> RefundState {
        let hides = self.0.0.lock().unwrap().hides_operations;
        RefundState { operation: state.operation.filter(|_| !hides), ..state }
    }

    /// From now on so many of a hundred calls go wrong.
    pub fn by_chance(&self, seed: u64, percent: u8) {
        self.change(|plan| plan.luck = Some((seed, percent)));
    }

    pub fn calls(&self) -> Vec<&'static str> {
        self.0.0.lock().unwrap().calls.clone()
    }

    /// Waits until so many calls hang.
    pub fn wait_until_hanging(&self, calls: usize) {
        let plan = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(plan, |plan| plan.hanging < calls).unwrap());
    }

    fn change(&self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }

    /// Makes a call, or does not.
    fn call<T>(
        &self,
        name: &'static str,
        about: &str,
        call: impl FnOnce() -> Outcome<T>,
    ) -> Outcome<T> {
        let mut plan = self.0.0.lock().unwrap();
        plan.calls.push(name);
        let number = plan.calls.len();
        let struck = plan.struck(name, about);
        let fault = plan.at.filter(|(at, _)| *at == number).map(|(_, fault)| fault).or(struck);
        let fault = fault.or((plan.unheard == Some(name)).then_some(Fault::Unheard));
        let captures = plan.calls.iter().filter(|name| **name == "capture").count();
        if name == "capture" && plan.captures_max.is_some_and(|max| captures > max) {
            return Outcome::Failed(rails::FailureCode::Declined);
        }
        if plan.always_dies {
            drop(plan);
            dies(format!("dies at call {number}, {name}"));
        }
        if plan.keeps_error == Some(name)
            && plan.failed.get_or_insert_with(|| about.to_owned()) == about
        {
            return Outcome::Unknown(Unknown::RailError);
        }
        if plan.is_down {
            return Outcome::Unknown(Unknown::ConnectionLost);
        }
        if plan.hangs {
            plan.hanging += 1;
            self.0.1.notify_all();
            plan = self.0.1.wait_while(plan, |plan| plan.hangs).unwrap();
            plan.hanging -= 1;
        }
        drop(plan);
        match fault {
            Some(Fault::Unsent) => Outcome::Unknown(Unknown::TimedOut),
            Some(Fault::Unheard) => {
                let _ = call();
                Outcome::Unknown(Unknown::TimedOut)
            }
            Some(Fault::DiesBefore) => dies(format!("dies before call {number}, {name}")),
            Some(Fault::DiesAfter) => {
                let _ = call();
                dies(format!("dies after call {number}, {name}"))
            }
            None => call(),
        }
    }
}

/// As a panic, but nobody is told: it was wanted.
fn dies(why: String) -> ! {
    std::panic::resume_unwind(Box::new(why))
}

/// The rail, with a name of its own.
pub struct Shaky {
    pub name: &'static str,
    pub inner: Arc<dyn Rail>,
    pub faults: Faults,
}

impl Rail for Shaky {
    fn name(&self) -> &'static str {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        let told = self.inner.capabilities();
        let operations_last = self.faults.0.0.lock().unwrap().operations_last;
        Capabilities { operations_last: operations_last.unwrap_or(told.operations_last), ..told }
    }

    fn method(&self, token: &MethodToken) -> Outcome<MethodState> {
        self.inner.method(token)
    }

    fn authorize(&self, request: &Authorize<'_>) -> Outcome<PaymentState> {
        let about = request.operation.as_str();
        self.faults.call("authorize", about, || self.inner.authorize(request))
    }

    fn capture(&self, request: &Capture<'_>) -> Outcome<PaymentState> {
        let about = request.operation.as_str();
        self.faults.call("capture", about, || self.inner.capture(request))
    }

    fn void(&self, request: &Void<'_>) -> Outcome<PaymentState> {
        let about = request.operation.as_str();
        self.faults.call("void", about, || self.inner.void(request))
    }

    fn refund(&self, request: &Refund<'_>) -> Outcome<RefundState> {
        let about = request.operation.as_str();
        self.faults.call("refund", about, || self.inner.refund(request))
    }

    fn payment(&self, query: &PaymentQuery<'_>) -> Outcome<Option<PaymentState>> {
        let about = query.operation.as_str();
        self.faults.call("payment?", about, || self.inner.payment(query))
    }

    fn refund_state(&self, query: &RefundQuery<'_>) -> Outcome<Option<RefundState>> {
        let about = query.operation.as_str();
        self.faults.call("refund?", about, || self.inner.refund_state(query))
    }

    fn refunds(&self, payment: &Reference) -> Outcome<Vec<RefundState>> {
        let told = self.faults.call("refunds?", payment.as_str(), || self.inner.refunds(payment));
        told.map(|all| all.into_iter().map(|state| self.faults.seen(state)).collect())
    }

    fn disputes(&self, payment: &Reference) -> Outcome<Vec<DisputeState>> {
        let told = self.faults.call("disputes?", payment.as_str(), || self.inner.disputes(payment));
        told.map(|all| all.into_iter().map(|state| self.faults.blurred(state)).collect())
    }

    fn verify_and_translate(
        &self,
        headers: &[Header<'_>],
        body: &[u8],
        now: Instant,
    ) -> Result<Vec<RailEvent>, WebhookError> {
        let mut events = self.inner.verify_and_translate(headers, body, now)?;
        for event in &mut events {
            if let Change::Refund(state) = &event.change {
                event.change = Change::Refund(self.faults.seen(state.clone()));
            }
        }
        Ok(events)
    }
}

/// A book that calls its sandbox through a rail on which things go wrong, and what goes wrong.
pub fn shaky_market(kept: Kept) -> (Market, Faults) {
    let faults = Faults::default();
    let of_rail = faults.clone();
    let between = Arc::new(move |inner| {
        Arc::new(Shaky { name: "sandbox", inner, faults: of_rail.clone() }) as Arc<dyn Rail>
    });
    (Market::open_with(kept, Some(between), Vec::new()), faults)
}
