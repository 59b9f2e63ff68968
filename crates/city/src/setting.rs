//! How a city is served.

use base::{Instant, Span};
use feed::FrequencyCap;
use promotions::{Micros, Promise};

/// A process dies and begins again at once, with its logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Which, counted from zero.
    pub process: usize,
    /// When.
    pub at: Instant,
}

/// That promotions are sold by quotes of what the feed has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotes {
    /// When: what begins before is sold for what it asks, as if the feed were new.
    pub at: Instant,
    /// What is promised.
    pub promise: Promise,
}

/// How a city is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// When the world begins; promotions are bought two days before.
    pub starts_at: Instant,
    /// Serving processes, at least one. A viewer comes to the same one each time.
    pub processes: usize,
    /// Processes that die, in order of time.
    pub kills: Vec<Kill>,
    /// The least that showing a post is taken to cost where quotes are made.
    pub reserve: Micros,
    /// How often a viewer is shown a promotion.
    pub cap: FrequencyCap,
    /// For how long a slice serves.
    pub term: Span,
    /// Whether a process that asks for money gets all there is: as if nothing were leased, when
    /// there is one.
    pub is_soft: bool,
    /// What is sold by quotes, if anything.
    pub quotes: Option<Quotes>,
}

impl Setting {
    /// One process that lives.
    pub fn of(plan: &world::Plan) -> Setting {
        Setting {
            starts_at: plan.starts_at,
            processes: 1,
            kills: Vec::new(),
            reserve: Micros::new(20_000),
            cap: FrequencyCap::default(),
            term: Span::minutes(10),
            is_soft: false,
            quotes: None,
        }
    }

    /// Paced alone, without leases: what the use of money is held against.
    pub fn soft(plan: &world::Plan) -> Setting {
        let term = promotions::limits::SLICE_TERM_MAX;
        Setting { is_soft: true, term, ..Setting::of(plan) }
    }

    /// So many processes.
    pub fn with_processes(self, processes: usize) -> Setting {
        Setting { processes, ..self }
    }
}
