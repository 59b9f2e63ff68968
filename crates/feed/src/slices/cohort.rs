use base::{Instant, Span};

use super::Delays;
use crate::Chance;
use crate::chance::scaled;
use promotions::Micros;

/// The open selections of some minutes: those that have led to no unit yet, but still may.
///
/// Their prices are kept as one sum, so the memory of a slice does not grow with its traffic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cohort {
    /// The first minute, and the one after the last, since 1970.
    pub(super) minutes: (i64, i64),
    /// What they cost if all lead to a unit.
    pub(super) open: Micros,
    /// What is held for them.
    pub(super) held: Micros,
}

/// Cohorts younger than this are a minute each.
const FINE: i64 = 60;

/// Older ones are this part of the attribution window each.
const BLOCKS: i64 = 60;

impl Cohort {
    /// How long its youngest selection is ago, at least.
    fn age(&self, now: Instant) -> Span {
        let end = Instant::from_micros(self.minutes.1.saturating_mul(MICROS_PER_MINUTE));
        now.since(end).unwrap_or(Span::ZERO)
    }

    /// Whether no event of it counts any more.
    pub(super) fn is_over(&self, window: Span, now: Instant) -> bool {
        self.age(now) > window
    }

    /// Holds no more than may still be expected. A hold never grows.
    pub(super) fn cool(&mut self, chance: Chance, delays: &Delays, now: Instant) {
        let still = delays.still_to_come(chance, self.age(now));
        self.held = self.held.min(still.expected(self.open));
    }

    /// Takes a selection of `price` out, with its part of what is held.
    pub(super) fn take(&mut self, price: Micros) {
        let open = self.open.saturating_sub(price);
        self.held = scaled(self.held, u128::from(open.get()), u128::from(self.open.get()));
        self.open = open;
    }

    /// Whether `next` may be kept together with this one.
    pub(super) fn goes_with(&self, next: &Cohort, window: Span, now: Instant) -> bool {
        let block = (minutes(window) / BLOCKS).max(1);
        let same = self.minutes.0 / block == next.minutes.0 / block;
        same && minute_of(now) - next.minutes.1 >= FINE
    }

    /// Adds `next`, which comes after this one.
    pub(super) fn absorb(&mut self, next: &Cohort) {
        self.minutes.1 = next.minutes.1;
        self.open = self.open.saturating_add(next.open);
        self.held = self.held.saturating_add(next.held);
    }
}

const MICROS_PER_MINUTE: i64 = 60_000_000;

/// The whole minutes since 1970.
pub(super) fn minute_of(instant: Instant) -> i64 {
    instant.micros() / MICROS_PER_MINUTE
}

fn minutes(span: Span) -> i64 {
    i64::try_from(span.micros() / MICROS_PER_MINUTE.unsigned_abs()).unwrap_or(i64::MAX)
}
