//! A database: where its schemas are, and what opens them.

use std::sync::Arc;
use std::time::Duration;

use journal::ValueSource;

use super::address::Address;
use super::sql::PostgresConnection;
use super::{PostgresControl, PostgresLeases, PostgresReader, PostgresStore};
use crate::catalogue::head;
use crate::rows::FieldSource;
use crate::sql::{self, SqlConnection, migrations};
use crate::{BookName, ControlContents, StoreError, dialect};

/// The schema of books and API keys.
const CONTROL_SCHEMA: &str = "makegood";

/// How often making schemas and tables is tried while another process does the same.
const MAKE_ATTEMPTS: usize = 5;

/// How long an answer about books and API keys may take: requests wait for it.
const CONTROL_TIME_MAX: Duration = Duration::from_secs(3);

/// A PostgreSQL database that holds an installation. Several processes may use it.
#[derive(Clone)]
pub struct Database {
    address: Arc<Address>,
}

/// What a server tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFacts {
    /// Version: 150018 is 15.18.
    pub version: i64,
    /// True for a standby, which takes no writes.
    pub is_standby: bool,
    /// Setting `fsync`.
    pub fsync: String,
    /// Setting `full_page_writes`.
    pub full_page_writes: String,
    /// Setting `synchronous_commit` of the server or the user, not that of a connection of ours.
    pub synchronous_commit: String,
    /// Setting `synchronous_standby_names`: which standbys a commit waits for.
    pub standbys: String,
    /// Setting `max_connections`.
    pub connections_max: i64,
    /// Its clock, in microseconds since 1970.
    pub now_micros: i64,
}

impl Database {
    /// The database at `address`: `postgres://USER:PASSWORD@HOST:PORT/NAME`, or the same as
    /// `key=value` pairs. With several hosts, `HOST:PORT,HOST:PORT`, the one that can write is
    /// meant. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the address cannot be read; it is not repeated, for it
    /// may hold a password.
    pub fn at(address: &str) -> Result<Database, StoreError> {
        Ok(Database { address: Arc::new(Address::read(address)?) })
    }

    /// Where it is, for people: without the password.
    pub fn describe(&self) -> String {
        self.address.describe()
    }

