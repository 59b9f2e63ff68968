//! What the writer is doing, for metrics, progress and tests.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::histogram::Histogram;
use crate::refused::RefusalCounts;

/// Microseconds of a commit: one sync of an idle disk, a busy disk, what callers notice, a stall.
const COMMIT_BOUNDS: &[u64] = &[
    500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    5_000_000,
];

/// Commands of a batch.
const BATCH_BOUNDS: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

macro_rules! figures {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Figures that the writer keeps current; reading them costs nothing.
        #[derive(Debug)]
        pub struct Figures {
            $(pub(crate) $name: AtomicU64,)+
            pub(crate) commit_times: Histogram,
            pub(crate) batch_sizes: Histogram,
            pub(crate) refused: RefusalCounts,
        }

        impl Default for Figures {
            fn default() -> Figures {
                Figures {
                    $($name: AtomicU64::new(0),)+
                    commit_times: Histogram::new(COMMIT_BOUNDS),
                    batch_sizes: Histogram::new(BATCH_BOUNDS),
                    refused: RefusalCounts::default(),
                }
            }
        }

        impl Figures {
            $($(#[doc = $doc])+
            pub fn $name(&self) -> u64 {
                self.$name.load(Relaxed)
            })+

            /// Every figure with its name, in a stable order.
            pub fn all(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name()),)+]
            }
        }
    };
}

figures! {
    /// Commits since the writer started.
    commits,
    /// Commands decided since the writer started, refusals included, repetitions not.
    commands,
    /// Commands refused by a rule.
    refusals,
    /// Answers that were repeated.
    replays,
    /// Commands whose change could not be kept, because a rule is wrong.
    unkept,
    /// Queries answered.
    queries,
    /// The longest commit, in microseconds.
    commit_micros_max,
    /// Most commands of one batch.
    batch_commands_max,
    /// Commits that did not take place because the store could not write.
    commits_failed,
    /// Rows that are changed but not yet in their tables.
    rows_unswept,
    /// Rows written to tables.
    rows_swept,
    /// Rows loaded from tables because memory did not have them.
    rows_loaded,
    /// Sequence of the last record.
    seq,
    /// Every change at or below this sequence is in the tables.
    watermark,
    /// Every record at or below this sequence has left the journal.
    removed,
    /// Wall clock since when the tables have been behind the journal, in microseconds since 1970;
    /// zero when they are not.
    behind_since_micros,
    /// The book's time of the last commit, in microseconds since 1970.
    at_micros,
}

impl Figures {
    /// Microseconds of each commit.
    pub fn commit_times(&self) -> &Histogram {
        &self.commit_times
    }

    /// Commands of each batch that had any.
    pub fn batch_sizes(&self) -> &Histogram {
        &self.batch_sizes
    }

    /// How often each refusal was given, by its code.
    pub fn refused(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.refused.all()
    }

    pub(crate) fn add(figure: &AtomicU64, more: u64) {
        figure.fetch_add(more, Relaxed);
    }

    pub(crate) fn set(figure: &AtomicU64, value: u64) {
        figure.store(value, Relaxed);
    }

    pub(crate) fn raise(figure: &AtomicU64, value: u64) {
        figure.fetch_max(value, Relaxed);
    }
}
