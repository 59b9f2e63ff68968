//! A sender of gifts and a recipient.

use giftcards::{Contact, Report, ReportReason, contact_of};
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::sender::{read_days, write_days};
use super::table::{Index, Table, bytes, integer};

pub(crate) const TABLE: Table = Table {
    number: 25,
    version: 1,
    name: "contact",
    key_columns: 1,
    columns: &[
        bytes("id"),
        bytes("sender"),
        bytes("recipient"),
        integer("blocked_since").or_null(),
        integer("is_reported"),
        bytes("reported_card").or_null(),
        integer("report_reason").or_null(),
        integer("reported_at").or_null(),
        bytes("gifts"),
        integer("created_at"),
    ],
    indexes: &[
        Index { column: "sender", only: Some("reported_at is not null") },
        Index { column: "is_reported", only: Some("is_reported = 1") },
    ],
};

pub(super) fn write(row: &Contact, sink: &mut impl ValueSink) {
    sink.id(row.id);
    sink.id(row.sender);
    sink.id(row.recipient);
    sink.opt_instant(row.blocked_since);
    sink.flag(row.report.is_some());
    sink.opt_id(row.report.map(|report| report.card));
    sink.opt_int(row.report.map(|report| i64::from(report.reason as u8)));
    sink.opt_instant(row.report.map(|report| report.at));
    write_days(&row.gifts, sink);
    sink.instant(row.created_at);
}

pub(super) fn read(source: &mut impl ValueSource) -> Result<Contact, ReadError> {
    let (id, sender, recipient) = (source.id()?, source.id()?, source.id()?);
    if id != contact_of(sender, recipient) {
        return Err(invalid("contact: of other persons"));
    }
    Ok(Contact {
        id,
        sender,
        recipient,
        blocked_since: source.opt_instant()?,
        report: read_report(source)?,
        gifts: read_days(source)?,
        created_at: source.instant()?,
    })
}

fn read_report(source: &mut impl ValueSource) -> Result<Option<Report>, ReadError> {
    let (is_reported, card) = (source.flag()?, source.opt_id()?);
    let reason = source.opt_one_of("reason of a report", ReportReason::from_number)?;
    match (card, reason, source.opt_instant()?) {
        (Some(card), Some(reason), Some(at)) if is_reported => {
            Ok(Some(Report { card, reason, at }))
        }
        (None, None, None) if !is_reported => Ok(None),
        _ => Err(invalid("report: a part of it")),
    }
}
