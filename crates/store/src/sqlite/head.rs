//! The head row of the book in a file.

use rusqlite::{Connection, OptionalExtension, params};

use super::values::{signed, unsigned};
use crate::catalogue::head;
use crate::{Head, StoreError};

/// Makes the head row unless it is there. A file that belongs to another book is refused: a
/// copy under a wrong name must not take that book's place.
pub(super) fn create(connection: &Connection, book: &str) -> Result<(), StoreError> {
    let mut statement = connection.prepare(head::BOOKS)?;
    let books: Vec<String> =
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    match books.as_slice() {
        [] => {
            let Head { epoch, seq, hash, at_micros, watermark, operations } = Head::EMPTY;
            connection.execute(
                head::CREATE,
                params![
                    book,
                    signed(epoch),
                    signed(seq),
                    hash,
                    at_micros,
                    signed(watermark),
                    signed(operations)
                ],
            )?;
            Ok(())
        }
        [only] if only == book => Ok(()),
        _ => Err(other_book(book, &books)),
    }
}

/// Reads the head row.
pub(super) fn read(connection: &Connection, book: &str) -> Result<Head, StoreError> {
    let mut statement = connection.prepare_cached(head::SELECT)?;
    let columns = statement
        .query_row([book], |row| {
            let numbers: (i64, i64, [u8; 32]) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let marks: (i64, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok((numbers, marks))
        })
        .optional()?;
    let Some(((epoch, seq, hash), (at_micros, watermark, operations))) = columns else {
        return Err(StoreError::Corrupt(format!("the file has no head row of book {book}")));
    };
    Ok(Head {
        epoch: unsigned(epoch)?,
        seq: unsigned(seq)?,
        hash,
        at_micros,
        watermark: unsigned(watermark)?,
        operations: unsigned(operations)?,
    })
}

/// Raises the epoch.
pub(super) fn take_over(connection: &Connection, book: &str) -> Result<Head, StoreError> {
    let changed = connection.prepare_cached(head::TAKE_OVER)?.execute([book])?;
    let head = read(connection, book)?;
    if changed == 0 { Err(StoreError::HalfFilled(book.to_owned())) } else { Ok(head) }
}

/// Moves the head from `expected` to `next`.
///
/// # Errors
///
/// [`StoreError::Fenced`] when it is not where it is expected.
pub(super) fn compare_and_set(
    connection: &Connection,
    book: &str,
    expected: &Head,
    next: &Head,
) -> Result<(), StoreError> {
    let changed = connection.prepare_cached(head::COMPARE_AND_SET)?.execute(params![
        signed(next.epoch),
        signed(next.seq),
        next.hash,
        next.at_micros,
        signed(next.watermark),
        signed(next.operations),
        book,
        signed(expected.epoch),
        signed(expected.seq),
        expected.hash,
        expected.at_micros,
        signed(expected.watermark),
        signed(expected.operations),
    ])?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Fenced) }
}

fn other_book(wanted: &str, found: &[String]) -> StoreError {
    let found = found.join(", ");
    StoreError::Corrupt(format!("the file of book {wanted} holds the book {found}"))
}
