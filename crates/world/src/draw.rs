//! Chance that depends on what it is for, and on nothing that was drawn before.

/// What is drawn for. The same entity draws differently for different purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Purpose {
    Resident = 1,
    Visits,
    Visit,
    Page,
    Behavior,
    Campaign,
    Competitor,
    Bot,
    BotVisit,
    Fault,
}

/// The seed of a world, from which every draw of it follows.
///
/// A draw is a function of seed, purpose and entity. So two runs of one seed, of which one has a
/// fault more, see the same people come at the same time and do the same with the same post: what
/// differs between them is the doing of the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed(pub u64);

impl Seed {
    /// The draws of one entity for one purpose.
    pub fn of(self, purpose: Purpose, entity: u64) -> Draw {
        let keyed = mix(self.0 ^ mix(purpose as u64));
        Draw(mix(keyed ^ mix(entity)))
    }

    /// The same for an entity that is named by two numbers.
    pub fn of_pair(self, purpose: Purpose, entity: u64, part: u64) -> Draw {
        self.of(purpose, mix(entity).wrapping_add(part))
    }
}

/// A short row of draws.
#[derive(Clone, Copy, Debug)]
pub struct Draw(u64);

/// A million: what chances are told in.
pub const PPM: u64 = 1_000_000;

impl Draw {
    /// The draws of one part of one entity for one purpose, for worlds elsewhere that number
    /// their purposes themselves.
    pub fn keyed(seed: u64, purpose: u64, entity: u64, part: u64) -> Draw {
        let keyed = mix(seed ^ mix(!purpose));
        Draw(mix(keyed ^ mix(mix(entity).wrapping_add(part))))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number below `bound`, which is above zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(bound);
        (wide >> 64) as u64
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// True `ppm` times of a million.
    pub fn chance(&mut self, ppm: u64) -> bool {
        self.below(PPM) < ppm
    }

    /// A position, each as likely as its weight; weights are not all zero.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total = weights.iter().map(|weight| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (position, weight) in weights.iter().enumerate() {
            let weight = u64::from(*weight);
            if left < weight {
                return position;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// A number from 1 to `most` that stops at each step with a chance of `stop_ppm`.
    pub fn steps(&mut self, stop_ppm: u64, most: u64) -> u64 {
        let mut steps = 1;
        while steps < most && !self.chance(stop_ppm) {
            steps += 1;
        }
        steps
    }

    /// One of `choices`, which are not empty.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Spreads every bit over all of them.
///
/// Source: the finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014).
fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
