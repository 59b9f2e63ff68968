//! Operation runs into their tables.

use journal::Value;
use rusqlite::Connection;

use super::values::Binder;
use crate::catalogue::operations;
use crate::sql::operations::{page_values, run_values};
use crate::sql::signed;
use crate::{OperationRun, StoreError};

/// Writes a run.
pub(super) fn insert(connection: &Connection, run: &OperationRun) -> Result<(), StoreError> {
    execute(connection, operations::INSERT_RUN, &run_values(run))?;
    page_values(run).try_for_each(|page| execute(connection, operations::INSERT_PAGE, &page))
}

/// Drops a run.
pub(super) fn delete(connection: &Connection, run: u64) -> Result<(), StoreError> {
    let number = [Value::Int(signed(run))];
    execute(connection, operations::DELETE_RUN, &number)?;
    execute(connection, operations::DELETE_PAGES, &number)
}

fn execute(connection: &Connection, text: &str, values: &[Value]) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(text)?;
    let mut binder = Binder::new(&mut statement);
    binder.values(values);
    binder.execute()?;
    Ok(())
}
