//! What viewers were billed for and may be repaid, bounded in time and number.

use std::collections::{BTreeMap, VecDeque};

use base::{Instant, PromotionId};
use promotions::{EventKind, Micros};

use crate::saved::saved;
use crate::token::ViewerHash;

/// A billed event, as far as its repayment needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verdict) struct Billed {
    /// Number of its record.
    pub(in crate::verdict) sequence: u64,
    /// The slice that paid.
    pub(in crate::verdict) slice: u32,
    /// What it cost.
    pub(in crate::verdict) price: Micros,
    /// What the viewer did.
    pub(in crate::verdict) kind: EventKind,
}

saved!(Billed { sequence, slice, price, kind });

/// The latest billed events of each viewer.
#[derive(Debug)]
pub(super) struct BilledEvents {
    events_max: usize,
    viewer_events_max: usize,
    viewers: BTreeMap<ViewerHash, VecDeque<(Instant, PromotionId, Billed)>>,
    /// An entry for each event, the latest at the back; those beyond what is remembered of a
    /// viewer, and those that are repaid, have none left to point at.
    order: VecDeque<(Instant, ViewerHash)>,
}

saved!(BilledEvents { events_max, viewer_events_max, viewers, order });

impl BilledEvents {
    pub(super) fn new(events_max: usize, viewer_events_max: usize) -> BilledEvents {
        let viewers = BTreeMap::new();
        let order = VecDeque::new();
        BilledEvents { events_max, viewer_events_max: viewer_events_max.max(1), viewers, order }
    }

    /// Remembers an event.
    pub(super) fn put(&mut self, viewer: ViewerHash, of: PromotionId, at: Instant, billed: Billed) {
        let events = self.viewers.entry(viewer).or_default();
        events.push_back((at, of, billed));
        if events.len() > self.viewer_events_max {
            events.pop_front();
        }
        self.order.push_back((at, viewer));
        while self.order.len() > self.events_max {
            self.forget_oldest();
        }
    }

    /// Forgets events from before that instant.
    pub(super) fn forget_before(&mut self, at: Instant) {
        while self.order.front().is_some_and(|(oldest, _)| *oldest < at) {
            self.forget_oldest();
        }
    }

    /// Takes the events of a viewer, which are to be repaid.
    pub(super) fn take(
        &mut self,
        viewer: ViewerHash,
    ) -> impl Iterator<Item = (PromotionId, Billed)> {
        let events = self.viewers.remove(&viewer).unwrap_or_default();
        events.into_iter().map(|(_, promotion, billed)| (promotion, billed))
    }

    /// The record of that number is repaid already.
    pub(super) fn settle(&mut self, viewer: ViewerHash, sequence: u64) {
        if let Some(events) = self.viewers.get_mut(&viewer) {
            events.retain(|(_, _, billed)| billed.sequence != sequence);
        }
    }

    fn forget_oldest(&mut self) {
        let Some((at, viewer)) = self.order.pop_front() else { return };
        let Some(events) = self.viewers.get_mut(&viewer) else { return };
        while events.front().is_some_and(|(oldest, _, _)| *oldest <= at) {
            events.pop_front();
        }
        if events.is_empty() {
            self.viewers.remove(&viewer);
        }
    }
}
