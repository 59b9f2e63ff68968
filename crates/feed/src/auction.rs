//! The auction of the places of a page.
//!
//! Bids are for billed units, places are not: so bids are compared by their *value*, what a place
//! may be expected to bring: the bid times the chance that showing the post leads to a unit.
//! Each winner pays for a unit what it takes to keep its place against the next in rank, and no
//! less than its reserve price. Source: the generalized second-price auction (B. Edelman,
//! M. Ostrovsky and M. Schwarz, *American Economic Review* 97, 2007), with the value in place of
//! the bid.
//!
//! A promotion with a *fixed* price, as in a guarantee, takes part with that price and pays it.
//! When it is behind its plan its rank is raised, at nobody's cost: the price of others is found
//! from values alone.

use std::cmp::Reverse;

use base::CreatorId;

use crate::{Chance, Slot};
use promotions::Micros;

/// What one promotion offers for a place of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
    /// Who bids.
    pub slot: Slot,
    /// Whose post it is; a page shows one promotion of a creator.
    pub creator: CreatorId,
    /// The most it pays for a unit: the quoted maximum, or what is left of its money.
    pub most: Micros,
    /// The least a unit costs. A bid below it loses.
    pub least: Micros,
    /// How likely a place leads to a billed unit.
    pub chance: Chance,
    /// Whether it pays what it bids.
    pub is_fixed: bool,
    /// By how much the rank is raised, in thousandths of the value: 1,000 leaves it as it is.
    pub urgency: u32,
    /// Decides between equals: the larger one wins, so draw it from a seed.
    pub lot: u64,
}

/// A place won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Win {
    /// Who won it.
    pub slot: Slot,
    /// What a unit costs, at most the bid.
    pub price: Micros,
    /// The chance that was bid with.
    pub chance: Chance,
}

impl Bid {
    /// What a place may be expected to bring, in billionths of a [`Micros`] step.
    fn value(&self) -> u128 {
        u128::from(self.most.get()) * u128::from(self.chance.billionths())
    }

    /// What a place would have to be worth to somebody else to outrank this, rounded up.
    pub(crate) fn to_outrank(self) -> Micros {
        let worth = u128::from(self.chance.expected(self.most).get());
        let raised = (worth * u128::from(self.urgency)).div_ceil(1_000);
        Micros::new(u64::try_from(raised).unwrap_or(u64::MAX))
    }

    fn rank(&self) -> (Reverse<u128>, Reverse<u64>, Slot) {
        // 64 bits of price, 30 of chance and 32 of urgency: at most 126.
        (Reverse(self.value() * u128::from(self.urgency)), Reverse(self.lot), self.slot)
    }

    /// The least price of a unit with which this is worth `value`.
    fn price_against(&self, value: u128) -> Micros {
        let price = value.div_ceil(u128::from(self.chance.billionths().max(1)));
        let price = Micros::new(u64::try_from(price).unwrap_or(u64::MAX));
        price.clamp(self.least, self.most)
    }
}

/// Gives at most `places` places to `bids`, best first, at most one to a creator.
///
/// Sorts the bids. Bids without any chance, and those below their reserve price, win nothing.
/// Another promotion of the same creator never makes a place dearer.
pub fn auction(bids: &mut [Bid], places: usize) -> Vec<Win> {
    bids.sort_unstable_by_key(Bid::rank);
    // One more than there are places: the last winner pays against it.
    let mut best: Vec<&Bid> = Vec::with_capacity(places.saturating_add(1).min(bids.len()));
    for bid in bids.iter() {
        if best.len() > places {
            break;
        }
        let may_win = bid.most >= bid.least && bid.chance > Chance::NEVER;
        if may_win && best.iter().all(|better| better.creator != bid.creator) {
            best.push(bid);
        }
    }
    let next_values = best.iter().skip(1).map(|bid| bid.value()).chain([0]);
    let wins = best.iter().zip(next_values).take(places).map(|(bid, next)| Win {
        slot: bid.slot,
        price: if bid.is_fixed { bid.most } else { bid.price_against(next) },
        chance: bid.chance,
    });
    wins.collect()
}
