//! A rail between the caller and the sandbox, on which things go wrong.

use std::sync::{Arc, Condvar, Mutex};

use base::{Instant, Span};
use rails::{
    Authorize, Capabilities, Capture, DisputeState, Header, MethodState, MethodToken, Outcome,
    PaymentQuery, PaymentState, Rail, RailEvent, Reference, Refund, RefundQuery, RefundState,
    Unknown, Void, WebhookError,
};

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

    pub fn capture_at_most(&self, captures: usize) {
        self.change(|plan| plan.captures_max = Some(captures));
    }

    pub fn forget_after(&self, span: Span) {
        self.change(|plan| plan.operations_last = Some(span));
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
    fn call<T>(&self, name: &'static str, call: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        let mut plan = self.0.0.lock().unwrap();
        plan.calls.push(name);
        let number = plan.calls.len();
        let fault = plan.at.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        let captures = plan.calls.iter().filter(|name| **name == "capture").count();
        if name == "capture" && plan.captures_max.is_some_and(|max| captures > max) {
            return Outcome::Failed(rails::FailureCode::Declined);
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
            Some(Fault::DiesBefore) => panic!("dies before call {number}, {name}"),
            Some(Fault::DiesAfter) => {
                let _ = call();
                panic!("dies after call {number}, {name}");
            }
            None => call(),
        }
    }
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
        self.faults.call("authorize", || self.inner.authorize(request))
    }

    fn capture(&self, request: &Capture<'_>) -> Outcome<PaymentState> {
        self.faults.call("capture", || self.inner.capture(request))
    }

    fn void(&self, request: &Void<'_>) -> Outcome<PaymentState> {
        self.faults.call("void", || self.inner.void(request))
    }

    fn refund(&self, request: &Refund<'_>) -> Outcome<RefundState> {
        self.faults.call("refund", || self.inner.refund(request))
    }

    fn payment(&self, query: &PaymentQuery<'_>) -> Outcome<Option<PaymentState>> {
        self.faults.call("payment?", || self.inner.payment(query))
    }

    fn refund_state(&self, query: &RefundQuery<'_>) -> Outcome<Option<RefundState>> {
        self.faults.call("refund?", || self.inner.refund_state(query))
    }

    fn disputes(&self, payment: &Reference) -> Outcome<Vec<DisputeState>> {
        self.faults.call("disputes?", || self.inner.disputes(payment))
    }

    fn verify_and_translate(
        &self,
        headers: &[Header<'_>],
        body: &[u8],
        now: Instant,
    ) -> Result<Vec<RailEvent>, WebhookError> {
        self.inner.verify_and_translate(headers, body, now)
    }
}
