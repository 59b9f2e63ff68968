//! The write side of a book in a database.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ::journal::{Block, Value};
use engine::Key;

use super::address::Address;
use super::columns::Columns;
use super::commit::{self, Writes};
use super::link::Link;
use super::session::Broken;
use super::sql::PostgresConnection;
use super::statements;
use crate::catalogue::head;
use crate::rows::{self, Table};
use crate::sql::{self, SqlConnection, operations, read_swept};
use crate::{
    BookName, Commit, CommitError, FillPart, Head, OperationRun, RunInfo, Store, StoreError,
    SweptRow, commit_check, dialect,
};

/// How long a commit may take before its connection is given up. A standby that has to confirm it
/// and is away makes it as long as this.
const COMMIT_TIME_MAX: Duration = Duration::from_secs(10);

/// The write side of one book in one schema.
pub struct PostgresStore {
    connection: PostgresConnection,
    book: BookName,
}

impl PostgresStore {
    /// The book in this schema, whose tables and head are there.
    pub(super) fn new(
        address: &Arc<Address>,
        schema: &str,
        book: &BookName,
    ) -> Result<PostgresStore, StoreError> {
        let mut connection = PostgresConnection::new(address, schema)?;
        connection.session.limit_answers(COMMIT_TIME_MAX);
        connection.session.begin_with(dialect::POSTGRES_GUARDED);
        Ok(PostgresStore { connection, book: book.clone() })
    }

    fn write(&mut self, writes: &Writes<'_>) -> Result<(), CommitError> {
        let book = self.book.as_str();
        let done = self.connection.session.run(async |link| commit::run(link, book, writes).await);
        done.map_err(|broken| match broken {
            Broken::Refused(error) => CommitError::NotCommitted(error),
            Broken::Lost(error) => CommitError::Unknown(error),
        })
    }

    fn name(&self) -> Value {
        Value::Text(self.book.to_string())
    }
}

impl Store for PostgresStore {
    fn take_over(&mut self) -> Result<Head, StoreError> {
        let (name, book) = (self.name(), self.book.clone());
        self.connection.write(|connection| match connection.change(head::TAKE_OVER, &[name])? {
            0 => Err(StoreError::HalfFilled(book.to_string())),
            _ => sql::head::read(connection, book.as_str()),
        })
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        sql::head::read(&mut self.connection, self.book.as_str())
    }

    fn settle(&mut self, epoch: u64) -> Result<Head, StoreError> {
        // A transaction that was sent may still be under way, or not even begun, on a connection
        // we no longer have. Raising the epoch waits for the one, and fences the other.
        let values = [self.name(), Value::Int(sql::signed(epoch))];
        let book = self.book.clone();
        self.connection.write(|connection| match connection.change(head::SETTLE, &values)? {
            1 => sql::head::read(connection, book.as_str()),
            _ => Err(StoreError::Fenced),
        })
    }

    fn load(&mut self, keys: &[Key], found: &mut Vec<Option<SweptRow>>) -> Result<(), StoreError> {
        let mut sorted = keys.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let by_key =
            self.connection.session.run_again(async |link| seek_all(link, &sorted).await)?;
        found.extend(keys.iter().map(|key| by_key.get(key).cloned()));
        Ok(())
    }

    fn commit(&mut self, commit: Commit<'_>) -> Result<(), CommitError> {
        commit_check::check(&commit)?;
        self.write(&Writes::of_commit(&commit))
    }

    fn fill(&mut self, part: FillPart<'_>) -> Result<(), CommitError> {
        commit_check::check_fill(&part)?;
        self.write(&Writes::of_part(&part))
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        sql::journal::after(&mut self.connection, seq, bytes_max)
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        sql::journal::block_of(&mut self.connection, seq)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        operations::runs(&mut self.connection)
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        operations::whole(&mut self.connection, run)
    }

    fn find_operation(&mut self, runs: &[u64], hash: u64) -> Result<Vec<u64>, StoreError> {
        operations::find(&mut self.connection, runs, hash)
    }
}

/// Looks up sorted keys, one statement a table.
async fn seek_all(link: &mut Link, keys: &[Key]) -> Result<HashMap<Key, SweptRow>, Broken> {
    let mut found = HashMap::with_capacity(keys.len());
    let number = |key: &Key| rows::table_of_key(key).map(|table| table.number);
    for group in keys.chunk_by(|one, other| number(one) == number(other)) {
        if let Some(table) = rows::table_of_key(&group[0]) {
            seek(link, table, group, &mut found).await?;
        }
    }
    Ok(found)
}

async fn seek(
    link: &mut Link,
    table: &Table,
    keys: &[Key],
    found: &mut HashMap<Key, SweptRow>,
) -> Result<(), Broken> {
    let mut sought = Columns::new([table.columns[0].kind]);
    keys.iter().for_each(|key| rows::write_key(key, &mut sought));
    let select = &statements::of(table).select;
    let statement = link.prepared(&select.text, &select.types).await?;
    for row in link.client.query(&statement, &sought.parameters()).await? {
        let row = read_swept(table, &row)?;
        found.insert(row.row.key(), row);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Database;
    use super::*;

    /// Were `begin` refused, what was sent behind it would be carried out one by one.
    #[test]
    fn nothing_is_written_outside_of_a_transaction() {
        let database = Database::at(&testbed::shared_database()).unwrap();
        let book = BookName::new(&testbed::unique_name()).unwrap();
        let mut store = database.book(&book).unwrap();
        let taken = store.take_over().unwrap();
        let raise = |connection: &mut PostgresConnection| {
            let name = Value::Text(book.to_string());
            connection.change(head::TAKE_OVER, &[name])
        };
        let refused = raise(&mut store.connection).unwrap_err();
        assert!(refused.to_string().contains("read-only"), "{refused}");
        assert_eq!(store.head().unwrap(), taken);
        assert_eq!(store.connection.write(raise), Ok(1));
        assert_eq!(store.head().unwrap().epoch, taken.epoch + 1);
    }

    /// A process that is stopped in the middle of a commit holds the head's row.
    #[test]
    fn slow_a_transaction_whose_end_does_not_come_does_not_keep_the_next_owner_out() {
        let database = Database::at(&testbed::shared_database()).unwrap();
        let book = BookName::new(&testbed::unique_name()).unwrap();
        let mut stopped = database.book(&book).unwrap();
        let taken = stopped.take_over().unwrap();
        let name = Value::Text(book.to_string());
        stopped.connection.begin(dialect::POSTGRES_BEGIN_WRITE).unwrap();
        assert_eq!(stopped.connection.change(head::TAKE_OVER, &[name]), Ok(1));
        let mut next = database.book(&book).unwrap();
        assert_eq!(next.take_over().unwrap().epoch, taken.epoch + 1);
        stopped.connection.run_batch("commit").unwrap_err();
        assert_eq!(next.head().unwrap().epoch, taken.epoch + 1);
    }
}
