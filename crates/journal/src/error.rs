use crate::value::ValueKind;

/// Why bytes or values could not be read as what they should be.
///
/// The journal is written by this crate only, so each of these means damage, a newer program's
/// data, or a mistake in a row's reader; none is an answer to a customer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The data end before the thing being read does.
    #[error("the data end too early")]
    Truncated,
    /// Data are left over after the last thing that should be there.
    #[error("data are left over after the end")]
    Trailing,
    /// The body starts with a format version this program does not know.
    #[error("unknown journal format version {0}")]
    UnknownVersion(u8),
    /// A row was written under a version its table's reader does not know. Raised by readers of
    /// rows, never by this crate.
    #[error("unknown version {version} of a row of table {table}")]
    UnknownRowVersion {
        /// The stable number of the table.
        table: u8,
        /// The version the row was written under.
        version: u8,
    },
    /// A value of one kind was found where another was expected.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// The kind that was asked for.
        expected: ValueKind,
        /// The kind that is there.
        found: ValueKind,
    },
    /// A byte string has another length than its fixed one.
    #[error("expected {expected} bytes, found {found}")]
    WrongLength {
        /// The length that was asked for, in bytes.
        expected: usize,
        /// The length that is there, in bytes.
        found: usize,
    },
    /// A byte that should name a kind of value names none.
    #[error("unknown value tag {0}")]
    UnknownTag(u8),
    /// A variable-length integer is longer than needed or does not fit into 64 bits.
    #[error("malformed variable-length integer")]
    MalformedVarint,
    /// A text is not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
    /// A value is of the right kind and means nothing, such as an unknown number of a state.
    #[error("invalid {what}")]
    Invalid {
        /// What is invalid, in a few words for an operator.
        what: &'static str,
    },
}
