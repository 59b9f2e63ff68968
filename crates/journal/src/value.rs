//! The only four kinds of value that rows are made of, and how they are written and read.
//!
//! A row's writer talks to a [`ValueSink`] and its reader to a [`ValueSource`]; whether the other
//! side is the journal's bytes ([`EncodedSink`](crate::EncodedSink),
//! [`EncodedSource`](crate::EncodedSource)), a list in memory (`Vec<Value>`, [`ValuesReader`]) or
//! a statement of a store is none of its business.

use std::fmt;

use crate::error::ReadError;

/// One value of a row, owned.
///
/// The order is null, integers, texts, byte strings; texts and byte strings compare byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// The absence of a value.
    Null,
    /// A signed integer: amounts in minor units, numbers of states, microseconds.
    Int(i64),
    /// UTF-8 text.
    Text(String),
    /// Bytes: ids, digests, ciphertext.
    Bytes(Vec<u8>),
}

impl Value {
    /// The kind of this value.
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Null => ValueKind::Null,
            Self::Int(_) => ValueKind::Int,
            Self::Text(_) => ValueKind::Text,
            Self::Bytes(_) => ValueKind::Bytes,
        }
    }
}

/// The kind of a [`Value`]; its number is the tag byte of the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ValueKind {
    /// No value.
    Null = 0,
    /// A signed integer of 64 bits.
    Int = 1,
    /// UTF-8 text.
    Text = 2,
    /// Bytes.
    Bytes = 3,
}

impl fmt::Display for ValueKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Null => "null",
            Self::Int => "an integer",
            Self::Text => "text",
            Self::Bytes => "bytes",
        })
    }
}

/// Takes the values of a row one after the other.
pub trait ValueSink {
    /// Takes the absence of a value.
    fn null(&mut self);
    /// Takes an integer.
    fn int(&mut self, value: i64);
    /// Takes a text.
    fn text(&mut self, value: &str);
    /// Takes a byte string.
    fn bytes(&mut self, value: &[u8]);

    /// Takes an integer, or null for `None`.
    fn opt_int(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.int(value),
            None => self.null(),
        }
    }

    /// Takes a text, or null for `None`.
    fn opt_text(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    /// Takes a byte string, or null for `None`.
    fn opt_bytes(&mut self, value: Option<&[u8]>) {
        match value {
            Some(value) => self.bytes(value),
            None => self.null(),
        }
    }
}

/// Gives the values of a row one after the other, in the order in which they were written.
///
/// The plain methods refuse null with [`ReadError::WrongKind`]; the `opt_` ones answer it with
/// `None`. Reading past the last value is [`ReadError::Truncated`]. After an error the position
/// is unspecified.
pub trait ValueSource {
    /// The next value, an integer or null.
    fn opt_int(&mut self) -> Result<Option<i64>, ReadError>;
    /// The next value, a text or null.
    fn opt_text(&mut self) -> Result<Option<String>, ReadError>;
    /// The next value, a byte string or null.
    fn opt_bytes(&mut self) -> Result<Option<Vec<u8>>, ReadError>;
    /// The next value, a byte string of exactly 16 bytes or null; another length is
    /// [`ReadError::WrongLength`].
    fn opt_fixed16(&mut self) -> Result<Option<[u8; 16]>, ReadError>;
    /// Fails with [`ReadError::Trailing`] unless every value was read: a row with more values
    /// than its reader knows must not pass for an older one.
    fn finish(&mut self) -> Result<(), ReadError>;

    /// The next value, an integer.
    fn int(&mut self) -> Result<i64, ReadError> {
        self.opt_int()?.ok_or(null_instead_of(ValueKind::Int))
    }

    /// The next value, a text.
    fn text(&mut self) -> Result<String, ReadError> {
        self.opt_text()?.ok_or(null_instead_of(ValueKind::Text))
    }

    /// The next value, a byte string.
    fn bytes(&mut self) -> Result<Vec<u8>, ReadError> {
        self.opt_bytes()?.ok_or(null_instead_of(ValueKind::Bytes))
    }

    /// The next value, a byte string of exactly 16 bytes: an id or a digest.
    fn fixed16(&mut self) -> Result<[u8; 16], ReadError> {
        self.opt_fixed16()?.ok_or(null_instead_of(ValueKind::Bytes))
    }
}

impl ValueSink for Vec<Value> {
    fn null(&mut self) {
        self.push(Value::Null);
    }

    fn int(&mut self, value: i64) {
        self.push(Value::Int(value));
    }

    fn text(&mut self, value: &str) {
        self.push(Value::Text(value.to_owned()));
    }

    fn bytes(&mut self, value: &[u8]) {
        self.push(Value::Bytes(value.to_owned()));
    }
}

/// Reads values from a list in memory.
#[derive(Debug, Clone)]
pub struct ValuesReader<'a> {
    rest: &'a [Value],
}

impl<'a> ValuesReader<'a> {
    /// A reader at the first of these values.
    pub fn new(values: &'a [Value]) -> Self {
        Self { rest: values }
    }

    fn next(&mut self) -> Result<&'a Value, ReadError> {
        let (first, rest) = self.rest.split_first().ok_or(ReadError::Truncated)?;
        self.rest = rest;
        Ok(first)
    }

    fn next_bytes(&mut self) -> Result<Option<&'a [u8]>, ReadError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Bytes(value) => Ok(Some(value)),
            other => Err(wrong_kind(ValueKind::Bytes, other.kind())),
        }
    }
}

impl ValueSource for ValuesReader<'_> {
    fn opt_int(&mut self) -> Result<Option<i64>, ReadError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(*value)),
            other => Err(wrong_kind(ValueKind::Int, other.kind())),
        }
    }

    fn opt_text(&mut self) -> Result<Option<String>, ReadError> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value.clone())),
            other => Err(wrong_kind(ValueKind::Text, other.kind())),
        }
    }

    fn opt_bytes(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.next_bytes()?.map(<[u8]>::to_vec))
    }

    fn opt_fixed16(&mut self) -> Result<Option<[u8; 16]>, ReadError> {
        self.next_bytes()?.map(to_fixed16).transpose()
    }

    fn finish(&mut self) -> Result<(), ReadError> {
        if self.rest.is_empty() { Ok(()) } else { Err(ReadError::Trailing) }
    }
}

pub(crate) fn to_fixed16(bytes: &[u8]) -> Result<[u8; 16], ReadError> {
    bytes.try_into().map_err(|_| ReadError::WrongLength { expected: 16, found: bytes.len() })
}

pub(crate) fn wrong_kind(expected: ValueKind, found: ValueKind) -> ReadError {
    ReadError::WrongKind { expected, found }
}

pub(crate) fn null_instead_of(expected: ValueKind) -> ReadError {
    wrong_kind(expected, ValueKind::Null)
}
