//! Payments and orders as their rules leave them are sound; then one thing is damaged at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Amount, CheckoutId, DisputeId, Instant, LineKind, Metadata, MethodId, OrderId};
use base::{PaymentId, RailRefundId, RefundId, Region, SellerId, Text, Token};
use engine::{Command, Row};
use giftcards::{BoughtCard, PaidPart, Purchase, purchase_of};
use ledger::Position;
use payments::{CaptureNotice, Method, OpenDispute, OpenRefund, Payment, RailToken, RefundNotice};
use reports::{Check, verify};
use shop::{BasisPoints, Checkout, CheckoutRows, CompleteRows, NewCheckout, NewLine};
use shop::{NewTender, Numbering, Order, OrderRefund, PaidBy, RefundOrder, RefundRequest};
use shop::{RefundRows, Seller};

use crate::book::{TestBook, new_program, usd};

/// Rows of a paid order of 1,000: 300 of it went back by two refunds of the order and two over the
/// rail, one of which is on its way; 100 are disputed.
struct Rows {
    checkout: Checkout,
    order: Order,
    refunds: Vec<OrderRefund>,
    numberings: Vec<Numbering>,
    payment: Payment,
    rail_refunds: Vec<payments::RailRefund>,
    dispute: payments::Dispute,
    purchases: Vec<Purchase>,
}

const NOW: Instant = Instant::from_micros(1_000_000);

fn shop_context() -> shop::Context {
    shop::Context { now: NOW, position: Position::start(2) }
}

fn context() -> payments::Context {
    payments::Context { now: NOW, position: Position::start(2) }
}

fn token<const MAX: usize>(text: &str) -> Token<MAX> {
    Token::new(text).unwrap()
}

fn method() -> Method {
    Method {
        id: MethodId::from_bits(1),
        rail: token("sandbox"),
        token: RailToken(Text::new("pm_1").unwrap()),
        owner: None,
        brand: None,
        last4: None,
        expiry: None,
        is_store_mediated: false,
        declined_at: None,
        created_at: NOW,
    }
}

fn paid() -> (Checkout, Order, Numbering) {
    let seller = Seller {
        id: SellerId::from_bits(1),
        name: Text::new("Lamps & Co").unwrap(),
        commission: BasisPoints::new(1_000).unwrap(),
        metadata: Metadata::default(),
        created_at: NOW,
    };
    let line = NewLine {
        product: None,
        name: Text::new("Lamp").unwrap(),
        seller: Some(seller.id),
        creator: None,
        kind: LineKind::Goods,
        category: None,
        quantity: 2,
        unit_price: usd(450),
        discount: None,
        tax: Some(usd(100)),
    };
    let new = NewCheckout {
        id: CheckoutId::from_bits(1),
        currency: base::Currency::USD,
        region: Region::parse("US-CA").unwrap(),
        buyer: None,
        lines: vec![line],
        promotion: None,
        shipping: None,
        source: None,
        metadata: Metadata::default(),
    };
    let rows = CheckoutRows { existing: None, sellers: &[&seller], creators: &[], products: &[] };
    let only = |outcome: Result<shop::Outcome, shop::Refusal>| outcome.unwrap().checkouts.remove(0);
    let checkout = only(shop::create_checkout(&new, rows, shop_context()));
    let tender = NewTender::PaymentMethod { method: method().id, wanted: None };
    let checkout = only(shop::add_tender(&tender, &checkout, &[], shop_context()));
    let payments = [1, 2, 3, 4].map(PaymentId::from_bits);
    let checkout = only(shop::begin_pay(&checkout, payments, shop_context()));
    let rows = CompleteRows { existing: None, receipts: None, accounts: &[] };
    let id = OrderId::from_bits(1);
    let mut outcome = shop::complete(id, &checkout, rows, shop_context()).unwrap();
    (outcome.checkouts.remove(0), outcome.orders.remove(0), outcome.numberings.remove(0))
}

fn captured() -> Payment {
    let purpose = payments::Purpose::Checkout(CheckoutId::from_bits(1));
    let (id, amount) = (PaymentId::from_bits(1), usd(1_000));
    let new = payments::NewPayment { id, amount, purpose, return_url: None };
    let only =
        |outcome: Result<payments::Outcome, payments::Refusal>| outcome.unwrap().payments.remove(0);
    let payment = only(payments::authorize(&new, &method(), None, context()));
    let notice = CaptureNotice::Captured { amount: usd(1_000), fee: None, reference: None };
    let accounts = payments::CaptureAccounts::default();
    only(payments::note_capture(&notice, &payment, accounts, context()))
}

