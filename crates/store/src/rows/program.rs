//! Programs of gift cards.

use base::{ProgramId, Text};
use giftcards::Program;
use journal::{ReadError, ValueSink, ValueSource};

use super::fields::{FieldSink, FieldSource, invalid};
use super::table::{Table, bytes, integer, text};
use super::{metadata_text, region_text, scope_text};

pub(crate) const TABLE: Table = Table {
    number: 3,
    version: 3,
    name: "program",
    key_columns: 1,
    columns: &[
        bytes("id"),
        text("name"),
        text("currency"),
        integer("value_min"),
        integer("value_max"),
        integer("validity_days").or_null(),
        integer("hold_seconds_max"),
        integer("refund_extension_days"),
        text("scope").or_null(),
        text("regions").or_null(),
        text("metadata").or_null(),
        integer("created_at"),
        integer("activation_s").or_null(),
        integer("return_after_days").or_null(),
    ],
    indexes: &[],
};

pub(super) fn write(row: &Program, sink: &mut impl ValueSink) {
    sink.bytes(&row.id.to_bytes());
    sink.text(row.name.as_str());
    sink.currency(row.currency);
    sink.amount(row.value_min);
    sink.amount(row.value_max);
    sink.opt_int(row.validity_days.map(i64::from));
    sink.int(i64::from(row.hold_seconds_max));
    sink.int(i64::from(row.refund_extension_days));
    sink.opt_text(scope_text::write(&row.scope).as_deref());
    sink.opt_text(region_text::write(&row.regions).as_deref());
    sink.opt_text(metadata_text::write(&row.metadata).as_deref());
    sink.instant(row.created_at);
    sink.opt_int((row.activation_s > 0).then_some(i64::from(row.activation_s)));
    sink.opt_int(row.return_after_days.map(i64::from));
}

/// Reads a row of the present version, of the second, which returned nothing that was not claimed,
/// or of the first, which knew no delay of activation either.
pub(super) fn read(source: &mut impl ValueSource, version: u8) -> Result<Program, ReadError> {
    let program = Program {
        id: ProgramId::from_bytes(source.fixed16()?),
        name: source.parsed("name of a program", Text::new)?,
        currency: source.currency()?,
        value_min: source.amount()?,
        value_max: source.amount()?,
        validity_days: source
            .opt_int()?
            .map(|days| u32::try_from(days).map_err(|_| invalid("validity of a program")))
            .transpose()?,
        hold_seconds_max: source.number("longest hold of a program")?,
        refund_extension_days: source.number("refund extension of a program")?,
        activation_s: 0,
        return_after_days: None,
        scope: scope_text::read(source.opt_text()?.as_deref())?,
        regions: region_text::read(source.opt_text()?.as_deref())?,
        metadata: metadata_text::read(source.opt_text()?.as_deref())?,
        created_at: source.instant()?,
    };
    let delay = if version > 1 { source.opt_number("activation of a program")? } else { None };
    if delay == Some(0) {
        return Err(invalid("activation of a program: at once is nothing"));
    }
    let days = if version > 2 { source.opt_number("return days of a program")? } else { None };
    Ok(Program { activation_s: delay.unwrap_or(0), return_after_days: days, ..program })
}
