//! Rows into their tables, and back by key.

use std::collections::HashMap;

use engine::Key;
use journal::ValueSink;
use rusqlite::Connection;

use super::values::{Binder, write_grouped};
use crate::catalogue::{self, KEYS_SOUGHT};
use crate::rows::{self, Table};
use crate::sql::{read_swept, signed};
use crate::{StoreError, SweptRow};

/// Finds rows and appends one result for each key, in the order of the keys.
pub(super) fn load(
    connection: &Connection,
    keys: &[Key],
    found: &mut Vec<Option<SweptRow>>,
) -> Result<(), StoreError> {
    // In key order, neighbors are found on pages that were just read.
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut by_key = HashMap::with_capacity(sorted.len());
    for group in sorted.chunk_by(|one, other| number_of(one) == number_of(other)) {
        let Some(table) = rows::table_of_key(&group[0]) else { continue };
        for sought in group.chunks(KEYS_SOUGHT) {
            seek(connection, table, sought, &mut by_key)?;
        }
    }
    found.extend(keys.iter().map(|key| by_key.get(key).cloned()));
    Ok(())
}

/// Writes rows to their tables, unless later ones are there.
pub(super) fn write(connection: &Connection, swept: &[SweptRow]) -> Result<(), StoreError> {
    let number = |row: &SweptRow| rows::describe(&row.row).number;
    for group in swept.chunk_by(|one, other| number(one) == number(other)) {
        let table = rows::describe(&group[0].row);
        write_grouped(connection, &catalogue::of(table).upsert, group, |row, binder| {
            rows::write_row(&row.row, binder);
            binder.int(signed(row.applied_seq));
        })?;
    }
    Ok(())
}

/// Looks up at most [`KEYS_SOUGHT`] keys of one table with one statement. The statement has one
/// length; the last key fills what is left of it.
fn seek(
    connection: &Connection,
    table: &Table,
    keys: &[Key],
    found: &mut HashMap<Key, SweptRow>,
) -> Result<(), StoreError> {
    let select = &catalogue::of(table).select;
    let (text, length) = match keys.len() {
        1 => (&select.one, 1),
        _ => (&select.several, KEYS_SOUGHT),
    };
    let mut statement = connection.prepare_cached(text)?;
    let mut binder = Binder::new(&mut statement);
    let filling = keys.iter().chain(std::iter::repeat(&keys[keys.len() - 1]));
    for key in filling.take(length) {
        rows::write_key(key, &mut binder);
    }
    let mut rows = binder.query()?;
    while let Some(row) = rows.next()? {
        let row = read_swept(table, row)?;
        found.insert(row.row.key(), row);
    }
    Ok(())
}

fn number_of(key: &Key) -> Option<u8> {
    rows::table_of_key(key).map(|table| table.number)
}
