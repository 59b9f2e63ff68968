//! Sliding windows: how many events a key had lately.

use std::collections::{BTreeMap, VecDeque};

use base::{Instant, Span};

use super::policy::Limit;
use crate::saved::saved;

/// Parts that a span is divided into; a part leaves as a whole.
const PARTS: u64 = 4;

/// Counts events by key over a span that slides in steps of a quarter.
///
/// Memory is bounded: when there are more keys than fit, the oldest part of the span is forgotten.
/// Ordered maps rather than hash maps: nobody can choose keys that make them slow.
#[derive(Debug)]
pub(super) struct SlidingWindow {
    limit: Limit,
    entries_max: usize,
    entries: usize,
    /// Parts by their number, the latest at the back.
    parts: VecDeque<(u64, BTreeMap<u64, u16>)>,
}

saved!(SlidingWindow { limit, entries_max, entries, parts });

impl SlidingWindow {
    pub(super) fn new(limit: Limit, entries_max: usize) -> SlidingWindow {
        SlidingWindow { limit, entries_max, entries: 0, parts: VecDeque::new() }
    }

    /// Whether one more event of `key` is within the limit. `now` never runs backward.
    pub(super) fn has_room(&mut self, key: u64, now: Instant) -> bool {
        let current = self.part_of(now);
        // Four whole parts before the current one cover the span wherever it began.
        while self.parts.front().is_some_and(|(part, _)| part + PARTS < current) {
            self.drop_oldest();
        }
        let counts = self.parts.iter().filter_map(|(_, counts)| counts.get(&key));
        counts.map(|count| u64::from(*count)).sum::<u64>() < u64::from(self.limit.events)
    }

    /// Counts one event of `key`.
    pub(super) fn count(&mut self, key: u64, now: Instant) {
        let current = self.part_of(now);
        while self.entries >= self.entries_max.max(1) {
            self.drop_oldest();
        }
        if self.parts.back().is_none_or(|(part, _)| *part < current) {
            self.parts.push_back((current, BTreeMap::new()));
        }
        let Some((_, counts)) = self.parts.back_mut() else { return };
        let count = counts.entry(key).or_insert(0);
        self.entries += usize::from(*count == 0);
        *count = count.saturating_add(1);
    }

    fn drop_oldest(&mut self) {
        let dropped = self.parts.pop_front().map_or(self.entries, |(_, counts)| counts.len());
        self.entries -= dropped;
    }

    fn part_of(&self, at: Instant) -> u64 {
        part_number(at, Span::from_micros(self.limit.span.micros() / PARTS))
    }
}

/// The number of the part of that length which an instant is in.
pub(super) fn part_number(at: Instant, length: Span) -> u64 {
    at.micros().unsigned_abs() / length.micros().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: u64) -> Instant {
        Instant::MIN.saturating_add(Span::minutes(minute))
    }

    #[test]
    fn a_span_has_no_more_than_its_limit() {
        let limit = Limit { events: 2, span: Span::hours(1) };
        let mut window = SlidingWindow::new(limit, 100);
        let mut billed = Vec::new();
        for at in 0..600 {
            if window.has_room(7, minute(at)) {
                window.count(7, minute(at));
                billed.push(at);
            }
        }
        assert!(billed.windows(3).all(|three| three[2] - three[0] > 60), "{billed:?}");
        assert!(billed.len() >= 2 * 600 / 75, "{billed:?}");
        assert!(window.has_room(8, minute(600)));
    }

    #[test]
    fn memory_is_bounded_and_forgets_the_oldest() {
        let limit = Limit { events: 1, span: Span::hours(1) };
        let mut window = SlidingWindow::new(limit, 10);
        for key in 0..1_000 {
            window.count(key, minute(key / 20));
            assert!(window.entries <= 10);
        }
        assert!(!window.has_room(999, minute(50)));
    }
}
