//! What a city is made of.

use base::{Instant, Span};

use crate::draw::Seed;

/// The size of a city and of its time. Everything in it follows from this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The same seed gives the same city, bit for bit.
    pub seed: u64,
    /// When it begins: midnight, for the daily curve counts hours from here.
    pub starts_at: Instant,
    /// How long it lasts, in days.
    pub days: u16,
    /// People who live in it.
    pub residents: u32,
    /// How often a thousand residents look at the feed in a day.
    pub visits_per_thousand: u32,
    /// Promoted posts that a page has room for.
    pub slots: u8,
}

impl Plan {
    /// A town for tests: 20,000 people, three days, about 30,000 visits a day.
    pub fn town(seed: u64) -> Plan {
        Plan {
            seed,
            starts_at: MONDAY,
            days: 3,
            residents: 20_000,
            visits_per_thousand: 1_500,
            slots: 1,
        }
    }

    /// When it ends.
    pub fn ends_at(&self) -> Instant {
        self.starts_at.saturating_add(Span::days(u64::from(self.days)))
    }

    /// The beginning of a minute, counted from zero.
    pub fn minute(&self, minute: u32) -> Instant {
        self.starts_at.saturating_add(Span::minutes(u64::from(minute)))
    }

    /// How many minutes it lasts.
    pub fn minutes(&self) -> u32 {
        u32::from(self.days) * MINUTES_A_DAY
    }

    pub(crate) fn draws(&self) -> Seed {
        Seed(self.seed)
    }
}

pub(crate) const MINUTES_A_DAY: u32 = 24 * 60;

/// Midnight of Monday, 5 January 2026.
const MONDAY: Instant = Instant::from_micros(1_767_571_200_000_000);
