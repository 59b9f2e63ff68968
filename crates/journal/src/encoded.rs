use crate::cursor::{Cursor, put_sized, put_zigzag};
use crate::error::ReadError;
use crate::value::{
    Value, ValueKind, ValueSink, ValueSource, null_instead_of, to_fixed16, wrong_kind,
};

/// Appends values to a buffer in the journal's encoding: a tag byte, then the payload.
#[derive(Debug)]
pub struct EncodedSink<'a>(
    /// The buffer that grows; what it already holds is left alone.
    pub &'a mut Vec<u8>,
);

impl ValueSink for EncodedSink<'_> {
    fn null(&mut self) {
        self.0.push(ValueKind::Null as u8);
    }

    fn int(&mut self, value: i64) {
        self.0.push(ValueKind::Int as u8);
        put_zigzag(self.0, value);
    }

    fn text(&mut self, value: &str) {
        self.0.push(ValueKind::Text as u8);
        put_sized(self.0, value.as_bytes());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.0.push(ValueKind::Bytes as u8);
        put_sized(self.0, value);
    }
}

/// Reads encoded values without copying them first.
#[derive(Debug, Clone)]
pub struct EncodedSource<'a> {
    cursor: Cursor<'a>,
}

impl<'a> EncodedSource<'a> {
    /// A reader at the first of these encoded values.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(bytes) }
    }

    /// Whether every value was read.
    pub fn is_empty(&self) -> bool {
        self.cursor.is_empty()
    }

    /// The next value, a text, borrowed.
    pub fn text_ref(&mut self) -> Result<&'a str, ReadError> {
        self.opt_text_ref()?.ok_or(null_instead_of(ValueKind::Text))
    }

    /// The next value, a text or null, borrowed.
    pub fn opt_text_ref(&mut self) -> Result<Option<&'a str>, ReadError> {
        if self.is_present(ValueKind::Text)? { self.text_payload().map(Some) } else { Ok(None) }
    }

    /// The next value, a byte string, borrowed.
    pub fn bytes_ref(&mut self) -> Result<&'a [u8], ReadError> {
        self.opt_bytes_ref()?.ok_or(null_instead_of(ValueKind::Bytes))
    }

    /// The next value, a byte string or null, borrowed.
    pub fn opt_bytes_ref(&mut self) -> Result<Option<&'a [u8]>, ReadError> {
        if self.is_present(ValueKind::Bytes)? { self.cursor.sized().map(Some) } else { Ok(None) }
    }

    /// The next value, whatever its kind: for printing and for generic copies.
    pub fn value(&mut self) -> Result<Value, ReadError> {
        Ok(match self.kind()? {
            ValueKind::Null => Value::Null,
            ValueKind::Int => Value::Int(self.cursor.zigzag()?),
            ValueKind::Text => Value::Text(self.text_payload()?.to_owned()),
            ValueKind::Bytes => Value::Bytes(self.cursor.sized()?.to_owned()),
        })
    }

    /// All values that are left.
    pub fn into_values(mut self) -> Result<Vec<Value>, ReadError> {
        let mut values = Vec::new();
        while !self.is_empty() {
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn kind(&mut self) -> Result<ValueKind, ReadError> {
        match self.cursor.u8()? {
            0 => Ok(ValueKind::Null),
            1 => Ok(ValueKind::Int),
            2 => Ok(ValueKind::Text),
            3 => Ok(ValueKind::Bytes),
            tag => Err(ReadError::UnknownTag(tag)),
        }
    }

    /// Whether the next value is of this kind (true) or null (false).
    fn is_present(&mut self, expected: ValueKind) -> Result<bool, ReadError> {
        match self.kind()? {
            ValueKind::Null => Ok(false),
            found if found == expected => Ok(true),
            found => Err(wrong_kind(expected, found)),
        }
    }

    fn text_payload(&mut self) -> Result<&'a str, ReadError> {
        str::from_utf8(self.cursor.sized()?).map_err(|_| ReadError::NotUtf8)
    }
}

impl ValueSource for EncodedSource<'_> {
    fn opt_int(&mut self) -> Result<Option<i64>, ReadError> {
        if self.is_present(ValueKind::Int)? { self.cursor.zigzag().map(Some) } else { Ok(None) }
    }

    fn opt_text(&mut self) -> Result<Option<String>, ReadError> {
        Ok(self.opt_text_ref()?.map(str::to_owned))
    }

    fn opt_bytes(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.opt_bytes_ref()?.map(<[u8]>::to_vec))
    }

    fn opt_fixed16(&mut self) -> Result<Option<[u8; 16]>, ReadError> {
        self.opt_bytes_ref()?.map(to_fixed16).transpose()
    }

    fn finish(&mut self) -> Result<(), ReadError> {
        if self.is_empty() { Ok(()) } else { Err(ReadError::Trailing) }
    }
}

/// A list of values that is kept encoded, because it is mostly passed on and rarely looked at.
///
/// Two lists are equal exactly when their values are: a value has only one encoding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct EncodedValues(Vec<u8>);

impl EncodedValues {
    /// The list of no values; allocates nothing.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The list of the values that `write` puts into the sink.
    pub fn of(write: impl FnOnce(&mut EncodedSink<'_>)) -> Self {
        let mut bytes = Vec::new();
        write(&mut EncodedSink(&mut bytes));
        Self(bytes)
    }

    /// Values that were encoded earlier; they are judged only when they are read.
    pub fn from_encoded(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The encoded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A reader at the first value.
    pub fn source(&self) -> EncodedSource<'_> {
        EncodedSource::new(&self.0)
    }
}
