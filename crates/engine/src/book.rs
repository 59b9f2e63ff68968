//! The book's own row: what kind of book it is and what time it has.

use base::Instant;

/// Facts about a book that decisions depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRow {
    /// True for a book whose clock may be moved and whose money is not real.
    pub is_test: bool,
    /// Microseconds the book's clock is ahead of the wall clock; zero in live books.
    pub clock_ahead_micros: i64,
    /// Fingerprint of the key ring the book was made with.
    pub ring: [u8; 8],
    /// When the book was opened.
    pub created_at: Instant,
}

/// Refusals about the book as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookRefusal {
    /// Only test books have a clock that can be moved.
    #[error("only a test book has a clock that can be moved")]
    NotATestBook,
    /// A clock moves forward only.
    #[error("the clock moves forward only")]
    ClockBackwards,
    /// The book exists already.
    #[error("the book exists")]
    BookExists,
}
