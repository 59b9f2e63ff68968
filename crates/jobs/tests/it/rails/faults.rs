use std::sync::Arc;
use std::time::Duration;

use base::{Currency, Span};
use jobs::Connected;
use outside::clock::{Clock, SystemClock};
use rails::Rail;
use rails::sandbox::{Sandbox, Settings};
use shop::CheckoutState;
use writer::Lease;

use super::market::{Between, Kept, Market, PATIENCE, PRICE};
use super::shaky::{Fault, Faults, Shaky};

fn between(faults: &Faults) -> Between {
    let faults = faults.clone();
    Arc::new(move |inner| {
        Arc::new(Shaky { name: "sandbox", inner, faults: faults.clone() }) as Arc<dyn Rail>
    })
}

/// Two methods pay, a part of each goes back, one refund pends: what it ends as, and what we have.
fn everything(market: &Market) -> (String, String, i64) {
    let checkout = market.pay(&["tok_ok", "tok_refund_pending"]);
    market.caller().nudge_checkout(checkout);
    // In the middle of it, whoever calls is another one.
    market.stop();
    market.start();
    market.pass(Span::minutes(10));
    let failed = market.pay(&["tok_ok", "tok_declined"]);
    market.pass(Span::minutes(10));
    assert_eq!(market.told(failed), "failed: voided failed");
    let refund = market.refund(checkout, 6_000);
    market.stop();
    market.start();
    market.pass(Span::days(5));
    let status = market.order_refund(refund).status().as_str().to_owned();
    (market.told(checkout), status, market.sandbox.balance(Currency::USD))
}

#[track_caller]
fn check_at_every_call(kept: Kept, fault: Fault) {
    let faults = Faults::default();
    let market = Market::open_with(kept, Some(between(&faults)), Vec::new());
    let expected = everything(&market);
    assert_eq!(
        (expected.0.as_str(), expected.1.as_str()),
        ("paid: captured captured", "succeeded")
    );
    let calls = faults.calls().len();
    assert!(calls > 10, "the faults reach nothing: {:?}", faults.calls());
    market.close();
    // Later calls all ask for the refund that pends. Files are slow, so that a few must do.
    let every = if kept == Kept::Sqlite { 5 } else { 1 };
    for call in (1..=calls.min(24)).step_by(every) {
        let faults = Faults::default();
        faults.at(call, fault);
        let market = Market::open_with(kept, Some(between(&faults)), Vec::new());
        assert_eq!(everything(&market), expected, "{fault:?} at call {call}: {:?}", faults.calls());
        let unexpected = |report: &String| !report.contains("failed on an assertion");
        let reports: Vec<String> = market.reports().into_iter().filter(unexpected).collect();
        assert_eq!(reports, [""; 0], "{fault:?} at call {call}");
        market.close();
    }
}

#[test]
fn a_call_that_does_not_arrive_is_made_again() {
    check_at_every_call(Kept::Memory, Fault::Unsent);
}

#[test]
fn an_answer_that_is_lost_is_asked_for() {
    check_at_every_call(Kept::Memory, Fault::Unheard);
}

#[test]
fn whoever_dies_before_a_call_leaves_it_to_the_next() {
    check_at_every_call(Kept::Memory, Fault::DiesBefore);
}

#[test]
fn slow_whoever_dies_after_a_call_leaves_its_outcome_to_the_next() {
    check_at_every_call(Kept::Memory, Fault::DiesAfter);
    check_at_every_call(Kept::Sqlite, Fault::DiesAfter);
}

