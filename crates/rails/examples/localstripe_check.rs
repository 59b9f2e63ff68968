//! Runs the Stripe adapter against a fake that others wrote, and prints what passed.
//!
//! Arguments: the address of the fake, and its ids of a card that works and of one that is
//! declined when it is charged. The fake ignores idempotency keys and lets refunds exceed their
//! payment, so only the happy path and a decline are asked of it.

use std::time::Duration;

use base::{Currency, Instant, Money, Token};
use rails::stripe::{Settings, Stripe};
use rails::{
    Authorize, Capture, FailureCode, MethodToken, Operation, Outcome, PaymentQuery, PaymentStage,
    PaymentState, Rail, Reference, Refund, RefundQuery, RefundStage, Secret, Void,
};

struct Checks {
    rail: Stripe,
    passed: u32,
    failed: u32,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, good, declined] = &arguments[..] else {
        eprintln!("usage: localstripe_check ADDRESS GOOD_METHOD DECLINED_METHOD");
        println!("0 passed, 1 failed");
        return;
    };
    let settings = Settings {
        base_url: base_url.clone(),
        api_key: Secret::new("sk_test_makegood"),
        webhook_secrets: Vec::new(),
        timeout: Duration::from_secs(10),
    };
    let rail = Stripe::new(&settings).expect("the address is on this machine");
    let mut checks = Checks { rail, passed: 0, failed: 0 };
    checks.run(&method(good), &method(declined));
    println!("{} passed, {} failed", checks.passed, checks.failed);
}

impl Checks {
    fn run(&mut self, good: &MethodToken, declined: &MethodToken) {
        let label = self.rail.method(good).map(|state| state.label.to_string());
        self.check("the card is described", &label, &Outcome::Succeeded("visa 4242".to_owned()));

        let first = self.authorize("pay_1:authorize", good);
        let stage = first.clone().map(|state| state.stage);
        self.check("authorized", &stage, &Outcome::Succeeded(PaymentStage::Authorized));
        if let Outcome::Succeeded(state) = first {
            self.captured_and_refunded(&state.reference);
        }
        let refused = self.authorize("pay_2:authorize", declined).map(drop);
        self.check("declined", &refused, &Outcome::Failed(FailureCode::Declined));

        if let Outcome::Succeeded(state) = self.authorize("pay_3:authorize", good) {
            let operation = operation("pay_3:void");
            let void = Void { operation: &operation, payment: &state.reference };
            let stage = self.rail.void(&void).map(|state| state.stage);
            self.check("voided", &stage, &Outcome::Succeeded(PaymentStage::Voided));
        }
    }

    fn captured_and_refunded(&mut self, payment: &Reference) {
        let capture =
            Capture { operation: &operation("pay_1:capture"), payment, amount: usd(5_000) };
        let captured = self.rail.capture(&capture).map(|state| (state.stage, state.captured));
        let expected = (PaymentStage::Captured, usd(5_000).amount);
        self.check("captured", &captured, &Outcome::Succeeded(expected));

        let refunding = operation("rrf_1:refund");
        let refund = Refund { operation: &refunding, payment, amount: usd(2_000) };
        let sent = self.rail.refund(&refund).map(|state| (state.stage, state.amount));
        let expected = Outcome::Succeeded((RefundStage::Succeeded, usd(2_000)));
        self.check("refunded", &sent, &expected);

        let query = RefundQuery { operation: &refunding, payment, reference: None };
        let found = self.rail.refund_state(&query).map(|found| found.map(|state| state.amount));
        self.check("found by its operation", &found, &Outcome::Succeeded(Some(usd(2_000))));

        let query = PaymentQuery {
            operation: &operation("pay_1:authorize"),
            reference: Some(payment),
            since: Instant::from_micros(0),
        };
        let state = self.rail.payment(&query);
        let state = state.map(|found| found.map(|found| (found.stage, found.refunded)));
        let expected = (PaymentStage::Captured, Some(usd(2_000).amount));
        self.check("its state", &state, &Outcome::Succeeded(Some(expected)));
    }

    fn authorize(&self, name: &str, method: &MethodToken) -> Outcome<PaymentState> {
        let operation = operation(name);
        let amount = usd(5_000);
        self.rail.authorize(&Authorize { operation: &operation, method, amount, return_url: None })
    }

    fn check<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found == expected {
            self.passed += 1;
        } else {
            self.failed += 1;
            println!("failed: {what}: {found:?}, expected {expected:?}");
        }
    }
}

fn operation(name: &str) -> Operation {
    Token::new(name).expect("names of this file are tokens")
}

fn method(id: &str) -> MethodToken {
    MethodToken::new(id).expect("the fake gives ids of letters and digits")
}

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD).expect("amounts of this file are positive")
}
