//! Buckets of time, and what is found in them when they are over.

use std::collections::{BTreeSet, VecDeque};

use base::{Instant, Span};

use super::LockstepPolicy;
use super::memory::{Action, Hit, Memory, Weight};
use crate::saved::saved;
use crate::token::ViewerHash;
use crate::verdict::limits::part_number;

/// Former actions of a viewer that a new one is compared with, the latest.
const COMPARED_MAX: usize = 24;

/// How many times the mean the traffic of one bucket may count: more than any daily curve has, and
/// less than a group that makes up most of the traffic.
const TRAFFIC_PEAK: u64 = 3;

/// How many times more than at other times people come again at the same time of another day.
const SAME_TIME_OF_DAY: u64 = 8;

/// Time in buckets of one length, and how much happened in those that are over.
#[derive(Debug)]
pub(super) struct Scale {
    length: Span,
    /// The bucket that is filled.
    current: u64,
    /// What happened in it: promotion, viewer, when.
    actions: Vec<(u32, ViewerHash, Instant)>,
    /// Everything that happened in it.
    count: u64,
    /// Actions in each bucket within the memory, the latest at the back; empty ones are left out.
    traffic: VecDeque<(u64, u64)>,
}

saved!(Scale { length, current, actions, count, traffic });

/// That a viewer acted on a promotion in the bucket at hand, and on another one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Again {
    promotion: u32,
    former: u32,
    former_bucket: u64,
    viewer: ViewerHash,
}

impl Scale {
    pub(super) fn new(length: Span) -> Scale {
        Scale { length, current: 0, actions: Vec::new(), count: 0, traffic: VecDeque::new() }
    }

    /// The end of the bucket at hand when it is over and something happened in it.
    pub(super) fn is_over_at(&self, now: Instant) -> Option<Instant> {
        let is_over = self.count > 0 && part_number(now, self.length) > self.current;
        is_over.then(|| self.end())
    }

    /// Adds an action; the former bucket was closed.
    pub(super) fn put(&mut self, at: Instant, promotion: u32, viewer: ViewerHash, max: usize) {
        if self.count == 0 {
            self.current = part_number(at, self.length);
        }
        self.count += 1;
        if self.actions.len() < max {
            self.actions.push((promotion, viewer, at));
        }
    }

    /// Looks at the bucket at hand, which is over, and gives the viewers that are found.
    pub(super) fn close(
        &mut self,
        index: usize,
        policy: &LockstepPolicy,
        memory: &mut Memory,
    ) -> BTreeSet<ViewerHash> {
        let end = self.end();
        let since = end.saturating_sub(policy.memory);
        let oldest = part_number(since, self.length);
        self.traffic.push_back((self.current, self.count));
        while self.traffic.front().is_some_and(|(bucket, _)| *bucket < oldest) {
            self.traffic.pop_front();
        }
        let mut actions = std::mem::take(&mut self.actions);
        actions.sort_unstable();
        actions.dedup_by_key(|(promotion, viewer, _)| (*promotion, *viewer));

        let chance = Chance::new(self, policy, since);
        let mut found = BTreeSet::new();
        let mut again = Vec::new();
        for cell in actions.chunk_by(|one, other| one.0 == other.0) {
            let (first_at, remembered) = memory.promotion(cell[0].0);
            let size = cell.len() as u64;
            let expected = chance.expected(remembered, first_at, self.current);
            if size >= u64::from(policy.group_min) && is_far_above(size * 1_000, expected) {
                let hit = Hit { scale: index, at: end };
                let viewers = cell.iter().map(|(_, viewer, _)| *viewer);
                found.extend(
                    viewers.filter(|viewer| memory.hit(*viewer, hit, since, policy.hits_min)),
                );
            }
            // One alone has nobody to act with.
            for action in cell.iter().filter(|_| size > 1) {
                self.compare(action, since, policy.visit, memory, &mut again);
            }
        }
        for (viewer, seen, expected) in self.together(again, &chance, memory) {
            if memory.weigh(viewer, index, Weight { at: end, seen, expected }, since, policy) {
                found.insert(viewer);
            }
        }
        self.count = 0;
        found
    }

