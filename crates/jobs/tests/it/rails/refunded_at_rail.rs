//! Refunds that somebody makes at the rail itself, past us.

use base::{Amount, CheckoutId, Span};
use engine::PaymentCommand;
use outside::clock::{Clock, SystemClock};
use payments::{Dispute, DisputeState, REFUNDED_AT_RAIL};
use rails::{Rail, Reference, Refund};
use shop::CheckoutState;

use super::market::{Kept, Market, PATIENCE, PRICE};
use super::shaky::{Fault, Faults, shaky_market};
use super::unclaimed::{card, sell};

pub fn soon() -> Span {
    Span::seconds(1)
}

pub fn reference(market: &Market, checkout: CheckoutId) -> Reference {
    market.payments(checkout)[0].rail_reference.clone().unwrap()
}

pub fn refund_at_rail(market: &Market, checkout: CheckoutId, minor: i64) -> Reference {
    let part = Amount::new(minor).unwrap();
    market.sandbox.refund_at_rail(&reference(market, checkout), part).unwrap()
}

/// Waits until a refund of ours has set out.
fn until_sent(faults: &Faults) {
    let clock = SystemClock::new();
    while !faults.calls().contains(&"refund") {
        assert!(clock.monotonic() < PATIENCE, "nobody sends it");
        std::thread::yield_now();
    }
}

/// The one dispute there is: a refund that was made at the rail.
#[track_caller]
pub fn the_one(market: &Market, minor: i64) -> Dispute {
    let mut all = market.disputes();
    assert_eq!(all.len(), 1, "{all:#?}");
    let one = all.remove(0);
    assert_eq!(one.reason.as_str(), REFUNDED_AT_RAIL);
    assert_eq!(one.amount.amount.minor(), minor);
    one
}

