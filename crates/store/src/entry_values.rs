//! Entries as values, in the order of the columns of their table: for the store and for backups.

use base::AccountId;
use journal::{ReadError, ValueSink, ValueSource};
use ledger::{Entry, EntryPlace, Reason, Subject};

use crate::EntryRow;
use crate::rows::{ColumnKind, FieldSink, FieldSource, invalid};

/// Columns of the table of entries.
pub(crate) const COLUMNS: usize = KINDS.len();

/// What they hold.
pub(crate) const KINDS: [ColumnKind; 11] = {
    use ColumnKind::{Bytes, Integer};
    [Integer, Integer, Bytes, Integer, Integer, Bytes, Integer, Integer, Integer, Integer, Integer]
};

/// Gives the values of an entry to `sink`.
pub fn write(row: &EntryRow, sink: &mut impl ValueSink) {
    let entry = &row.entry;
    sink.int(entry.place.number());
    sink.opt_int(entry.previous.map(EntryPlace::number));
    sink.bytes(&entry.account.to_bytes());
    sink.instant(row.at);
    sink.int(i64::from(entry.reason as u8));
    sink.bytes(&entry.subject.0);
    sink.int(entry.amount);
    sink.int(entry.held_change);
    sink.amount(entry.debits_posted);
    sink.amount(entry.credits_posted);
    sink.amount(entry.held);
}

/// Reads an entry back, to its last value.
///
/// # Errors
///
/// [`ReadError`] for values that are no entry.
pub fn read(source: &mut impl ValueSource) -> Result<EntryRow, ReadError> {
    let place = source.opt_place()?.ok_or(invalid("place of an entry"))?;
    let previous = source.opt_place()?;
    let account = AccountId::from_bytes(source.fixed16()?);
    let at = source.instant()?;
    let entry = Entry {
        place,
        previous,
        account,
        reason: Reason::from_number(source.number("reason of an entry")?)
            .ok_or(invalid("reason of an entry"))?,
        subject: Subject(source.fixed16()?),
        amount: source.int()?,
        held_change: source.int()?,
        debits_posted: source.amount()?,
        credits_posted: source.amount()?,
        held: source.amount()?,
    };
    source.finish()?;
    Ok(EntryRow { at, entry })
}
