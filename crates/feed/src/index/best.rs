//! The best of many matches.

use super::Match;

/// Keeps the first so many of what is added, in any order and with repetitions.
#[derive(Debug)]
pub struct Best {
    most: usize,
    /// What is kept, and what has come since that was last sorted out.
    found: Vec<Match>,
    /// The last of those kept, once there are as many as asked for.
    last: Option<Match>,
}

/// Sorting fewer than this at a time costs more than it saves.
const UNSORTED_MIN: usize = 64;

impl Best {
    pub fn new(most: usize) -> Best {
        Best { most, found: Vec::new(), last: None }
    }

    /// Whether `one` could be kept. What does not sort before it is wanted no more either.
    pub fn wants(&self, one: Match) -> bool {
        self.most > 0 && self.last.is_none_or(|last| one < last)
    }

    /// Adds a match that is wanted.
    pub fn add(&mut self, one: Match) {
        self.found.push(one);
        if self.found.len() >= self.most.saturating_add(self.most.max(UNSORTED_MIN)) {
            self.sort_out();
        }
    }

    /// What is kept, best first.
    pub fn into_sorted(mut self) -> Vec<Match> {
        self.sort_out();
        self.found
    }

    fn sort_out(&mut self) {
        // Stable, because that sort is fast where pieces are in order, as those of a list are.
        self.found.sort();
        self.found.dedup();
        self.found.truncate(self.most);
        self.last = self.most.checked_sub(1).and_then(|last| self.found.get(last)).copied();
    }
}
