//! How a simulated book is run.

use base::{Instant, Span};
use writer::Options;

use crate::{Fault, Random};

/// How one simulation is run; [`Settings::from_seed`] draws one of many ways.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Everything follows from it.
    pub seed: u64,
    /// Commands to be decided, repetitions included.
    pub commands: u64,
    /// The writer's sizes, small enough that every limit is met.
    pub options: Options,
    /// One store call in so many fails at random; `None` for none.
    pub faults_one_in: Option<u64>,
    /// This one call fails.
    pub fault_at: Option<(u64, Fault)>,
    /// One turn in so many ends with the death of the process.
    pub restart_one_in: u64,
    /// In one turn in so many somebody moves the clock of the book.
    pub clock_one_in: u64,
    /// Of a hundred moves of the clock so many, nine at most, may go beyond every date there is.
    pub leaps_percent: u64,
    /// After one turn in so many all tables are compared.
    pub check_one_in: u64,
    /// Whether the summary keeps every answer, for comparing two runs.
    pub keeps_answers: bool,
}

impl Settings {
    /// A way to run that follows from the seed: small and large batches, queues, caches and runs,
    /// with and without failures.
    pub fn from_seed(seed: u64, commands: u64) -> Settings {
        let mut random = Random::new(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
        let options = Options {
            queue_commands_max: random.weighted(&[(1, 40), (3, 16_384)]),
            batch_commands_max: random.weighted(&[(1, 1), (2, 8), (2, 64), (3, 1_024)]),
            unswept_target: random.weighted(&[(1, 1), (2, 20), (2, 500), (2, 400_000)]),
            cached_cards_max: random.weighted(&[(3, 1), (1, 2_000), (1, 100_000)]),
            operation_run_max: random.weighted(&[(1, 1), (2, 20), (2, 500), (1, 65_536)]),
            operation_retention_days: random.weighted(&[(1, 1), (1, 30), (1, 3_650)]),
            ..Options::default()
        };
        let days = random.weighted(&[(2, 0), (1, 1), (1, 30)]);
        let journal_retention_days = (days > 0).then_some(days);
        let options = Options { journal_retention_days, ..options };
        let faults = random.weighted(&[(2, 0), (1, 5), (2, 50), (1, 1_000)]);
        Settings {
            seed,
            commands,
            options,
            faults_one_in: (faults > 0).then_some(faults),
            fault_at: None,
            restart_one_in: random.weighted(&[(1, 10), (2, 200), (1, 5_000)]),
            clock_one_in: 30,
            leaps_percent: 1,
            check_one_in: 300,
            keeps_answers: false,
        }
    }

    /// True when no call of the store fails.
    pub fn is_faultless(&self) -> bool {
        self.faults_one_in.is_none() && self.fault_at.is_none()
    }

    /// Keys used since then must still be known at `now`.
    pub(super) fn remembered_since(&self, now: Instant) -> Instant {
        let days = u64::from(self.options.operation_retention_days);
        now.saturating_sub(Span::days(days))
    }
}
