//! What a book must be to be opened, and why it is not.

use std::time::Duration;

use base::{Instant, Span};
use engine::BookRow;
use store::{Head, StoreError};

use crate::options::Options;

/// What a book must be; checked against what it is, or made when the journal is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookSpec {
    /// True for a test book.
    pub is_test: bool,
    /// Fingerprint of the key ring.
    pub ring: [u8; 8],
}

/// Why a book could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key ring is not the one the book was made with.
    #[error(
        "this book was made with another key ring; put the ring back that belongs to it: \
         without it no code can be checked"
    )]
    WrongKeyRing,
    /// A test book was opened as a live one, or the other way round.
    #[error("this book is a {0} book and cannot be opened as another kind")]
    WrongKind(&'static str),
    /// The wall clock is far ahead of the journal.
    #[error(
        "the wall clock says {days} days after the last record of the book, and everything that \
         fell due meanwhile would be booked; check the clock, and if it is right, start with \
         `makegood serve --accept-clock` until something was recorded"
    )]
    ClockFarAhead {
        /// Days between the two.
        days: u64,
    },
    /// Opening took longer than the lease lasted.
    #[error("the lease on this book lapsed before it could be taken over; it is tried again")]
    LeaseLapsed,
    /// The book ends before what was known to be committed.
    #[error(
        "this book ends at record {found}, but record {known} was committed and answered: this is \
         a server that lagged behind, or an old copy, and going on with it would forget money. \
         Put back the server, or the file, that has record {known}, and the book goes on; or \
         follow docs/failover.md (of a file docs/backup.md), and start every process with \
         `makegood serve --accept-lost-history`"
    )]
    WentBack {
        /// The last record known to be committed.
        known: u64,
        /// The last record there is.
        found: u64,
    },
    /// The book has another history than the one that was known to be committed.
    #[error(
        "record {known} of this book is not the one that was committed and answered: this is \
         another server, or an older copy, on which somebody went on. Put the right one back, and \
         the book goes on; or follow docs/failover.md (of a file docs/backup.md), and start every \
         process with `makegood serve --accept-lost-history`"
    )]
    OtherHistory {
        /// The last record known to be committed.
        known: u64,
    },
    /// The first record could not be written.
    #[error("the book could not be opened: {0}")]
    FirstRecord(String),
    /// The thread could not be started.
    #[error("the writer's thread could not be started: {0}")]
    Thread(std::io::Error),
}

/// A machine that starts with a wrong clock has no steady clock to hold it against, but the journal
/// tells when the book was last written to. A test book may rest for as long as it likes.
pub(crate) fn check_gap(
    head: &Head,
    spec: BookSpec,
    options: &Options,
    wall: Instant,
) -> Result<(), OpenError> {
    let rested = wall.since(Instant::from_micros(head.at_micros)).unwrap_or(Span::ZERO);
    let is_far =
        options.start_gap_max.is_some_and(|max| Duration::from_micros(rested.micros()) > max);
    if is_far && head.seq > 0 && !spec.is_test {
        return Err(OpenError::ClockFarAhead { days: rested.micros() / Span::days(1).micros() });
    }
    Ok(())
}

pub(crate) fn check_spec(book: &BookRow, spec: BookSpec) -> Result<(), OpenError> {
    if book.ring != spec.ring {
        return Err(OpenError::WrongKeyRing);
    }
    match (book.is_test, spec.is_test) {
        (true, false) => Err(OpenError::WrongKind("test")),
        (false, true) => Err(OpenError::WrongKind("live")),
        _ => Ok(()),
    }
}