    /// For each viewer, how many times others acted with it now and before, and what chance lets
    /// expect, in thousandths.
    fn together(
        &self,
        mut again: Vec<Again>,
        chance: &Chance<'_>,
        memory: &Memory,
    ) -> Vec<(ViewerHash, u64, u64)> {
        again.sort_unstable();
        again.dedup();
        let mut sums = Vec::with_capacity(again.len());
        for pair in again.chunk_by(|a, b| (a.promotion, a.former) == (b.promotion, b.former)) {
            let (first_at, _) = memory.promotion(pair[0].former);
            let others = pair.len() as u64 - 1;
            for group in pair.chunk_by(|a, b| a.former_bucket == b.former_bucket) {
                let bucket = group[0].former_bucket;
                let mut expected = chance.expected(others, first_at, bucket);
                if self.is_same_time_of_day(bucket) {
                    expected = (expected * SAME_TIME_OF_DAY).min(others * 1_000);
                }
                let seen = (group.len() as u64 - 1) * 1_000;
                sums.extend(group.iter().map(|one| (one.viewer, seen, expected)));
            }
        }
        sums.sort_unstable();
        let of_viewer = sums.chunk_by(|one, other| one.0 == other.0).map(|sums| {
            sums.iter().fold((sums[0].0, 0, 0), |(viewer, seen, expected), one| {
                (viewer, seen + one.1, expected + one.2)
            })
        });
        of_viewer.collect()
    }

    /// Whether a former bucket is about a day, or days, before the one at hand.
    fn is_same_time_of_day(&self, former: u64) -> bool {
        let apart = (self.current - former).saturating_mul(self.length.micros());
        let day = Span::days(1).micros();
        let near = Span::minutes(45).micros().max(self.length.micros());
        apart > day / 2 && (apart % day).min(day - apart % day) <= near
    }

    /// Adds what the viewer of `action` did in earlier visits.
    fn compare(
        &self,
        action: &(u32, ViewerHash, Instant),
        since: Instant,
        visit: Span,
        memory: &Memory,
        again: &mut Vec<Again>,
    ) {
        let (promotion, viewer, at) = *action;
        let is_former = |former: &Action| {
            former.promotion != promotion
                && former.at >= since
                && former.at.saturating_add(visit) <= at
        };
        again.extend(memory.actions(viewer).filter(is_former).take(COMPARED_MAX).map(|former| {
            let former_bucket = part_number(former.at, self.length);
            Again { promotion, former: former.promotion, former_bucket, viewer }
        }));
    }

    fn end(&self) -> Instant {
        let micros = (self.current + 1).saturating_mul(self.length.micros());
        Instant::MIN.saturating_add(Span::from_micros(micros))
    }
}

/// What chance lets expect of a bucket.
struct Chance<'a> {
    policy: &'a LockstepPolicy,
    length: Span,
    current: u64,
    /// Where the memory begins.
    since: Instant,
    /// Buckets, what happened in each, and in all before it; ordered by bucket.
    traffic: Vec<(u64, u64, u64)>,
    total: u64,
}

impl<'a> Chance<'a> {
    fn new(scale: &Scale, policy: &'a LockstepPolicy, since: Instant) -> Chance<'a> {
        let mut total = 0;
        let add = |(bucket, count): &(u64, u64)| {
            let before = total;
            total += count;
            (*bucket, *count, before)
        };
        let traffic = scale.traffic.iter().map(add).collect();
        Chance { policy, length: scale.length, current: scale.current, since, traffic, total }
    }

    /// How many of `all` actions chance puts into a bucket, in thousandths, for a promotion that
    /// was first acted on at `first_at`.
    fn expected(&self, all: u64, first_at: Instant, bucket: u64) -> u64 {
        let from = part_number(first_at.max(self.since), self.length);
        let begin = self.traffic.partition_point(|(known, _, _)| *known < from);
        let before = self.traffic.get(begin).map_or(self.total, |(_, _, before)| *before);
        let traffic = (self.total - before).max(1);
        let here = self.traffic.binary_search_by_key(&bucket, |(known, _, _)| *known);
        let here = here.map_or(0, |found| self.traffic[found].1);
        let buckets = (self.current + 1).saturating_sub(from).max(1);
        let here = here.min(traffic.saturating_mul(TRAFFIC_PEAK) / buckets);
        let habit = u128::from(self.policy.habit);
        let expected = u128::from(all) * habit * 1_000 * u128::from(here) / u128::from(traffic);
        // All of them, or a bucket's count of actions, is far below this.
        u64::try_from(expected).unwrap_or(u64::MAX)
    }
}

/// Whether a number is six standard deviations above what is expected, as if it followed a Poisson
/// distribution, whose deviation is the root of its mean. Both in thousandths.
pub(super) fn is_far_above(seen: u64, expected: u64) -> bool {
    let above = u128::from(seen.saturating_sub(expected));
    above > 0 && above * above > 36 * 1_000 * u128::from(expected)
}
