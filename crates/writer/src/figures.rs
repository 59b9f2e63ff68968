//! What the writer is doing, for metrics, progress and tests.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

macro_rules! figures {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Figures that the writer keeps current; reading them costs nothing.
        #[derive(Debug, Default)]
        pub struct Figures {
            $(pub(crate) $name: AtomicU64,)+
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
    /// Queries answered.
    queries,
    /// Microseconds spent in commits, all together.
    commit_micros_total,
    /// The longest commit, in microseconds.
    commit_micros_max,
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
    /// The book's time of the last commit, in microseconds since 1970.
    at_micros,
}

impl Figures {
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
