//! The data folder: who may use it, and which files are in it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::connection::Options;
use super::sql::SqliteConnection;
use super::{SqliteControl, SqliteReader, SqliteStore, connection};
use crate::sql::migrations;
use crate::{BookName, ControlContents, StoreError};

/// The file whose lock says that a process uses the folder. It is never removed, because a lock
/// on a removed file keeps nobody out.
const LOCK_FILE: &str = "makegood.lock";

/// A data folder that belongs to this process for as long as this, or a store made from it,
/// lives.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    options: Options,
    lock: Arc<File>,
}

/// Opens the data folder, making it when there is none.
///
/// # Errors
///
/// [`StoreError::InUse`] when another process, or another part of this one, has it open;
/// [`StoreError::Unavailable`] when the operating system refuses.
pub fn open_folder(path: &Path) -> Result<Folder, StoreError> {
    open_folder_with(path, Options::default())
}

/// As [`open_folder`], with settings for the books in it.
///
/// # Errors
///
/// As for [`open_folder`].
pub fn open_folder_with(path: &Path, options: Options) -> Result<Folder, StoreError> {
    make_folder(path)?;
    make_folder(&path.join("books"))?;
    let lock_path = path.join(LOCK_FILE);
    let lock = File::options().create(true).truncate(false).write(true).open(&lock_path);
    let lock = lock.map_err(|error| unavailable(&lock_path, &error))?;
    match lock.try_lock() {
        Ok(()) => Ok(Folder { path: path.to_owned(), options, lock: Arc::new(lock) }),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { folder: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(unavailable(&lock_path, &error)),
    }
}

/// Opens a book for reading without asking for the folder: for checks and reports while another
/// process serves it.
///
/// # Errors
///
/// [`StoreError::NoSuchBook`], or whatever keeps the file from being read.
pub fn open_reader(folder: &Path, book: &BookName) -> Result<SqliteReader, StoreError> {
    let path = file_of(folder, book);
    if !path.exists() {
        return Err(StoreError::NoSuchBook(book.as_str().to_owned()));
    }
    let connection = connection::open_reader(&path)?;
    let mut sqlite = SqliteConnection::reading(connection);
    migrations::require_current(&mut sqlite, migrations::OF_BOOKS)?;
    Ok(SqliteReader::new(sqlite, book))
}

/// Reads books, API keys and what leaves books without asking for the folder: for copies while a
/// server runs.
///
/// # Errors
///
/// [`StoreError::Unavailable`] when there is no `control.db`, or one of an earlier release.
pub fn read_control(folder: &Path) -> Result<ControlContents, StoreError> {
    let connection = connection::open_reader(&folder.join("control.db"))?;
    let mut sqlite = SqliteConnection::reading(connection);
    migrations::require_current(&mut sqlite, migrations::OF_CONTROL)?;
    SqliteControl::new(sqlite).contents()
}

impl Folder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the write side of a book, making its file when there is none. One at a time: a
    /// second one takes the book over, and the first is fenced.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`], [`StoreError::Corrupt`], [`StoreError::Unavailable`],
    /// [`StoreError::Full`].
    pub fn book(&self, book: &BookName) -> Result<SqliteStore, StoreError> {
        let path = file_of(&self.path, book);
        SqliteStore::open(&path, book, self.options, Arc::clone(&self.lock))
    }

    /// The same for a book that was made before: without its file nothing is made in its place.
    ///
    /// # Errors
    ///
    /// As for [`Folder::book`], and [`StoreError::Gone`].
    pub fn book_that_exists(&self, book: &BookName) -> Result<SqliteStore, StoreError> {
        let file = file_of(&self.path, book);
        if !connection::holds_tables(&file)? {
            return Err(StoreError::Gone { book: book.to_string(), file });
        }
        self.book(book)
    }

    /// Opens a connection of its own for reading a book. As many as wanted.
    ///
    /// # Errors
    ///
    /// As for [`open_reader`].
    pub fn reader(&self, book: &BookName) -> Result<SqliteReader, StoreError> {
        open_reader(&self.path, book)
    }

    /// Opens the list of books and API keys. One at a time.
    ///
    /// # Errors
    ///
    /// As for [`Folder::book`].
    pub fn control(&self) -> Result<SqliteControl, StoreError> {
        let path = self.path.join("control.db");
        let connection = connection::open_writer(&path, Options::default())?;
        let mut sqlite = SqliteConnection::locked(connection, Arc::clone(&self.lock));
        migrations::run(&mut sqlite, migrations::OF_CONTROL)?;
        Ok(SqliteControl::new(sqlite))
    }
}

fn file_of(folder: &Path, book: &BookName) -> PathBuf {
    folder.join("books").join(format!("{book}.db"))
}

/// Makes a folder that only its owner may enter. One that exists is left as it is.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| unavailable(path, &error))
}

fn unavailable(path: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::Unavailable(format!("{}: {error}", path.display())),
    }
}
