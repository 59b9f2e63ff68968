use base::{Span, Text};

use super::market::{Kept, Market, PRICE};
use super::shaky::shaky_market;

#[test]
fn a_dispute_opens_and_is_lost_by_itself() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let market = Market::open(kept);
        let checkout = market.pay(&["tok_disputed"]);
        market.pass(Span::seconds(1));
        market.pass(Span::days(2));
        assert_eq!(market.disputes()[0].state.as_str(), "open");
        assert_eq!(market.payments(checkout)[0].disputed.minor(), PRICE);
        assert_eq!(market.ledger("rail/sandbox/disputes"), PRICE);
        market.pass(Span::days(8));
        let disputes = market.disputes();
        assert_eq!(disputes.len(), 1);
        assert_eq!(disputes[0].state.as_str(), "lost");
        assert_eq!(market.ledger("rail/sandbox/disputes"), 0);
        assert_eq!(market.ledger("chargeback/loss"), PRICE);
        // Each was noted when it happened, not when somebody looked.
        let at = disputes[0].created_at.since(market.payments(checkout)[0].created_at).unwrap();
        let late = at.micros() - Span::days(1).micros();
        assert!(late < Span::seconds(5).micros(), "noted {late} µs late");
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn a_dispute_that_is_won_lets_refunds_go_on() {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_disputed"]);
    market.pass(Span::seconds(1));
    market.pass(Span::days(2));
    let dispute = market.disputes().remove(0);
    let reference = Text::new(dispute.rail_reference.unwrap().as_str()).unwrap();
    market.sandbox.decide_dispute(&reference, true).unwrap();
    market.pass(Span::seconds(1));
    assert_eq!(market.disputes()[0].state.as_str(), "won");
    assert_eq!(market.payments(checkout)[0].disputed.minor(), 0);
    let refund = market.refund(checkout, 1_000);
    market.pass(Span::seconds(1));
    assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

/// A rail says that it is over, and not who has the money.
#[test]
fn a_dispute_of_which_nobody_says_who_has_won_stays_open_and_a_person_is_told() {
    let (market, faults) = shaky_market(Kept::Memory);
    let [one, other] = [2, 8].map(|days| {
        let checkout = market.pay(&["tok_disputed"]);
        if days == 8 {
            faults.blur_disputes();
        }
        market.pass(Span::days(days));
        checkout
    });
    market.pass(Span::days(100));
    let disputes = market.disputes();
    assert_eq!(disputes.len(), 2);
    assert!(disputes.iter().all(|dispute| dispute.state.as_str() == "open"), "{disputes:?}");
    for checkout in [one, other] {
        assert_eq!(market.payments(checkout)[0].refundable().minor(), 0);
    }
    assert_eq!(market.ledger("rail/sandbox/disputes"), 2 * PRICE);
    // Once each, however often it is found again.
    let told = |dispute: &payments::Dispute| {
        format!("error: sandbox says that {} is over, and not who has the money", dispute.id)
    };
    let mut expected: Vec<String> = disputes.iter().map(told).collect();
    let mut reports = market.reports();
    expected.sort();
    reports.sort();
    assert_eq!(reports, expected);
    market.close();
}
