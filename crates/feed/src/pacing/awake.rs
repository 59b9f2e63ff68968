//! Hours of a day that were seen and are no night, where nothing else is known of the day.
//!
//! The hours of a night are not alike: people fall asleep, and wake up. In none of the days that
//! were published, and in no mixture of two time zones of one of them, do five hours go on alike
//! (the busiest at most a fifth above the quietest) and one of them brings less than 0.39 of what
//! an even hour would; of one time zone alone, it is a whole even hour.

use base::Instant;

use super::traffic::hour;
use crate::saved::saved;

/// Which hours of the day are no night.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Awake {
    /// Of the days before.
    before: [bool; 24],
    /// The hours of today that are over and were counted from their beginning to their end.
    from: usize,
    until: usize,
    /// Whether today anything was counted.
    has_begun: bool,
}

saved!(Awake { before, from, until, has_begun });

/// So many hours that are alike are no night.
const ALIKE_HOURS: usize = 5;

/// Of those that are, the busiest brings at most so many hundredths of the quietest.
const ALIKE_PERCENT: u64 = 120;

/// Where an hour brings fewer visits, hours may be alike by chance.
const VISITS_MIN: u64 = 50;

/// The least that an hour which is no night brings, in parts of a day of 1,000. With a whole night
/// raised to it, that is 0.37 of an even hour.
const AWAKE_MIN: u64 = 16;

/// An hour was counted from its beginning, or to its end, if there was a visit within so many
/// minutes of that. Counted ten minutes short, it is off by a sixth at most.
const EDGE_MINUTES: i64 = 10;

impl Awake {
    /// Notes a visit of today.
    pub(super) fn saw(&mut self, now: Instant) {
        let minute = (now.micros() / 60_000_000).rem_euclid(60);
        if !self.has_begun {
            self.has_begun = true;
            self.from = hour(now) + usize::from(minute >= EDGE_MINUTES);
        }
        let is_over = minute >= 60 - EDGE_MINUTES;
        self.until = self.until.max(hour(now) + usize::from(is_over));
    }

    /// Keeps what was learned of the day, which brought these visits an hour. The next day counts
    /// from its beginning if it follows that day.
    pub(super) fn finish_day(&mut self, seen: &[u64; 24], is_next: bool) {
        self.until = 24;
        let before = self.hours(seen);
        *self = Awake { before, from: 0, until: 0, has_begun: is_next };
    }

    /// The day with what such hours bring at least; `seen` are today's visits.
    pub(super) fn in_day(&self, day: [u64; 24], seen: &[u64; 24]) -> [u64; 24] {
        let awake = self.hours(seen);
        std::array::from_fn(|hour| if awake[hour] { day[hour].max(AWAKE_MIN) } else { day[hour] })
    }

    fn hours(&self, seen: &[u64; 24]) -> [bool; 24] {
        let mut awake = self.before;
        let counted = seen.get(self.from..self.until).unwrap_or(&[]);
        for (place, hours) in counted.windows(ALIKE_HOURS).enumerate() {
            if are_alike(hours) {
                let begins = self.from + place;
                awake[begins..begins + ALIKE_HOURS].fill(true);
            }
        }
        awake
    }
}

fn are_alike(hours: &[u64]) -> bool {
    let quietest = hours.iter().copied().min().unwrap_or(0);
    let busiest = hours.iter().copied().max().unwrap_or(0);
    let most = u128::from(quietest) * u128::from(ALIKE_PERCENT);
    quietest >= VISITS_MIN && u128::from(busiest) * 100 <= most
}
