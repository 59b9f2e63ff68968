use base::{Span, Text};

use super::market::{Kept, Market, PRICE};

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
