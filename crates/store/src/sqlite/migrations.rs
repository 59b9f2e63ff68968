//! Migrations: what was done to the tables of a file, once and in order.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::transaction;
use super::values::unsigned;
use crate::catalogue::migrations;
use crate::{StoreError, dialect};

/// A change to the tables of a file. Once released, neither number nor text changes.
pub(super) struct Migration {
    /// Counted from 1 without gaps.
    pub number: u32,
    /// For people.
    pub name: &'static str,
    /// DDL in neutral words.
    pub text: &'static str,
}

/// Migrations of the file of a book.
pub(super) const OF_BOOKS: &[Migration] = &[
    Migration {
        number: 1,
        name: "tables",
        text: include_str!("../../migrations/book/0001_tables.sql"),
    },
    Migration {
        number: 2,
        name: "views",
        text: include_str!("../../migrations/book/0002_views.sql"),
    },
];

/// Migrations of `control.db`.
pub(super) const OF_CONTROL: &[Migration] = &[Migration {
    number: 1,
    name: "tables",
    text: include_str!("../../migrations/control/0001_tables.sql"),
}];

/// Runs what has not been run on this file, each migration in a transaction of its own.
///
/// # Errors
///
/// [`StoreError::Newer`] for a file of a later release, and [`StoreError::Corrupt`] when a
/// migration was run with another text than ours.
pub(super) fn run(connection: &Connection, known: &[Migration]) -> Result<(), StoreError> {
    connection.execute_batch(&dialect::sqlite_ddl(migrations::CREATE))?;
    for migration in missing(connection, known)? {
        transaction::write(connection, |connection| {
            connection.execute_batch(&dialect::sqlite_ddl(migration.text))?;
            connection.execute(
                migrations::INSERT,
                params![migration.number, migration.name, migration.checksum()],
            )?;
            Ok(())
        })
        .map_err(transaction::plainly)?;
    }
    Ok(())
}

/// For readers, which change nothing: refuses a file that has not been brought up to date.
pub(super) fn require_current(
    connection: &Connection,
    known: &[Migration],
) -> Result<(), StoreError> {
    if missing(connection, known)?.is_empty() {
        Ok(())
    } else {
        let text = "its tables are older than this release; start `makegood serve` on it once";
        Err(StoreError::Unavailable(text.to_owned()))
    }
}

impl Migration {
    fn checksum(&self) -> [u8; 32] {
        Sha256::digest(self.text).into()
    }
}

/// Those of `known` that were not run on this file.
fn missing<'a>(
    connection: &Connection,
    known: &'a [Migration],
) -> Result<&'a [Migration], StoreError> {
    let mut statement = connection.prepare(migrations::SELECT)?;
    let mut rows = statement.query([])?;
    let mut done = 0;
    while let Some(row) = rows.next()? {
        let number = unsigned(row.get(0)?)?;
        let checksum: Vec<u8> = row.get(2)?;
        let Some(migration) = known.get(done) else {
            let found = u32::try_from(number).unwrap_or(u32::MAX);
            let known = u32::try_from(known.len()).unwrap_or(u32::MAX);
            return Err(StoreError::Newer { found, known });
        };
        if number != u64::from(migration.number) || checksum != migration.checksum() {
            let text = format!("migration {number} was not run as this release knows it");
            return Err(StoreError::Corrupt(text));
        }
        done += 1;
    }
    Ok(&known[done..])
}
