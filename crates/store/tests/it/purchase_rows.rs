//! Rows of purchases of gift cards that cannot exist.

use std::sync::Arc;

use base::{CardId, CheckoutId, Currency, DisputeId, OrderId, PaymentId};
use engine::{Key, Row};
use giftcards::{BoughtCard, PaidPart, Purchase, PurchaseDispute};
use journal::{EncodedValues, Value, ValueSink, ValuesReader};
use store::rows::read_row;
use store::{List, Page};

use crate::shop_rows::{check, made, set, token, values_of};
use crate::support::{Scribe, amount, card_row, on_every_store, whole};

/// Two cards of 40 and 60, sold by a first line, of which 30 were clawed back.
fn purchase() -> Purchase {
    let card = |number, value| BoughtCard {
        line: 1,
        card: CardId::from_bits(number),
        value: amount(value),
        prepared: None,
    };
    let dispute = PurchaseDispute {
        dispute: DisputeId::from_bits(1),
        payment: PaymentId::from_bits(1),
        amount: amount(30),
        reason: token("fraudulent"),
        is_lost: true,
        clawed_back: vec![(CardId::from_bits(2), amount(10)), (CardId::from_bits(1), amount(20))],
    };
    let part = PaidPart { line: 1, payment: PaymentId::from_bits(1), amount: amount(100) };
    Purchase {
        id: giftcards::purchase_of(CheckoutId::from_bits(1)),
        currency: Currency::USD,
        cards: vec![card(1, 40), card(2, 60)],
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
    check(|row| row.disputes[0].clawed_back[0].1 = amount(0));
    check(|row| row.disputes[0].clawed_back[0].1 = amount(11));
    check(|row| row.disputes[0].clawed_back[0].1 = amount(i64::MAX));
    check(|row| row.disputes[0].clawed_back[0].0 = CardId::from_bits(3));
    check(|row| row.disputes[0].clawed_back[0].0 = CardId::from_bits(1));
    check(|row| row.order = None);
    check(|row| row.paid_by.clear());
    check(|row| row.paid_by[0].line = 2);
    check(|row| row.paid_by[0].amount = amount(0));
    check(|row| row.disputes[0].amount = amount(29));
    check(|row| {
        row.disputes.push(PurchaseDispute { clawed_back: Vec::new(), ..row.disputes[0].clone() })
    });
    check(|row| {
        let cards = (1..102)
            .map(|number| BoughtCard { card: CardId::from_bits(number), ..row.cards[0].clone() });
        row.cards = cards.collect();
    });
    let row = Row::Purchase(Arc::new(purchase()));
    set(&row, "currency", Value::Text("usd".to_owned()));
    set(&row, "shop_order", Value::Null);
}

/// Which dispute took what of which card: another dispute, card, order or sum is refused.
#[test]
fn what_was_clawed_back_must_be_what_cards_and_disputes_say() {
    let mut row = purchase();
    row.disputes.push(PurchaseDispute {
        dispute: DisputeId::from_bits(2),
        clawed_back: vec![(CardId::from_bits(1), amount(5))],
        ..row.disputes[0].clone()
    });
    let row = Row::Purchase(Arc::new(row));
    let list = |parts: &[(u128, u128, i64)]| {
        let packed = EncodedValues::of(|sink| {
            sink.int(i64::try_from(parts.len()).unwrap());
            for (dispute, card, units) in parts {
                sink.bytes(&dispute.to_be_bytes());
                sink.bytes(&card.to_be_bytes());
                sink.int(*units);
            }
        });
        Value::Bytes(packed.as_bytes().to_vec())
    };
    let good = [(1, 2, 10), (1, 1, 20), (2, 1, 5)];
    let place = values_of(&row).len() - 2;
    assert_eq!(values_of(&row)[place], list(&good));
    set(&row, "clawed_back", list(&[]));
    set(&row, "clawed_back", list(&good[..2]));
    set(&row, "clawed_back", list(&[(1, 2, 10), (1, 1, 5), (2, 1, 20)]));
    set(&row, "clawed_back", list(&[(1, 2, 10), (2, 1, 5), (1, 1, 20)]));
    set(&row, "clawed_back", list(&[(1, 2, 10), (1, 1, 20), (3, 1, 5)]));
}

/// Journals keep rows as releases before wrote them: with what was taken of each card and for each
/// dispute, but not which for which.
#[test]
fn what_was_clawed_back_is_shared_out_where_it_was_not_kept() {
    let new = purchase();
    let of = |dispute: u128, payment, clawed_back| PurchaseDispute {
        dispute: DisputeId::from_bits(dispute),
        payment: PaymentId::from_bits(payment),
        clawed_back,
        ..new.disputes[0].clone()
    };
    let (first, second) = (CardId::from_bits(1), CardId::from_bits(2));
    let mut row = new.clone();
    (row.cards[1].line, row.disputes) = (2, Vec::new());
    row.paid_by = vec![
        PaidPart { line: 1, payment: PaymentId::from_bits(1), amount: amount(40) },
        PaidPart { line: 2, payment: PaymentId::from_bits(2), amount: amount(60) },
    ];
    row.disputes.push(of(1, 2, vec![(second, amount(30))]));
    row.disputes.push(of(2, 1, vec![(first, amount(20))]));
    check_old(&row, &row);
    // Nobody knows which of two cards it was; and what nobody took is left out.
    check_old(
        &new,
        &Purchase {
            disputes: vec![of(1, 1, vec![(first, amount(20)), (second, amount(10))])],
            ..new.clone()
        },
    );
    let no_dispute = wrapped(&Purchase { disputes: Vec::new(), ..new.clone() });
    let (mut taken, mut left) = (values_of(&wrapped(&new)), values_of(&wrapped(&new)));
    left[4] = values_of(&no_dispute)[4].clone();
    assert_eq!(read_row(20, 1, &mut ValuesReader::new(&left[..7])), Ok(no_dispute));
    // A row of a table that was brought up to date says nothing either.
    taken[7] = Value::Null;
    let read = read_row(20, 2, &mut ValuesReader::new(&taken[..8])).unwrap();
    assert_eq!(read, read_row(20, 1, &mut ValuesReader::new(&taken[..7])).unwrap());
    assert!(read_row(20, 1, &mut ValuesReader::new(&taken)).is_err(), "a value too many");
}

fn wrapped(row: &Purchase) -> Row {
    Row::Purchase(Arc::new(row.clone()))
}

#[track_caller]
fn check_old(written: &Purchase, expected: &Purchase) {
    let values = values_of(&wrapped(written));
    let read = read_row(20, 1, &mut ValuesReader::new(&values[..7])).unwrap();
    assert_eq!(read, wrapped(expected));
}

#[test]
fn purchases_are_listed_and_rows_found_by_key() {
    on_every_store(|place| {
        let purchase = |number| {
            let id = giftcards::purchase_of(CheckoutId::from_bits(number));
            Purchase { id, created_at: made(number), ..purchase() }
        };
        let row = |number| Row::Purchase(Arc::new(purchase(number)));
        let card = |number| card_row(crate::support::card(number));
        let mut rows: Vec<Row> = (1..=3).map(row).collect();
        rows.extend((1..=70).map(card));
        Scribe::of(place).keep(rows);
        let mut reader = place.reader();
        let page = Page { after: Some(3), ..whole() };
        assert_eq!(reader.list(List::Purchases, whole()).unwrap(), [row(3), row(2), row(1)]);
        assert_eq!(reader.list(List::Purchases, page).unwrap(), [row(2), row(1)]);
        assert_eq!(reader.rows(&[]).unwrap(), []);
        let key = |number| Key::Card(CardId::from_bits(number));
        let keys = [key(9), Key::Purchase(purchase(2).id), key(71), key(1), key(9)];
        let expected = [Some(card(9)), Some(row(2)), None, Some(card(1)), Some(card(9))];
        assert_eq!(reader.rows(&keys).unwrap(), expected);
        // More than one statement looks up, falling as no table is read.
        let keys: Vec<Key> = (1..=70).rev().map(key).collect();
        let expected: Vec<_> = (1..=70).rev().map(|number| Some(card(number))).collect();
        assert_eq!(reader.rows(&keys).unwrap(), expected);
    });
}