    /// Opens the write side of a book, making its schema when there is none. Whoever takes the
    /// book over fences those who did before.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`], [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    pub fn book(&self, book: &BookName) -> Result<PostgresStore, StoreError> {
        let schema = schema_of(book);
        let mut connection = self.made(&schema, migrations::OF_BOOKS)?;
        connection.change(head::CREATE, &sql::head::create(book.as_str()))?;
        PostgresStore::new(&self.address, &schema, book)
    }

    /// Opens a connection of its own for reading a book. As many as wanted.
    ///
    /// # Errors
    ///
    /// As for [`Database::book`], and [`StoreError::NoSuchBook`].
    pub fn reader(&self, book: &BookName) -> Result<PostgresReader, StoreError> {
        self.reader_with(book, "")
    }

    /// The same for whoever reads one state of a book for as long as it takes: a copy into a pipe
    /// that is full, a verification that replays an archive. PostgreSQL keeps what it would
    /// otherwise clean up for as long as such a reader has its snapshot.
    ///
    /// # Errors
    ///
    /// As for [`Database::reader`].
    pub fn patient_reader(&self, book: &BookName) -> Result<PostgresReader, StoreError> {
        self.reader_with(book, dialect::POSTGRES_PATIENT)
    }

    fn reader_with(
        &self,
        book: &BookName,
        settings: &'static str,
    ) -> Result<PostgresReader, StoreError> {
        let mut connection = PostgresConnection::new(&self.address, &schema_of(book))?;
        connection.session.begin_with(settings);
        if !connection.has_tables()? {
            return Err(StoreError::NoSuchBook(book.to_string()));
        }
        migrations::require_current(&mut connection, migrations::OF_BOOKS)?;
        Ok(PostgresReader::new(connection, book))
    }

    /// Opens the list of books and API keys. As many as wanted.
    ///
    /// # Errors
    ///
    /// As for [`Database::book`].
    pub fn control(&self) -> Result<PostgresControl, StoreError> {
        self.control_within(CONTROL_TIME_MAX)
    }

    /// The same for whoever has other work to do while the server is silent: no answer takes longer
    /// than this, and no attempt to connect to a host.
    ///
    /// # Errors
    ///
    /// As for [`Database::book`].
    pub fn control_within(&self, time_max: Duration) -> Result<PostgresControl, StoreError> {
        let mut connection = self.made(CONTROL_SCHEMA, migrations::OF_CONTROL)?;
        connection.session.limit_answers(time_max);
        Ok(PostgresControl::new(connection))
    }

    /// What the server's clock says, in microseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub fn now_micros(&self) -> Result<i64, StoreError> {
        let mut connection = PostgresConnection::new(&self.address, CONTROL_SCHEMA)?;
        connection.session.limit_answers(CONTROL_TIME_MAX);
        let statement = dialect::postgres_time(dialect::POSTGRES_NOW);
        let now =
            sql::first(&mut connection, &statement, &[], |row| Ok(sql::columns(row, 0, 1).int()?))?;
        now.ok_or_else(|| StoreError::Corrupt("the server tells no time".to_owned()))
    }

    /// What the server tells about itself.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub fn facts(&self) -> Result<ServerFacts, StoreError> {
        let mut connection = PostgresConnection::new(&self.address, CONTROL_SCHEMA)?;
        let statement = dialect::postgres_time(dialect::POSTGRES_FACTS);
        let facts = sql::first(&mut connection, &statement, &[], |row| {
            let mut source = sql::columns(row, 0, 8);
            Ok(ServerFacts {
                version: source.int()?,
                is_standby: source.flag()?,
                fsync: source.text()?,
                full_page_writes: source.text()?,
                synchronous_commit: source.text()?,
                standbys: source.text()?,
                connections_max: source.int()?,
                now_micros: source.int()?,
            })
        })?;
        facts.ok_or_else(|| StoreError::Corrupt("the server tells nothing about itself".to_owned()))
    }

    /// Opens the leases on the books of this database. As many as wanted.
    ///
    /// # Errors
    ///
    /// As for [`Database::book`].
    pub fn leases(&self) -> Result<PostgresLeases, StoreError> {
        Ok(PostgresLeases::new(self.made(CONTROL_SCHEMA, migrations::OF_CONTROL)?))
    }

    /// Reads books, API keys and what leaves books and makes nothing: for copies.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when there are none, or tables of an earlier release.
    pub fn read_control(&self) -> Result<ControlContents, StoreError> {
        let mut connection = PostgresConnection::new(&self.address, CONTROL_SCHEMA)?;
        if !connection.has_tables()? {
            let what = "no makegood has kept anything in this database";
            return Err(StoreError::Unavailable(what.to_owned()));
        }
        migrations::require_current(&mut connection, migrations::OF_CONTROL)?;
        PostgresControl::new(connection).contents()
    }

    /// A connection to a schema that is there, with its tables current.
    fn made(
        &self,
        schema: &str,
        known: &[migrations::Migration],
    ) -> Result<PostgresConnection, StoreError> {
        let mut connection = PostgresConnection::new(&self.address, schema)?;
        let mut attempts = 0;
        loop {
            let made = connection
                .make_schema(schema)
                .and_then(|()| migrations::run(&mut connection, known));
            attempts += 1;
            match made {
                Ok(()) => return Ok(connection),
                Err(error @ StoreError::Newer { .. }) => return Err(error),
                // Two processes that make the same thing at once: `if not exists` does not keep the
                // second from being told that the schema, the table or its type exists, as though
                // somebody else had made it. It finds it made when it looks again; what is wrong
                // for good is told by the last attempt.
                Err(_) if attempts < MAKE_ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl PostgresConnection {
    /// Makes the schema unless it is there; an account without the right to make one can work
    /// with one that is.
    fn make_schema(&mut self, schema: &str) -> Result<(), StoreError> {
        if self.has_tables()? {
            return Ok(());
        }
        self.run_batch(&dialect::postgres_make_schema(schema))
    }

    /// Whether the schema has its table of migrations.
    fn has_tables(&mut self) -> Result<bool, StoreError> {
        let found = sql::first(self, dialect::POSTGRES_HAS_TABLES, &[], |row| {
            Ok(sql::columns(row, 0, 1).int()?)
        })?;
        Ok(found == Some(1))
    }
}

fn schema_of(book: &BookName) -> String {
    format!("book_{book}")
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use testbed::OwnDatabase;

    use super::*;

    /// Processes that start at the same moment.
    const PROCESSES: usize = 4;

    fn name(text: &str) -> BookName {
        BookName::new(text).unwrap()
    }

    /// Several processes open a book for the first time at the same moment.
    fn open_at_once(own: &OwnDatabase, book: &BookName) {
        let start = Barrier::new(PROCESSES);
        let process = || {
            let database = Database::at(&own.address()).unwrap();
            start.wait();
            let control = database.control().map(drop);
            start.wait();
            control.and_then(|()| database.book(book).map(drop))
        };
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..PROCESSES).map(|_| scope.spawn(process)).collect();
            for made in all {
                made.join().unwrap().unwrap_or_else(|error| panic!("{book}: {error}"));
            }
        });
        let database = Database::at(&own.address()).unwrap();
        assert!(database.reader(book).is_ok(), "{book}");
    }

    #[test]
    fn processes_that_make_the_same_tables_at_once_find_them_made() {
        let own = OwnDatabase::new();
        let database = Database::at(&own.address()).unwrap();
        for round in 0..4 {
            open_at_once(&own, &name(&format!("fresh{round}")));
        }
        // What each release before this one left.
        for before in 0..migrations::OF_BOOKS.len() {
            let book = name(&format!("from{before}"));
            database.made(&schema_of(&book), &migrations::OF_BOOKS[..before]).unwrap();
            open_at_once(&own, &book);
        }
    }

    #[test]
    fn only_a_patient_reader_may_rest_in_its_snapshot() {
        let database = Database::at(&testbed::shared_database()).unwrap();
        let book = name(&testbed::unique_name());
        database.book(&book).unwrap();
        let rest_max = |reader: PostgresReader| {
            let asked = "select current_setting('idle_in_transaction_session_timeout')";
            let text = |row: &dyn sql::SqlRow| Ok(sql::columns(row, 0, 1).text()?);
            sql::first(&mut reader.into_connection(), asked, &[], text).unwrap().unwrap()
        };
        assert_eq!(rest_max(database.reader(&book).unwrap()), "1min");
        assert_eq!(rest_max(database.patient_reader(&book).unwrap()), "0");
    }
}
