//! Damage done on purpose to a book's file, which must be found.

use std::path::Path;

use rusqlite::{Connection, params};

/// Runs statements on a book's file that nobody has open.
///
/// # Panics
///
/// When the file is no book, or a statement fails.
pub fn change_book(book: &Path, statements: &str) {
    Connection::open(book).unwrap().execute_batch(statements).unwrap();
}

/// What makes a book look as if it had been made before there were sums of advertisers; `schema` is
/// empty in a file, and ends with a point in a database.
pub fn without_sums_of_advertisers(schema: &str) -> String {
    format!("delete from {schema}advertiser; update {schema}promotion set is_counted = null")
}

/// Flips one bit in the middle of the newest block of the journal in a book's file.
///
/// By SQL, because bytes looked for in the file may belong to an index, to a kept answer or to the
/// free space of a page, which are not the journal.
///
/// # Panics
///
/// When the file is no book or its journal is empty.
pub fn flip_bit_of_the_journal(book: &Path) {
    let file = Connection::open(book).unwrap();
    let newest = "select first_seq, body from journal order by first_seq desc limit 1";
    let (first, mut body): (i64, Vec<u8>) =
        file.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let middle = body.len() / 2;
    body[middle] ^= 1;
    let write = "update journal set body = ?2 where first_seq = ?1";
    assert_eq!(file.execute(write, params![first, body]).unwrap(), 1);
}
