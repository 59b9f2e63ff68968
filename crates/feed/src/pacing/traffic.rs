use base::Instant;

use super::awake::Awake;
use crate::saved::saved;

/// How the visits of a day are spread over its hours (UTC), learned from day to day.
///
/// The curve begins with what is believed beforehand and moves by a quarter towards each full
/// day that was seen. Only its shape counts, not how much traffic there is. Whoever judges by it
/// rather than planning asks for all that the days may be like: [`TrafficCurve::plausible`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrafficCurve {
    /// Weight of each hour; together [`DAY`].
    hours: [u64; 24],
    /// The same of what was told or seen alone, without what was assumed before anything was.
    known: Option<[u64; 24]>,
    seen: [u64; 24],
    /// The day that is being counted.
    day: i64,
    /// Whether counting began with the first hour of that day.
    is_whole_day: bool,
    /// The hours of days that are known to be no night.
    awake: Awake,
}

saved!(TrafficCurve { hours, known, seen, day, is_whole_day, awake });

/// What the weights of a day add up to.
const DAY: u64 = 24_000;

/// No hour counts less than this, a hundredth of the mean: it may still bring somebody.
const HOUR_MIN: u64 = 10;

/// Days with fewer visits teach nothing.
const VISITS_MIN: u64 = 1_000;

/// A new day moves the curve by one over this.
const DAYS_REMEMBERED: u64 = 4;

/// A day of people of one time zone, midnight first: the quietest eight hours bring a tenth of it
/// and the busiest more than half, 15 to 1 between the hours. These are weekdays of a mobile cell
/// (Trinh et al. 2017, <https://ieeexplore.ieee.org/document/8292200>). Of published days of whole
/// networks and of social media this is the one of the largest swing: networks in Vienna (Laner et
/// al. 2012), in Europe (EARTH D2.3, 2012), France (Feknous et al. 2014) and Shanghai (Xu et al.
/// 2017) have 2.5 to 10 to 1, social media on phones 13 to 1 (Sandvine, Mobile Internet Phenomena
/// Report, 2021).
const LIVELY_DAY: [u64; 24] =
    [37, 27, 17, 10, 7, 5, 6, 11, 21, 32, 40, 46, 51, 57, 63, 66, 65, 65, 71, 76, 74, 63, 49, 39];

const MILLIS_PER_HOUR: i64 = 3_600_000;

impl TrafficCurve {
    /// The same at every hour, as long as nothing is known.
    pub fn flat() -> TrafficCurve {
        TrafficCurve::believed([1; 24]).guess()
    }

    /// Shaped like these visits an hour, the first one from midnight UTC; flat when all are zero.
    ///
    /// Give what [`TrafficCurve::hours`] told before a restart, or what a like country shows.
    pub fn believed(visits: [u64; 24]) -> TrafficCurve {
        let hours = shape(&visits).unwrap_or([DAY / 24; 24]);
        let known = Some(hours);
        let awake = Awake::default();
        TrafficCurve { hours, known, seen: [0; 24], day: 0, is_whole_day: false, awake }
    }

    /// The same where it is only assumed, as of a country that is taken to be like all others. What
    /// was counted of the day is left out: that was of others.
    #[must_use]
    pub fn guess(&self) -> TrafficCurve {
        TrafficCurve { known: None, ..TrafficCurve::believed(self.hours) }
    }

    /// Whether it was told, or a whole day was seen.
    pub fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// What the days may be like. Where nothing is known, that is what is assumed, and the day of
    /// one time zone with the largest swing that was published, beginning at any hour; what lies
    /// between these is plausible too: a weaker swing, and several time zones together. Hours that
    /// were seen to go on alike are no night: in each of these days they bring something.
    /// Otherwise it is this curve, and the days that were seen.
    ///
    /// The part of a time that has passed is, by any mixture of days, between what it is by each:
    /// so the least and the most of these are all that is to be looked at.
    pub fn plausible(&self) -> Vec<TrafficCurve> {
        let mut found = vec![self.clone()];
        match self.known {
            Some(known) if known == self.hours => {}
            Some(known) => found.push(TrafficCurve::believed(known)),
            None => found.extend((0..24).map(|hours| {
                let mut day = LIVELY_DAY;
                day.rotate_left(hours);
                TrafficCurve::believed(self.awake.in_day(day, &self.seen))
            })),
        }
        found
    }

