//! Chance that comes out alike in every shop.

use outside::random::{Randomness, SeededRandomness};

/// Every shop throws the same numbers, so all have the same half year behind them.
const SEED: u64 = 2_027;

/// Throws dice.
pub(super) struct Dice(SeededRandomness);

impl Dice {
    /// Dice that were not thrown yet.
    pub(super) fn new() -> Dice {
        Dice(SeededRandomness::new(SEED))
    }

    /// A number below `count`, which is above zero.
    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.0.next_u64() % count as u64) as usize
    }

    /// One of these.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// True in so many of a hundred cases.
    pub(super) fn in_hundred(&mut self, cases: usize) -> bool {
        self.below(100) < cases
    }
}
