//! Older payments are asked about: what a rail never told is found all the same.

use base::{Amount, CheckoutId, Span};
use engine::Row;
use outside::clock::{Clock, SystemClock};
use payments::DisputeState;
use rails::sandbox::Faults;
use shop::CheckoutState;

use super::market::{Ending, Kept, Market, PATIENCE, PRICE};
use super::shaky::shaky_market;

/// Everything of which a rail tells by messages alone.
struct Story {
    disputed: CheckoutId,
    failing: CheckoutId,
    refunded: CheckoutId,
    back: CheckoutId,
}

fn tell_a_story(market: &Market) -> Story {
    let [disputed, failing, refunded, back] =
        ["tok_disputed", "tok_refund_fails", "tok_ok", "tok_refund_fails"].map(|token| {
            let checkout = market.pay(&[token]);
            market.pass(Span::seconds(1));
            checkout
        });
    market.refund(failing, 4_000);
    market.pass(Span::seconds(1));
    for (checkout, minor) in [(refunded, 3_000), (back, PRICE)] {
        let reference = market.payments(checkout)[0].rail_reference.clone().unwrap();
        let part = Amount::new(minor).unwrap();
        market.sandbox.refund_at_rail(&reference, part).unwrap();
    }
    Story { disputed, failing, refunded, back }
}

/// What the books say in the end, without names and times.
fn told(market: &Market, story: &Story) -> Vec<String> {
    let mut told = Vec::new();
    for checkout in [story.disputed, story.failing, story.refunded, story.back] {
        let row = market.payments(checkout).remove(0);
        let (cap, lost) = (row.refundable(), row.lost);
        let (gone, owed) = (row.refunded, row.owed);
        told.push(format!("{cap} left, {lost} lost, {gone} refunded, {owed} owed"));
        for dispute in market.disputes().iter().filter(|dispute| dispute.payment == row.id) {
            let (state, reason) = (dispute.state.as_str(), dispute.reason.as_str());
            told.push(format!("{state} {reason} {}", dispute.amount));
        }
        for refund in market.rail_refunds().iter().filter(|refund| refund.payment == row.id) {
            told.push(format!("{:?} {}", refund.state, refund.amount));
        }
    }
    let accounts = ["rail/sandbox/clearing", "rail/sandbox/disputes", "refund/payable"];
    for name in accounts.into_iter().chain(["chargeback/loss", "order/clearing"]) {
        told.push(format!("{name} {}", market.ledger(name)));
    }
    told
}

/// The story with messages or without any, after the clock has gone on in steps or at once.
fn end_of(kept: Kept, is_silent: bool, steps: &[u64]) -> Vec<String> {
    let market = Market::open(kept);
    let lose_percent = if is_silent { 100 } else { 0 };
    market.sandbox.set_faults(Faults { lose_percent, ..Faults::default() });
    let story = tell_a_story(&market);
    for days in steps {
        market.pass(Span::days(*days));
    }
    let ended = told(&market, &story);
    assert!(market.sandbox.arrived().is_empty());
    assert_eq!(market.reports(), [""; 0]);
    market.close();
    ended
}

#[test]
fn what_no_message_told_ends_as_if_all_had_come() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let with_messages = end_of(kept, false, &[20]);
        assert!(with_messages.iter().any(|line| line.starts_with("lost fraudulent")));
        assert!(with_messages.iter().any(|line| line.starts_with("lost refunded_at_rail")));
        assert!(with_messages.iter().any(|line| line.starts_with("NeedsConsent")));
        // That somebody refunded, and that it came back before anybody asked, leaves nothing.
        let without_returns = |told: Vec<String>| -> Vec<String> {
            told.into_iter().filter(|line| !line.starts_with("won refunded_at_rail")).collect()
        };
        let expected = without_returns(with_messages);
        let without = |steps| without_returns(end_of(kept, true, steps));
        assert_eq!(without(&[20]), expected, "{kept:?}");
        assert_eq!(without(&[1; 31]), expected, "{kept:?}");
        assert_eq!(without(&[100]), expected, "{kept:?}");
    }
}

