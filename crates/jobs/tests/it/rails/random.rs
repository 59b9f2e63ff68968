//! Random checkouts whose calls, answers, messages and processes go wrong: whatever happens, money
//! is where the rail, the orders and the ledger say, and nothing is stuck.

mod acts;
mod rest;

use std::sync::Arc;

use outside::random::{Randomness, SeededRandomness};
use rails::Rail;

use self::acts::World;
use super::market::Kept;
use super::shaky::{Faults, Shaky};

/// Luck that follows from a seed.
pub struct Dice(SeededRandomness);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(SeededRandomness::new(seed))
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }

    /// One of these; nothing when there is none.
    pub fn pick<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        let at = self.below(all.len() as u64);
        all.get(usize::try_from(at).unwrap()).cloned()
    }
}

/// One case: so many acts, then rest.
fn check(kept: Kept, seed: u64) {
    let mut dice = Dice::new(seed);
    let faults = Faults::default();
    faults.by_chance(seed, u8::try_from(dice.below(35)).unwrap());
    let of_rail = faults.clone();
    let between = Arc::new(move |inner| {
        Arc::new(Shaky { name: "sandbox", inner, faults: of_rail.clone() }) as Arc<dyn Rail>
    });
    let mut world = World::open(kept, between, faults, dice);
    // Whoever sees it fail can run it again.
    let told = Told(format!("seed {seed}, {kept:?}"));
    for _ in 0..world.dice.below(25) + 8 {
        world.act();
    }
    world.come_to_rest();
    drop(told);
}

/// Prints what it has when a test panics.
struct Told(String);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.0);
        }
    }
}

fn check_many(kept: Kept, seeds: std::ops::Range<u64>) {
    seeds.for_each(|seed| check(kept, seed));
}

#[test]
fn slow_money_is_where_everybody_says() {
    check_many(Kept::Memory, 0..150);
}

#[test]
fn slow_money_is_where_everybody_says_with_files() {
    check_many(Kept::Sqlite, 1_000..1_010);
}

#[test]
#[ignore = "a soak: run by ./test long"]
fn long_money_is_where_everybody_says() {
    check_many(Kept::Memory, 10_000..14_000);
    check_many(Kept::Sqlite, 20_000..20_500);
}
