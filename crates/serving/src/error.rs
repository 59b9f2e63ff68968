//! Why the feed of a book does not go on.

use std::io;

use store::StoreError;
use writer::Trouble;

use crate::Ran;
use crate::lists::ListError;

/// Too many wait for the same; come again in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wait for the same; come again in a second")]
pub struct Busy;

/// A part of a run has failed; the others were done.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct CutShort {
    /// What was done all the same.
    pub done: Box<Ran>,
    /// The first that has failed.
    #[source]
    pub error: ServingError,
}

impl From<ServingError> for CutShort {
    fn from(error: ServingError) -> CutShort {
        CutShort { done: Box::default(), error }
    }
}

/// Why a run has ended early. Nothing is lost: the next one goes on where it stood.
#[derive(Debug, thiserror::Error)]
pub enum ServingError {
    /// The book cannot be read.
    #[error("the book cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The writer does not answer.
    #[error("the book does not decide: {0}")]
    Writer(#[from] Trouble),
    /// The log cannot be read or written.
    #[error("the log of the feed: {0}")]
    Log(#[from] io::Error),
    /// The book has refused what it never should.
    #[error("the book has refused a bill: {0}")]
    Refused(engine::Refusal),
    /// The records of the stream have a gap, so none of them is billed any more.
    #[error("the stream cannot be billed: {0}")]
    Gap(#[from] feed::billing::Gap),
    /// What the book has decided breaks a rule of ours, and was undone.
    #[error("what the book has decided cannot be kept")]
    Unkept,
    /// A list of networks or people cannot be read; what was known before holds.
    #[error("{0}")]
    List(#[from] ListError),
    /// Too many wait for the same.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// There is no book.
    #[error("the book has no row")]
    NoBook,
}
