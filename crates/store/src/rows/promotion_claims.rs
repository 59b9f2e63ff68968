//! What claims and restitutions have to do with promotions.

use base::Amount;
use claims::{Causes, ClaimEntry, Ground, PromotionClaims, Status, ToldBack, limits};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 35,
    version: 3,
    name: "promotion_claims",
    key_columns: 1,
    columns: &[
        bytes("promotion"),
        text("currency"),
        integer("for_delivery"),
        integer("for_overspend"),
        integer("for_wrong_delivery"),
        integer("set_out"),
        bytes("claims"),
        integer("restitutions"),
        integer("grants"),
        integer("told_incident").or_null(),
        integer("told_late_invalid").or_null(),
        integer("told_unspent").or_null(),
        integer("searched_since").or_null(),
        integer("apart").or_null(),
        integer("apart_gross").or_null(),
        integer("for_stop_failed").or_null(),
    ],
    indexes: &[Index { column: "searched_since", only: Some("searched_since is not null") }],
};

pub(super) fn write(row: &PromotionClaims, sink: &mut impl ValueSink) {
    sink.id(row.promotion);
    sink.currency(row.currency);
    write_causes(row.causes, sink);
    sink.amount(row.set_out);
    list::write(&row.claims, sink, |entry, sink| {
        sink.id(entry.claim);
        sink.id(entry.claimant);
        sink.int(i64::from(entry.ground as u8));
        sink.int(i64::from(entry.status as u8));
    });
    sink.int(i64::from(row.restitutions));
    sink.int(i64::from(row.grants));
    let ToldBack { incident, late_invalid, unspent } = row.told_back;
    [incident, late_invalid, unspent].into_iter().for_each(|told| sink.amount_or_null(told));
    sink.opt_instant(row.searched_since);
    let later = [row.apart, row.apart_gross, row.causes.stop_failed];
    later.into_iter().for_each(|sum| sink.amount_or_null(sum));
}

/// Version 1 is without what restitutions have told, and what is to be looked for; version 2
/// without what went another way than by the order, and what a stop that failed has cost.
pub(super) fn read(
    source: &mut impl ValueSource,
    version: u8,
) -> Result<PromotionClaims, ReadError> {
    let mut row = PromotionClaims {
        promotion: source.id()?,
        currency: source.currency()?,
        causes: read_causes(source)?,
        set_out: source.amount()?,
        apart: Amount::ZERO,
        apart_gross: Amount::ZERO,
        claims: list::read(source, |source| {
            Ok(ClaimEntry {
                claim: source.id()?,
                claimant: source.id()?,
                ground: source.one_of("ground of a claim", Ground::from_number)?,
                status: source.one_of("status of a claim", Status::from_number)?,
            })
        })?,
        restitutions: source.number("restitutions")?,
        grants: source.number("grants")?,
        told_back: ToldBack::default(),
        searched_since: None,
    };
    if version >= 2 {
        let mut told = || source.amount_or_zero();
        let (incident, late_invalid, unspent) = (told()?, told()?, told()?);
        row.told_back = ToldBack { incident, late_invalid, unspent };
        row.searched_since = source.opt_instant()?;
    }
    if version >= 3 {
        row.apart = source.amount_or_zero()?;
        row.apart_gross = source.amount_or_zero()?;
        row.causes.stop_failed = source.amount_or_zero()?;
    }
    if row.apart > row.set_out || row.apart > row.apart_gross {
        return Err(invalid("claims of a promotion: more went apart than has set out"));
    }
    if row.set_out > row.committed() || row.committed() == Amount::MAX {
        return Err(invalid("claims of a promotion: more has set out than they take"));
    }
    if row.claims.len() > limits::CLAIMS_PER_PROMOTION_MAX {
        return Err(invalid("claims of a promotion: too many"));
    }
    Ok(row)
}

/// Those that every version of a row knows.
pub(super) fn write_causes(causes: Causes, sink: &mut impl ValueSink) {
    sink.amount(causes.delivery);
    sink.amount(causes.overspend);
    sink.amount(causes.wrong_delivery);
}

pub(super) fn read_causes(source: &mut impl ValueSource) -> Result<Causes, ReadError> {
    Ok(Causes {
        delivery: source.amount()?,
        overspend: source.amount()?,
        wrong_delivery: source.amount()?,
        stop_failed: Amount::ZERO,
    })
}
