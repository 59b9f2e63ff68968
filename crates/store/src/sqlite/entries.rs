//! Entries into their table.

use rusqlite::Connection;

use super::values::write_grouped;
use crate::catalogue::entries;
use crate::{EntryRow, StoreError, entry_values};

/// Appends the entries of a block.
pub(super) fn append(connection: &Connection, rows: &[EntryRow]) -> Result<(), StoreError> {
    write_grouped(connection, entries::insert(), rows, |row, binder| {
        entry_values::write(row, binder);
    })
}
