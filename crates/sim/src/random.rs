//! A small generator of pseudo-random numbers: the same seed gives the same run on every machine.

/// SplitMix64. Not for secrets.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator whose numbers follow from `seed` alone.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; zero when `end` is zero.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias of this reduction is below 2⁻³² for the small ranges used here.
        let wide = u128::from(self.bits()) * u128::from(end);
        u64::try_from(wide >> 64).expect("a 128-bit number has 64 upper bits")
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).expect("low is not above high");
        low + i64::try_from(self.below(span)).expect("it is below a span that fits")
    }

    /// A position in a list of `length`.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("it is below a length")
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// True in `parts` of 100 cases.
    pub fn percent(&mut self, parts: u64) -> bool {
        self.below(100) < parts
    }

    /// One of the items; `None` when there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.index(items.len())) }
    }

    /// One of the items, the later ones more often; `None` when there are none.
    pub fn pick_recent<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        // The last few meet each other in one batch; the others meet across batches and restarts.
        let window = match self.below(10) {
            0..3 => 4,
            3..7 => 64,
            _ => items.len(),
        };
        self.pick(&items[items.len().saturating_sub(window)..])
    }

    /// An item, chosen by weight.
    ///
    /// # Panics
    ///
    /// When all weights are zero.
    pub fn weighted<T: Copy>(&mut self, items: &[(u64, T)]) -> T {
        let total = items.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, item) in items {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        panic!("nothing to choose from")
    }

    /// Sixteen random bytes.
    pub fn bytes16(&mut self) -> [u8; 16] {
        let wide = u128::from(self.bits()) << 64 | u128::from(self.bits());
        wide.to_be_bytes()
    }

    /// Ten random bytes, as ids want them.
    pub fn bytes10(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&self.bytes16()[..10]);
        bytes
    }
}
