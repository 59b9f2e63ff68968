//! Rows of settlement files: what cannot exist, and what lists show.

use std::sync::Arc;

use base::{Currency, PaymentId, RailRefundId, SettlementId, SettlementLineId, Text};
use engine::Row;
use journal::Value;
use payments::Sum;
use payments::{Moved, Payment, RailRefund, SettledKind, Settlement, SettlementLine, Standing};
use store::{List, Page};

use crate::shop_rows::{bits_of, check, made, open_payment, rail_refund, set, token};
use crate::support::{Scribe, on_every_store, whole};

fn sum(gross: i64, fee: i64) -> Sum {
    Sum { gross, fee }
}

fn settlement(number: u128) -> Settlement {
    Settlement {
        id: SettlementId::from_bits(number),
        rail: token("sandbox"),
        reference: Text::new("po_1").unwrap(),
        currency: Currency::USD,
        lines: 3,
        sum: sum(100, 9),
        unknown_lines: 1,
        unknown: sum(-5, 1),
        paid_out: 50,
        created_at: made(number),
    }
}

fn line(number: u128, settlement: u128, of: Option<u128>) -> SettlementLine {
    SettlementLine {
        id: SettlementLineId::from_bits(number),
        reference: Text::new("txn_1").unwrap(),
        settlement: SettlementId::from_bits(settlement),
        kind: SettledKind::Capture,
        currency: Currency::USD,
        sum: sum(100, 9),
        at: made(1),
        of: of.map(|of| Moved::Payment(PaymentId::from_bits(of))),
        source: None,
        told_otherwise_by: None,
        created_at: made(number),
    }
}

/// Whatever a rail calls by a name, of more names than one statement looks up.
#[test]
fn what_a_rail_has_a_name_for_is_found_by_it() {
    on_every_store(|place| {
        let named = |name: &str| Some(Text::new(name).unwrap());
        let payment = |number: u128| Payment {
            rail_reference: named(&format!("pi_{number}")),
            ..open_payment(number, None)
        };
        let refund = RailRefund { rail_reference: named("re_1"), ..rail_refund(50, None) };
        let mut rows: Vec<Row> =
            (1..=40).map(|number| Row::Payment(Arc::new(payment(number)))).collect();
        rows.push(Row::Payment(Arc::new(Payment { rail_reference: None, ..payment(41) })));
        rows.push(Row::Payment(Arc::new(Payment { rail_reference: named("pi_7"), ..payment(42) })));
        rows.push(Row::RailRefund(Arc::new(refund)));
        Scribe::of(place).keep(rows);
        let check = |names: &[&str], expected: &[u128]| {
            let names: Vec<_> = names.iter().filter_map(|name| named(name)).collect();
            let found = place.reader().named_by_rail(&names).unwrap();
            let mut ids: Vec<u128> = found.iter().map(bits_of).collect();
            ids.sort_unstable();
            assert_eq!(ids, expected);
        };
        check(&[], &[]);
        check(&["pi_", "pi_41", "PI_7"], &[]);
        check(&["pi_7"], &[7, 42]);
        check(&["re_1", "pi_3"], &[3, 50]);
        let all: Vec<String> = (1..=40).map(|number| format!("pi_{number}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let ids: Vec<u128> = (1..=40).chain([42]).collect();
        check(&all, &ids);
    });
}

fn standing(of: u128, told: i64) -> Standing {
    let of = Moved::Payment(PaymentId::from_bits(of));
    Standing {
        id: of.standing(),
        of,
        rail: token("sandbox"),
        currency: Currency::USD,
        ours: sum(100, 9),
        told: sum(told, 9),
        lines: 1,
        books_fee: false,
        moved_at: made(1),
        created_at: made(1),
    }
}

#[test]
fn settlement_rows_that_cannot_exist_are_refused() {
    let file = settlement(1);
    check(&file, Row::Settlement, |row| row.unknown_lines = 4);
    check(&file, Row::Settlement, |row| row.unknown_lines = 0);
    let row = Row::Settlement(Arc::new(file));
    set(&row, "rail", Value::Text("Not a rail".to_owned()));
    let told = line(1, 1, Some(1));
    check(&told, Row::SettlementLine, |row| row.kind = SettledKind::Refund);
    check(&told, Row::SettlementLine, |row| {
        row.of = Some(Moved::RailRefund(RailRefundId::from_bits(1)));
    });
    let row = Row::SettlementLine(Arc::new(told));
    set(&row, "moved", Value::Null);
    set(&row, "moved_kind", Value::Null);
    set(&row, "moved_kind", Value::Int(4));
    set(&row, "kind", Value::Int(7));
    let row = Row::Standing(Arc::new(standing(1, 99)));
    set(&row, "is_open", Value::Int(0));
    set(&row, "told_gross", Value::Int(100));
    set(&row, "moved_kind", Value::Int(0));
}

#[test]
fn lists_show_files_their_lines_and_what_is_open() {
    on_every_store(|place| {
        let mut rows: Vec<Row> =
            [1, 2].map(|number| Row::Settlement(Arc::new(settlement(number)))).into();
        let lines = [line(5, 1, Some(7)), line(6, 2, None), line(8, 1, None), line(9, 1, Some(3))];
        rows.extend(lines.map(|row| Row::SettlementLine(Arc::new(row))));
        let standings = [standing(7, 100), standing(3, 99), standing(4, 0)];
        rows.extend(standings.map(|row| Row::Standing(Arc::new(row))));
        Scribe::of(place).keep(rows);
        let mut reader = place.reader();
        let mut ids = |list, page| -> Vec<u128> {
            let bits = |row: &Row| match row {
                Row::Settlement(row) => row.id.bits(),
                Row::Standing(row) => row.id.bits(),
                other => panic!("{other:?} is in the list"),
            };
            reader.list(list, page).unwrap().iter().map(bits).collect()
        };
        assert_eq!(ids(List::Settlements, whole()), [2, 1]);
        assert_eq!(ids(List::Unsettled, whole()), [4, 3]);
        assert_eq!(ids(List::Unsettled, Page { after: Some(4), ..whole() }), [3]);
        let mut reader = place.reader();
        let mut found = |settlement, page| -> Vec<(u128, Option<i64>)> {
            let lines = reader.settlement_lines(SettlementId::from_bits(settlement), page).unwrap();
            let shown = |(line, standing): &(SettlementLine, Option<Standing>)| {
                (line.id.bits(), standing.as_ref().map(|standing| standing.told.gross))
            };
            lines.iter().map(shown).collect()
        };
        assert_eq!(found(1, whole()), [(9, Some(99)), (8, None), (5, Some(100))]);
        assert_eq!(found(1, Page { after: Some(9), limit: 1, ..whole() }), [(8, None)]);
        assert_eq!(found(2, whole()), [(6, None)]);
        assert_eq!(found(3, whole()), []);
    });
}
