//! Memories as bytes, so that whoever goes on after a restart need not read all that they came
//! from.
//!
//! Fields follow each other without names, numbers in seven bits a byte, the lowest first. What is
//! read back is what was written by the same rules: whoever keeps the bytes has a sum over them,
//! and the name of their format ([`FORMAT`]).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base::{Instant, Label, PromotionId, Region, Span};
use promotions::{EventKind, Goal, Micros};

/// Of all that is written here; it grows by one when anything is written otherwise.
pub const FORMAT: u8 = 1;

/// What can be written, and read back as it was.
pub trait Saved: Sized {
    /// Appends its bytes.
    fn save(&self, out: &mut Vec<u8>);

    /// Takes from the front of some bytes what was written; `None` when they are something else.
    fn restore(bytes: &mut &[u8]) -> Option<Self>;
}

/// The fields of a struct, one after the other.
macro_rules! saved {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::saved::Saved for $name {
            fn save(&self, out: &mut Vec<u8>) {
                let $name { $($field),+ } = self;
                $($crate::saved::Saved::save($field, out);)+
            }

            fn restore(bytes: &mut &[u8]) -> Option<$name> {
                $(let $field = $crate::saved::Saved::restore(bytes)?;)+
                Some($name { $($field),+ })
            }
        }
    };
}
pub(crate) use saved;

const NUMBER_BITS: u32 = 7;

impl Saved for u64 {
    fn save(&self, out: &mut Vec<u8>) {
        let mut number = *self;
        while number >> NUMBER_BITS > 0 {
            out.push((number & 0x7f) as u8 | 0x80);
            number >>= NUMBER_BITS;
        }
        out.push(number as u8);
    }

