//! Refunds of payments that an app store holds: it makes them by itself, and is never called.

use std::sync::Arc;

use base::{Amount, CheckoutId, Currency, Instant, RailRefundId, RefundId, Span, Text, Token};
use engine::{Command, PaymentCommand, Refusal};
use payments::{RailRefund, RefundNotice, RefundState};
use rails::Rail;
use rails::sandbox::Faults as Messages;

use super::market::{Ending, Kept, Market, PRICE};
use super::refunded_at_rail::{reference, refund_at_rail, soon, the_one};
use super::shaky::{Faults, Shaky};

/// The store's share of a payment: 30 %.
const SHARE: i64 = PRICE * 3 / 10;

const BOTH: [Kept; 2] = [Kept::Memory, Kept::Sqlite];

/// A book whose store is called through a rail that counts calls.
fn shaky_store(kept: Kept) -> (Market, Faults) {
    let faults = Faults::default();
    let of_rail = faults.clone();
    let between = Arc::new(move |inner| {
        let faults = of_rail.clone();
        Arc::new(Shaky { name: "sandbox_store", inner, faults }) as Arc<dyn Rail>
    });
    (Market::open_store(kept, Some(between)), faults)
}

fn opened(kept: Kept) -> Market {
    Market::open_store(kept, None)
}

fn paid(market: &Market) -> CheckoutId {
    let checkout = market.pay(&["tok_ok"]);
    market.pass(soon());
    assert_eq!(market.told(checkout), "paid: captured");
    checkout
}

fn decline(market: &Market, checkout: CheckoutId, minor: i64) {
    let part = Amount::new(minor).unwrap();
    market.sandbox.decline_refund(&reference(market, checkout), part).unwrap();
}

/// While nobody listens.
fn unheard(market: &Market, act: impl FnOnce()) {
    market.stop();
    act();
    market.start();
    market.pass(soon());
}

#[track_caller]
fn check_status(market: &Market, refund: RefundId, expected: &str) {
    assert_eq!(market.order_refund(refund).status().as_str(), expected);
}

