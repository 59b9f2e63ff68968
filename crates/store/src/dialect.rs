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
//! | `hex_text(a)` | bytes as lower-case hexadecimal digits |
//! | `ascii_text(a)` | bytes that are ASCII letters, as text |
//! | `utc_text(a)` | microseconds since 1970 as `2026-11-20T10:00:00Z`, cut to seconds |
//! | `same_book(a, b)` | the rows of these tables, and of `head`, belong to one book |
//!
//! Views are made of the last four. Where a file holds one book, every row is of the same one;
//! where a table holds many, its column `book` tells.

/// DDL in the words of SQLite.
pub(crate) fn sqlite_ddl(neutral: &str) -> String {
    // Without a hidden row number, a keyed table is one tree instead of two: half the pages to
    // write for a row at a random place.
    let text = neutral
        .replace(" bytes", " blob")
        .replace(") keyed;", ") strict, without rowid;")
        .replace(") appended;", ") strict;");
    let text = each_call(&text, "hex_text", |of| format!("lower(hex({of}))"));
    let text = each_call(&text, "ascii_text", |of| format!("cast({of} as text)"));
    let text = each_call(&text, "utc_text", |of| {
        format!("strftime('%Y-%m-%dT%H:%M:%SZ', {of} / 1000000, 'unixepoch')")
    });
    each_call(&text, "same_book", |_| "true".to_owned())
}

/// Writes each call of a neutral function in an engine's own words. Arguments are columns, so
/// they have no brackets.
fn each_call(text: &str, name: &str, own: impl Fn(&str) -> String) -> String {
    let opening = format!("{name}(");
    let mut parts = text.split(&opening);
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (of, rest) = part.split_once(')').expect("a call of ours ends with a bracket");
        written += &own(of);
        written += rest;
    }
    written
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
