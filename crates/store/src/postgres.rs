//! Books in a PostgreSQL database: a schema each, and one for books and API keys.
//!
//! Statements are those of the catalogue, word for word: a connection to a book sees the tables of
//! that book and no others. What differs from SQLite is how rows are written (a list of values for
//! each column, `columns.rs`), how a transaction is sent (as one round trip,
//! `commit.rs`), and what one can know when a connection breaks.
//!
//! `docs/postgresql.md` tells why it is built so.

mod address;
mod columns;
mod commit;
mod database;
mod errors;
mod leases;
mod link;
mod rows;
mod session;
mod sql;
mod statements;
mod store;

pub use database::{Database, ServerFacts};
pub use leases::PostgresLeases;
pub use sql::PostgresConnection;
pub use store::PostgresStore;

/// Books and API keys in a database.
pub type PostgresControl = crate::sql::SqlControl<PostgresConnection>;

/// The read side of one book in a database.
pub type PostgresReader = crate::sql::SqlReader<PostgresConnection>;
