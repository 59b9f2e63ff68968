//! Which process owns a book, when several share one database.
//!
//! A lease says who *should* write and answer; the head row says who *can* write. A process that
//! loses its lease without noticing can write nothing, and answers from memory only for as long as
//! it knows, by a clock of its own, that nobody else can have the lease yet.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::{BookName, StoreError};

/// A process that may own books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Drawn anew at every start: 32 hexadecimal digits.
    pub process: String,
    /// Where the other processes reach it: `http://10.0.0.7:8080`. Never empty.
    pub address: String,
}

/// Which acquisition of a book a lease belongs to. It grows with every acquisition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(pub u64);

/// What came of an attempt to keep a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It holds for another length from when the call was sent.
    Held,
    /// It holds too, but the owner is asked to step down: stop writing, then release it.
    HandOver,
    /// It is somebody else's by now, or nobody's.
    Lost,
}

/// Who has a lease that has not lapsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The process.
    pub member: Member,
    /// Its term.
    pub term: Term,
    /// Time left, by the database's clock at the moment of the call.
    pub remaining: Duration,
    /// True once somebody asked it to step down.
    pub hand_over: bool,
}

/// Leases on books, kept where all processes see them.
///
/// Time is that of the database: two processes never compare clocks. Every method is one atomic
/// statement over one row a book: `(book, process, address, term, until, hand_over)`. A row whose
/// `address` is empty was released: `process` is then the former owner.
///
/// A lease is given up by its owner or lapses; nobody tears it away. That is what makes an answer
/// from the owner's memory current.
pub trait Leases: Send {
    /// Takes the lease for `length` when there is none, it lapsed, it was released by another
    /// process, or it is `me`'s own and nobody asked `me` to step down. `None` when it is not to
    /// be had. Every success has a higher term.
    ///
    /// Whoever released a lease gets it again only when it would have lapsed: others come first.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as for every method here; the lease may then have been taken, and taking it
    /// again is right.
    fn acquire(
        &mut self,
        book: &BookName,
        me: &Member,
        length: Duration,
    ) -> Result<Option<Term>, StoreError>;

    /// Keeps the lease of this term for another `length` from now, even if it lapsed meanwhile,
    /// unless somebody else has taken it.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn renew(
        &mut self,
        book: &BookName,
        me: &Member,
        term: Term,
        length: Duration,
    ) -> Result<Renewal, StoreError>;

    /// Gives the lease of this term up; nothing happens when it is no longer `me`'s. To be called
    /// once nothing is answered any more.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn release(&mut self, book: &BookName, me: &Member, term: Term) -> Result<(), StoreError>;

    /// Who owns a book now.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn owner(&mut self, book: &BookName) -> Result<Option<Owner>, StoreError>;

    /// Every book that somebody owns now, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn owners(&mut self) -> Result<Vec<(BookName, Owner)>, StoreError>;

    /// Asks the present owner to step down when it renews next. False when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    fn ask_hand_over(&mut self, book: &BookName) -> Result<bool, StoreError>;
}

/// Tells the time of a [`MemoryLeases`], from any fixed moment on.
pub type LeaseClock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Leases in memory. Clones share them, as processes share a database.
#[derive(Clone)]
pub struct MemoryLeases {
    clock: LeaseClock,
    rows: Arc<Mutex<BTreeMap<BookName, Row>>>,
}

struct Row {
    process: String,
    /// Empty when the lease was released.
    address: String,
    term: u64,
    until: Duration,
    hand_over: bool,
}

impl MemoryLeases {
    /// No leases, under this clock.
    pub fn new(clock: LeaseClock) -> MemoryLeases {
        MemoryLeases { clock, rows: Arc::default() }
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<BookName, Row>> {
        // Every change is one assignment of a row, so what a panicking thread leaves is whole.
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leases for MemoryLeases {
    fn acquire(
        &mut self,
        book: &BookName,
        me: &Member,
        length: Duration,
    ) -> Result<Option<Term>, StoreError> {
        let now = (self.clock)();
        let mut rows = self.rows();
        let former = rows.get(book);
        if former.is_some_and(|row| !row.may_be_taken(me, now)) {
            return Ok(None);
        }
        let term = former.map_or(1, |row| row.term + 1);
        let Member { process, address } = me.clone();
        let row = Row { process, address, term, until: now + length, hand_over: false };
        rows.insert(book.clone(), row);
        Ok(Some(Term(term)))
    }

    fn renew(
        &mut self,
        book: &BookName,
        me: &Member,
        term: Term,
        length: Duration,
    ) -> Result<Renewal, StoreError> {
        let now = (self.clock)();
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(book).filter(|row| row.is_held_by(me, term)) else {
            return Ok(Renewal::Lost);
        };
        row.until = now + length;
        Ok(if row.hand_over { Renewal::HandOver } else { Renewal::Held })
    }

    fn release(&mut self, book: &BookName, me: &Member, term: Term) -> Result<(), StoreError> {
        if let Some(row) = self.rows().get_mut(book).filter(|row| row.is_held_by(me, term)) {
            row.address.clear();
        }
        Ok(())
    }

    fn owner(&mut self, book: &BookName) -> Result<Option<Owner>, StoreError> {
        let now = (self.clock)();
        Ok(self.rows().get(book).and_then(|row| row.owner(now)))
    }

    fn owners(&mut self) -> Result<Vec<(BookName, Owner)>, StoreError> {
        let now = (self.clock)();
        let rows = self.rows();
        let owned = rows.iter().filter_map(|(book, row)| Some((book.clone(), row.owner(now)?)));
        Ok(owned.collect())
    }

    fn ask_hand_over(&mut self, book: &BookName) -> Result<bool, StoreError> {
        let now = (self.clock)();
        let mut rows = self.rows();
        let Some(row) = rows.get_mut(book).filter(|row| row.is_owned(now)) else {
            return Ok(false);
        };
        row.hand_over = true;
        Ok(true)
    }
}

impl Row {
    fn is_owned(&self, now: Duration) -> bool {
        !self.address.is_empty() && now < self.until
    }

    fn is_held_by(&self, me: &Member, term: Term) -> bool {
        !self.address.is_empty() && self.process == me.process && self.term == term.0
    }

    fn may_be_taken(&self, me: &Member, now: Duration) -> bool {
        let is_mine = self.process == me.process;
        let is_released = self.address.is_empty();
        now >= self.until
            || (is_released && !is_mine)
            || (is_mine && !is_released && !self.hand_over)
    }

    fn owner(&self, now: Duration) -> Option<Owner> {
        self.is_owned(now).then(|| Owner {
            member: Member { process: self.process.clone(), address: self.address.clone() },
            term: Term(self.term),
            remaining: self.until.saturating_sub(now),
            hand_over: self.hand_over,
        })
    }
}
