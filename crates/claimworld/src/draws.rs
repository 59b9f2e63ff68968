//! What is drawn for in a world of claims.

use world::Draw;

/// What is drawn for. The same case draws differently for different purposes, so a fault more
/// or less leaves all other draws as they were.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Purpose {
    Promotion = 0x00C1_A100,
    User,
    Fault,
    Supply,
    Bots,
    Agreement,
    Filing,
    Money,
    Record,
    Alike,
}

/// The seed of a world and the number of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub seed: u64,
    pub case: u32,
}

impl Key {
    pub fn of(self, purpose: Purpose, part: u64) -> Draw {
        Draw::keyed(self.seed, purpose as u64, u64::from(self.case), part)
    }
}

/// A position, each as likely as its weight; none when all weights are zero.
pub(crate) fn weighted(draw: &mut Draw, weights: &[u32]) -> Option<usize> {
    let is_any = weights.iter().any(|weight| *weight > 0);
    is_any.then(|| draw.weighted(weights))
}

/// So many millionths as a whole number: the rest decides by chance, told as a number below a
/// million. The more millionths, the more it is, for the same chance.
pub(crate) fn whole(millionths: u64, chance: u64) -> u64 {
    (millionths + chance) / world::PPM
}