/// The refund over the rail that a refund of an order has.
fn row(market: &Market, refund: RefundId) -> RailRefund {
    let mut all = market.rail_refunds();
    all.retain(|row| row.order_refund == Some(refund) && row.replaced_by.is_none());
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

#[track_caller]
fn close(market: Market) {
    assert_eq!(market.reports(), [""; 0]);
    market.close();
}

#[test]
fn the_share_is_a_line_of_its_own_and_a_refund_waits_for_the_store() {
    for kept in BOTH {
        let (market, faults) = shaky_store(kept);
        let checkout = paid(&market);
        assert_eq!(market.ledger("rail/sandbox_store/fees"), SHARE);
        assert_eq!(market.ledger("rail/sandbox_store/clearing"), PRICE - SHARE);
        let part = market.refund(checkout, 4_000);
        market.pass(Span::days(8));
        check_status(&market, part, "pending");
        let waits = row(&market, part);
        assert_eq!((waits.state, waits.due_at), (RefundState::Sent, None));
        let name = refund_at_rail(&market, checkout, 4_000);
        market.pass(soon());
        check_status(&market, part, "succeeded");
        assert_eq!(row(&market, part).rail_reference, Some(name));
        let rest = market.refund(checkout, 6_000);
        market.pass(Span::days(8));
        check_status(&market, rest, "pending");
        assert_eq!(market.ledger("refund/payable"), -6_000);
        refund_at_rail(&market, checkout, 6_000);
        market.pass(soon());
        check_status(&market, rest, "succeeded");
        assert_eq!(market.ledger("rail/sandbox_store/clearing"), -SHARE);
        assert_eq!(market.ledger("refund/payable"), 0);
        assert!(market.disputes().is_empty());
        assert!(!faults.calls().contains(&"refund"), "{:?}", faults.calls());
        close(market);
    }
}

#[test]
fn what_belongs_to_none_of_ours_is_a_refund_made_at_the_rail() {
    for kept in BOTH {
        let market = opened(kept);
        let checkout = paid(&market);
        let refund = market.refund(checkout, 4_000);
        refund_at_rail(&market, checkout, 3_000);
        market.pass(Span::days(8));
        check_status(&market, refund, "pending");
        the_one(&market, 3_000);
        refund_at_rail(&market, checkout, 4_000);
        market.pass(Span::days(8));
        check_status(&market, refund, "succeeded");
        the_one(&market, 3_000);
        let payment = market.payments(checkout).remove(0);
        assert_eq!((payment.refunded.minor(), payment.lost.minor()), (4_000, 3_000));
        assert_eq!(market.ledger("chargeback/loss"), 3_000);
        close(market);
    }
}

#[test]
fn both_that_are_heard_of_at_once_are_told_apart_in_both_orders() {
    for made in [[4_000, 3_000], [3_000, 4_000], [4_000, 4_000]] {
        for is_ours_first in [true, false] {
            let market = opened(Kept::Sqlite);
            let checkout = paid(&market);
            let mut refund = None;
            unheard(&market, || {
                if is_ours_first {
                    refund = Some(market.refund(checkout, 4_000));
                }
                for minor in made {
                    refund_at_rail(&market, checkout, minor);
                }
                refund.get_or_insert_with(|| market.refund(checkout, 4_000));
            });
            check_status(&market, refund.unwrap(), "succeeded");
            let foreign = made.iter().sum::<i64>() - 4_000;
            the_one(&market, foreign);
            market.pass(Span::days(40));
            the_one(&market, foreign);
            let payment = market.payments(checkout).remove(0);
            assert_eq!((payment.refunded.minor(), payment.lost.minor()), (4_000, foreign));
            close(market);
        }
    }
}

#[test]
fn one_that_is_told_twice_or_found_again_concludes_one_of_ours() {
    for kept in BOTH {
        let mut market = opened(kept);
        let twice = Messages { duplicate_percent: 100, ..Messages::default() };
        market.sandbox.set_faults(twice);
        let checkout = paid(&market);
        let [first, second] = [(); 2].map(|()| market.refund(checkout, 3_000));
        let mut messages = Vec::new();
        unheard(&market, || {
            refund_at_rail(&market, checkout, 3_000);
            messages = market.sandbox.arrived();
        });
        let told = |market: &Market| {
            for message in &messages {
                let (headers, body) = (message.headers(), &message.body);
                assert_eq!(market.caller().hear("sandbox_store", &headers, body), Ok(()));
            }
        };
        told(&market);
        check_status(&market, first, "succeeded");
        check_status(&market, second, "pending");
        market.reopen(Ending::Unswept);
        told(&market);
        market.pass(Span::days(40));
        check_status(&market, second, "pending");
        assert!(market.disputes().is_empty());
        refund_at_rail(&market, checkout, 3_000);
        market.pass(soon());
        check_status(&market, second, "succeeded");
        assert!(market.disputes().is_empty());
        close(market);
    }
}

#[test]
fn what_the_store_declines_has_failed_and_does_not_end_what_takes_its_place() {
    for kept in BOTH {
        let mut market = opened(kept);
        let checkout = paid(&market);
        // The payer had asked the store before anybody here did.
        decline(&market, checkout, 4_000);
        market.pass(soon());
        let refund = market.refund(checkout, 4_000);
        market.pass(Span::days(8));
        check_status(&market, refund, "pending");
        decline(&market, checkout, 4_000);
        market.pass(soon());
        check_status(&market, refund, "failed");
        let failed = row(&market, refund);
        let code = Token::new("declined").unwrap();
        assert_eq!(failed.state, RefundState::Failed { code });
        assert_eq!(market.payments(checkout)[0].refundable().minor(), PRICE);
        assert_eq!(market.ledger("refund/payable"), -4_000);
        let new = RailRefundId::from_bits(market.number());
        market.note(PaymentCommand::ReplaceRefund { rail_refund: failed.id, new });
        market.reopen(Ending::Unswept);
        market.pass(Span::days(40));
        check_status(&market, refund, "pending");
        refund_at_rail(&market, checkout, 4_000);
        market.pass(soon());
        check_status(&market, refund, "succeeded");
        assert_eq!(market.ledger("refund/payable"), 0);
        assert!(market.disputes().is_empty());
        close(market);
    }
}

#[test]
fn one_decline_ends_one_of_ours_however_often_it_is_heard_of() {
    for kept in BOTH {
        let mut market = opened(kept);
        let checkout = paid(&market);
        let [first, second] = [(); 2].map(|()| market.refund(checkout, 4_000));
        decline(&market, checkout, 4_000);
        market.pass(Span::days(8));
        check_status(&market, first, "failed");
        check_status(&market, second, "pending");
        market.reopen(Ending::Unswept);
        market.pass(Span::days(40));
        check_status(&market, second, "pending");
        close(market);
    }
}

#[test]
fn a_process_that_begins_anew_finds_what_the_store_has_done() {
    for ending in [Ending::Swept, Ending::Unswept] {
        for declines in [false, true] {
            let mut market = opened(Kept::Sqlite);
            let checkout = paid(&market);
            let refund = market.refund(checkout, 4_000);
            market.stop();
            match declines {
                true => decline(&market, checkout, 4_000),
                false => drop(refund_at_rail(&market, checkout, 4_000)),
            }
            market.reopen(ending);
            market.pass(soon());
            check_status(&market, refund, if declines { "failed" } else { "succeeded" });
            assert!(market.disputes().is_empty());
            close(market);
        }
    }
}

/// It dies between the name of a refund that was declined and its end.
#[test]
fn a_decline_that_was_noted_half_way_is_noted_whole() {
    let mut market = opened(Kept::Sqlite);
    let checkout = paid(&market);
    let [first, second] = [(); 2].map(|()| market.refund(checkout, 4_000));
    market.stop();
    decline(&market, checkout, 4_000);
    let told = market.sandbox.refunds(&reference(&market, checkout));
    let rails::Outcome::Succeeded(told) = told else { panic!("{told:?}") };
    let notice = RefundNotice::Pending { reference: Some(told[0].reference.clone()) };
    let rail_refund = row(&market, first).id;
    market.note(PaymentCommand::NoteRefund { rail_refund, attempt: 1, notice });
    market.reopen(Ending::Unswept);
    market.pass(soon());
    check_status(&market, first, "failed");
    check_status(&market, second, "pending");
    close(market);
}

#[test]
fn a_message_that_is_lost_is_made_good_by_the_rounds() {
    let market = opened(Kept::Sqlite);
    let checkout = paid(&market);
    let refund = market.refund(checkout, 4_000);
    market.sandbox.set_faults(Messages { lose_percent: 100, ..Messages::default() });
    refund_at_rail(&market, checkout, 4_000);
    market.pass(Span::hours(20));
    check_status(&market, refund, "pending");
    market.pass(Span::days(1));
    check_status(&market, refund, "succeeded");
    assert!(market.disputes().is_empty());
    close(market);
}

#[test]
fn one_that_pends_at_the_store_has_its_name_and_ends_later() {
    let market = opened(Kept::Sqlite);
    let checkout = market.pay(&["tok_refund_pending"]);
    market.pass(soon());
    let [first, second] = [(); 2].map(|()| market.refund(checkout, 4_000));
    let name = refund_at_rail(&market, checkout, 4_000);
    market.pass(soon());
    assert_eq!(row(&market, first).rail_reference, Some(name));
    check_status(&market, first, "pending");
    market.pass(Span::days(2));
    check_status(&market, first, "succeeded");
    check_status(&market, second, "pending");
    assert!(market.disputes().is_empty());
    close(market);
}

#[test]
fn what_came_back_to_the_store_is_replaced_and_never_tried_again() {
    let market = opened(Kept::Sqlite);
    let checkout = market.pay(&["tok_refund_fails"]);
    market.pass(soon());
    let refund = market.refund(checkout, 4_000);
    refund_at_rail(&market, checkout, 4_000);
    market.pass(soon());
    check_status(&market, refund, "succeeded");
    market.pass(Span::days(4));
    check_status(&market, refund, "needs_consent");
    let rail_refund = row(&market, refund).id;
    let retry = Command::Payments(PaymentCommand::RetryRefund { rail_refund });
    let refused = market.submit(retry).result;
    assert_eq!(refused, Err(Refusal::Payments(payments::Refusal::HeldByStore)));
    let code = Token::new("came_back").unwrap();
    market.note(PaymentCommand::GiveUpRefund { rail_refund, code });
    let new = RailRefundId::from_bits(market.number());
    market.note(PaymentCommand::ReplaceRefund { rail_refund, new });
    market.pass(Span::days(40));
    check_status(&market, refund, "pending");
    let again = refund_at_rail(&market, checkout, 4_000);
    market.pass(soon());
    check_status(&market, refund, "succeeded");
    assert_eq!(row(&market, refund).rail_reference, Some(again));
    close(market);
}

#[test]
fn what_was_taken_in_vain_waits_until_somebody_has_asked_the_store() {
    for is_asked in [true, false] {
        let (market, faults) = shaky_store(Kept::Sqlite);
        faults.capture_at_most(1);
        let checkout = market.pay(&["tok_ok", "tok_ok"]);
        market.pass(soon());
        let told = market.told(checkout);
        assert!(told == "failed: captured failed" || told == "failed: failed captured", "{told}");
        let waits = market.rail_refunds().remove(0);
        let reason = payments::ConsentReason::HeldByStore;
        assert_eq!(waits.state, RefundState::NeedsConsent { reason });
        assert_eq!(waits.amount.amount.minor(), PRICE / 2);
        if is_asked {
            market.note(PaymentCommand::RetryRefund { rail_refund: waits.id });
            market.pass(Span::days(8));
            assert_eq!(market.rail_refund(waits.id).state, RefundState::Sent);
        }
        let payments = market.payments(checkout);
        let captured = payments.iter().find(|payment| payment.captured.minor() > 0).unwrap();
        let name = captured.rail_reference.clone().unwrap();
        market.sandbox.refund_at_rail(&name, captured.captured).unwrap();
        market.pass(soon());
        // Also of the store's own accord.
        assert_eq!(market.rail_refund(waits.id).state, RefundState::Succeeded);
        assert!(market.disputes().is_empty(), "{:#?}", market.disputes());
        assert_eq!(market.ledger("refund/payable"), 0);
        assert_eq!(market.ledger("chargeback/loss"), 0);
        assert!(!faults.calls().contains(&"refund"), "{:?}", faults.calls());
        close(market);
    }
}

/// The payer asks the store once more, which gives it then.
#[test]
fn what_the_store_has_declined_and_made_later_is_paid_once() {
    let market = opened(Kept::Sqlite);
    let checkout = paid(&market);
    let refund = market.refund(checkout, 4_000);
    decline(&market, checkout, 4_000);
    market.pass(soon());
    check_status(&market, refund, "failed");
    let name = refund_at_rail(&market, checkout, 4_000);
    market.pass(Span::days(8));
    check_status(&market, refund, "succeeded");
    assert_eq!(row(&market, refund).rail_reference, Some(name));
    assert!(market.disputes().is_empty(), "{:#?}", market.disputes());
    assert_eq!(market.ledger("refund/payable"), 0);
    assert_eq!(market.ledger("chargeback/loss"), 0);
    close(market);
}

/// What waits is settled by what the store has made otherwise, once the store says no to it.
#[test]
fn what_was_paid_past_it_is_owed_no_more_once_the_store_declines() {
    let market = opened(Kept::Sqlite);
    let checkout = paid(&market);
    let refund = market.refund(checkout, 4_000);
    refund_at_rail(&market, checkout, PRICE);
    market.pass(Span::days(8));
    check_status(&market, refund, "pending");
    assert_eq!(market.ledger("chargeback/loss"), PRICE);
    decline(&market, checkout, 4_000);
    market.pass(soon());
    check_status(&market, refund, "succeeded");
    assert_eq!(market.ledger("chargeback/loss"), PRICE - 4_000);
    assert_eq!(market.ledger("refund/payable"), 0);
    the_one(&market, PRICE);
    close(market);
}

#[test]
fn lines_of_the_stores_file_are_found() {
    let market = opened(Kept::Sqlite);
    let checkout = paid(&market);
    market.refund(checkout, 4_000);
    refund_at_rail(&market, checkout, 4_000);
    refund_at_rail(&market, checkout, 1_000);
    decline(&market, checkout, 500);
    market.pass(soon());
    let told = market.sandbox.settlement(Currency::USD, Instant::MIN, market.now());
    let lines = market.settled_lines(&told);
    let rail = Token::new("sandbox_store").unwrap();
    let (reference, currency) = (Text::new("all").unwrap(), Currency::USD);
    let new = payments::NewSettlement { rail, reference, currency, lines };
    market.note(PaymentCommand::NoteSettlement(Box::new(new)));
    let page = store::Page::after(None, 100);
    let open = market.reader().list(store::List::Unsettled, page).unwrap();
    assert!(open.is_empty(), "{open:#?}");
    assert_eq!(market.ledger("bank"), PRICE - SHARE - 5_000);
    assert_eq!(market.ledger("rail/sandbox_store/clearing"), 0);
    assert_eq!(market.reports(), [""; 0]);
}