fn rows() -> Rows {
    let (checkout, mut order, receipts) = paid();
    let (mut refunds, mut credit_notes) = (Vec::new(), None);
    for number in [1, 2] {
        let request = RefundRequest::Amount(usd(150));
        let id = RefundId::from_bits(number);
        let new = RefundOrder { id, request, reason: token("requested") };
        let of = RefundRows {
            existing: None,
            left: &[],
            gone: &[],
            credit_notes: credit_notes.as_ref(),
            accounts: &[],
        };
        let mut outcome = shop::refund(&new, &order, of, shop_context()).unwrap();
        refunds.push(outcome.refunds.remove(0));
        order = outcome.orders.remove(0);
        credit_notes = Some(outcome.numberings.remove(0));
    }
    let mut payment = captured();
    let mut rail_refunds = Vec::new();
    for number in [1, 2] {
        let (id, order_refund) = (RailRefundId::from_bits(number), RefundId::from_bits(number));
        let new = OpenRefund { id, amount: usd(150), order_refund: Some(order_refund) };
        let accounts = payments::OwedAccounts::default();
        let opened = payments::open_refund(&new, &payment, &method(), None, accounts, context());
        let mut outcome = opened.unwrap();
        payment = outcome.payments.remove(0);
        rail_refunds.push(outcome.refunds.remove(0));
    }
    let notice = RefundNotice::Succeeded { reference: None };
    let accounts = payments::RefundAccounts::default();
    let first = &rail_refunds[0];
    let noted = payments::note_refund(1, &notice, first, &payment, accounts, context());
    let mut outcome = noted.unwrap();
    payment = outcome.payments.remove(0);
    rail_refunds[0] = outcome.refunds.remove(0);
    let new = OpenDispute {
        id: DisputeId::from_bits(1),
        amount: usd(100),
        reason: token("fraudulent"),
        due_by: None,
        stage: 1,
        rail_reference: None,
    };
    let accounts = payments::DisputeAccounts::default();
    let of = payments::DisputeRows { payment: &payment, refunds: &[], accounts };
    let rest = payments::Rest { id: RailRefundId::from_bits(9), existing: None };
    let disputed = payments::open_dispute(&new, of, rest, None, context());
    let mut outcome = disputed.unwrap();
    payment = outcome.payments.remove(0);
    let dispute = outcome.disputes.remove(0);
    let numberings = vec![receipts, credit_notes.unwrap()];
    let purchases = Vec::new();
    Rows { checkout, order, refunds, numberings, payment, rail_refunds, dispute, purchases }
}

/// The names of checks that fail when the rows were bent before they were written.
#[track_caller]
fn check(bend: impl FnOnce(&mut Rows), expected: &[Check], object: &str) {
    let mut rows = rows();
    bend(&mut rows);
    let mut all: Vec<Row> = vec![
        Row::Method(Arc::new(method())),
        Row::Checkout(Arc::new(rows.checkout)),
        Row::Order(Arc::new(rows.order)),
        Row::Payment(Arc::new(rows.payment)),
        Row::Dispute(Arc::new(rows.dispute)),
    ];
    all.extend(rows.refunds.into_iter().map(|row| Row::OrderRefund(Arc::new(row))));
    all.extend(rows.rail_refunds.into_iter().map(|row| Row::RailRefund(Arc::new(row))));
    all.extend(rows.numberings.into_iter().map(Row::Numbering));
    all.extend(rows.purchases.into_iter().map(|row| Row::Purchase(Arc::new(row))));
    let mut book = TestBook::open();
    book.bent(Command::GiftCards(new_program(9)), |change| change.rows.extend(all));
    book.sweep();
    let report = verify(&mut book.shared.reader(), None, &mut |_| {}).unwrap();
    let told = || report.findings.iter().map(|f| format!("\n{f}")).collect::<String>();
    let failed: BTreeSet<Check> = report.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(failed, expected.iter().copied().collect(), "{}", told());
    let first = report.findings.first().map_or("", |finding| finding.object.as_str());
    assert_eq!(first, object, "{}", told());
}

fn amount(minor: i64) -> Amount {
    Amount::new(minor).unwrap()
}

#[test]
fn what_the_rules_leave_is_sound() {
    check(|_| {}, &[], "");
}

#[test]
fn payments_that_count_otherwise_are_named() {
    let payment = PaymentId::from_bits(1).to_string();
    let check = |bend: fn(&mut Rows)| check(bend, &[Check::Payments], &payment);
    check(|rows| rows.payment.refunded = amount(149));
    check(|rows| rows.payment.refunding = amount(151));
    check(|rows| rows.payment.disputed = amount(0));
    check(|rows| rows.payment.owed = amount(1));
    check(|rows| rows.payment.credited = amount(1));
    check(|rows| rows.payment.lost = amount(1));
    check(|rows| rows.payment.open_refunds = vec![RailRefundId::from_bits(1)]);
    check(|rows| drop(rows.rail_refunds.pop()));
    check(|rows| rows.dispute.state = payments::DisputeState::Won);
}

