//! A rail under test, with the simulated provider behind it and its clock in our hand.

use std::sync::Arc;
use std::time::Duration;

use base::{Currency, Instant, Money, Span, Token};
use outside::clock::{Clock, ManualClock};
use rails::sandbox::{Message, Sandbox, Settings};
use rails::stripe::{self, Stripe};
use rails::stripe_server::StripeServer;
use rails::{
    Authorize, Capture, MethodToken, Operation, Outcome, PaymentQuery, PaymentState, Rail,
    Reference, Refund, RefundQuery, RefundState, Secret, Void,
};

pub const START: Instant = Instant::from_micros(1_790_000_000_000_000);

/// Which adapter the provider is reached through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Direct,
    OverHttp,
}

pub struct World {
    pub clock: ManualClock,
    pub sandbox: Sandbox,
    pub server: Option<StripeServer>,
    pub rail: Box<dyn Rail>,
}

impl World {
    pub fn new(way: Way) -> World {
        let clock = ManualClock::new(START);
        let settings = Settings::new(7, Secret::new("whsec_test"));
        let sandbox = Sandbox::in_memory(Arc::new(clock.clone()), settings);
        World::around(way, clock, sandbox)
    }

    pub fn around(way: Way, clock: ManualClock, sandbox: Sandbox) -> World {
        let (server, rail): (_, Box<dyn Rail>) = match way {
            Way::Direct => (None, Box::new(sandbox.clone())),
            Way::OverHttp => {
                let server = StripeServer::start(sandbox.clone()).unwrap();
                let rail = Stripe::new(&stripe::Settings {
                    base_url: server.base_url(),
                    api_key: Secret::new("sk_test_makegood"),
                    webhook_secrets: vec![Secret::new("whsec_test")],
                    timeout: Duration::from_millis(1500),
                });
                (Some(server), Box::new(rail.unwrap()))
            }
        };
        World { clock, sandbox, server, rail }
    }

    pub fn pass(&self, span: Span) {
        self.clock.advance(span);
    }

    /// The token of a method, as this way names it.
    pub fn method(&self, name: &str) -> MethodToken {
        let prefix = if self.server.is_some() { "pm" } else { "tok" };
        MethodToken::new(&format!("{prefix}_{name}")).unwrap()
    }

    pub fn authorize(&self, operation: &str, method: &str, minor: i64) -> Outcome<PaymentState> {
        self.rail.authorize(&Authorize {
            operation: &op(operation),
            method: &self.method(method),
            amount: usd(minor),
            return_url: None,
        })
    }

    pub fn capture(
        &self,
        operation: &str,
        payment: &Reference,
        minor: i64,
    ) -> Outcome<PaymentState> {
        let operation = op(operation);
        self.rail.capture(&Capture { operation: &operation, payment, amount: usd(minor) })
    }

    pub fn void(&self, operation: &str, payment: &Reference) -> Outcome<PaymentState> {
        self.rail.void(&Void { operation: &op(operation), payment })
    }

    pub fn refund(&self, operation: &str, payment: &Reference, minor: i64) -> Outcome<RefundState> {
        let operation = op(operation);
        self.rail.refund(&Refund { operation: &operation, payment, amount: usd(minor) })
    }

    /// The payment that the operation made, found without its reference.
    pub fn find(&self, operation: &str) -> Outcome<Option<PaymentState>> {
        let operation = op(operation);
        self.rail.payment(&PaymentQuery { operation: &operation, reference: None, since: START })
    }

    pub fn look(&self, payment: &Reference) -> PaymentState {
        let query = PaymentQuery {
            operation: &op("unused"),
            reference: Some(payment),
            since: self.clock.now(),
        };
        succeeded(self.rail.payment(&query)).expect("the payment is there")
    }

    pub fn find_refund(
        &self,
        operation: &str,
        payment: &Reference,
    ) -> Outcome<Option<RefundState>> {
        let operation = op(operation);
        self.rail.refund_state(&RefundQuery { operation: &operation, payment, reference: None })
    }

    /// A payment that was authorized and captured whole.
    pub fn captured(&self, name: &str, method: &str, minor: i64) -> Reference {
        let paid = succeeded(self.authorize(&format!("{name}:authorize"), method, minor));
        let payment = paid.reference;
        let _captured = succeeded(self.capture(&format!("{name}:capture"), &payment, minor));
        payment
    }

    pub fn messages(&self) -> Vec<Message> {
        match &self.server {
            Some(server) => server.messages(),
            None => self.sandbox.messages(),
        }
    }
}

pub fn op(text: &str) -> Operation {
    Token::new(text).unwrap()
}

pub fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).unwrap()
}

#[track_caller]
pub fn succeeded<T: std::fmt::Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Succeeded(value) => value,
        other => panic!("expected success, got {other:?}"),
    }
}
