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
//! | `kept_whole(t.a)` | column `a` of table `t` is not worth compressing |
//! | `utc_text(a)` | microseconds since 1970 as `2026-11-20T10:00:00Z`, cut to seconds |
//!
//! Views are made of those that make texts. A file, or a schema, holds one book, so every row is
//! of the same one.

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
    let text = each_call(&text, "kept_whole", |_| String::new());
    each_call(&text, "utc_text", |of| {
        format!("strftime('%Y-%m-%dT%H:%M:%SZ', {of} / 1000000, 'unixepoch')")
    })
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

/// How many tables a file has.
pub(crate) const SQLITE_TABLES: &str = "select count(*) from sqlite_master where type = 'table'";

/// Starts a transaction that writes, waiting for others now rather than at its first write.
pub(crate) const BEGIN_WRITE: &str = "begin immediate";

/// Starts a transaction that sees one state of the tables until its end.
pub(crate) const BEGIN_READ: &str = "begin";

/// Limits the pages of the file; for tests of a full disk.
pub(crate) fn sqlite_limit_pages(pages: u32) -> String {
    format!("pragma max_page_count = {pages}")
}

/// DDL in the words of PostgreSQL.
pub(crate) fn postgres_ddl(neutral: &str) -> String {
    // Texts compare byte by byte, as they do in SQLite and in Rust.
    let text = neutral
        .replace(" integer", " bigint")
        .replace(" text", " text collate \"C\"")
        .replace(" bytes", " bytea")
        // Rows of these are written again and again: with room on their page they stay there, and
        // no index has to learn of it.
        .replace(") keyed;", ") with (fillfactor = 70);")
        .replace(") appended;", ");");
    // A block is as long as a commit; compressing it would take longer than writing it.
    let text = text.replace(
        "create table entry (",
        "alter table journal alter column body set storage external;\n\ncreate table entry (",
    );
    let text = each_call(&text, "hex_text", |of| format!("encode({of}, 'hex')"));
    let text = each_call(&text, "ascii_text", |of| format!("convert_from({of}, 'SQL_ASCII')"));
    let text = each_call(&text, "kept_whole", |of| {
        let (table, column) = of.split_once('.').expect("a column of a table");
        format!("alter table {table} alter column {column} set storage external")
    });
    each_call(&text, "utc_text", |of| {
        let time = format!("to_timestamp({of} / 1000000) at time zone 'UTC'");
        format!("to_char({time}, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
    })
}

/// Settings of a session. Names mean tables of `schema`; nobody waits for a lock for long.
pub(crate) fn postgres_session(schema: &str) -> String {
    format!(
        "set search_path to \"{schema}\"; set lock_timeout = '5s'; \
         set default_transaction_isolation to 'read committed'; \
         set client_min_messages to 'warning'; set idle_in_transaction_session_timeout = '60s'"
    )
}

/// What an operator would want to know of a server, in the order of `ServerFacts`.
pub(crate) const POSTGRES_FACTS: &str = "
    select cast(current_setting('server_version_num') as bigint),
        case when pg_is_in_recovery() then 1::bigint else 0::bigint end,
        current_setting('fsync'), current_setting('full_page_writes'),
        (select reset_val from pg_settings where name = 'synchronous_commit'),
        current_setting('synchronous_standby_names'),
        cast(current_setting('max_connections') as bigint), time_micros()";

/// What a server's clock says.
pub(crate) const POSTGRES_NOW: &str = "select time_micros()";

/// Whether a commit is on disk when it is answered.
pub(crate) const POSTGRES_DURABILITY: &str = "select current_setting('synchronous_commit')";

/// Makes it so, also where a server's own settings say otherwise.
pub(crate) const POSTGRES_DURABLE: &str = "set synchronous_commit to on";

/// For the connection of a book's writer. Nothing is written outside of a transaction. One whose
/// end does not come, because the process was stopped or cut off in the middle of sending it, is
/// ended by the server: its locks would keep the next owner out. Shorter than a lease takes to
/// lapse, so nobody waits for it.
pub(crate) const POSTGRES_GUARDED: &str = "set default_transaction_read_only to on; \
     set idle_in_transaction_session_timeout to '3s'";

/// For connections that would rather fail than wait for a lock.
pub(crate) const POSTGRES_IMPATIENT: &str = "set lock_timeout to '500ms'";

/// For connections whose snapshot may rest while somebody works with what was read.
pub(crate) const POSTGRES_PATIENT: &str = "set idle_in_transaction_session_timeout to 0";

/// Starts a transaction that writes, also where others may not.
pub(crate) const POSTGRES_BEGIN_WRITE: &str = "begin read write";

/// Starts a transaction that sees one state of the tables until its end.
pub(crate) const POSTGRES_BEGIN_READ: &str = "begin isolation level repeatable read read only";

/// A statement that asks for the database's own time.
pub(crate) fn postgres_time(neutral: &str) -> String {
    // Not the time at which a transaction began: a statement may have waited for a row since.
    let micros = "cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)";
    neutral.replace("time_micros()", micros)
}

/// Makes a schema.
pub(crate) fn postgres_make_schema(schema: &str) -> String {
    format!("create schema if not exists \"{schema}\"")
}

/// One row with 1 when the schema of the connection has its table of migrations, else with 0.
pub(crate) const POSTGRES_HAS_TABLES: &str = "
    select count(*) from information_schema.tables
    where table_schema = current_schema() and table_name = 'migration'";

/// An insert of one row as an insert of any number: a parameter for each column then is the list
/// of its values.
pub(crate) fn postgres_lists(insert: &str) -> String {
    let (start, rest) = insert.split_once(" values (").expect("an insert names its values");
    let (placeholders, rest) = rest.split_once(')').expect("the list of values ends");
    // Not `from unnest(…, …)`: that would put every row into a store of its own first.
    let values: Vec<String> =
        placeholders.split(", ").map(|placeholder| format!("unnest({placeholder})")).collect();
    format!("{start} select {}{rest}", values.join(", "))
}

/// A look-up by one key as one by a list of keys.
pub(crate) fn postgres_any(select: &str) -> String {
    select.replace(" in ($1)", " = any($1)")
}

/// An update of one row as a statement that fails when there is no such row. What was sent behind
/// it in the same transaction fails with it.
pub(crate) fn postgres_fence(update: &str) -> String {
    format!("with moved as ({update} returning 1) select 1 / count(*) from moved")
}
