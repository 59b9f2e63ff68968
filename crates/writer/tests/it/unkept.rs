//! A rule that decides what could not be read again costs its command, and not the book.

use std::sync::Arc;

use base::{MethodId, PaymentId, RailRefundId, Token};
use engine::{Command, PaymentCommand, Row};
use payments::{Destination, Payment, PaymentState, Purpose, RailRefund, RefundState};

use crate::bench::{Bench, all_said, card_id, issue, redeem, request, usd};

/// A payment of 10.00 with a refund that waits. Its attempt is zero, which no refund's is: whatever
/// is decided about it cannot be read again.
fn refund_that_no_rule_makes(bench: &Bench) -> RailRefundId {
    let (payment, refund) = (PaymentId::from_bits(1), RailRefundId::from_bits(1));
    let rail = Token::new("sandbox").unwrap();
    let zero = base::Amount::ZERO;
    let created_at = base::Instant::from_micros(1);
    bench.find(Row::Payment(Arc::new(Payment {
        id: payment,
        method: MethodId::from_bits(1),
        rail: rail.clone(),
        amount: usd(1_000),
        purpose: Purpose::Checkout(base::CheckoutId::from_bits(1)),
        return_url: None,
        state: PaymentState::Captured,
        is_unknown: false,
        rail_reference: None,
        captured: usd(1_000).amount,
        refunded: zero,
        refunding: usd(1_000).amount,
        disputed: zero,
        lost: zero,
        owed: zero,
        settled: zero,
        credited: zero,
        fee: None,
        open_refunds: vec![refund],
        calls: 0,
        due_at: None,
        created_at,
    })));
    bench.find(Row::RailRefund(Arc::new(RailRefund {
        id: refund,
        payment,
        rail,
        amount: usd(1_000),
        order_refund: None,
        destination: Destination::Original,
        state: RefundState::Waiting,
        kept_back: false,
        attempt: 0,
        returned_attempt: None,
        replaced_by: None,
        is_unknown: false,
        rail_reference: None,
        calls: 0,
        due_at: None,
        created_at,
    })));
    refund
}

fn give_up(key: u8, refund: RailRefundId) -> writer::Request {
    let code = Token::new("given_up").unwrap();
    let command = PaymentCommand::GiveUpRefund { rail_refund: refund, code };
    request(key, Command::Payments(command))
}

#[test]
fn what_could_not_be_read_again_is_refused_by_name_and_the_book_goes_on() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let refund = refund_that_no_rule_makes(&bench);
    let before = bench.head().seq;
    let asked = [redeem(2, 1, 7, 100), give_up(3, refund), redeem(4, 1, 8, 50)];
    let outcomes = bench.batch(asked);
    let why =
        format!("GiveUpRefund would write RailRefund({refund:?}): invalid attempts of a refund");
    let trouble = outcomes[1].as_ref().unwrap_err();
    assert_eq!(*trouble, writer::Trouble::Unkept(why));
    assert!(trouble.to_string().starts_with("a rule is wrong, nothing was done: "));
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
    assert_eq!(bench.head().seq, before + 2, "its neighbors are recorded, and it is not");
    assert_eq!(bench.handle.figures().unkept(), 1);
    // Its key was not used.
    assert!(matches!(bench.batch([give_up(3, refund)])[0], Err(writer::Trouble::Unkept(_))));
    bench.restart();
    assert_eq!(bench.card(card_id(1)), (850, 0));
    bench.check_sound();
}

#[test]
fn it_takes_back_its_group() {
    let mut bench = Bench::new();
    bench.one(issue(1, 1, 1_000));
    let refund = refund_that_no_rule_makes(&bench);
    let outcomes = bench.atomic(vec![redeem(2, 1, 7, 100), give_up(0, refund)]);
    assert_eq!(all_said(&outcomes), "batch_aborted, Unkept");
    assert_eq!(bench.card(card_id(1)), (1_000, 0));
    assert_eq!(bench.handle.figures().unkept(), 1);
    assert_eq!(all_said(&bench.batch([redeem(2, 1, 7, 100)])), "ok");
    bench.check_sound();
}
