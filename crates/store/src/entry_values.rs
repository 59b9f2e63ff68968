//! Entries as values, in the order of the columns of their table.

use base::AccountId;
use journal::{ReadError, ValueSink, ValueSource};
use ledger::{Entry, Reason, Subject};

use crate::EntryRow;
use crate::commit_check::transfer_of;
use crate::rows::{FieldSink, FieldSource, invalid};

/// Columns of the table of entries.
pub(crate) const COLUMNS: usize = 11;

pub(crate) fn write(row: &EntryRow, sink: &mut impl ValueSink) {
    let entry = &row.entry;
    sink.bytes(&entry.account.to_bytes());
    sink.int(i64::try_from(row.seq).unwrap_or(i64::MAX));
    sink.int(i64::from(row.line));
    sink.instant(row.at);
    sink.int(i64::from(entry.reason as u8));
    sink.bytes(&entry.subject.0);
    sink.int(entry.amount);
    sink.int(entry.held_change);
    sink.amount(entry.debits_posted);
    sink.amount(entry.credits_posted);
    sink.amount(entry.held);
}

pub(crate) fn read(source: &mut impl ValueSource) -> Result<EntryRow, ReadError> {
    let account = AccountId::from_bytes(source.fixed16()?);
    let (seq, line) = (source.number("sequence of an entry")?, source.number("line of an entry")?);
    let at = source.instant()?;
    let entry = Entry {
        account,
        transfer: transfer_of(seq, line),
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
    Ok(EntryRow { seq, line, at, entry })
}
