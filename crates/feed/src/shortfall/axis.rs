use base::{Instant, Span};

use super::deliveries::minute_of;

const A_DAY: usize = 24 * 60;

/// Days that stay of a long stretch in which nothing changes: so many at its beginning, the last of
/// which stands for all that is left out, and at least so many at its end.
const KEPT: [usize; 2] = [2, 1];

/// Minutes in order, each with a place. Of a stretch in which nothing changes for days, whole days
/// are left out in the middle: time may jump by decades, and what is known of each minute must not
/// grow with that. Places that are a day apart keep being at the same time of the day.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// Minutes that follow each other without a hole, by the first of each and its place.
    stretches: Vec<(Instant, usize)>,
    count: usize,
}

impl Axis {
    /// No minutes.
    pub(super) fn empty() -> Axis {
        Axis { stretches: vec![(Instant::MIN, 0)], count: 0 }
    }

    /// All minutes from one to another, the last among them. `changes` are all minutes at which
    /// anything changes.
    pub(super) fn new(first: Instant, last: Instant, mut changes: Vec<Instant>) -> Axis {
        let mut at = minute_of(first);
        changes.retain(|change| first < *change && *change < last);
        changes.push(last);
        changes.sort_unstable();
        let (mut stretches, mut place) = (vec![(at, 0)], 0);
        for change in changes {
            let ahead = minutes_between(at, change);
            let days_left_out = (ahead / A_DAY).saturating_sub(KEPT[0] + KEPT[1]);
            if days_left_out > 0 {
                let next = Span::minutes(((KEPT[0] + days_left_out) * A_DAY) as u64);
                stretches.push((at.saturating_add(next), place + KEPT[0] * A_DAY));
            }
            place += ahead - days_left_out * A_DAY;
            at = minute_of(change);
        }
        Axis { stretches, count: place + 1 }
    }

    /// How many places there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The minute of a place.
    pub(super) fn at(&self, place: usize) -> Instant {
        let after = self.stretches.partition_point(|(_, first)| *first <= place);
        let (from, first) = self.stretches[after - 1];
        from.saturating_add(Span::minutes((place - first) as u64))
    }

    /// The place of a minute, or of the one that stands for it.
    pub(super) fn place(&self, minute: Instant) -> Option<usize> {
        let after = self.stretches.partition_point(|(from, _)| *from <= minute);
        let (from, first) = *self.stretches.get(after.checked_sub(1)?)?;
        let place = first + minutes_between(from, minute);
        match self.stretches.get(after) {
            Some((_, next)) if place >= *next => Some(next - A_DAY + (place - next) % A_DAY),
            _ => Some(place).filter(|place| *place < self.count),
        }
    }
}

pub(super) fn minutes_between(from: Instant, until: Instant) -> usize {
    let span = minute_of(until).since(minute_of(from)).unwrap_or_default();
    (span.micros() / Span::minutes(1).micros()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_that_are_left_out_are_those_of_the_day_before_them() {
        let first = Instant::parse("2026-03-01T10:00:00Z").unwrap();
        let later = |minutes: usize| first.saturating_add(Span::minutes(minutes as u64));
        let last = later(20_000 * A_DAY + 17);
        let axis = Axis::new(first, last, vec![later(90)]);
        assert!(axis.count() < 6 * A_DAY);
        for place in 0..axis.count() {
            assert_eq!(axis.place(axis.at(place)), Some(place));
            assert_eq!(minutes_between(first, axis.at(place)) % A_DAY, place % A_DAY);
        }
        assert_eq!(axis.at(axis.count() - 1), last);
        assert_eq!(axis.place(later(9_000 * A_DAY + 17)), axis.place(later(2 * A_DAY + 17)));
        assert_eq!(axis.place(later(20_000 * A_DAY + 18)), None);
        assert_eq!(axis.place(first.saturating_sub(Span::minutes(1))), None);
    }
}