#[test]
fn a_dispute_that_nobody_told_is_open_within_an_hour_of_its_day() {
    let market = Market::open(Kept::Memory);
    market.sandbox.set_faults(Faults { lose_percent: 100, ..Faults::default() });
    let checkout = market.pay(&["tok_disputed"]);
    market.pass(Span::hours(26));
    let disputes = market.disputes();
    assert_eq!(disputes.len(), 1);
    assert_eq!(disputes[0].state, DisputeState::Open);
    assert_eq!(market.payments(checkout)[0].disputed.minor(), PRICE);
    market.close();
}

/// The regular runs do it too, a few at a time, and a book that is opened again looks back.
#[test]
fn the_regular_runs_ask_by_themselves_and_after_a_start_once_more() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let mut market = Market::open(kept);
        market.sandbox.set_faults(Faults { lose_percent: 100, ..Faults::default() });
        for _ in 0..5 {
            market.pay(&["tok_disputed"]);
            market.pass(Span::seconds(1));
        }
        market.pay(&["tok_ok"]);
        market.pass(Span::seconds(1));
        market.stop();
        market.run_on(Span::days(2));
        market.reopen(Ending::Unswept);
        let clock = SystemClock::new();
        while market.disputes().len() < 5 {
            assert!(clock.monotonic() < PATIENCE, "{} are found", market.disputes().len());
            std::thread::yield_now();
        }
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn a_rail_that_is_away_is_asked_again_and_nothing_else_waits_for_it() {
    let (market, faults) = shaky_market(Kept::Memory);
    market.sandbox.set_faults(Faults { lose_percent: 100, ..Faults::default() });
    market.pay(&["tok_disputed"]);
    market.pass(Span::seconds(1));
    faults.set_down(true);
    market.pass(Span::hours(25));
    assert!(market.disputes().is_empty());
    faults.set_down(false);
    market.pass(Span::minutes(30));
    market.pass(Span::minutes(31));
    assert_eq!(market.disputes().len(), 1);
    // One question about the payment at an age, and one about what was taken back.
    let asked = |market: &Market| {
        market.pass(Span::seconds(1));
        faults.calls().len()
    };
    let before = asked(&market);
    for _ in 0..5 {
        assert_eq!(asked(&market), before);
    }
    market.close();
}

/// Nobody is asked about what was never taken.
#[test]
fn only_what_was_captured_is_asked_about_and_a_few_times_altogether() {
    let (market, faults) = shaky_market(Kept::Memory);
    market.pay(&["tok_declined"]);
    market.pass(Span::seconds(1));
    market.pay(&["tok_ok"]);
    market.pass(Span::seconds(1));
    let before = faults.calls().len();
    for _ in 0..120 {
        market.pass(Span::days(1));
    }
    let calls = faults.calls().split_off(before);
    let count = |name: &str| calls.iter().filter(|call| **call == name).count();
    assert_eq!((count("payment?"), count("disputes?"), calls.len()), (4, 4, 8), "{calls:?}");
    let captured = market.rows().into_iter().filter(|row| match row {
        Row::Payment(row) => !row.captured.is_zero(),
        _ => false,
    });
    assert_eq!(captured.count(), 1);
    market.close();
}

/// Whoever pays has a place beside them.
#[test]
fn no_more_than_two_are_asked_about_at_the_same_time() {
    let (market, faults) = shaky_market(Kept::Memory);
    for _ in 0..6 {
        market.pay(&["tok_ok"]);
        market.pass(Span::seconds(1));
    }
    faults.set_hanging(true);
    let before = faults.calls().len();
    market.run_on(Span::days(2));
    faults.wait_until_hanging(2);
    let checkout = market.pay(&["tok_ok"]);
    market.caller().nudge_checkout(checkout);
    faults.wait_until_hanging(3);
    assert_eq!(faults.calls().split_off(before), ["payment?", "payment?", "authorize"]);
    faults.set_hanging(false);
    market.wait_for(checkout, CheckoutState::Paid);
    // The others follow.
    let clock = SystemClock::new();
    while faults.calls().iter().filter(|call| **call == "disputes?").count() < 6 {
        assert!(clock.monotonic() < PATIENCE, "{:?}", faults.calls());
        std::thread::yield_now();
    }
    market.close();
}
