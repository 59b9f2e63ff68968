//! Payment methods.

use base::{Text, Token};
use journal::{ReadError, ValueSink, ValueSource};
use payments::{Expiry, Method, RailToken};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 8,
    version: 2,
    name: "payment_method",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("rail"),
        text("token"),
        bytes("owner").or_null(),
        text("brand").or_null(),
        text("last4").or_null(),
        integer("expiry").or_null(),
        integer("is_store_mediated"),
        integer("created_at"),
        integer("declined_at").or_null(),
    ],
    indexes: &[Index { column: "owner", only: Some("owner is not null") }],
};

pub(super) fn write(row: &Method, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.text(row.rail.as_str());
    sink.text(row.token.0.as_str());
    sink.opt_id(row.owner);
    sink.opt_text(row.brand.as_ref().map(Token::as_str));
    sink.opt_text(row.last4.as_ref().map(Token::as_str));
    sink.opt_int(row.expiry.map(|expiry| year_and_month(expiry).into()));
    sink.flag(row.is_store_mediated);
    sink.instant(row.created_at);
    sink.opt_instant(row.declined_at);
}

/// Version 1 is without when it was declined.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Method, ReadError> {
    Ok(Method {
        id: source.id()?,
        rail: source.parsed("rail", Token::new)?,
        token: RailToken(source.parsed("token of a method", Text::new)?),
        owner: source.opt_id()?,
        brand: source.opt_parsed("brand of a method", Token::new)?,
        last4: source.opt_parsed("last characters of a method", Token::new)?,
        expiry: source.opt_int()?.map(read_expiry).transpose()?,
        is_store_mediated: source.flag()?,
        created_at: source.instant()?,
        declined_at: if version >= 2 { source.opt_instant()? } else { None },
    })
}

/// As people write it: 202712 is December 2027.
fn year_and_month(expiry: Expiry) -> u32 {
    u32::from(expiry.year()) * 100 + u32::from(expiry.month())
}

fn read_expiry(number: i64) -> Result<Expiry, ReadError> {
    let year = u16::try_from(number / 100).ok();
    let month = u8::try_from(number % 100).ok();
    let expiry = year.zip(month).and_then(|(year, month)| Expiry::new(year, month));
    expiry.ok_or(invalid("expiry of a method"))
}
