//! A connection to a file, as the statements of both engines see it.

use std::fs::File;
use std::sync::Arc;

use journal::Value;
use rusqlite::Connection;

use super::transaction::{self, plainly};
use super::values::Binder;
use crate::sql::{EachRow, SqlConnection};
use crate::{StoreError, dialect};

/// An open file.
#[derive(Debug)]
pub struct SqliteConnection {
    pub(super) connection: Connection,
    /// Keeps the folder ours for as long as something may be written.
    _lock: Option<Arc<File>>,
}

impl SqliteConnection {
    /// A connection that writes, under the lock of its folder.
    pub(super) fn locked(connection: Connection, lock: Arc<File>) -> SqliteConnection {
        SqliteConnection { connection, _lock: Some(lock) }
    }

    /// A connection that only reads.
    pub(super) fn reading(connection: Connection) -> SqliteConnection {
        SqliteConnection { connection, _lock: None }
    }
}

impl SqlConnection for SqliteConnection {
    fn each_row(
        &mut self,
        statement: &str,
        values: &[Value],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(statement)?;
        let mut binder = Binder::new(&mut statement);
        binder.values(values);
        let mut rows = binder.query()?;
        while let Some(row) = rows.next()? {
            if !each(row)? {
                break;
            }
        }
        Ok(())
    }

    fn change(&mut self, statement: &str, values: &[Value]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(statement)?;
        let mut binder = Binder::new(&mut statement);
        binder.values(values);
        Ok(u64::try_from(binder.execute()?).unwrap_or(u64::MAX))
    }

    fn define(&mut self, neutral: &str) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch(&dialect::sqlite_ddl(neutral))?)
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        transaction::begin_read(&self.connection)
    }

    fn end_read(&mut self) {
        transaction::roll_back(&self.connection);
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        transaction::write(self, work).map_err(plainly)
    }
}
