//! Opening books: their writers, readers, and what keeps them current.

use std::sync::Arc;
use std::time::Duration;

use base::Instant;
use outside::clock::Clock;
use store::{BookRecord, Reader, StoreError};
use writer::{BookSpec, Handle, Lease, Running};

use super::{Heads, Installation, test_cards};
use crate::failure::{Done, Failure};

/// A book whose writer runs.
pub(crate) struct OpenBook {
    /// Name and kind.
    pub(crate) record: BookRecord,
    running: Running,
    heads: Arc<Heads>,
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
        self.heads.save();
    }
}

impl Installation {
    /// Takes a book over and starts its writer. A test book gets its magic cards.
    ///
    /// # Errors
    ///
    /// The key ring is another one, the book is gone or lacks what was answered, the file cannot be
    /// used, or a server has the book. One that starts later fences whoever opened it so: what was
    /// decided by then stays.
    pub(crate) fn open_book(&self, record: &BookRecord) -> Done<OpenBook> {
        if let Some(address) = self.data.server_of(&record.name)? {
            let what = format!("book {} is served at {address}", record.name);
            return Err(Failure::new(what).next("stop every process that uses the database first"));
        }
        let running = self.open_writer(record, Lease::forever())?;
        Ok(OpenBook { record: record.clone(), running, heads: self.heads() })
    }

    /// The same under a lease, for a book that another process may own one day.
    ///
    /// # Errors
    ///
    /// As [`Installation::open_book`].
    pub(crate) fn open_writer(&self, record: &BookRecord, lease: Lease) -> Done<Running> {
        let named = |error: Failure| error.about(format_args!("book {}", record.name));
        let mut options = self.writer_options;
        if !record.is_test
            && options.start_gap_max.is_some()
            && let Some(theirs) = self.data.now_micros().map_err(|error| named(error.into()))?
        {
            // Two clocks that agree are believed, however long the book has rested.
            if agrees(self.now(), theirs, options.clock_jump_max).map_err(named)? {
                options.start_gap_max = None;
            }
        }
        let store = match self.accepts_loss {
            true => self.data.book_or_new(&record.name),
            false => self.data.book(&record.name),
        };
        let store = store.map_err(|error| named(error.into()))?;
        let spec = BookSpec { is_test: record.is_test, ring: self.ring_bytes() };
        let clock = self.clock;
        let times = Box::new(move || (clock.now(), clock.monotonic()));
        let known = self.heads.known(record);
        let opened = writer::spawn_after(store, spec, options, times, lease, &known);
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
    ) -> impl Fn() -> Result<Box<dyn Reader>, StoreError> + Clone + Send + Sync + use<> {
        let (data, name) = (self.data.clone(), record.name.clone());
        move || data.reader(&name)
    }

    /// The fingerprint of the ring as books keep it.
    pub(crate) fn ring_bytes(&self) -> [u8; 8] {
        ring_bytes(&self.ring)
    }
}

/// Whether a wall clock is that of the database. Behind it, nothing falls due too early.
///
/// # Errors
///
/// It is ahead: one of the two is wrong, and what fell due by it would be booked.
fn agrees(mine: Instant, theirs_micros: i64, apart_max: Duration) -> Done<bool> {
    let ahead = mine.micros().saturating_sub(theirs_micros);
    if u128::from(ahead.unsigned_abs()) <= apart_max.as_micros() {
        return Ok(true);
    }
    if ahead < 0 {
        return Ok(false);
    }
    let what = format!(
        "the clock of this machine is {} s ahead of that of the database, and what falls due by it \
         would be booked",
        ahead / 1_000_000
    );
    let next = "mend the time services of both, and the book goes on by itself; or believe this \
                clock: `makegood serve --accept-clock`";
    Err(Failure::new(what).next(next))
}

/// The fingerprint of a ring as books keep it: eight bytes in place of sixteen digits.
pub(crate) fn ring_bytes(ring: &outside::keyring::KeyRing) -> [u8; 8] {
    let number = u64::from_str_radix(&ring.fingerprint(), 16);
    number.expect("a fingerprint is sixteen hexadecimal digits").to_be_bytes()
}

#[cfg(test)]
mod tests {
    use writer::OpenError;

    use super::*;
    use crate::config::{Environment, PlaceArgs, Settings};
    use crate::wiring::book_name;

    #[test]
    fn a_book_may_rest_for_as_long_as_it_likes_where_a_database_has_a_clock() {
        let (folder, own) = (tempfile::tempdir().unwrap(), testbed::OwnDatabase::new());
        let place = PlaceArgs {
            keys: Some(folder.path().join("keys")),
            database: Some(own.address()),
            ..PlaceArgs::default()
        };
        let environment = Environment::default();
        let settings = Settings::load(&place, None, &environment).unwrap();
        let mut installation = Installation::open(&settings, &environment).unwrap();
        let record = installation.book_or_new(&book_name("live").unwrap(), false).unwrap();
        installation.open_book(&record).unwrap().stop();
        // From now on any rest is too long.
        installation.hold_clock_against_books(Duration::ZERO);
        let open = || installation.open_writer(&record, Lease::until(Duration::MAX));
        open().unwrap().leave();
        // Nobody looked at the database's clock: what this test rests on.
        let (clock, store) = (installation.clock, installation.data.book(&record.name).unwrap());
        let spec = BookSpec { is_test: false, ring: installation.ring_bytes() };
        let times = Box::new(move || (clock.now(), clock.monotonic()));
        let opened = writer::spawn(store, spec, installation.writer_options, times);
        assert!(matches!(opened, Err(OpenError::ClockFarAhead { .. })));
    }

    #[test]
    fn a_clock_is_believed_that_agrees_with_the_databases() {
        let second = 1_000_000;
        let check = |ahead: i64, expected: Result<bool, &str>| {
            let now = Instant::parse("2026-11-20T10:00:00Z").unwrap();
            let mine = Instant::from_micros(now.micros() + ahead);
            let told = agrees(mine, now.micros(), Duration::from_secs(300));
            match (told, expected) {
                (Ok(told), Ok(expected)) => assert_eq!(told, expected, "{ahead}"),
                (Err(told), Err(words)) => assert!(told.to_string().contains(words), "{told}"),
                (told, expected) => panic!("{ahead}: {told:?}, not {expected:?}"),
            }
        };
        check(0, Ok(true));
        check(300 * second, Ok(true));
        check(-300 * second, Ok(true));
        check(-301 * second, Ok(false));
        check(301 * second, Err("301 s ahead of"));
        check(20 * 86_400 * second, Err("1728000 s ahead of"));
    }
}
