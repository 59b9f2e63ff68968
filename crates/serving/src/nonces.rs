//! The numbers of tokens.

use std::collections::BTreeMap;

use feed::token::NONCES_A_PAGE;
use promotions::Goal;

/// Counts nonces up, for each goal in blocks of its own: which tokens were used is remembered by
/// block, for as long as the goal needs. No two tokens of a process share one, whatever their goal.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    next_block: u64,
    /// The nonce that was given last to a goal.
    last: BTreeMap<Goal, u64>,
}

impl Nonces {
    /// One that no other token of this process has.
    pub(crate) fn next(&mut self, goal: Goal) -> u64 {
        let next = match self.last.get(&goal).map(|last| last + 1) {
            Some(next) if !next.is_multiple_of(NONCES_A_PAGE) => next,
            _ => {
                self.next_block += 1;
                (self.next_block - 1) * NONCES_A_PAGE
            }
        };
        self.last.insert(goal, next);
        next
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn a_block_has_one_goal_and_no_nonce_comes_twice() {
        let (mut nonces, mut goals, mut seen) = (Nonces::default(), BTreeMap::new(), 0);
        let mut all = BTreeSet::new();
        for step in 0..50_000_u64 {
            // One selection in sixty-four is for another goal.
            let goal = if step % 64 == 0 { Goal::Sales } else { Goal::Views };
            let nonce = nonces.next(goal);
            assert!(all.insert(nonce));
            assert_eq!(*goals.entry(nonce / NONCES_A_PAGE).or_insert(goal), goal);
            seen += u64::from(goal == Goal::Sales);
        }
        let of_sales = goals.values().filter(|goal| **goal == Goal::Sales).count() as u64;
        assert_eq!(of_sales, seen.div_ceil(NONCES_A_PAGE));
    }
}
