//! What neighboring nonces were used for.

use promotions::EventKind;

use crate::saved::saved;
use crate::token::NONCES_A_PAGE;

const WORDS: usize = NONCES_A_PAGE as usize / 64;

/// Places of a mark that are listed; more are bits, which take no more memory than these.
const LISTED_MAX: usize = WORDS * 4;

/// What a token is marked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Its view was too short.
    TooShort,
    /// It was used for events of the kind.
    Used(EventKind),
}

impl Mark {
    pub(super) fn all() -> impl Iterator<Item = Mark> {
        EventKind::ALL.into_iter().map(Mark::Used).chain([Mark::TooShort])
    }

    fn number(self) -> u8 {
        match self {
            Mark::TooShort => 0,
            Mark::Used(kind) => kind as u8,
        }
    }
}

/// The marks of neighboring nonces: a bit for each and kind of event where there are many, two
/// bytes for each where there are few.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The number of the mark in the upper four bits, the place of the nonce in the others; in
    /// order.
    listed: Vec<u16>,
    /// By the number of the mark.
    bits: Vec<(u8, Box<[u64; WORDS]>)>,
}

saved!(Page { listed, bits });

impl Page {
    /// About what an empty one takes, with its place in a map.
    const EMPTY_BYTES: usize = 128;

    pub(super) fn has(&self, mark: Mark, place: u16) -> bool {
        match self.bits_of(mark) {
            Some(words) => words[usize::from(place) / 64] >> (place % 64) & 1 == 1,
            None => self.listed.binary_search(&entry(mark, place)).is_ok(),
        }
    }

    /// Whether one more of these takes no memory.
    pub(super) fn has_bits(&self, mark: Mark) -> bool {
        self.bits_of(mark).is_some()
    }

    /// Marks a nonce.
    pub(super) fn put(&mut self, mark: Mark, place: u16) {
        if let Some((_, words)) = self.bits.iter_mut().find(|(number, _)| *number == mark.number())
        {
            set(words, place);
        } else if let Err(at) = self.listed.binary_search(&entry(mark, place)) {
            self.listed.insert(at, entry(mark, place));
            self.turn_into_bits(mark);
        }
    }

    /// About what it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        let entry = size_of::<(u8, Box<[u64; WORDS]>)>();
        let of_bits = self.bits.len() * (WORDS * 8) + self.bits.capacity() * entry;
        Page::EMPTY_BYTES + self.listed.capacity() * 2 + of_bits
    }

    fn bits_of(&self, mark: Mark) -> Option<&[u64; WORDS]> {
        let mut all = self.bits.iter();
        all.find(|(number, _)| *number == mark.number()).map(|(_, words)| &**words)
    }

    /// Once there are too many of a mark to list.
    fn turn_into_bits(&mut self, mark: Mark) {
        let first = self.listed.partition_point(|one| *one < entry(mark, 0));
        let behind = self.listed.partition_point(|one| *one <= entry(mark, PLACES));
        if behind - first <= LISTED_MAX {
            return;
        }
        let mut words = Box::new([0; WORDS]);
        self.listed.drain(first..behind).for_each(|one| set(&mut words, one & PLACES));
        self.listed.shrink_to_fit();
        self.bits.push((mark.number(), words));
    }
}

/// The bits of a place.
const PLACES: u16 = (NONCES_A_PAGE - 1) as u16;

fn entry(mark: Mark, place: u16) -> u16 {
    u16::from(mark.number()) << 12 | place
}

fn set(words: &mut [u64; WORDS], place: u16) {
    words[usize::from(place) / 64] |= 1 << (place % 64);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_page_has_what_was_put_whether_it_is_few_or_many() {
        let mut page = Page::default();
        let mut known = BTreeSet::new();
        // Each place once, in an order of its own for each mark.
        for step in 0..NONCES_A_PAGE {
            for (mark, every) in [(Mark::TooShort, 40), (Mark::Used(EventKind::View), 1)] {
                let place = u16::try_from(step * 1_111 % NONCES_A_PAGE).unwrap();
                if step % every == 0 {
                    page.put(mark, place);
                    page.put(mark, place);
                    known.insert((mark.number(), place));
                }
            }
            if step % 97 == 0 {
                for place in 0..NONCES_A_PAGE as u16 {
                    for mark in Mark::all() {
                        let expected = known.contains(&(mark.number(), place));
                        assert_eq!(page.has(mark, place), expected, "{mark:?} {place}");
                    }
                }
            }
        }
        assert!(page.has_bits(Mark::Used(EventKind::View)) && !page.has_bits(Mark::TooShort));
    }
}
