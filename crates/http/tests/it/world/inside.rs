//! What tests see and do behind the API.

use std::path::PathBuf;

use base::Token;
use jobs::OpenReader;
use journal::Block;
use store::{BookName, Reader};

use super::{Shelf, World};

impl World {
    /// Opens readers of the test book, on whichever thread asks.
    pub(super) fn opener(&self) -> OpenReader {
        let name: BookName = Token::new("test").unwrap();
        match &self.shelf {
            Shelf::Memory(books) => {
                let book = books["test"].clone();
                Box::new(move || Ok(Box::new(book.reader())))
            }
            Shelf::Files(folder) => {
                let folder = folder.clone();
                Box::new(move || Ok(Box::new(folder.reader(&name)?)))
            }
            Shelf::Database { database, .. } => {
                let database = database.clone();
                Box::new(move || Ok(Box::new(database.reader(&name)?)))
            }
        }
    }

    /// Has lists show everything, whoever has written it.
    pub fn flush(&self) {
        let (sender, receiver) = std::sync::mpsc::channel();
        let handle = self.book.handle();
        handle.flush(handle.figures().seq(), move |done| sender.send(done).unwrap()).unwrap();
        receiver.recv().unwrap().unwrap();
    }

    /// Leads claims on, as far as they go, without a feed that tells of delivery.
    pub fn lead_claims(&self) -> jobs::ClaimsLed {
        self.flush();
        let (mut open, handle) = (self.opener(), self.book.handle());
        let lead =
            || jobs::lead_claims(handle, open().unwrap().as_mut(), jobs::Teller::Nobody).unwrap();
        // A connection waits on the thread that asks, which a test's runtime does not allow.
        std::thread::scope(|scope| scope.spawn(lead).join().unwrap())
    }

    /// The block of a record of the test book.
    pub fn block_of(&self, seq: u64) -> Block {
        let name = Token::new("test").unwrap();
        // A connection waits on the thread that asks, which a test's runtime does not allow.
        let read = || {
            let mut reader: Box<dyn Reader> = match &self.shelf {
                Shelf::Memory(books) => Box::new(books["test"].reader()),
                Shelf::Files(folder) => Box::new(folder.reader(&name).unwrap()),
                Shelf::Database { database, .. } => Box::new(database.reader(&name).unwrap()),
            };
            reader.block_of(seq).unwrap().unwrap()
        };
        std::thread::scope(|scope| scope.spawn(read).join().unwrap())
    }

    /// Every file of the server: keys, and books where they are kept in files.
    pub fn files(&self) -> Vec<PathBuf> {
        let (mut found, mut folders) = (Vec::new(), vec![self.folder.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found
    }
}
