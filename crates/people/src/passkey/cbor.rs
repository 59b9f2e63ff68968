//! The part of CBOR that authenticators write: RFC 8949, definite lengths only.
//!
//! The canonical form of CTAP2 nests four deep at most; maps have few members.

/// How deep values may nest.
const DEPTH_MAX: usize = 8;

/// Members of one map or array.
const MEMBERS_MAX: u64 = 64;

/// A value, borrowed from the bytes it was read from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// Major types 0 and 1, as far as they fit 64 bits with sign.
    Integer(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
    /// Simple values, among them true, false and null.
    Simple(u8),
}

impl<'a> Value<'a> {
    /// The member of a map under this text.
    pub(super) fn named(&self, name: &str) -> Option<&Value<'a>> {
        self.member(|key| *key == Value::Text(name))
    }

    /// The member of a map under this number.
    pub(super) fn numbered(&self, number: i64) -> Option<&Value<'a>> {
        self.member(|key| *key == Value::Integer(number))
    }

    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        if let Value::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        if let Value::Integer(integer) = self { Some(*integer) } else { None }
    }

    fn member(&self, is_it: impl Fn(&Value<'a>) -> bool) -> Option<&Value<'a>> {
        let Value::Map(members) = self else { return None };
        members.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value)
    }
}

/// Reads one value; the bytes behind it are left. `None` for what is not such a value.
pub(super) fn read(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(DEPTH_MAX)?;
    Some((value, reader.rest))
}

/// Reads one value and nothing behind it.
pub(super) fn read_whole(bytes: &[u8]) -> Option<Value<'_>> {
    read(bytes).filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        let depth = depth.checked_sub(1)?;
        let first = self.take(1)?[0];
        let (major, info) = (first >> 5, first & 31);
        if major == 7 {
            return self.simple(info);
        }
        let argument = self.argument(info)?;
        match major {
            0 => Some(Value::Integer(i64::try_from(argument).ok()?)),
            1 => Some(Value::Integer(-1 - i64::try_from(argument).ok()?)),
            2 => Some(Value::Bytes(self.long(argument)?)),
            3 => Some(Value::Text(std::str::from_utf8(self.long(argument)?).ok()?)),
            4 => {
                let members = (0..within(argument)?).map(|_| self.value(depth));
                Some(Value::Array(members.collect::<Option<_>>()?))
            }
            5 => self.map(within(argument)?, depth),
            // Tags have no place in what authenticators write.
            _ => None,
        }
    }

    /// Two members under one key could be read as either, so they are not read.
    fn map(&mut self, members: u64, depth: usize) -> Option<Value<'a>> {
        let mut map: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..members {
            let key = self.value(depth)?;
            let value = self.value(depth)?;
            if map.iter().any(|(known, _)| *known == key) {
                return None;
            }
            map.push((key, value));
        }
        Some(Value::Map(map))
    }

    /// Floats are skipped by nobody: no authenticator writes one where we read.
    fn simple(&mut self, info: u8) -> Option<Value<'a>> {
        matches!(info, 0..=23).then_some(Value::Simple(info))
    }

    fn argument(&mut self, info: u8) -> Option<u64> {
        let bytes = match info {
            0..=23 => return Some(u64::from(info)),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            // 31 is an indefinite length, which CTAP2's canonical form forbids.
            _ => return None,
        };
        let bytes = self.take(bytes)?;
        Some(bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
    }

    fn long(&mut self, length: u64) -> Option<&'a [u8]> {
        self.take(usize::try_from(length).ok()?)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }
}

fn within(members: u64) -> Option<u64> {
    (members <= MEMBERS_MAX).then_some(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8949, appendix A.
    #[test]
    fn examples_of_the_rfc() {
        assert_eq!(read_whole(&[0x18, 0x64]), Some(Value::Integer(100)));
        assert_eq!(read_whole(&[0x1a, 0, 0x0f, 0x42, 0x40]), Some(Value::Integer(1_000_000)));
        assert_eq!(read_whole(&[0x39, 0x03, 0xe7]), Some(Value::Integer(-1_000)));
        assert_eq!(read_whole(&[0x44, 1, 2, 3, 4]), Some(Value::Bytes(&[1, 2, 3, 4])));
        assert_eq!(read_whole(&[0x62, 0xc3, 0xbc]), Some(Value::Text("ü")));
        assert_eq!(read_whole(&[0xf5]), Some(Value::Simple(21)));
        let nested = read_whole(&[0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x82, 0x02, 0x03]);
        let nested = nested.expect("it is a map");
        assert_eq!(nested.named("a"), Some(&Value::Integer(1)));
        let pair = Value::Array(vec![Value::Integer(2), Value::Integer(3)]);
        assert_eq!(nested.named("b"), Some(&pair));
    }

    #[test]
    fn what_is_odd_is_not_read() {
        for odd in [
            &[][..],
            &[0x18],                                         // cut off
            &[0x5b, 255, 255, 255, 255, 255, 255, 255, 255], // longer than memory
            &[0x9b, 0, 0, 0, 1, 0, 0, 0, 0],                 // too many members
            &[0x5f, 0x41, 1, 0xff],                          // indefinite length
            &[0xc0, 0x01],                                   // a tag
            &[0xa2, 1, 1, 1, 2],                             // a key twice
            &[0x61, 0xff],                                   // no UTF-8
            &[0x3b, 255, 255, 255, 255, 255, 255, 255, 255], // below 64 bits
            &[0x00, 0x00],                                   // something behind it
        ] {
            assert_eq!(read_whole(odd), None, "{odd:x?}");
        }
        assert_eq!(read_whole(&[0x81; 100_000]), None, "too deep");
    }
}
