//! What viewers did lately, bounded in time and number.

use std::collections::{BTreeMap, VecDeque};

use base::{Instant, PromotionId};

use super::LockstepPolicy;
use super::evidence::is_far_above;
use super::numbers::Numbered;
use crate::saved::saved;
use crate::token::ViewerHash;

/// One action of a viewer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Action {
    /// When.
    pub(super) at: Instant,
    /// The promotion's number in [`Memory`].
    pub(super) promotion: u32,
}

saved!(Action { at, promotion });

/// A viewer's actions, the latest at the back, and the hits against it.
#[derive(Debug, Default)]
struct Track {
    actions: VecDeque<Action>,
    /// Buckets in which it was one of too many at once.
    hits: Vec<Hit>,
    /// Scale and weight of each bucket in which it acted and could be compared.
    weights: VecDeque<(usize, Weight)>,
}

saved!(Track { actions, hits, weights });

/// That a viewer was one of too many at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// The scale of the bucket; only hits of one are counted together.
    pub(super) scale: usize,
    /// The end of the bucket.
    pub(super) at: Instant,
}

saved!(Hit { scale, at });

/// How many times others acted together with a viewer again, in one bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    /// The end of the bucket.
    pub(super) at: Instant,
    /// How many times, in thousandths.
    pub(super) seen: u64,
    /// What chance lets expect, in thousandths.
    pub(super) expected: u64,
}

saved!(Weight { at, seen, expected });

/// A promotion that somebody acted on lately.
#[derive(Debug)]
struct Entry {
    /// When somebody first did.
    since: Instant,
    /// Actions on it that are remembered.
    actions: u64,
}

saved!(Entry { since, actions });

/// What viewers did lately.
#[derive(Debug)]
pub(super) struct Memory {
    actions_max: usize,
    viewer_actions_max: usize,
    viewers: BTreeMap<ViewerHash, Track>,
    /// An entry for each action, the latest at the back; those beyond what is remembered of a
    /// viewer have none left to point at.
    order: VecDeque<(Instant, ViewerHash)>,
    promotions: Numbered<Entry>,
}

saved!(Memory { actions_max, viewer_actions_max, viewers, order, promotions });

impl Memory {
    pub(super) fn new(policy: &LockstepPolicy) -> Memory {
        Memory {
            actions_max: policy.actions_max,
            viewer_actions_max: policy.viewer_actions_max.max(1),
            viewers: BTreeMap::new(),
            order: VecDeque::new(),
            promotions: Numbered::new(),
        }
    }

    /// Remembers an action, and gives the number of its promotion.
    pub(super) fn remember(
        &mut self,
        viewer: ViewerHash,
        promotion: PromotionId,
        at: Instant,
    ) -> u32 {
        let number = self.promotions.number_of(promotion, || Entry { since: at, actions: 0 });
        self.promotions[number].actions += 1;
        let track = self.viewers.entry(viewer).or_default();
        track.actions.push_back(Action { at, promotion: number });
        let beyond = track.actions.len() > self.viewer_actions_max;
        let dropped = if beyond { track.actions.pop_front() } else { None };
        self.order.push_back((at, viewer));
        if let Some(action) = dropped {
            self.release(action.promotion);
        }
        while self.order.len() > self.actions_max {
            self.forget_oldest();
        }
        number
    }

    /// Forgets actions from before that instant.
    pub(super) fn forget_before(&mut self, at: Instant) {
        while self.order.front().is_some_and(|(oldest, _)| *oldest < at) {
            self.forget_oldest();
        }
    }

    /// A viewer's actions, the latest first.
    pub(super) fn actions(&self, viewer: ViewerHash) -> impl Iterator<Item = Action> {
        self.viewers.get(&viewer).into_iter().flat_map(|track| track.actions.iter().rev().copied())
    }

    /// Since when a promotion is acted on, and how many actions on it are remembered.
    pub(super) fn promotion(&self, number: u32) -> (Instant, u64) {
        let entry = &self.promotions[number];
        (entry.since, entry.actions)
    }

    /// Adds a hit, and tells whether there are now `enough` of its scale since `since`.
    pub(super) fn hit(
        &mut self,
        viewer: ViewerHash,
        hit: Hit,
        since: Instant,
        enough: usize,
    ) -> bool {
        let Some(track) = self.viewers.get_mut(&viewer) else { return false };
        track.hits.retain(|known| known.at >= since);
        let count = |track: &Track| track.hits.iter().filter(|one| one.scale == hit.scale).count();
        // As many as decide are enough to keep, so a busy viewer's hits stay few.
        if count(track) < enough {
            track.hits.push(hit);
        }
        count(track) >= enough
    }

    /// Adds how often others acted together with a viewer again, and tells whether that is too
    /// often now: far above chance in all, and above chance in enough buckets.
    pub(super) fn weigh(
        &mut self,
        viewer: ViewerHash,
        scale: usize,
        weight: Weight,
        since: Instant,
        policy: &LockstepPolicy,
    ) -> bool {
        let Some(track) = self.viewers.get_mut(&viewer) else { return false };
        track.weights.push_back((scale, weight));
        while track.weights.len() > self.viewer_actions_max
            || track.weights.front().is_some_and(|(_, oldest)| oldest.at < since)
        {
            track.weights.pop_front();
        }
        let of_scale = || track.weights.iter().filter(|(of, _)| *of == scale).map(|(_, one)| one);
        let seen = of_scale().map(|one| one.seen).sum();
        let expected = of_scale().map(|one| one.expected).sum();
        let often = of_scale().filter(|one| one.seen > one.expected).count();
        often >= policy.again_min
            && seen >= policy.together_min * 1_000
            && is_far_above(seen, expected)
    }

    fn forget_oldest(&mut self) {
        let Some((at, viewer)) = self.order.pop_front() else { return };
        let Some(track) = self.viewers.get_mut(&viewer) else { return };
        let dropped = if track.actions.front().is_some_and(|action| action.at <= at) {
            track.actions.pop_front()
        } else {
            None
        };
        if track.actions.is_empty() {
            self.viewers.remove(&viewer);
        }
        if let Some(action) = dropped {
            self.release(action.promotion);
        }
    }

    fn release(&mut self, number: u32) {
        let entry = &mut self.promotions[number];
        entry.actions -= 1;
        if entry.actions == 0 {
            self.promotions.release(number);
        }
    }
}
