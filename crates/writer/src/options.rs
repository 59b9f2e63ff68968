//! Limits and sizes of a writer, each with its unit in the name.

use std::time::Duration;

/// How a writer works. The defaults are for one book on a machine of its own.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Commands and queries that may wait; more are answered with "busy".
    pub queue_commands_max: usize,
    /// Commands decided in one transaction.
    pub batch_commands_max: usize,
    /// Rows that may be changed without being in their tables before the writer
    /// slows down. More of them make each sweep cheaper a row; they cost memory and, after a
    /// crash, time.
    pub unswept_target: usize,
    /// Cards kept in memory, each with its account and code, beside those that are unswept.
    pub cached_cards_max: usize,
    /// Operations that are written together as one run: few enough to be sorted and written
    /// without a stall.
    pub operation_run_max: usize,
    /// Days an idempotency key is kept; by default a day more than the longest hold lasts.
    pub operation_retention_days: u32,
    /// Days a record stays in the journal at least once it is archived; `None` keeps it for ever.
    pub journal_retention_days: Option<u32>,
    /// How far the wall clock may jump against the steady clock before the writer stops.
    pub clock_jump_max: Duration,
    /// How far the wall clock may be ahead of the journal of a live book when it is opened; `None`
    /// believes every clock.
    pub start_gap_max: Option<Duration>,
    /// How much one sender of gifts may have mailed a day.
    pub sending: giftcards::SendingLimits,
    /// What claims are decided by; `None` is what comes with the product.
    pub rules: Option<&'static engine::RuleBook>,
    /// What whoever runs the product allows of promotions; `None` is what it comes with.
    pub promoting: Option<&'static engine::OperatorPolicy>,
    /// Told about every commit, on the writer's thread: its records, none for
    /// a sweep alone, and how long it took.
    pub on_commit: Option<fn(u64, Duration)>,
    /// How long the writer waits for work before it uses the time to sweep.
    pub idle_before_sweep: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            queue_commands_max: 16_384,
            batch_commands_max: 1_024,
            unswept_target: 800_000,
            cached_cards_max: 1_100_000,
            operation_run_max: 16_384,
            operation_retention_days: 31,
            journal_retention_days: None,
            clock_jump_max: Duration::from_secs(300),
            start_gap_max: None,
            sending: giftcards::SendingLimits::default(),
            rules: None,
            promoting: None,
            on_commit: None,
            idle_before_sweep: Duration::from_millis(5),
        }
    }
}
