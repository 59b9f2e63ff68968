use base::Span;
use engine::{NewCredit, PaymentCommand};
use giftcards::{Code, CodeHash};

use super::market::{Kept, Market, PRICE};

/// Pays by a method with this token, refunds a part, and tells where it stands after so long, each
/// time further on.
#[track_caller]
fn check(token: &str, stages: &[(Span, &str)], back: i64) {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let market = Market::open(kept);
        let checkout = market.pay(&[token]);
        market.pass(Span::seconds(1));
        let refund = market.refund(checkout, 4_000);
        for (span, expected) in stages {
            market.pass(*span);
            let status = market.order_refund(refund).status().as_str();
            assert_eq!(status, *expected, "{token} {kept:?} after {span:?}");
        }
        assert_eq!(market.payments(checkout)[0].refunded.minor(), back, "{token} {kept:?}");
        assert_eq!(market.ledger("refund/payable"), back - 4_000, "{token} {kept:?}");
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn each_refund_ends_as_it_must() {
    let (soon, day) = (Span::seconds(1), Span::days(1));
    check("tok_ok", &[(soon, "succeeded"), (day, "succeeded")], 4_000);
    check("tok_refund_pending", &[(soon, "pending"), (day, "pending")], 0);
    let pending = [(soon, "pending"), (day, "pending"), (day, "succeeded")];
    check("tok_refund_pending", &pending, 4_000);
    let fails = [(soon, "succeeded"), (day, "succeeded"), (Span::days(3), "needs_consent")];
    check("tok_refund_fails", &fails, 0);
}

#[test]
fn parts_are_refunded_one_by_one_and_never_more_than_all() {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_ok", "tok_ok"]);
    market.pass(Span::seconds(1));
    for _ in 0..4 {
        market.refund(checkout, PRICE / 4);
        market.pass(Span::seconds(1));
    }
    let refunded: i64 = market.payments(checkout).iter().map(|p| p.refunded.minor()).sum();
    assert_eq!(refunded, PRICE);
    assert_eq!(market.ledger("rail/sandbox/clearing"), -market.ledger("rail/sandbox/fees"));
    market.close();
}

#[test]
fn a_refund_that_came_back_is_sent_once_more_as_another_attempt() {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_refund_fails"]);
    market.pass(Span::seconds(1));
    let refund = market.refund(checkout, 4_000);
    market.pass(Span::days(4));
    let rail_refund = market.rail_refunds().remove(0).id;
    market.note(PaymentCommand::RetryRefund { rail_refund });
    market.caller().nudge_refund(rail_refund);
    market.pass(Span::seconds(1));
    assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
    assert_eq!(market.rail_refund(rail_refund).attempt, 2);
    // It comes back once more: what the first attempt's message says again is old.
    market.pass(Span::days(4));
    assert_eq!(market.order_refund(refund).status().as_str(), "needs_consent");
    assert_eq!(market.ledger("refund/payable"), -4_000);
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

/// The rail that has refused goes on telling so, and may be asked: nothing comes of it.
#[test]
fn what_became_store_credit_or_was_paid_by_hand_stays_so() {
    for is_credit in [true, false] {
        let market = Market::open(Kept::Memory);
        let checkout = market.pay(&["tok_refund_fails"]);
        market.pass(Span::seconds(1));
        let refund = market.refund(checkout, 4_000);
        market.pass(Span::days(4));
        let rail_refund = market.rail_refunds().remove(0).id;
        assert_eq!(market.order_refund(refund).status().as_str(), "needs_consent");
        let code = Code { hash: CodeHash::from_bits(7), key: 1, nonce: 1, last4: *b"abcd" };
        market.note(if is_credit {
            let credit = Box::new(NewCredit { code, program: None });
            PaymentCommand::CreditRailRefund { rail_refund, credit }
        } else {
            let rail = base::Token::new("bank").unwrap();
            PaymentCommand::PayRailRefundByHand { rail_refund, rail }
        });
        let before = market.rail_refund(rail_refund);
        market.caller().nudge_refund(rail_refund);
        market.pass(Span::days(200));
        assert_eq!(market.rail_refund(rail_refund), before);
        assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
        assert_eq!(market.ledger("refund/payable"), 0);
        let payment = market.payments(checkout).remove(0);
        let given = if is_credit { payment.credited } else { payment.refunded };
        assert_eq!(given.minor(), 4_000);
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn a_refund_that_should_go_another_way_waits() {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_refund_fails"]);
    market.pass(Span::seconds(1));
    market.refund(checkout, 4_000);
    market.pass(Span::days(4));
    let rail_refund = market.rail_refunds().remove(0).id;
    let method = market.method("sandbox", "tok_ok");
    market.note(PaymentCommand::ConsentRefund { rail_refund, method, can_receive: true });
    market.pass(Span::days(1));
    assert_eq!(market.rail_refund(rail_refund).state.as_str(), "pending");
    let report =
        format!("note: {rail_refund} should go by another method, which no rail can do yet");
    assert_eq!(market.reports().first(), Some(&report));
    assert_eq!(market.ledger("refund/payable"), -4_000);
    market.close();
}