#[test]
fn a_rail_that_is_down_for_an_hour_loses_nothing() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let faults = Faults::default();
        let market = Market::open_with(kept, Some(between(&faults)), Vec::new());
        let before = market.pay(&["tok_ok"]);
        market.pass(Span::seconds(10));
        faults.set_down(true);
        let refund = market.refund(before, 2_500);
        let during: Vec<_> = (0..10).map(|_| market.pay(&["tok_ok", "tok_ok"])).collect();
        let moved = market.pass(Span::hours(1));
        assert!(moved.steps > 5, "it was asked again and again");
        for checkout in &during {
            assert_eq!(market.checkout_row(*checkout).state, CheckoutState::Paying);
        }
        assert_eq!(market.order_refund(refund).status().as_str(), "pending");
        faults.set_down(false);
        market.pass(Span::hours(2));
        for checkout in &during {
            assert_eq!(market.told(*checkout), "paid: captured captured");
        }
        assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
        let charged = market.ledger("rail/sandbox/clearing") + market.ledger("rail/sandbox/fees");
        assert_eq!(charged, 11 * PRICE - 2_500, "each was charged once");
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn a_rail_that_hangs_holds_back_nobody_else() {
    let faults = Faults::default();
    faults.set_hanging(true);
    let clock = Arc::new(SystemClock::new());
    let inner = Sandbox::in_memory(clock.clone(), Settings::new(1, rails::Secret::new("other")));
    let hanging = Shaky { name: "hanging", inner: Arc::new(inner), faults: faults.clone() };
    let others = vec![Connected::new(Arc::new(hanging), clock)];
    let market = Market::open_with(Kept::Memory, None, others);
    let stuck: Vec<_> = (0..20)
        .map(|_| {
            let (method, checkout) = (market.method("hanging", "tok_ok"), market.checkout());
            market.pay_by(checkout, &[method]);
            checkout
        })
        .collect();
    faults.wait_until_hanging(4);
    for _ in 0..5 {
        let checkout = market.pay(&["tok_ok"]);
        market.caller().nudge_checkout(checkout);
        market.wait_for(checkout, CheckoutState::Paid);
    }
    faults.set_hanging(false);
    for checkout in stuck {
        market.wait_for(checkout, CheckoutState::Paid);
    }
    assert_eq!(market.ledger("rail/hanging/clearing"), 20 * (PRICE - 320));
    market.close();
}

/// The names of the calls after a time in which the rail has forgotten what it did.
fn calls_after_long(fault: Fault, begin: impl FnOnce(&Market)) -> Vec<&'static str> {
    let faults = Faults::default();
    faults.forget_after(Span::minutes(30));
    let market = Market::open_with(Kept::Memory, Some(between(&faults)), Vec::new());
    let paid = market.pay(&["tok_ok"]);
    market.wait_for(paid, CheckoutState::Paid);
    market.pass(Span::seconds(1));
    let before = faults.calls().len();
    faults.at(before + 1, fault);
    begin(&market);
    // The call dies, and nobody calls for an hour.
    while faults.calls().len() == before {
        std::thread::yield_now();
    }
    market.stop();
    let made = faults.calls().len();
    market.run_on(Span::hours(1));
    market.start();
    market.pass(Span::seconds(10));
    let calls = faults.calls().split_off(made);
    market.close();
    calls
}

#[test]
fn what_a_rail_may_have_forgotten_is_asked_for_before_it_is_called_again() {
    let refund = |market: &Market| {
        let paid = market.pay(&["tok_refund_pending"]);
        market.caller().nudge_checkout(paid);
    };
    // The first call is `authorize`; the process died before it was noted what became of it.
    for fault in [Fault::DiesBefore, Fault::DiesAfter] {
        let calls = calls_after_long(fault, refund);
        assert_eq!(calls.first(), Some(&"payment?"), "{fault:?}: {calls:?}");
    }
}

/// While it has lapsed, the writer answers no question: another process may own the book.
#[test]
fn a_lease_that_lapses_for_a_moment_does_not_end_the_calls() {
    let lease = Lease::until(Duration::from_secs(3_600));
    let market = Market::open_leased(Kept::Memory, None, Vec::new(), lease.clone());
    market.run_on(Span::hours(2));
    let clock = SystemClock::new();
    while market.reports().is_empty() {
        assert!(clock.monotonic() < PATIENCE, "nobody has noticed");
        std::thread::yield_now();
    }
    lease.extend(Duration::from_secs(1_000_000));
    let checkout = market.pay(&["tok_ok"]);
    market.wait_for(checkout, CheckoutState::Paid);
    market.close();
}
