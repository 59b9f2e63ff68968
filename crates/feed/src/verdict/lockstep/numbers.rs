//! Small numbers for promotions, so that what is remembered of them takes little room.

use std::collections::BTreeMap;
use std::ops::{Index, IndexMut};

use base::PromotionId;

use crate::saved::Saved;

/// Something about each promotion, by a number that is used again when it is let go of.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    numbers: BTreeMap<PromotionId, u32>,
    rows: Vec<(PromotionId, T)>,
    free: Vec<u32>,
}

impl<T> Numbered<T> {
    pub(super) fn new() -> Numbered<T> {
        Numbered { numbers: BTreeMap::new(), rows: Vec::new(), free: Vec::new() }
    }

    /// The number of a promotion; `make` makes what is remembered of a new one.
    pub(super) fn number_of(&mut self, id: PromotionId, make: impl FnOnce() -> T) -> u32 {
        if let Some(number) = self.numbers.get(&id) {
            return *number;
        }
        let number = match self.free.pop() {
            Some(number) => {
                self.rows[number as usize] = (id, make());
                number
            }
            None => {
                self.rows.push((id, make()));
                // Each has something that is remembered, of which fewer fit into memory.
                (self.rows.len() - 1) as u32
            }
        };
        self.numbers.insert(id, number);
        number
    }

    /// Lets go of a number that nothing refers to any more.
    pub(super) fn release(&mut self, number: u32) {
        self.numbers.remove(&self.rows[number as usize].0);
        self.free.push(number);
    }
}

impl<T: Saved> Saved for Numbered<T> {
    fn save(&self, out: &mut Vec<u8>) {
        let Numbered { numbers, rows, free } = self;
        numbers.save(out);
        rows.save(out);
        free.save(out);
    }

    fn restore(bytes: &mut &[u8]) -> Option<Numbered<T>> {
        let (numbers, rows, free) = Saved::restore(bytes)?;
        Some(Numbered { numbers, rows, free })
    }
}

impl<T> Index<u32> for Numbered<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        &self.rows[number as usize].1
    }
}

impl<T> IndexMut<u32> for Numbered<T> {
    fn index_mut(&mut self, number: u32) -> &mut T {
        &mut self.rows[number as usize].1
    }
}
