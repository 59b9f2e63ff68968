//! Why a job stopped before it was done. What it did stays done; run it again.

use base::Instant;
use engine::Refusal;
use store::StoreError;
use writer::Trouble;

/// Why a job stopped before it was done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The tables could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The writer gave no decision.
    #[error(transparent)]
    Writer(#[from] Trouble),
    /// The book has no row yet: it was never opened.
    #[error("the book was never opened")]
    NoBook,
    /// It failed on an assertion: a defect. It goes on after a rest.
    #[error("it failed on an assertion")]
    Panicked,
    /// The clock of a test book could not be moved a step.
    #[error("the clock could not be moved: {0}")]
    Clock(Refusal),
    /// More falls due on the way than one call books. The clock stands at `reached`; ask again
    /// to go on from there.
    #[error("more than {steps_max} things fall due on the way; the clock has reached {reached}")]
    TooManySteps {
        /// Steps one call may take.
        steps_max: u32,
        /// How far the clock was moved.
        reached: Instant,
    },
}

impl JobError {
    /// True when the same call may succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            JobError::Store(error) => error.is_transient(),
            JobError::Writer(trouble) => {
                matches!(trouble, Trouble::Busy | Trouble::Unavailable(_) | Trouble::Moved)
            }
            JobError::TooManySteps { .. } => true,
            JobError::NoBook | JobError::Panicked | JobError::Clock(_) => false,
        }
    }
}
