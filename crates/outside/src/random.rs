//! Randomness: from the operating system in production, from a seed in tests and simulations.

use std::cell::RefCell;

use base::{Instant, TypedId};

/// A source of random bytes.
pub trait Randomness {
    /// Fills `bytes` completely.
    fn fill(&mut self, bytes: &mut [u8]);

    /// Sixty-four random bits.
    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

/// A new id of any type: `new_id::<CardId>(now, &mut random)`.
pub fn new_id<Id: TypedId>(now: Instant, random: &mut dyn Randomness) -> Id {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    Id::from_parts(now, bytes)
}

/// Bytes fetched from the operating system at once, per thread.
const BUFFER_BYTES: usize = 4096;

/// The operating system's random source, fit for keys and codes.
///
/// Small requests are served from a buffer of the thread, because a system call for each id would
/// cost more than making the id. Bytes that were handed out are overwritten in the buffer.
///
/// # Panics
///
/// Filling panics when the operating system has no random source: making keys or codes from
/// anything else would be worse than stopping.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&mut self, bytes: &mut [u8]) {
        BUFFER.with_borrow_mut(|buffer| buffer.fill(bytes));
    }
}

/// A repeatable source for tests and simulations; never for keys.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub struct SeededRandomness {
    state: u64,
}

impl SeededRandomness {
    /// A source that gives the same bytes for the same seed, on every machine.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }
}

impl Randomness for SeededRandomness {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = self.state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            mixed ^= mixed >> 31;
            chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
        }
    }
}

thread_local! {
    static BUFFER: RefCell<Buffer> =
        const { RefCell::new(Buffer { bytes: [0; BUFFER_BYTES], used: BUFFER_BYTES }) };
}

struct Buffer {
    bytes: [u8; BUFFER_BYTES],
    used: usize,
}

impl Buffer {
    fn fill(&mut self, wanted: &mut [u8]) {
        if wanted.len() > BUFFER_BYTES / 4 {
            fill_from_system(wanted);
            return;
        }
        if self.used + wanted.len() > BUFFER_BYTES {
            fill_from_system(&mut self.bytes);
            self.used = 0;
        }
        let handed_out = &mut self.bytes[self.used..self.used + wanted.len()];
        wanted.copy_from_slice(handed_out);
        handed_out.fill(0);
        self.used += wanted.len();
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the source everybody else draws from")]
fn fill_from_system(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system must have a random source");
}
