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
        let mut connection = PostgresConnection::new(&self.address, &schema_of(book))?;
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

    /// Reads books and API keys and makes nothing: for copies.
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
                // Two processes that make the same thing at once: the second finds it made.
                Err(error) if error.is_transient() && attempts < MAKE_ATTEMPTS => {}
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
