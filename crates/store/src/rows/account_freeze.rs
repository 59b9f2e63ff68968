//! Accounts that are frozen, or were.

use claims::{AccountFreeze, Code, LookedAt};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Index, Table, bytes, integer, text};

pub(crate) const TABLE: Table = Table {
    number: 42,
    version: 1,
    name: "account_freeze",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("claim"),
        text("code"),
        integer("is_frozen"),
        bytes("lifted_by").or_null(),
        integer("lifted_at").or_null(),
        integer("times"),
        integer("created_at"),
    ],
    indexes: &[Index { column: "is_frozen", only: Some("is_frozen = 1") }],
};

pub(super) fn write(row: &AccountFreeze, sink: &mut impl ValueSink) {
    sink.id(row.person);
    sink.id(row.claim);
    sink.text(row.code.as_str());
    sink.flag(row.is_frozen());
    write_look(row.lifted, sink);
    sink.int(i64::from(row.times));
    sink.instant(row.frozen_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<AccountFreeze, ReadError> {
    let (person, claim) = (source.id()?, source.id()?);
    let code = source.parsed("reason of a freeze", Code::new)?;
    let is_frozen = source.flag()?;
    let lifted = read_look(source)?;
    let times = source.number("times an account was frozen")?;
    let row = AccountFreeze { person, claim, code, frozen_at: source.instant()?, lifted, times };
    if row.is_frozen() != is_frozen || row.times == 0 {
        return Err(invalid("freeze: in force and lifted, or never begun"));
    }
    Ok(row)
}

/// Who, and when.
pub(super) fn write_look(look: Option<LookedAt>, sink: &mut impl ValueSink) {
    sink.opt_id(look.map(|look| look.by));
    sink.opt_instant(look.map(|look| look.at));
}

pub(super) fn read_look(source: &mut impl ValueSource) -> Result<Option<LookedAt>, ReadError> {
    match (source.opt_id()?, source.opt_instant()?) {
        (Some(by), Some(at)) => Ok(Some(LookedAt { by, at })),
        (None, None) => Ok(None),
        _ => Err(invalid("a look: somebody at no time, or nobody at some time")),
    }
}
