use std::sync::Arc;

use base::{Span, Text};
use engine::PaymentCommand;
use payments::NextAction;
use shop::CheckoutState;

use super::market::{Kept, Market, PRICE};
use super::shaky::{Faults, Shaky};

/// Pays by methods with these tokens, lets the time pass, and tells what became of it.
#[track_caller]
fn check(tokens: &[&str], span: Span, expected: &str, charged: i64) {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let market = Market::open(kept);
        let checkout = market.pay(tokens);
        market.pass(span);
        assert_eq!(market.told(checkout), expected, "{tokens:?} {kept:?}");
        assert_eq!(market.ledger("order/clearing"), 0, "{tokens:?} {kept:?}");
        let booked = market.ledger("rail/sandbox/clearing") + market.ledger("rail/sandbox/fees");
        assert_eq!(booked, charged, "{tokens:?} {kept:?}");
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn each_way_to_pay_ends_as_it_must() {
    let soon = Span::seconds(1);
    check(&["tok_ok"], soon, "paid: captured", PRICE);
    check(&["tok_expires_soon"], soon, "paid: captured", PRICE);
    check(&["tok_declined"], soon, "failed: failed", 0);
    check(&["tok_insufficient"], soon, "failed: failed", 0);
    check(&["tok_expired"], soon, "failed: failed", 0);
    check(&["tok_nobody"], soon, "failed: failed", 0);
    check(&["tok_timeout"], soon, "paying: authorizing", 0);
    check(&["tok_timeout"], Span::seconds(60), "paid: captured", PRICE);
    check(&["tok_challenge"], soon, "requires_action: requires_action", 0);
    check(&["tok_challenge"], Span::days(2), "expired: failed", 0);
}

#[test]
fn all_methods_pay_or_none() {
    let (soon, later) = (Span::seconds(1), Span::days(2));
    check(&["tok_ok", "tok_ok"], soon, "paid: captured captured", PRICE);
    check(&["tok_ok", "tok_timeout"], soon, "paying: authorized authorizing", 0);
    check(&["tok_ok", "tok_timeout"], later, "paid: captured captured", PRICE);
    check(&["tok_ok", "tok_declined"], soon, "failed: voided failed", 0);
    check(&["tok_declined", "tok_ok"], soon, "failed: failed voided", 0);
    check(&["tok_challenge", "tok_declined"], soon, "failed: voided failed", 0);
    check(&["tok_timeout", "tok_declined"], Span::minutes(1), "failed: voided failed", 0);
    check(&["tok_ok", "tok_challenge"], later, "expired: voided failed", 0);
    let four = ["tok_ok", "tok_ok", "tok_ok", "tok_insufficient"];
    check(&four, soon, "failed: voided voided voided failed", 0);
}

#[track_caller]
fn check_challenge(passed: bool, expected: &str) {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_challenge"]);
    market.pass(Span::seconds(1));
    let payment = market.sandbox_payment(checkout);
    market.sandbox.finish_challenge(&payment, passed).unwrap();
    // The rail's message is enough: nobody would ask for a while.
    market.pass(Span::from_micros(500_000));
    assert_eq!(market.told(checkout), expected);
    market.close();
}

#[test]
fn a_challenge_is_passed_or_not() {
    check_challenge(true, "paid: captured");
    check_challenge(false, "failed: failed");
}

#[test]
fn a_nudge_is_enough_and_so_is_time() {
    for is_nudged in [true, false] {
        let market = Market::open(Kept::Memory);
        let checkout = market.pay(&["tok_ok", "tok_ok"]);
        if is_nudged {
            market.caller().nudge_checkout(checkout);
        }
        market.wait_for(checkout, CheckoutState::Paid);
        market.close();
    }
}

#[test]
fn what_was_taken_before_another_failed_goes_back() {
    let faults = Faults::default();
    faults.capture_at_most(1);
    let between = faults.clone();
    let shaky = move |inner| {
        Arc::new(Shaky { name: "sandbox", inner, faults: between.clone() }) as Arc<dyn rails::Rail>
    };
    let market = Market::open_with(Kept::Memory, Some(Arc::new(shaky)), Vec::new());
    let checkout = market.pay(&["tok_ok", "tok_ok"]);
    market.pass(Span::seconds(5));
    let told = market.told(checkout);
    assert!(told == "failed: captured failed" || told == "failed: failed captured", "{told}");
    let refunds = market.rail_refunds();
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0].state.as_str(), "succeeded");
    assert_eq!(refunds[0].amount.amount.minor(), PRICE / 2);
    // Only the fee is gone.
    assert_eq!(market.ledger("rail/sandbox/clearing"), -market.ledger("rail/sandbox/fees"));
    assert_eq!(market.ledger("refund/payable"), 0);
    market.close();
}

#[test]
fn a_checkout_that_nobody_pays_is_abandoned() {
    let market = Market::open(Kept::Memory);
    let (open, failed) = (market.checkout(), market.pay(&["tok_declined"]));
    let advanced = market.pass(Span::minutes(16));
    assert_eq!(advanced.booked.checkouts, 2);
    assert_eq!(advanced.booked.refused, []);
    for checkout in [open, failed] {
        assert_eq!(market.checkout_row(checkout).state, CheckoutState::Expired);
    }
    market.close();
}

#[test]
fn an_attempt_whose_payer_does_not_act_is_given_up_after_a_day() {
    let market = Market::open(Kept::Memory);
    let (method, checkout) = (market.method("elsewhere", "tok_ok"), market.checkout());
    market.pay_by(checkout, &[method]);
    let payment = market.payments(checkout)[0].id;
    let next_action = NextAction(Text::new("https://bank.example").unwrap());
    market.note(PaymentCommand::NoteAction { payment, next_action, reference: None });
    assert_eq!(market.pass(Span::hours(23)).booked.checkouts, 0);
    assert_eq!(market.told(checkout), "requires_action: requires_action");
    let advanced = market.pass(Span::hours(2));
    // Given up, and then abandoned as it was not paid another way.
    assert_eq!((advanced.booked.checkouts, advanced.booked.refused), (2, vec![]));
    assert_eq!(market.told(checkout), "expired: voiding");
    market.close();
}

#[test]
fn a_rail_that_is_not_set_up_is_waited_for() {
    let market = Market::open(Kept::Memory);
    let (method, checkout) = (market.method("elsewhere", "tok_ok"), market.checkout());
    market.pay_by(checkout, &[method]);
    let paid = market.pay(&["tok_ok"]);
    market.pass(Span::seconds(10));
    assert_eq!(market.told(checkout), "paying: authorizing");
    assert_eq!(market.told(paid), "paid: captured");
    let report = "error: payments or refunds wait for the rail elsewhere, which is not set up";
    assert_eq!(market.reports(), [report]);
    market.close();
}

#[test]
fn a_rail_whose_file_another_process_has_is_not_told_as_one_that_is_not_set_up() {
    let market = Market::open(Kept::Memory);
    market.stop();
    market.lock_sandbox(true);
    market.start();
    let (method, checkout) = (market.method("sandbox", "tok_ok"), market.checkout());
    market.pay_by(checkout, &[method]);
    market.pass(Span::seconds(10));
    assert_eq!(market.told(checkout), "paying: authorizing");
    market.lock_sandbox(false);
    market.wait_for(checkout, CheckoutState::Paid);
    assert_eq!(market.told(checkout), "paid: captured");
    let report = "note: a rail cannot be opened yet: another process has its file";
    assert_eq!(market.reports(), [report]);
    market.close();
}
