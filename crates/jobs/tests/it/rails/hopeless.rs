//! Rails that lead nowhere: they repeat an error of theirs, are away for hours, or make us panic.

use std::sync::Arc;

use base::{Currency, Span};
use jobs::Connected;
use outside::clock::{Clock, SystemClock};
use rails::Rail;
use rails::sandbox::{Sandbox, Settings};
use shop::CheckoutState;

use super::market::{Between, Kept, Market, PRICE};
use super::shaky::{Faults, Shaky};

fn market(kept: Kept, faults: &Faults) -> Market {
    let faults = faults.clone();
    let between: Between = Arc::new(move |inner| {
        Arc::new(Shaky { name: "sandbox", inner, faults: faults.clone() }) as Arc<dyn Rail>
    });
    Market::open_with(kept, Some(between), Vec::new())
}

/// Public failure: the buyer is told nothing for a day, buys elsewhere, and is charged then.
#[test]
fn an_authorization_that_a_rail_fails_for_good_is_given_up_after_minutes() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let faults = Faults::default();
        faults.keep_error("authorize");
        let market = market(kept, &faults);
        let checkout = market.pay(&["tok_ok"]);
        market.pass(Span::minutes(10));
        assert_eq!(market.told(checkout), "failed: failed");
        // Neither is anything charged when the rail has forgotten its error.
        market.pass(Span::days(3));
        assert_eq!(market.told(checkout), "expired: failed");
        assert_eq!(market.sandbox.balance(Currency::USD), 0);
        let reports = market.reports();
        assert!(reports.len() == 1 && reports[0].contains("was given up"), "{reports:?}");
        // The next attempt of the same buyer pays.
        let again = market.pay(&["tok_ok"]);
        market.pass(Span::minutes(1));
        assert_eq!(market.told(again), "paid: captured");
        market.close();
    }
}

#[test]
fn a_capture_that_a_rail_fails_for_good_is_made_by_another_key_after_minutes() {
    let faults = Faults::default();
    faults.keep_error("capture");
    let market = market(Kept::Memory, &faults);
    let checkout = market.pay(&["tok_ok"]);
    market.pass(Span::seconds(30));
    assert_eq!(market.told(checkout), "paying: capturing");
    market.pass(Span::minutes(15));
    assert_eq!(market.told(checkout), "paid: captured");
    let charged = market.ledger("rail/sandbox/clearing") + market.ledger("rail/sandbox/fees");
    assert_eq!((charged, market.sandbox.balance(Currency::USD)), (PRICE, PRICE - 320));
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

#[test]
fn after_an_outage_of_hours_nobody_is_charged() {
    let faults = Faults::default();
    faults.set_down(true);
    let market = market(Kept::Memory, &faults);
    let checkout = market.pay(&["tok_ok"]);
    market.pass(Span::hours(5));
    assert_eq!(market.told(checkout), "paying: authorizing");
    faults.set_down(false);
    market.pass(Span::hours(2));
    assert_eq!(market.told(checkout), "expired: failed");
    assert_eq!(market.sandbox.balance(Currency::USD), 0);
    market.close();
}

#[test]
fn what_is_due_behind_all_that_waits_for_a_rail_that_hangs_is_found() {
    let faults = Faults::default();
    faults.set_hanging(true);
    let clock = Arc::new(SystemClock::new());
    let inner = Sandbox::in_memory(clock.clone(), Settings::new(1, rails::Secret::new("other")));
    let hanging = Shaky { name: "hanging", inner: Arc::new(inner), faults: faults.clone() };
    let others = vec![Connected::new(Arc::new(hanging), clock)];
    let market = Market::open_with(Kept::Memory, None, others);
    let method = market.method("hanging", "tok_ok");
    for _ in 0..300 {
        market.pay_by(market.checkout(), &[method]);
    }
    faults.wait_until_hanging(4);
    // Nobody nudges: the regular runs find it.
    let checkout = market.pay(&["tok_ok"]);
    market.wait_for(checkout, CheckoutState::Paid);
    faults.set_hanging(false);
    market.close();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "nothing tells that something does not happen")]
fn a_visit_that_panics_again_and_again_rests() {
    let faults = Faults::default();
    faults.always_die(true);
    let market = market(Kept::Memory, &faults);
    let checkout = market.pay(&["tok_ok"]);
    let (clock, patience) = (SystemClock::new(), std::time::Duration::from_secs(20));
    let dies = |times: usize| {
        while faults.calls().len() < times {
            assert!(clock.monotonic() < patience, "it is not called: {:?}", faults.calls());
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    };
    dies(4);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(faults.calls().len(), 4);
    assert_eq!(market.checkout_row(checkout).state, CheckoutState::Paying);
    faults.always_die(false);
    market.close();
}
