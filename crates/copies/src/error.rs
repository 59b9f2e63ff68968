//! Why a copy was not made.

use journal::{ChainError, ReadError};
use store::{BookName, CommitError, StoreError};

/// Why a copy was not made. The texts are for operators and say what to do.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// What went wrong with one book.
    #[error("book {book}: {error}")]
    InBook {
        /// The book.
        book: BookName,
        /// What went wrong.
        error: Box<CopyError>,
    },
    /// The book that is copied cannot be read.
    #[error("it cannot be read: {0}")]
    Source(StoreError),
    /// The source did not rest while it was copied.
    #[error(
        "the source was served or written to while it was copied, so the copy is old and cannot be \
         served; stop every process that uses the source, and run the same command again"
    )]
    SourceMoved,
    /// The copy cannot be written.
    #[error("the copy cannot be written: {0}; when that is mended, run the same command again")]
    Target(StoreError),
    /// A block does not belong where it stands.
    #[error(
        "the journal is damaged at record {seq}: {error}; run `makegood verify` where it came from"
    )]
    Chain {
        /// First record of the block.
        seq: u64,
        /// What is wrong with it.
        error: ChainError,
    },
    /// A record cannot be understood.
    #[error("record {seq} cannot be understood: {error}; a newer release may have written it")]
    Record {
        /// First record of its block.
        seq: u64,
        /// What is wrong with it.
        error: ReadError,
    },
    /// Records that the head row promises are not there.
    #[error("the journal ends before record {expected}; run `makegood verify` where it came from")]
    JournalEnds {
        /// The record that is missing.
        expected: u64,
    },
    /// What is in the target is no earlier state of what is copied.
    #[error(
        "the target has another history of this book: they differ at or before record {seq}; \
         copy into a fresh place, or remove that book there if nobody needs it"
    )]
    OtherHistory {
        /// Last record of the target.
        seq: u64,
    },
    /// An archive lacks records that have left the journal.
    #[error(
        "the archive ends at record {seq}, but records up to {removed} have left the journal; \
         use the archive that has them"
    )]
    ArchiveEnds {
        /// Last record of the archive.
        seq: u64,
        /// Last record that has left the journal.
        removed: u64,
    },
    /// The target serves a book of this name that is not what is copied.
    #[error(
        "the target has a book {0} that is used already, and is not a copy of this one; \
         copy into a fresh place"
    )]
    InUse(BookName),
    /// The copy is not what it is a copy of.
    #[error(
        "{what} differ between the book and its copy; nothing serves the copy: remove it, \
         and report this if it happens again"
    )]
    Differs {
        /// What was compared.
        what: &'static str,
    },
    /// The totals of a currency are not zero.
    #[error("all balances in {0} do not add up to zero; run `makegood verify`")]
    NotZero(&'static str),
    /// The file of a backup or a segment is not what was written.
    #[error("the file is damaged at byte {offset}: {damage}; use another copy of it")]
    Backup {
        /// Where the damaged part begins.
        offset: u64,
        /// What is wrong there.
        damage: Damage,
    },
    /// The file is of a later format.
    #[error(
        "the file has format {found}, this release reads up to {newest}; \
         use the release that made it"
    )]
    NewerBackup {
        /// Its format.
        found: u8,
        /// The newest that this release reads.
        newest: u8,
    },
    /// A segment belongs to another book.
    #[error("the segment is of book {0}; keep a folder for each book")]
    OtherBook(BookName),
    /// The file cannot be read or written.
    #[error("the file cannot be used: {0}")]
    File(std::io::Error),
}

/// What is wrong with a place of a backup.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// It does not begin as such files do.
    #[error("makegood did not write this file, or for another purpose")]
    Magic,
    /// The file ends too early.
    #[error("the file ends here")]
    Truncated,
    /// The checksum is another one.
    #[error("the checksum does not fit")]
    Checksum,
    /// A part is well-formed and makes no sense.
    #[error("{0}")]
    Contents(ReadError),
    /// A part stands where it cannot.
    #[error("{0}")]
    Order(&'static str),
}

impl CopyError {
    /// The same with the name of the book, once.
    pub(crate) fn of(self, book: &BookName) -> CopyError {
        match self {
            CopyError::InBook { .. } => self,
            error => CopyError::InBook { book: book.clone(), error: Box::new(error) },
        }
    }

    /// The same without the name of the book.
    pub fn bare(self) -> CopyError {
        match self {
            CopyError::InBook { error, .. } => *error,
            error => error,
        }
    }

    /// An outcome that is not known is found out by running the copy again.
    pub(crate) fn target(error: CommitError) -> CopyError {
        match error {
            CommitError::NotCommitted(error) | CommitError::Unknown(error) => {
                CopyError::Target(error)
            }
        }
    }
}
