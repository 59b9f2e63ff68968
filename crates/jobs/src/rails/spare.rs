//! Ids for what may follow from what a rail says.

use std::sync::{Arc, Mutex, PoisonError};

use engine::Spare;
use outside::clock::Clock;
use outside::random::{Randomness, new_id};

/// Draws ids. They are new for each command: those of a command that was refused name nothing, but
/// those of one that was not may be taken.
pub struct SpareIds {
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Randomness + Send>>,
}

impl SpareIds {
    /// Ids that sort by this clock and are unique by this randomness.
    pub fn new(clock: Arc<dyn Clock>, random: Box<dyn Randomness + Send>) -> SpareIds {
        SpareIds { clock, random: Mutex::new(random) }
    }

    /// Ids for one command.
    pub(super) fn draw(&self) -> Spare {
        let now = self.clock.now();
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        Spare {
            order: new_id(now, &mut **random),
            refunds: std::array::from_fn(|_| new_id(now, &mut **random)),
        }
    }
}
