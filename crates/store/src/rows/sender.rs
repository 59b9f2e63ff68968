//! Senders of gifts.

use giftcards::{DayCount, Days, Sender};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Table, bytes, integer, text};
use super::{card, list};

pub(crate) const TABLE: Table = Table {
    number: 24,
    version: 1,
    name: "sender",
    key_columns: 1,
    columns: &[
        bytes("id"),
        integer("blocked_since").or_null(),
        text("blocked_reason").or_null(),
        integer("reporters"),
        bytes("recipients"),
        integer("created_at"),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Sender, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.opt_instant(row.blocked.as_ref().map(|block| block.since));
    sink.opt_text(row.blocked.as_ref().map(|block| block.reason.as_str()));
    sink.int(i64::from(row.reporters));
    write_days(&row.recipients, sink);
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Sender, ReadError> {
    Ok(Sender {
        id: source.id()?,
        blocked: card::read_block(source)?,
        reporters: source.number("reporters of a sender")?,
        recipients: read_days(source)?,
        created_at: source.instant()?,
    })
}

pub(super) fn write_days(days: &Days, sink: &mut impl ValueSink) {
    list::write(days.as_slice(), sink, |day, sink| {
        sink.int(i64::from(day.day));
        sink.int(i64::from(day.count));
    });
}

pub(super) fn read_days(source: &mut impl ValueSource) -> Result<Days, ReadError> {
    let days = list::read(source, |source| {
        Ok(DayCount { day: source.number("day")?, count: source.number("count of a day")? })
    })?;
    Days::of(days).ok_or(invalid("days: not in order, or with nothing on them"))
}
