//! What tests see and do behind the API.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use base::Token;
use http::Book;
use jobs::{ClaimClerk, OpenReader};
use journal::Block;
use outside::clock::Clock;
use store::BookRecord;

use super::World;
use super::kept::{Kept, Shelf};
use crate::fake_rails::FakeRails;

impl World {
    /// Opens readers of the test book, on whichever thread asks.
    pub(super) fn opener(&self) -> OpenReader {
        self.place().opener()
    }

    /// The place of the test book.
    fn place(&self) -> Kept {
        self.shelf.kept(&Token::new("test").unwrap())
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

    /// Has a thread lead the claims of the test book on from now on, as a server does. What it has
    /// done in each run is told.
    pub fn led_by_clerk(&mut self) -> Receiver<jobs::ClaimsLed> {
        let (told, runs) = mpsc::channel();
        let report = move |ended: Result<jobs::ClaimsLed, jobs::JobError>| {
            // At the end of the test the writer ends, and nobody listens any more.
            if let Ok(led) = ended {
                let _ = told.send(led);
            }
        };
        let (handle, every) = (self.book.handle().clone(), Duration::from_millis(20));
        let opener = self.opener();
        let clerk = ClaimClerk::spawn(handle.clone(), opener, None, every, report).unwrap();
        let mut open = self.opener();
        let readers = std::thread::scope(|scope| {
            scope.spawn(|| vec![open().unwrap(), open().unwrap()]).join().unwrap()
        });
        let (name, created_at) = (Token::new("test").unwrap(), self.clock.now());
        let record = BookRecord { name, is_test: true, created_at, incarnation: 1 };
        let book = Book::new(record, handle.clone(), readers)
            .with_rails(Arc::new(FakeRails::new(handle)))
            .with_claims(Some(Arc::new(clerk)));
        self.book = self.app.add_book(book);
        runs
    }

    /// Starts the server again on a test book as a former release would have left it, which knew
    /// no sums of advertisers. Books in memory have no former releases.
    pub fn restart_older(&mut self) {
        self.running.drain(..).for_each(writer::Running::stop);
        match &self.shelf {
            Shelf::Memory(_) => panic!("a book in memory is as new as the test"),
            Shelf::Files(_) => {
                let book = self.folder.path().join("data/books/test.db");
                testbed::change_book(&book, &testbed::without_sums_of_advertisers(""));
            }
            // A connection waits on the thread that asks, which a test's runtime does not allow.
            Shelf::Database { own, .. } => std::thread::scope(|scope| {
                scope
                    .spawn(|| own.run(&testbed::without_sums_of_advertisers("book_test.")))
                    .join()
                    .unwrap();
            }),
        }
        self.restart();
    }

    /// Counts what a former release has left.
    pub fn count_older(&self) -> u64 {
        let (mut open, handle) = (self.opener(), self.book.handle());
        let count = || jobs::count_older(handle, open().unwrap().as_mut()).unwrap();
        // A connection waits on the thread that asks, which a test's runtime does not allow.
        std::thread::scope(|scope| scope.spawn(count).join().unwrap())
    }

    /// The block of a record of the test book.
    pub fn block_of(&self, seq: u64) -> Block {
        let kept = self.place();
        // A connection waits on the thread that asks, which a test's runtime does not allow.
        let read = || kept.reader().unwrap().block_of(seq).unwrap().unwrap();
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
