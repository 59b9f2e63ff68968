//! Descriptions of tables: one each, from which DDL and statements are made.

/// What a column holds. Both engines have exactly these three and the absence of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// A signed integer of 64 bits: minor units, microseconds, numbers of states, 0 and 1.
    Integer,
    /// UTF-8 text.
    Text,
    /// Bytes: ids, digests, ciphertext, packed lists.
    Bytes,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in SQL.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether the value may be absent.
    pub nullable: bool,
}

/// An index for a list. Each one costs a page write whenever a row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// The one column it sorts by; the key of the table follows.
    pub column: &'static str,
    /// Which rows it contains, as a condition; `None` for all.
    pub only: Option<&'static str>,
}

/// A table of rows of one kind. The columns stand in the order in which the codec writes and
/// reads their values; the first ones are the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its number in the journal. Never changes and is never given to another table.
    pub number: u8,
    /// Version of the column list, raised whenever that changes.
    pub version: u8,
    /// Its name in SQL.
    pub name: &'static str,
    /// How many of the first columns are the key.
    pub key_columns: usize,
    /// Columns in the order of the codec.
    pub columns: &'static [Column],
    /// Indexes for lists.
    pub indexes: &'static [Index],
}

impl Column {
    /// This column, with its value allowed to be absent.
    pub(crate) const fn or_null(self) -> Column {
        Column { nullable: true, ..self }
    }
}

/// An integer column.
pub(crate) const fn integer(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Integer, nullable: false }
}

/// A text column.
pub(crate) const fn text(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Text, nullable: false }
}

/// A column of bytes.
pub(crate) const fn bytes(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Bytes, nullable: false }
}
