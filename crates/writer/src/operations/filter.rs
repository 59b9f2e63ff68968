//! A filter that says "certainly not" or "perhaps" about 64-bit hashes.

/// Bits a key may use: with eight of them in one cache line and about 12 bits a key, one key in
/// a few hundred is wrongly said to be there.
const BITS_PER_KEY: usize = 12;
/// Bits set for one key.
const PROBES: u32 = 8;

/// A blocked Bloom filter: all bits of a key are in one 64-byte block, so that a question costs
/// one cache miss (Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom
/// Filters", 2007).
pub(crate) struct Filter {
    blocks: Vec<[u64; 8]>,
    keys: usize,
    keys_max: usize,
}

impl Filter {
    pub(crate) fn new(keys_max: usize) -> Filter {
        let blocks = (keys_max * BITS_PER_KEY).div_ceil(512).max(1);
        Filter { blocks: vec![[0; 8]; blocks], keys: 0, keys_max }
    }

    pub(crate) fn has_room_for(&self, more: usize) -> bool {
        self.keys + more <= self.keys_max
    }

    pub(crate) fn keys_max(&self) -> usize {
        self.keys_max
    }

    pub(crate) fn insert(&mut self, hash: u64) {
        let (block, mut bits) = self.place(hash);
        for _ in 0..PROBES {
            let bit = bits & 511;
            self.blocks[block][(bit >> 6) as usize] |= 1 << (bit & 63);
            bits >>= 9;
        }
        self.keys += 1;
    }

    /// False when the hash was certainly never inserted.
    pub(crate) fn may_contain(&self, hash: u64) -> bool {
        let (block, mut bits) = self.place(hash);
        let words = &self.blocks[block];
        (0..PROBES).all(|_| {
            let bit = bits & 511;
            bits >>= 9;
            words[(bit >> 6) as usize] & (1 << (bit & 63)) != 0
        })
    }

    /// Block and bit positions: the upper half chooses the block, a remix chooses the bits, so
    /// that the two are independent.
    fn place(&self, hash: u64) -> (usize, u128) {
        let block = ((u128::from(hash) * self.blocks.len() as u128) >> 64) as usize;
        let low = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let high = (hash ^ (low >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (block, u128::from(low) << 64 | u128::from(high))
    }
}
