//! What a simulated book stands on: something that outlives the writers made over it.

use store::postgres::{Database, PostgresReader, PostgresStore};
use store::sqlite::{Folder, SqliteReader, SqliteStore};
use store::{BookName, MemoryBook, MemoryReader, MemoryStore, Reader, Store, StoreError};

/// A book that can be opened again and again, as after a restart.
pub trait Ground {
    /// Its write side.
    type Store: Store;
    /// Its read side.
    type Reader: Reader;

    /// Opens the write side.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn store(&self) -> Result<Self::Store, StoreError>;

    /// Opens the read side.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn reader(&self) -> Result<Self::Reader, StoreError>;
}

impl Ground for MemoryBook {
    type Store = MemoryStore;
    type Reader = MemoryReader;

    fn store(&self) -> Result<MemoryStore, StoreError> {
        Ok(MemoryBook::store(self))
    }

    fn reader(&self) -> Result<MemoryReader, StoreError> {
        Ok(MemoryBook::reader(self))
    }
}

/// A book in a SQLite file.
#[derive(Debug)]
pub struct SqliteGround {
    folder: Folder,
    book: BookName,
}

impl SqliteGround {
    /// The book of this name in `folder`.
    pub fn new(folder: Folder, book: BookName) -> SqliteGround {
        SqliteGround { folder, book }
    }
}

impl Ground for SqliteGround {
    type Store = SqliteStore;
    type Reader = SqliteReader;

    fn store(&self) -> Result<SqliteStore, StoreError> {
        self.folder.book(&self.book)
    }

    fn reader(&self) -> Result<SqliteReader, StoreError> {
        self.folder.reader(&self.book)
    }
}

/// A book in a PostgreSQL database.
pub struct PostgresGround {
    database: Database,
    book: BookName,
}

impl PostgresGround {
    /// The book of this name in `database`.
    pub fn new(database: Database, book: BookName) -> PostgresGround {
        PostgresGround { database, book }
    }
}

impl Ground for PostgresGround {
    type Store = PostgresStore;
    type Reader = PostgresReader;

    fn store(&self) -> Result<PostgresStore, StoreError> {
        self.database.book(&self.book)
    }

    fn reader(&self) -> Result<PostgresReader, StoreError> {
        self.database.reader(&self.book)
    }
}
