//! A database: where its schemas are, and what opens them.

use std::str::FromStr;
use std::sync::Arc;

use journal::ValueSource;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

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

/// A PostgreSQL database that holds an installation. Several processes may use it.
#[derive(Clone)]
pub struct Database {
    config: Arc<Config>,
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
    /// `key=value` pairs. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the address cannot be read; it is not repeated, for it
    /// may hold a password.
    pub fn at(address: &str) -> Result<Database, StoreError> {
        let unreadable =
            |why: &str| StoreError::Unavailable(format!("address of the database: {why}"));
        let mut config =
            Config::from_str(address).map_err(|_| unreadable("not postgres://USER@HOST/NAME"))?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err(unreadable(
                "sslmode=require is not there yet; use a tunnel or a local proxy",
            ));
        }
        if config.get_application_name().is_none() {
            config.application_name("makegood");
        }
        Ok(Database { config: Arc::new(config) })
    }

    /// Where it is, for people: without the password.
    pub fn describe(&self) -> String {
        let hosts = self.config.get_hosts().iter().zip(self.config.get_ports());
        let hosts: Vec<String> = hosts
            .map(|(host, port)| match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        let name = self.config.get_dbname().unwrap_or_default();
        format!("postgres://{}/{name}", hosts.join(","))
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
        PostgresStore::new(&self.config, &schema, book)
    }

    /// Opens a connection of its own for reading a book. As many as wanted.
    ///
    /// # Errors
    ///
    /// As for [`Database::book`], and [`StoreError::NoSuchBook`].
    pub fn reader(&self, book: &BookName) -> Result<PostgresReader, StoreError> {
        let mut connection = PostgresConnection::new(&self.config, &schema_of(book))?;
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
        Ok(PostgresControl::new(self.made(CONTROL_SCHEMA, migrations::OF_CONTROL)?))
    }

    /// What the server tells about itself.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub fn facts(&self) -> Result<ServerFacts, StoreError> {
        let mut connection = PostgresConnection::new(&self.config, CONTROL_SCHEMA)?;
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
        let mut connection = PostgresConnection::new(&self.config, CONTROL_SCHEMA)?;
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
        let mut connection = PostgresConnection::new(&self.config, schema)?;
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
