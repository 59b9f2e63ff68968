//! Questions to rails that requests wait for: a few of each rail and book at a time.
//!
//! Each has a thread of its own for as long as the rail takes, also when whoever asked has gone.
//! Other calls need threads of the same pool, so a rail that hangs must not have them all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Questions to one rail at the same time.
const QUESTIONS_MAX: usize = 8;

/// Places of one book, by the names of its rails.
#[derive(Debug, Default)]
pub(crate) struct RailPlaces(Mutex<BTreeMap<String, Arc<Semaphore>>>);

/// A place, for as long as it is held.
#[derive(Debug)]
pub(crate) struct RailPlace(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

impl RailPlaces {
    /// A place at a rail that the book has; `None` when all are taken.
    pub(crate) fn take(&self, rail: &str) -> Option<RailPlace> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Semaphore::new(QUESTIONS_MAX));
        let of_rail = places.entry(rail.to_owned()).or_insert_with(new);
        Arc::clone(of_rail).try_acquire_owned().ok().map(RailPlace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rail_that_hangs_takes_its_own_places_only() {
        let places = RailPlaces::default();
        let mut held: Vec<_> = (0..QUESTIONS_MAX).map(|_| places.take("stripe").unwrap()).collect();
        assert!(places.take("stripe").is_none() && places.take("sandbox").is_some());
        held.pop();
        assert!(places.take("stripe").is_some());
    }
}
