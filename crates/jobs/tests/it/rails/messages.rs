use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base::{Instant, Span};
use jobs::HearError;
use outside::clock::{Clock, SystemClock};
use rails::WebhookError;
use rails::sandbox::Faults;

use super::market::{Kept, Market, PATIENCE};

/// Everything that has messages, with these faults on their way, ends as without.
#[track_caller]
fn check(faults: Faults) {
    let market = Market::open(Kept::Memory);
    market.sandbox.set_faults(faults);
    let paid = market.pay(&["tok_ok", "tok_timeout"]);
    let [pending, failing] = ["tok_refund_pending", "tok_refund_fails"].map(|token| {
        let checkout = market.pay(&[token]);
        market.pass(Span::seconds(1));
        market.refund(checkout, 3_000)
    });
    let disputed = market.pay(&["tok_disputed"]);
    market.pass(Span::days(20));
    assert_eq!(market.told(paid), "paid: captured captured", "{faults:?}");
    assert_eq!(market.order_refund(pending).status().as_str(), "succeeded", "{faults:?}");
    assert_eq!(market.order_refund(failing).status().as_str(), "needs_consent", "{faults:?}");
    assert_eq!(market.told(disputed), "paid: captured", "{faults:?}");
    let disputes = market.disputes();
    assert_eq!(disputes.len(), 1, "{faults:?}");
    assert_eq!(disputes[0].state.as_str(), "lost", "{faults:?}");
    assert_eq!(market.reports(), [""; 0], "{faults:?}");
    assert!(market.sandbox.arrived().is_empty(), "each was received: {faults:?}");
    market.close();
}

#[test]
fn messages_may_come_twice_late_forged_and_in_any_order() {
    check(Faults::default());
    check(Faults { duplicate_percent: 100, ..Faults::default() });
    check(Faults { forge_percent: 100, ..Faults::default() });
    check(Faults { delay_max: Span::days(4), ..Faults::default() });
    check(Faults {
        delay_max: Span::days(4),
        duplicate_percent: 50,
        forge_percent: 50,
        ..Faults::default()
    });
}

#[test]
fn what_is_not_the_rails_changes_nothing() {
    let market = Market::open(Kept::Memory);
    market.sandbox.set_faults(Faults { forge_percent: 100, ..Faults::default() });
    let checkout = market.pay(&["tok_ok"]);
    let caller = market.caller();
    let body = br#"{"id":"evt_1"}"#;
    let no_signature = HearError::NotBelieved(WebhookError::NoSignature);
    assert_eq!(caller.hear("sandbox", &[], body), Err(no_signature));
    let foreign = [("Sandbox-Signature", "t=1767225600,v1=00")];
    let heard = caller.hear("sandbox", &foreign, body);
    assert!(matches!(heard, Err(HearError::NotBelieved(_))), "{heard:?}");
    assert_eq!(caller.hear("stripe", &[], body), Err(HearError::NoSuchRail));
    market.pass(Span::seconds(5));
    assert_eq!(market.told(checkout), "paid: captured");
    market.close();
}

#[test]
fn a_message_is_received_when_what_it_says_is_in_the_book() {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_challenge"]);
    market.pass(Span::seconds(1));
    market.stop();
    let reference = market.sandbox_payment(checkout);
    market.sandbox.finish_challenge(&reference, true).unwrap();
    let message = market.sandbox.arrived().remove(0);
    // Nobody was there to hear it, so it waits for whoever calls next.
    market.start();
    market.wait_for(checkout, shop::CheckoutState::Paid);
    // The same message once more is old news.
    let heard = market.caller().hear("sandbox", &message.headers(), &message.body);
    assert_eq!(heard, Ok(()));
    market.pass(Span::seconds(5));
    assert_eq!(market.told(checkout), "paid: captured");
    market.close();
}

/// A clock that is moved on while somebody is on the way to look at it, so many times.
struct Moved {
    clock: Arc<dyn Clock>,
    times: AtomicU32,
}

impl Clock for Moved {
    fn now(&self) -> Instant {
        let left = |times: u32| times.checked_sub(1);
        let is_moved = self.times.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok();
        let ahead = if is_moved { Span::hours(1) } else { Span::ZERO };
        self.clock.now().saturating_add(ahead)
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}

#[test]
fn a_message_is_not_lost_when_the_clock_moves_while_it_is_read() {
    let market = Market::open(Kept::Memory);
    market.pay(&["tok_disputed"]);
    market.pass(Span::seconds(1));
    market.stop();
    market.run_on(Span::days(1));
    let moved = Moved { clock: market.clock.clone(), times: AtomicU32::new(3) };
    market.start_by(Arc::new(moved));
    // Nobody asks for disputes without a message.
    let clock = SystemClock::new();
    while market.disputes().is_empty() {
        assert!(clock.monotonic() < PATIENCE, "the dispute is not heard of");
        std::thread::yield_now();
    }
    market.close();
}
