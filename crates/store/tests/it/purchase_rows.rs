//! Rows of purchases of gift cards that cannot exist.

use std::sync::Arc;

use base::{CardId, CheckoutId, Currency, DisputeId, OrderId, PaymentId};
use engine::Row;
use giftcards::{BoughtCard, PaidPart, Purchase, PurchaseDispute};
use journal::Value;

use crate::shop_rows::{check, made, set, token};
use crate::support::amount;

/// Two cards of 40 and 60, sold by a first line, of which 30 were clawed back.
fn purchase() -> Purchase {
    let card = |number, value, clawed_back| BoughtCard {
        line: 1,
        card: CardId::from_bits(number),
        value: amount(value),
        clawed_back: amount(clawed_back),
        prepared: None,
    };
    let dispute = PurchaseDispute {
        dispute: DisputeId::from_bits(1),
        payment: PaymentId::from_bits(1),
        amount: amount(30),
        reason: token("fraudulent"),
        is_lost: true,
        clawed_back: amount(30),
    };
    let part = PaidPart { line: 1, payment: PaymentId::from_bits(1), amount: amount(100) };
    Purchase {
        id: giftcards::purchase_of(CheckoutId::from_bits(1)),
        currency: Currency::USD,
        cards: vec![card(1, 40, 20), card(2, 60, 10)],
        paid_by: vec![part],
        disputes: vec![dispute],
        order: Some(OrderId::from_bits(1)),
        created_at: made(1),
    }
}

#[test]
fn purchases_that_cannot_exist_are_refused() {
    let check = |change: fn(&mut Purchase)| check(&purchase(), Row::Purchase, change);
    check(|row| row.cards.clear());
    check(|row| row.cards = vec![row.cards[0].clone(); 2]);
    check(|row| row.cards[0].value = amount(0));
    check(|row| row.cards[0].line = 2);
    check(|row| row.cards[0].clawed_back = amount(21));
    check(|row| row.cards[0].clawed_back = amount(i64::MAX));
    check(|row| row.order = None);
    check(|row| row.paid_by.clear());
    check(|row| row.paid_by[0].line = 2);
    check(|row| row.paid_by[0].amount = amount(0));
    check(|row| row.disputes.clear());
    check(|row| row.disputes[0].amount = amount(29));
    check(|row| {
        let cards = (0..101).map(|number| BoughtCard {
            card: CardId::from_bits(number),
            clawed_back: amount(if number == 0 { 30 } else { 0 }),
            ..row.cards[0].clone()
        });
        row.cards = cards.collect();
    });
    let row = Row::Purchase(Arc::new(purchase()));
    set(&row, "currency", Value::Text("usd".to_owned()));
    set(&row, "shop_order", Value::Null);
}
