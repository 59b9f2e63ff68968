use crate::error::ReadError;

/// Reads the primitives of the format from a slice; never past its end, never by panicking.
///
/// Every length is compared with what is left before anything is taken or allocated.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(ReadError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes the last `count` bytes of what is left.
    pub(crate) fn take_last(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        let kept = self.rest.len().checked_sub(count).ok_or(ReadError::Truncated)?;
        let (rest, taken) = self.rest.split_at(kept);
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(ReadError::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, ReadError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, ReadError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, ReadError> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, ReadError> {
        self.array().map(i64::from_le_bytes)
    }

    /// Reads an unsigned LEB128 integer and refuses padded ones, so that a number has exactly
    /// one encoding.
    pub(crate) fn varint(&mut self) -> Result<u64, ReadError> {
        let mut number = 0_u64;
        for (index, &byte) in self.rest.iter().enumerate() {
            // Nine groups of seven bits leave one bit for the tenth byte.
            if index == 9 && byte > 1 {
                return Err(ReadError::MalformedVarint);
            }
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                if byte == 0 && index > 0 {
                    return Err(ReadError::MalformedVarint);
                }
                self.rest = &self.rest[index + 1..];
                return Ok(number);
            }
        }
        Err(ReadError::Truncated)
    }

    pub(crate) fn zigzag(&mut self) -> Result<i64, ReadError> {
        let folded = self.varint()?;
        Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    /// Takes a byte string that is preceded by its length as a varint.
    pub(crate) fn sized(&mut self) -> Result<&'a [u8], ReadError> {
        let length = usize::try_from(self.varint()?).map_err(|_| ReadError::Truncated)?;
        self.take(length)
    }

    /// Takes a byte string that is preceded by its length as a `u32`.
    pub(crate) fn framed(&mut self) -> Result<&'a [u8], ReadError> {
        let length = usize::try_from(self.u32()?).map_err(|_| ReadError::Truncated)?;
        self.take(length)
    }
}

/// Appends an unsigned LEB128 integer: seven bits a byte, lowest first.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a signed integer folded so that small magnitudes of either sign are short.
pub(crate) fn put_zigzag(out: &mut Vec<u8>, number: i64) {
    put_varint(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

pub(crate) fn put_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
