//! Where a book is kept, for whoever writes and reads it.

use std::collections::BTreeMap;

use jobs::OpenReader;
use outside::clock::{Clock, ManualClock};
use store::postgres::Database;
use store::sqlite::{Folder, open_folder};
use store::{BookName, BookRecord, MemoryBook, Reader, Store, StoreError};
use testbed::{OwnDatabase, on_postgres};

use super::{World, new_book};

/// Where books are kept: in memory, in files, or in a database.
pub(super) enum Shelf {
    Memory(BTreeMap<String, MemoryBook>),
    Files(Folder),
    Database {
        database: Database,
        /// Goes with the test.
        own: OwnDatabase,
    },
}

impl Shelf {
    /// A database in the run of the tests that is about that.
    pub(super) fn new(in_files: bool, folder: &std::path::Path) -> Shelf {
        match in_files {
            _ if on_postgres() => {
                let own = OwnDatabase::new();
                Shelf::Database { database: Database::at(&own.address()).unwrap(), own }
            }
            true => Shelf::Files(open_folder(&folder.join("data")).unwrap()),
            false => Shelf::Memory(BTreeMap::new()),
        }
    }

    /// The place of a book that is there already, or is made by whoever writes it first.
    pub(super) fn place(&mut self, name: &BookName) -> Kept {
        if let Shelf::Memory(books) = self {
            books.entry(name.to_string()).or_default();
        }
        self.kept(name)
    }

    /// The place of a book that is there.
    pub(super) fn kept(&self, name: &BookName) -> Kept {
        match self {
            Shelf::Memory(books) => Kept::Memory(books[name.as_str()].clone()),
            Shelf::Files(folder) => Kept::Files(folder.clone(), name.clone()),
            Shelf::Database { database, .. } => Kept::Database(database.clone(), name.clone()),
        }
    }
}

/// The place of one book.
#[derive(Clone)]
pub enum Kept {
    Memory(MemoryBook),
    Files(Folder, BookName),
    Database(Database, BookName),
}

impl Kept {
    /// Opens a reader: not on a thread of a test's runtime, which no connection may wait on.
    pub fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        Ok(match self {
            Kept::Memory(book) => Box::new(book.reader()),
            Kept::Files(folder, name) => Box::new(folder.reader(name)?),
            Kept::Database(database, name) => Box::new(database.reader(name)?),
        })
    }

    /// Opens readers, on whichever thread asks.
    pub fn opener(&self) -> OpenReader {
        let kept = self.clone();
        Box::new(move || kept.reader())
    }

    fn store(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(match self {
            Kept::Memory(book) => Box::new(book.store()),
            Kept::Files(folder, name) => Box::new(folder.book(name)?),
            Kept::Database(database, name) => Box::new(database.book(name)?),
        })
    }

    /// Starts the book's writer, and opens two readers.
    pub(super) fn write(
        &self,
        is_test: bool,
        options: writer::Options,
        clock: &ManualClock,
    ) -> (writer::Running, Vec<Box<dyn Reader>>) {
        let clock = clock.clone();
        let times = Box::new(move || (clock.now(), clock.monotonic()));
        let spec = writer::BookSpec { is_test, ring: [7; 8] };
        let open = || {
            let store = self.store().unwrap();
            let readers = vec![self.reader().unwrap(), self.reader().unwrap()];
            (writer::spawn(store, spec, options, times).unwrap(), readers)
        };
        // A connection waits on the thread that asks, which a test's runtime does not allow.
        std::thread::scope(|scope| scope.spawn(open).join().unwrap())
    }
}

/// A book with a writer, which is not served yet.
pub struct Written {
    pub record: BookRecord,
    pub kept: Kept,
    pub running: writer::Running,
    pub readers: Vec<Box<dyn Reader>>,
}

impl World {
    /// Another book, for a test that serves it with more than the server here has.
    pub fn write_book(&mut self, name: &str) -> Written {
        let record = new_book(&self.control, &self.clock, name, true);
        let kept = self.shelf.place(&record.name);
        let (running, readers) = kept.write(true, writer::Options::default(), &self.clock);
        Written { record, kept, running, readers }
    }
}
