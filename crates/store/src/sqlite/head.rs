//! The head row of the book in a file.

use rusqlite::Connection;

use super::values::Binder;
use crate::catalogue::head;
use crate::sql::head as neutral;
use crate::{Head, StoreError};

/// Makes the head row unless it is there. A file that belongs to another book is refused: a
/// copy under a wrong name must not take that book's place.
pub(super) fn create(connection: &Connection, book: &str) -> Result<(), StoreError> {
    let mut statement = connection.prepare(head::BOOKS)?;
    let books: Vec<String> =
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    match books.as_slice() {
        [] => {
            let mut statement = connection.prepare(head::CREATE)?;
            let mut binder = Binder::new(&mut statement);
            binder.values(&neutral::create(book));
            binder.execute()?;
            Ok(())
        }
        [only] if only == book => Ok(()),
        _ => Err(other_book(book, &books)),
    }
}

/// Raises the epoch, unless the book is being filled.
pub(super) fn take_over(connection: &Connection, book: &str) -> Result<(), StoreError> {
    match connection.prepare_cached(head::TAKE_OVER)?.execute([book])? {
        0 => Err(StoreError::HalfFilled(book.to_owned())),
        _ => Ok(()),
    }
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
    let mut statement = connection.prepare_cached(head::COMPARE_AND_SET)?;
    let mut binder = Binder::new(&mut statement);
    binder.values(&neutral::compare_and_set(book, expected, next));
    if binder.execute()? == 1 { Ok(()) } else { Err(StoreError::Fenced) }
}

fn other_book(wanted: &str, found: &[String]) -> StoreError {
    let found = found.join(", ");
    StoreError::Corrupt(format!("the file of book {wanted} holds the book {found}"))
}
