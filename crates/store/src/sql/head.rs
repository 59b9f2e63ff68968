//! The head row of a book.

use ::journal::{Value, ValueSource};

use super::{SqlConnection, SqlRow, columns, first, signed, unsigned};
use crate::catalogue::head;
use crate::rows::FieldSource;
use crate::{Head, StoreError};

const COLUMNS: usize = 7;

/// Reads the head row.
pub(crate) fn read<C: SqlConnection>(connection: &mut C, book: &str) -> Result<Head, StoreError> {
    let found = first(connection, head::SELECT, &[Value::Text(book.to_owned())], read_row)?;
    found.ok_or_else(|| StoreError::Corrupt(format!("there is no head row of book {book}")))
}

/// The head in a row of [`head::SELECT`].
pub(crate) fn read_row(row: &dyn SqlRow) -> Result<Head, StoreError> {
    let mut source = columns(row, 0, COLUMNS);
    Ok(Head {
        epoch: unsigned(source.int()?)?,
        seq: unsigned(source.int()?)?,
        hash: source.fixed()?,
        at_micros: source.int()?,
        watermark: unsigned(source.int()?)?,
        operations: unsigned(source.int()?)?,
        removed: unsigned(source.int()?)?,
    })
}

/// The columns of a head, in the order of every statement that writes one.
pub(crate) fn values(head: &Head) -> [Value; COLUMNS] {
    [
        Value::Int(signed(head.epoch)),
        Value::Int(signed(head.seq)),
        Value::Bytes(head.hash.to_vec()),
        Value::Int(head.at_micros),
        Value::Int(signed(head.watermark)),
        Value::Int(signed(head.operations)),
        Value::Int(signed(head.removed)),
    ]
}

/// The values of [`head::COMPARE_AND_SET`].
pub(crate) fn compare_and_set(book: &str, expected: &Head, next: &Head) -> Vec<Value> {
    let mut all = values(next).to_vec();
    all.push(Value::Text(book.to_owned()));
    all.extend(values(expected));
    all
}

/// The values of [`head::CREATE`].
pub(crate) fn create(book: &str) -> Vec<Value> {
    let mut all = vec![Value::Text(book.to_owned())];
    all.extend(values(&Head::EMPTY));
    all
}
