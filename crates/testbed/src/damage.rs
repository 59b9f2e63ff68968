//! Damage done on purpose to a book's file, which must be found.

use std::path::Path;

use rusqlite::{Connection, params};

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