    fn restore(bytes: &mut &[u8]) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(NUMBER_BITS as usize) {
            let byte = u8::restore(bytes)?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return None;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

impl Saved for u8 {
    fn save(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn restore(bytes: &mut &[u8]) -> Option<u8> {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(*first)
    }
}

/// Smaller numbers, as large ones.
macro_rules! number {
    ($($kind:ty),+) => {$(
        impl Saved for $kind {
            fn save(&self, out: &mut Vec<u8>) {
                (*self as u64).save(out);
            }

            fn restore(bytes: &mut &[u8]) -> Option<$kind> {
                <$kind>::try_from(u64::restore(bytes)?).ok()
            }
        }
    )+};
}
number!(u16, u32, usize);

impl Saved for u128 {
    fn save(&self, out: &mut Vec<u8>) {
        ((*self >> 64) as u64).save(out);
        (*self as u64).save(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<u128> {
        Some(u128::from(u64::restore(bytes)?) << 64 | u128::from(u64::restore(bytes)?))
    }
}

impl Saved for i64 {
    fn save(&self, out: &mut Vec<u8>) {
        (*self as u64).save(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<i64> {
        u64::restore(bytes).map(|number| number as i64)
    }
}

impl Saved for bool {
    fn save(&self, out: &mut Vec<u8>) {
        out.push((*self).into());
    }

    fn restore(bytes: &mut &[u8]) -> Option<bool> {
        match u8::restore(bytes)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Saved for String {
    fn save(&self, out: &mut Vec<u8>) {
        self.len().save(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn restore(bytes: &mut &[u8]) -> Option<String> {
        let length = usize::restore(bytes)?;
        let (text, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        String::from_utf8(text.to_vec()).ok()
    }
}

impl<T: Saved> Saved for Option<T> {
    fn save(&self, out: &mut Vec<u8>) {
        self.is_some().save(out);
        self.iter().for_each(|one| one.save(out));
    }

    fn restore(bytes: &mut &[u8]) -> Option<Option<T>> {
        match bool::restore(bytes)? {
            true => T::restore(bytes).map(Some),
            false => Some(None),
        }
    }
}

/// Some of a kind, one after the other behind their number.
macro_rules! several {
    ($($kind:ident<$($of:ident: $bound:path),+>, $item:ty, $each:pat => $save:expr;)+) => {$(
        impl<$($of: Saved + $bound),+> Saved for $kind<$($of),+> {
            fn save(&self, out: &mut Vec<u8>) {
                self.len().save(out);
                self.iter().for_each(|$each| $save(out));
            }

            fn restore(bytes: &mut &[u8]) -> Option<$kind<$($of),+>> {
                let count = usize::restore(bytes)?;
                (0..count).map(|_| <$item>::restore(bytes)).collect()
            }
        }
    )+};
}
several! {
    Vec<T: Sized>, T, one => |out: &mut Vec<u8>| one.save(out);
    VecDeque<T: Sized>, T, one => |out: &mut Vec<u8>| one.save(out);
    BTreeSet<T: Ord>, T, one => |out: &mut Vec<u8>| one.save(out);
    BTreeMap<K: Ord, V: Sized>, (K, V), (key, value) => |out: &mut Vec<u8>| {
        key.save(out);
        value.save(out);
    };
}

impl<T: Saved, const N: usize> Saved for [T; N] {
    fn save(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|one| one.save(out));
    }

    fn restore(bytes: &mut &[u8]) -> Option<[T; N]> {
        let all: Option<Vec<T>> = (0..N).map(|_| T::restore(bytes)).collect();
        all?.try_into().ok()
    }
}

/// Bits, as they are.
impl<const N: usize> Saved for Box<[u64; N]> {
    fn save(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|word| out.extend_from_slice(&word.to_be_bytes()));
    }

    fn restore(bytes: &mut &[u8]) -> Option<Box<[u64; N]>> {
        let mut words = Box::new([0; N]);
        for word in words.iter_mut() {
            let (first, rest) = bytes.split_first_chunk()?;
            *bytes = rest;
            *word = u64::from_be_bytes(*first);
        }
        Some(words)
    }
}

impl<A: Saved, B: Saved> Saved for (A, B) {
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
        self.1.save(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<(A, B)> {
        Some((A::restore(bytes)?, B::restore(bytes)?))
    }
}

impl<A: Saved, B: Saved, C: Saved> Saved for (A, B, C) {
    fn save(&self, out: &mut Vec<u8>) {
        self.0.save(out);
        self.1.save(out);
        self.2.save(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<(A, B, C)> {
        Some((A::restore(bytes)?, B::restore(bytes)?, C::restore(bytes)?))
    }
}

/// What is made of a simpler value, and says it.
macro_rules! saved_as {
    ($($name:ty, $as:ty, $one:pat => $value:expr, $read:pat => $made:expr;)+) => {$(
        impl $crate::saved::Saved for $name {
            fn save(&self, out: &mut Vec<u8>) {
                let $one = self;
                let value: $as = $value;
                $crate::saved::Saved::save(&value, out);
            }

            fn restore(bytes: &mut &[u8]) -> Option<$name> {
                let $read = <$as as $crate::saved::Saved>::restore(bytes)?;
                $made
            }
        }
    )+};
}
pub(crate) use saved_as;

saved_as! {
    Instant, i64, one => one.micros(), micros => Instant::try_from_micros(micros);
    Span, u64, one => one.micros(), micros => Some(Span::from_micros(micros));
    Micros, u64, one => one.get(), number => Some(Micros::new(number));
    Goal, u8, one => *one as u8, number => Goal::from_number(number);
    EventKind, u8, one => *one as u8, number => EventKind::from_number(number);
    Label, String, one => one.as_str().to_owned(), text => Label::new(&text).ok();
    Region, String, one => one.as_str().to_owned(), text => Region::parse(&text).ok();
}

impl Saved for PromotionId {
    fn save(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bytes());
    }

    fn restore(bytes: &mut &[u8]) -> Option<PromotionId> {
        let (first, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(PromotionId::from_bytes(*first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_less() {
        let numbers: Vec<u64> = vec![0, 127, 128, 16_384, u64::MAX];
        let map =
            BTreeMap::from([((Goal::Views, 3_u32), Some(Instant::MAX)), ((Goal::Sales, 9), None)]);
        let words = Box::new([u64::MAX, 5]);
        let whole = (numbers, (map, u128::MAX - 7), (words, [true, false], String::from("Ödön")));
        let mut bytes = Vec::new();
        whole.save(&mut bytes);
        assert!(is_read(&whole, &bytes));
        assert!((0..bytes.len()).all(|length| !is_read(&whole, &bytes[..length])));
    }

    fn is_read<T: Saved + PartialEq>(whole: &T, mut bytes: &[u8]) -> bool {
        T::restore(&mut bytes).is_some_and(|read| read == *whole) && bytes.is_empty()
    }
}