#[test]
fn a_refund_made_at_the_rail_leaves_no_card_spendable() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let market = Market::open(kept);
        let (checkout, cards) = sell(&market, "tok_ok");
        let name = refund_at_rail(&market, checkout, PRICE);
        market.pass(soon());
        let booked = the_one(&market, PRICE);
        assert_eq!(booked.state, DisputeState::Lost);
        assert_eq!(booked.rail_reference, Some(name));
        for id in cards {
            let (card, balance) = card(&market, id);
            assert_eq!(balance, 0, "{card:?}");
        }
        let payment = market.payments(checkout).remove(0);
        assert_eq!(payment.refundable(), Amount::ZERO);
        // The cards have made the loss good.
        assert_eq!(market.ledger("chargeback/loss"), 0);
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn one_that_is_told_twice_or_found_again_is_booked_once() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let market = Market::open(kept);
        let twice = rails::sandbox::Faults { duplicate_percent: 100, ..Default::default() };
        market.sandbox.set_faults(twice);
        let checkout = market.pay(&["tok_ok"]);
        market.pass(soon());
        refund_at_rail(&market, checkout, 3_000);
        let messages = market.sandbox.arrived();
        market.pass(soon());
        let booked = the_one(&market, 3_000);
        for message in messages {
            let heard = market.caller().hear("sandbox", &message.headers(), &message.body);
            assert_eq!(heard, Ok(()));
        }
        market.stop();
        market.start();
        market.pass(Span::days(100));
        assert_eq!(the_one(&market, 3_000), booked);
        // Another one of the same amount is another one.
        refund_at_rail(&market, checkout, 3_000);
        market.pass(soon());
        assert_eq!(market.disputes().len(), 2);
        assert_eq!(market.payments(checkout)[0].lost.minor(), 6_000);
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn a_later_refund_of_the_order_is_paid_already_and_no_rail_is_asked() {
    let (market, faults) = shaky_market(Kept::Memory);
    let checkout = market.pay(&["tok_ok"]);
    market.pass(soon());
    refund_at_rail(&market, checkout, PRICE);
    market.pass(soon());
    assert_eq!(market.ledger("chargeback/loss"), PRICE);
    let refunds = [4_000, 6_000].map(|minor| market.refund(checkout, minor));
    market.pass(Span::days(2));
    for refund in refunds {
        assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
    }
    assert_eq!(market.ledger("chargeback/loss"), 0);
    assert_eq!(market.ledger("refund/payable"), 0);
    assert!(!faults.calls().contains(&"refund"), "{:?}", faults.calls());
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

#[test]
fn what_waits_for_the_payer_is_paid_by_it_and_by_nothing_else() {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_refund_fails"]);
    market.pass(soon());
    let refund = market.refund(checkout, PRICE);
    market.pass(Span::days(4));
    assert_eq!(market.order_refund(refund).status().as_str(), "needs_consent");
    let rail_refund = market.rail_refunds().remove(0).id;
    // Support has sent it once more, by the pages of the rail.
    refund_at_rail(&market, checkout, PRICE);
    market.pass(soon());
    assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
    assert_eq!(market.ledger("refund/payable"), 0);
    let rail = base::Token::new("bank").unwrap();
    let again = PaymentCommand::PayRailRefundByHand { rail_refund, rail };
    let refused = market.submit(engine::Command::Payments(again)).result;
    assert!(refused.is_err(), "{refused:?}");
    // That one comes back as well.
    market.pass(Span::days(4));
    assert_eq!(market.order_refund(refund).status().as_str(), "needs_consent");
    assert_eq!(market.ledger("refund/payable"), -PRICE);
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

/// The lamp's part is stuck, and support sends just that: the rest of the payment stays what it is.
#[test]
fn a_part_that_is_stuck_and_was_made_at_the_rail_is_paid_once() {
    for kept in [Kept::Memory, Kept::Sqlite] {
        let market = Market::open(kept);
        let checkout = market.pay(&["tok_refund_fails"]);
        market.pass(soon());
        let refund = market.refund(checkout, 6_000);
        market.pass(Span::days(4));
        assert_eq!(market.order_refund(refund).status().as_str(), "needs_consent");
        let rail_refund = market.rail_refunds().remove(0).id;
        let name = refund_at_rail(&market, checkout, 6_000);
        market.pass(soon());
        market.stop();
        market.start();
        market.pass(Span::days(1));
        assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
        assert_eq!(market.rail_refunds()[0].rail_reference, Some(name));
        let again = PaymentCommand::RetryRefund { rail_refund };
        let refused = market.submit(engine::Command::Payments(again)).result;
        assert!(refused.is_err(), "{refused:?}");
        // Nothing is taken of what nobody has asked back.
        assert!(market.disputes().is_empty(), "{:#?}", market.disputes());
        assert_eq!(market.ledger("refund/payable"), 0);
        assert_eq!(market.ledger("chargeback/loss"), 0);
        let payment = market.payments(checkout).remove(0);
        assert_eq!((payment.refunded.minor(), payment.lost.minor()), (6_000, 0));
        // What is left is nobody's, so a second one is taken of it.
        refund_at_rail(&market, checkout, 4_000);
        market.pass(soon());
        the_one(&market, 4_000);
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

/// The rail does not say who has the money of a dispute, and has given it back to the payer.
#[test]
fn one_in_the_place_of_ours_covers_a_dispute_of_its_sum() {
    let (market, faults) = shaky_market(Kept::Memory);
    let checkout = market.pay(&["tok_disputed"]);
    market.pass(soon());
    market.stop();
    let half = PRICE / 2;
    let refund = market.refund(checkout, half);
    let rail_refund = market.rail_refunds().remove(0).id;
    let code = payments::FailureCode::new("gone").unwrap();
    market.note(PaymentCommand::GiveUpRefund { rail_refund, code });
    refund_at_rail(&market, checkout, half);
    market.start();
    market.pass(soon());
    assert_eq!(market.order_refund(refund).status().as_str(), "succeeded");
    market.pass(Span::days(2));
    let dispute = market.disputes().remove(0);
    assert_eq!((dispute.amount.amount.minor(), dispute.state), (half, DisputeState::Open));
    faults.blur_disputes();
    market.sandbox.decide_dispute(&dispute.rail_reference.unwrap(), true).unwrap();
    market.pass(soon());
    assert_eq!(market.disputes()[0].state, DisputeState::Won);
    let payment = market.payments(checkout).remove(0);
    assert_eq!((payment.refunded.minor(), payment.disputed.minor()), (half, 0));
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

/// The answer to our refund is lost, and the rail tells of it without our operation: it may be the
/// one that somebody made there.
#[test]
fn one_of_ours_is_never_taken_for_somebody_elses() {
    for hides in [false, true] {
        let (market, faults) = shaky_market(Kept::Memory);
        let checkout = market.pay(&["tok_ok"]);
        market.pass(soon());
        if hides {
            faults.hide_operations();
        }
        let next = faults.calls().len() + 1;
        faults.at(next, Fault::Unheard);
        let refund = market.refund(checkout, 4_000);
        until_sent(&faults);
        refund_at_rail(&market, checkout, 3_000);
        market.pass(Span::minutes(5));
        assert_eq!(market.order_refund(refund).status().as_str(), "succeeded", "{hides}");
        assert_eq!(the_one(&market, 3_000).state, DisputeState::Lost);
        let payment = market.payments(checkout).remove(0);
        assert_eq!((payment.refunded.minor(), payment.lost.minor()), (4_000, 3_000));
        // Nor when it is found again.
        market.pass(Span::days(100));
        the_one(&market, 3_000);
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

/// No answer to our call arrives. A message about it tells whose it is, unless somebody has changed
/// that at the rail: then it takes the questions of the next minutes.
#[test]
fn one_of_the_same_sum_waits_until_ours_is_known() {
    for hides in [false, true] {
        let (market, faults) = shaky_market(Kept::Memory);
        let checkout = market.pay(&["tok_ok"]);
        market.pass(soon());
        if hides {
            faults.hide_operations();
        }
        faults.unhear_all("refund");
        let refund = market.refund(checkout, 4_000);
        until_sent(&faults);
        refund_at_rail(&market, checkout, 4_000);
        market.pass(soon());
        assert_eq!(market.disputes().is_empty(), hides, "{:#?}", market.disputes());
        market.pass(Span::days(1));
        assert_eq!(market.order_refund(refund).status().as_str(), "succeeded", "{hides}");
        assert_eq!(the_one(&market, 4_000).state, DisputeState::Lost);
        let payment = market.payments(checkout).remove(0);
        assert_eq!((payment.refunded.minor(), payment.lost.minor()), (4_000, 4_000));
        assert_eq!(market.reports(), [""; 0]);
        market.close();
    }
}

#[test]
fn one_that_comes_back_gives_the_cards_back() {
    let market = Market::open(Kept::Memory);
    let (checkout, cards) = sell(&market, "tok_refund_fails");
    let before: Vec<i64> = cards.iter().map(|id| card(&market, *id).1).collect();
    refund_at_rail(&market, checkout, PRICE);
    market.pass(soon());
    assert_eq!(the_one(&market, PRICE).state, DisputeState::Lost);
    market.pass(Span::days(4));
    assert_eq!(the_one(&market, PRICE).state, DisputeState::Won);
    let after: Vec<i64> = cards.iter().map(|id| card(&market, *id).1).collect();
    assert_eq!(after, before);
    let payment = market.payments(checkout).remove(0);
    assert_eq!((payment.disputed, payment.lost), (Amount::ZERO, Amount::ZERO));
    assert_eq!(market.ledger("chargeback/loss"), 0);
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

/// The rail's file tells of it by the rail's own name.
#[test]
fn its_line_in_a_settlement_file_is_found() {
    use base::{Currency, Instant, Text, Token};
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_ok"]);
    market.wait_for(checkout, CheckoutState::Paid);
    refund_at_rail(&market, checkout, 3_000);
    market.pass(soon());
    let rail = Token::new("sandbox").unwrap();
    let told = market.sandbox.settlement(Currency::USD, Instant::MIN, market.now());
    let lines = market.settled_lines(&told);
    let reference = Text::new("all").unwrap();
    let currency = Currency::USD;
    let new = payments::NewSettlement { rail, reference, currency, lines };
    market.note(PaymentCommand::NoteSettlement(Box::new(new)));
    let page = store::Page::after(None, 100);
    let open = market.reader().list(store::List::Unsettled, page).unwrap();
    assert!(open.is_empty(), "{open:#?}");
    // The payout has left the rail in our books alone.
    let payout = told.last().unwrap().gross;
    assert_eq!(market.ledger("bank"), -payout);
    assert_eq!(market.ledger("rail/sandbox/clearing"), 0);
}

/// The operation is named as ours are, and this book has no such refund: perhaps it was restored.
#[test]
fn one_that_a_copy_of_the_book_has_made_is_for_a_person() {
    let market = Market::open(Kept::Memory);
    let checkout = market.pay(&["tok_ok"]);
    market.pass(soon());
    let operation = format!("{}:1", base::RailRefundId::from_bits(u128::MAX));
    let made = market.sandbox.refund(&Refund {
        operation: &base::Token::new(&operation).unwrap(),
        payment: &reference(&market, checkout),
        amount: super::market::usd(3_000),
    });
    let rails::Outcome::Succeeded(made) = made else { panic!("{made:?}") };
    market.pass(Span::days(8));
    assert!(market.disputes().is_empty());
    let told = format!(
        "error: sandbox has the refund {}, whose operation this book does not know",
        made.reference.as_str()
    );
    assert_eq!(market.reports(), [told]);
    market.stop();
}
