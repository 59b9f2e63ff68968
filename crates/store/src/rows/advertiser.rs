//! What advertisers have under way.

use journal::{ReadError, ValueSink, ValueSource};
use promotions::{Advertiser, ToldAge};

use super::fields::{FieldSink, FieldSource, invalid};
use super::list;
use super::table::{Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 44,
    version: 1,
    name: "advertiser",
    key_columns: 1,
    columns: &[
        bytes("id"),
        integer("under_way"),
        bytes("budgets"),
        integer("age").or_null(),
        integer("age_told_at").or_null(),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Advertiser, sink: &mut impl ValueSink) {
    sink.id(row.person);
    sink.int(i64::from(row.under_way));
    let budgets: Vec<_> = row.budgets.iter().collect();
    list::write(&budgets, sink, |(currency, amount), sink| {
        sink.currency(**currency);
        sink.amount(**amount);
    });
    sink.opt_int(row.age.map(|age| i64::from(age.years)));
    sink.opt_instant(row.age.map(|age| age.at));
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Advertiser, ReadError> {
    let person = source.id()?;
    let under_way = source.number("promotions under way")?;
    let budgets = list::read(source, |source| Ok((source.currency()?, source.amount()?)))?;
    let is_in_order = budgets.windows(2).all(|pair| pair[0].0 < pair[1].0);
    if !is_in_order || budgets.iter().any(|(_, amount)| amount.is_zero()) {
        return Err(invalid("budgets of an advertiser: of nothing, or not in order"));
    }
    let age = match (source.opt_number("age")?, source.opt_instant()?) {
        (Some(years), Some(at)) => Some(ToldAge { years, at }),
        (None, None) => None,
        _ => return Err(invalid("age of an advertiser: half of it")),
    };
    let row = Advertiser { person, under_way, budgets: budgets.into_iter().collect(), age };
    if (row.under_way == 0) != row.budgets.is_empty() {
        return Err(invalid("advertiser: promotions without budgets, or budgets without any"));
    }
    Ok(row)
}
