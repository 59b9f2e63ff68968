//! Any row of settlement files, and of what they are held against.

use std::sync::Arc;

use base::{SettlementId, SettlementLineId};
use engine::Row;
use ledger::Subject;
use payments::{Moved, SettledKind, Settlement, SettlementLine, Standing, Sum};
use proptest::option;
use proptest::prelude::*;

use super::{bits, currency, instant, text, token};

fn sum() -> impl Strategy<Value = Sum> {
    prop_oneof![
        (-5..5_i64, -2..2_i64).prop_map(|(gross, fee)| Sum { gross, fee }),
        (any::<i64>(), any::<i64>()).prop_map(|(gross, fee)| Sum { gross, fee }),
    ]
}

fn moved() -> impl Strategy<Value = Moved> {
    (1..=3_u8, bits())
        .prop_map(|(kind, id)| Moved::from_parts(kind, Subject(id.to_be_bytes())).unwrap())
}

fn settlement() -> impl Strategy<Value = Settlement> {
    let about = (bits(), token(), text(), currency());
    let lines = (any::<u32>(), any::<u32>(), sum(), sum(), any::<i64>(), instant());
    (about, lines).prop_map(|((id, rail, reference, currency), lines)| {
        let (lines, unknown, sum, unknown_sum, paid_out, created_at) = lines;
        let unknown_lines = lines.min(unknown);
        Settlement {
            id: SettlementId::from_bits(id),
            rail,
            reference,
            currency,
            lines,
            sum,
            unknown_lines,
            unknown: if unknown_lines == 0 { Sum::default() } else { unknown_sum },
            paid_out,
            created_at,
        }
    })
}

fn line() -> impl Strategy<Value = SettlementLine> {
    let kind = prop::sample::select(SettledKind::ALL.to_vec());
    let about = (bits(), text(), bits(), kind, currency(), sum());
    let of = (option::of(moved()), option::of(text()), option::of(bits()));
    (about, of, instant(), instant()).prop_map(|(about, of, at, created_at)| {
        let (id, reference, settlement, kind, currency, sum) = about;
        let (of, source, told_otherwise_by) = of;
        SettlementLine {
            id: SettlementLineId::from_bits(id),
            reference,
            settlement: SettlementId::from_bits(settlement),
            kind,
            currency,
            sum,
            at,
            of: of.filter(|of| kind.is_about(*of)),
            source,
            told_otherwise_by: told_otherwise_by.map(SettlementId::from_bits),
            created_at,
        }
    })
}

fn standing() -> impl Strategy<Value = Standing> {
    let about = (moved(), token(), currency(), sum(), sum(), any::<u32>());
    (about, any::<bool>(), instant(), instant()).prop_map(
        |((of, rail, currency, ours, told, lines), books_fee, moved_at, created_at)| Standing {
            id: of.standing(),
            of,
            rail,
            currency,
            ours,
            told,
            lines,
            books_fee,
            moved_at,
            created_at,
        },
    )
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    prop_oneof![
        settlement().prop_map(|row| Row::Settlement(Arc::new(row))).boxed(),
        line().prop_map(|row| Row::SettlementLine(Arc::new(row))).boxed(),
        standing().prop_map(|row| Row::Standing(Arc::new(row))).boxed(),
    ]
}
