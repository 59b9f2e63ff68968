//! Opening books: their writers, readers, and what keeps them current.

use outside::clock::Clock;
use store::{BookRecord, Reader, StoreError};
use writer::{BookSpec, Handle, Known, Lease, Running};

use super::{Installation, test_cards};
use crate::failure::{Done, Failure};

/// A book whose writer runs.
pub(crate) struct OpenBook {
    /// Name and kind.
    pub(crate) record: BookRecord,
    running: Running,
}

impl OpenBook {
    /// The way to the writer.
    pub(crate) fn handle(&self) -> &Handle {
        &self.running.handle
    }

    /// Records that were applied at start because the tables did not have them.
    pub(crate) fn replayed_records(&self) -> u64 {
        self.running.replayed_records
    }

    /// Stops the writer and waits until everything is answered and swept.
    pub(crate) fn stop(self) {
        self.running.stop();
    }
}

impl Installation {
    /// Takes a book over and starts its writer. A test book gets its magic cards.
    ///
    /// # Errors
    ///
    /// The key ring is another one, the file cannot be used, or a server has the book. One that
    /// starts later fences whoever opened it so: what was decided by then stays.
    pub(crate) fn open_book(&self, record: &BookRecord) -> Done<OpenBook> {
        if let Some(address) = self.data.server_of(&record.name)? {
            let what = format!("book {} is served at {address}", record.name);
            return Err(Failure::new(what).next("stop every process that uses the database first"));
        }
        let running = self.open_writer(record, Lease::forever(), &Known::nothing())?;
        Ok(OpenBook { record: record.clone(), running })
    }

    /// The same under a lease, for a book that another process may own one day, and which must
    /// contain what is known of it.
    ///
    /// # Errors
    ///
    /// As [`Installation::open_book`], and the book has gone back.
    pub(crate) fn open_writer(
        &self,
        record: &BookRecord,
        lease: Lease,
        known: &Known,
    ) -> Done<Running> {
        let named = |error: Failure| Failure::new(format!("book {}: {error}", record.name));
        let store = self.data.book(&record.name).map_err(|error| named(error.into()))?;
        let spec = BookSpec { is_test: record.is_test, ring: self.ring_bytes() };
        let clock = self.clock;
        let times = Box::new(move || (clock.now(), clock.monotonic()));
        let opened = writer::spawn_after(store, spec, self.writer_options, times, lease, known);
        let running = opened.map_err(|error| named(error.into()))?;
        if record.is_test
            && let Err(failure) =
                test_cards::seed_test_book(self, record.name.as_str(), &running.handle)
        {
            running.leave();
            return Err(failure.into());
        }
        Ok(running)
    }

    /// Opens a connection for reading a book.
    ///
    /// # Errors
    ///
    /// The file cannot be used.
    pub(crate) fn reader(&self, record: &BookRecord) -> Done<Box<dyn Reader>> {
        Ok(self.data.reader(&record.name)?)
    }

    /// What opens connections for reading a book, for whoever takes one at a time.
    pub(crate) fn reader_source(
        &self,
        record: &BookRecord,
    ) -> impl Fn() -> Result<Box<dyn Reader>, StoreError> + Send + Sync + use<> {
        let (data, name) = (self.data.clone(), record.name.clone());
        move || data.reader(&name)
    }

    /// The fingerprint of the ring as books keep it.
    pub(crate) fn ring_bytes(&self) -> [u8; 8] {
        ring_bytes(&self.ring)
    }
}

/// The fingerprint of a ring as books keep it: eight bytes in place of sixteen digits.
pub(crate) fn ring_bytes(ring: &outside::keyring::KeyRing) -> [u8; 8] {
    let number = u64::from_str_radix(&ring.fingerprint(), 16);
    number.expect("a fingerprint is sixteen hexadecimal digits").to_be_bytes()
}