    /// The weights of the hours.
    pub fn hours(&self) -> [u64; 24] {
        self.hours
    }

    /// Counts a visit. A visit of a day that is already over counts for today.
    pub fn observe(&mut self, now: Instant) {
        self.observe_many(now, 1);
    }

    /// Counts so many visits of the same time.
    pub fn observe_many(&mut self, now: Instant, visits: u64) {
        let day = now.day_number();
        if day > self.day {
            self.finish_day(day, hour(now));
        }
        self.seen[hour(now)] += visits;
        self.awake.saw(now);
    }

    /// Forgets what was counted of the day: it is not a whole one.
    pub(super) fn drop_day(&mut self) {
        (self.seen, self.is_whole_day, self.awake) = ([0; 24], false, Awake::default());
    }

    fn finish_day(&mut self, next: i64, first_hour: usize) {
        let is_next = next == self.day + 1;
        self.awake.finish_day(&self.seen, is_next);
        let seen = std::mem::take(&mut self.seen);
        let taught = shape(&seen).filter(|_| seen.iter().sum::<u64>() >= VISITS_MIN);
        if let Some(taught) = taught.filter(|_| self.is_whole_day) {
            self.hours = moved(&self.hours, &taught);
            self.known = Some(self.known.map_or(taught, |known| moved(&known, &taught)));
        }
        // A process that starts in the evening has seen no morning.
        self.is_whole_day = is_next || first_hour == 0;
        self.day = next;
    }

    /// How much of the traffic falls between the two instants, in weight times milliseconds; zero
    /// when `until` is not later. Compare it with other results of the same curve only.
    pub fn between(&self, from: Instant, until: Instant) -> u128 {
        self.up_to(until).saturating_sub(self.up_to(from))
    }

    /// The traffic since 1970.
    fn up_to(&self, instant: Instant) -> u128 {
        let days = u128::from(instant.day_number().unsigned_abs());
        let whole_hours: u64 = self.hours[..hour(instant)].iter().sum();
        let into_hour = (instant.micros() / 1_000) % MILLIS_PER_HOUR;
        let hour_length = MILLIS_PER_HOUR.unsigned_abs();
        days * u128::from(DAY * hour_length)
            + u128::from(whole_hours * hour_length)
            + u128::from(self.hours[hour(instant)] * into_hour.unsigned_abs())
    }
}

/// A shape of days, moved towards another day.
fn moved(hours: &[u64; 24], day: &[u64; 24]) -> [u64; 24] {
    let moved = std::array::from_fn(|hour| hours[hour] * (DAYS_REMEMBERED - 1) + day[hour]);
    shape(&moved).unwrap_or(*hours)
}

/// The same proportions, adding up to about [`DAY`], with no hour below the least.
fn shape(visits: &[u64; 24]) -> Option<[u64; 24]> {
    let sum: u128 = visits.iter().copied().map(u128::from).sum();
    if sum == 0 {
        return None;
    }
    let share = |visits: u64| (u128::from(visits) * u128::from(DAY)) / sum;
    let mut hours = visits.map(|visits| u64::try_from(share(visits)).unwrap_or(DAY).max(HOUR_MIN));
    // What raising and rounding changed is made up in the busiest hour, so that days stay equal.
    let others: u64 = hours.iter().sum();
    if let Some(busiest) = hours.iter_mut().max_by_key(|weight| **weight) {
        *busiest = (*busiest + DAY).saturating_sub(others);
    }
    Some(hours)
}

pub(super) fn hour(instant: Instant) -> usize {
    let hours = instant.micros() / 1_000 / MILLIS_PER_HOUR;
    (hours % 24).unsigned_abs() as usize
}
