use std::path::PathBuf;

use journal::ReadError;

/// Why the store could not do what it was asked.
///
/// The texts are for operators and name no customer's data. [`StoreError::is_transient`] tells
/// whether the same call may succeed later without anybody doing anything to the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else has taken the book over, or has written to it.
    #[error(
        "another owner has taken this book over, so nothing more is written from here; \
         send requests to the new owner, or restart this process to take the book back"
    )]
    Fenced,
    /// Another process has the data folder open.
    #[error(
        "another makegood process is using the data folder {}; stop it first, \
         or start this one with a folder of its own", folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no room left on the disk.
    #[error("the disk is full; free some space, writing then goes on by itself")]
    Full,
    /// Something outside failed that may work again: a locked file, an interrupted read.
    #[error(
        "the store is unavailable for now ({0}); try again, \
         and look at the disk or the database server if it stays"
    )]
    Unavailable(String),
    /// The operating system could not make written data durable, and nobody knows what of it
    /// reached the disk.
    #[error(
        "the disk failed to make data durable ({0}); the process must end, \
         check the disk before starting it again"
    )]
    SyncFailed(String),
    /// What is stored cannot be what this program wrote.
    #[error(
        "stored data are damaged ({0}); run `makegood verify`, and restore a backup if it agrees"
    )]
    Corrupt(String),
    /// The tables were made by a later release.
    #[error(
        "the data were written by a newer release (migration {found}, this one knows {known}); \
         run the newer release"
    )]
    Newer {
        /// Highest migration found.
        found: u32,
        /// Highest migration this program knows.
        known: u32,
    },
    /// No book of this name exists.
    #[error("there is no book named {0}; create it first")]
    NoSuchBook(String),
    /// A book that is listed has no file, or one with no book in it.
    #[error(
        "book {book} is listed, but {} is gone or has no book in it, and going on without would \
         forget all that was answered; put the file back, with the -wal of the same copy or with \
         none, or restore a backup into a fresh folder; \
         to begin the book anew and empty, on purpose: `makegood serve --accept-lost-history`",
        file.display()
    )]
    Gone {
        /// The book.
        book: String,
        /// Where its file should be.
        file: PathBuf,
    },
    /// The book was not filled to its end.
    #[error(
        "book {0} is a copy that was not completed; run the same move or restore again, \
         or remove what there is of it"
    )]
    HalfFilled(String),
    /// A book of this name exists.
    #[error("a book named {0} exists already; choose another name")]
    BookExists(String),
    /// The caller asked for something that contradicts itself. A mistake in this program; it
    /// stops before anything wrong is written.
    #[error("the request to the store contradicts itself ({0}); nothing was written, report this")]
    Inconsistent(&'static str),
}

impl StoreError {
    /// True when the same call may succeed later without a restart.
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Full | StoreError::Unavailable(_))
    }
}

impl From<ReadError> for StoreError {
    fn from(error: ReadError) -> StoreError {
        StoreError::Corrupt(error.to_string())
    }
}