#[test]
fn cards_of_store_credit_that_are_not_there_are_named() {
    let bend = |rows: &mut Rows| {
        rows.rail_refunds[1].state = payments::RefundState::Credited;
        rows.rail_refunds[1].due_at = None;
        rows.payment.refunding = amount(0);
        rows.payment.credited = amount(150);
    };
    check(bend, &[Check::Payments], &RailRefundId::from_bits(2).to_string());
    let bend = |rows: &mut Rows| {
        let part = &mut rows.refunds[1].allocations[0];
        part.status = shop::RefundStatus::Succeeded;
        part.credit = Some(base::CardId::from_bits(3));
    };
    check(bend, &[Check::Orders], &RefundId::from_bits(2).to_string());
}

#[test]
fn refunds_and_disputes_of_another_payment_are_named() {
    let other = PaymentId::from_bits(2);
    let bend = |rows: &mut Rows| rows.rail_refunds[1].payment = other;
    check(bend, &[Check::Payments], &RailRefundId::from_bits(2).to_string());
    let bend = |rows: &mut Rows| rows.dispute.amount.currency = base::Currency::EUR;
    check(bend, &[Check::Payments], &DisputeId::from_bits(1).to_string());
    let bend = |rows: &mut Rows| rows.dispute.payment = other;
    check(bend, &[Check::Payments], &DisputeId::from_bits(1).to_string());
}

#[test]
fn orders_that_were_not_paid_or_count_otherwise_are_named() {
    let order = OrderId::from_bits(1).to_string();
    let (checkout, refund) = (CheckoutId::from_bits(1), RefundId::from_bits(2));
    let orders = &[Check::Orders];
    check(|rows| rows.payment.captured = amount(999), orders, &order);
    let other_payment = |rows: &mut Rows| {
        rows.order.tenders[0].paid_by =
            PaidBy::PaymentMethod { method: method().id, payment: PaymentId::from_bits(2) };
    };
    check(other_payment, orders, &order);
    let unheld = |rows: &mut Rows| {
        let (card, hold) = (base::CardId::from_bits(1), base::HoldId::from_bits(1));
        rows.order.tenders[0].paid_by = PaidBy::GiftCard { card, hold };
    };
    check(unheld, orders, &order);
    check(|rows| rows.order.lines[0].refunded = amount(299), orders, &order);
    check(|rows| rows.order.checkout = CheckoutId::from_bits(2), orders, &checkout.to_string());
    let elsewhere = |rows: &mut Rows| rows.checkout.order = Some(OrderId::from_bits(2));
    check(elsewhere, orders, &checkout.to_string());
    let of_another = |rows: &mut Rows| rows.refunds[1].order = OrderId::from_bits(2);
    check(of_another, orders, &refund.to_string());
    let of_another = |rows: &mut Rows| rows.refunds[1].amount.currency = base::Currency::EUR;
    check(of_another, orders, &refund.to_string());
}

#[test]
fn numbers_that_were_given_twice_or_never_are_named() {
    let numbers = &[Check::Numbers];
    check(|rows| rows.order.receipt = 2, numbers, "receipt");
    check(|rows| rows.numberings[1].next = 4, numbers, "credit_note");
    check(|rows| rows.numberings.truncate(1), numbers, "credit_note");
    let twice = |rows: &mut Rows| rows.refunds[1].credit_note = 1;
    check(twice, numbers, &RefundId::from_bits(2).to_string());
}

#[test]
fn purchases_without_their_cards_or_of_another_order_are_named() {
    let purchase = |checkout: u128, order: u128| {
        let bought = BoughtCard {
            line: 1,
            card: base::CardId::from_bits(7),
            value: amount(5),
            prepared: None,
        };
        let part = PaidPart { line: 1, payment: PaymentId::from_bits(1), amount: amount(5) };
        Purchase {
            id: purchase_of(CheckoutId::from_bits(checkout)),
            currency: base::Currency::USD,
            cards: vec![bought],
            paid_by: vec![part],
            disputes: Vec::new(),
            order: Some(OrderId::from_bits(order)),
            created_at: NOW,
        }
    };
    for (checkout, order) in [(1, 1), (1, 2), (2, 1)] {
        let name = purchase_of(CheckoutId::from_bits(checkout)).to_string();
        let bend = |rows: &mut Rows| rows.purchases.push(purchase(checkout, order));
        check(bend, &[Check::Orders], &name);
    }
}
