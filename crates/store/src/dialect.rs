//! The words that differ between database engines, all in one place.
//!
//! Statements elsewhere keep to what SQLite and PostgreSQL both understand. DDL is written in
//! neutral words, which each engine's function turns into its own:
//!
//! | neutral | meaning |
//! | --- | --- |
//! | `integer`, `text`, `bytes` | the three kinds of column |
//! | `) keyed;` | rows are looked up by key and lie in key order |
//! | `) appended;` | rows are only ever added, in order of an integer key |

/// DDL in the words of SQLite.
pub(crate) fn sqlite_ddl(neutral: &str) -> String {
    // Without a hidden row number, a keyed table is one tree instead of two: half the pages to
    // write for a row at a random place.
    neutral
        .replace(" bytes", " blob")
        .replace(") keyed;", ") strict, without rowid;")
        .replace(") appended;", ") strict;")
}

/// Settings that must come before the first table of a file.
pub(crate) const SQLITE_NEW_FILE: &str = "pragma page_size = 4096;";

/// Settings of a connection that writes. `docs/store.md` has the reasons.
pub(crate) const SQLITE_WRITER: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma fullfsync = on;
    pragma wal_autocheckpoint = 1000;
    pragma journal_size_limit = 67108864;
    pragma cache_size = -65536;
    pragma temp_store = memory;
    pragma trusted_schema = off;";

/// Settings of the connection that copies the log of a book.
pub(crate) const SQLITE_CHECKPOINTER: &str = "
    pragma synchronous = full;
    pragma fullfsync = on;
    pragma wal_autocheckpoint = 0;
    pragma trusted_schema = off;";

/// For a book, whose log is copied by a thread of its own: so long a log means that the thread
/// does not keep up, or has ended.
pub(crate) const SQLITE_LONG_LOG: &str = "pragma wal_autocheckpoint = 16000;";

/// Tells how long the log is and how much of it was copied.
pub(crate) const SQLITE_LOG: &str = "pragma wal_checkpoint(noop)";

/// Copies as much of the log as nobody reads, without waiting for anyone.
pub(crate) const SQLITE_CHECKPOINT: &str = "pragma wal_checkpoint(passive)";

/// Settings of a connection that only reads.
pub(crate) const SQLITE_READER: &str = "
    pragma query_only = on;
    pragma cache_size = -16384;
    pragma temp_store = memory;
    pragma trusted_schema = off;";

/// Starts a transaction that writes, waiting for others now rather than at its first write.
pub(crate) const BEGIN_WRITE: &str = "begin immediate";

/// Starts a transaction that sees one state of the tables until its end.
pub(crate) const BEGIN_READ: &str = "begin";

/// Limits the pages of the file; for tests of a full disk.
pub(crate) fn sqlite_limit_pages(pages: u32) -> String {
    format!("pragma max_page_count = {pages}")
}
