//! Slices: money that the book leased to one serving process.
//!
//! A process serves a promotion from slices it holds, and asks nobody at a selection. What all
//! slices of a promotion were granted is never more than its escrow, and a slice never bills more
//! than it was granted: so whatever the processes do, and whichever of them die, the promotion
//! cannot overspend.
//!
//! ```text
//! granted = spent + reserved + free
//! ```
//!
//! * A selection needs its whole price free, and *holds* what it may be expected to cost: the
//!   price times the chance of a unit. The hold shrinks while the event does not come, and ends
//!   when none can be reported any more. To hold the whole price would lock up a hundred times the
//!   money when one selection of a hundred leads to a unit.
//! * A billed event spends its price. When more units come than were expected, and the slice has
//!   nothing left, the event is delivered but not billed: the difference is ours.
//! * A slice serves until an instant, and lapses at a later one, when nothing of it can be billed
//!   any more and the book takes back what is left. In between it gives back what is free.

mod cohort;
mod delays;
mod purse;

use std::collections::VecDeque;

use base::{Amount, Instant, Span};

use crate::Chance;
use cohort::{Cohort, minute_of};
use promotions::Micros;

pub use delays::Delays;
pub(crate) use purse::{Back, Purse, Sums};

/// A twentieth of a minor unit.
pub const HOLD_MIN: Micros = Micros::new(Micros::PER_MINOR / 20);

/// The number of a slice within its promotion, given by the book and never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SliceId(pub u32);

/// What the book grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The slice.
    pub slice: SliceId,
    /// The money that it was granted in all and has not given back, the former grants included.
    pub granted: Amount,
    /// Until when posts may be chosen with it. With a daily budget, at most midnight (UTC): what
    /// is leased for a day is then what the day can cost.
    pub serves_until: Instant,
    /// When nothing can be charged to it any more: by the book,
    /// [`promotions::Slice::charges_until`].
    pub lapses_at: Instant,
}

/// A slice, as the process that holds it knows it.
#[derive(Debug)]
pub struct Slice {
    lease: Lease,
    granted: Micros,
    spent: Micros,
    /// The sum of what cohorts hold. It may exceed what is left after more came than expected.
    holds: Micros,
    cohorts: VecDeque<Cohort>,
    cooled_at: i64,
    is_resumed: bool,
}

/// What became of a billed event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was billed at the price of its selection.
    Billed(Micros),
    /// It was delivered, and costs nothing.
    Unbilled(Unbilled),
}

/// Why an event costs nothing. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Unbilled {
    /// The slice has nothing left: more units came than were expected.
    NothingLeft = 1,
    /// It came after it could still be reported.
    TooLate = 2,
    /// The slice has lapsed.
    Lapsed = 3,
    /// This process does not hold the slice.
    UnknownSlice = 4,
}

impl Unbilled {
    /// Every reason, in the order of the numbers.
    pub const ALL: [Unbilled; 4] =
        [Unbilled::NothingLeft, Unbilled::TooLate, Unbilled::Lapsed, Unbilled::UnknownSlice];

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Unbilled> {
        Unbilled::ALL.into_iter().find(|reason| *reason as u8 == number)
    }
}

impl Slice {
    /// A slice just leased; `None` when the amount is larger than a [`Micros`] can be.
    pub fn new(lease: Lease) -> Option<Slice> {
        Some(Slice {
            lease,
            granted: Micros::exactly(lease.granted)?,
            spent: Micros::ZERO,
            holds: Micros::ZERO,
            cohorts: VecDeque::new(),
            cooled_at: 0,
            is_resumed: false,
        })
    }

    /// A slice of a process that ended, as its log tells it: `lease` with what was given back
    /// taken off, and what was billed. What was held is not known any more, so the slice stays
    /// open, and gives nothing back, until it lapses.
    pub fn resumed(lease: Lease, spent: Micros) -> Option<Slice> {
        let slice = Slice::new(lease).filter(|slice| slice.granted >= spent)?;
        Some(Slice { spent, is_resumed: true, ..slice })
    }

    /// Has in all what `more` grants, and serves and lapses no earlier than it says. Told again,
    /// it changes nothing. `false`, and nothing changed, when that is larger than a [`Micros`] can
    /// be, or less than was spent.
    #[must_use]
    pub fn grow(&mut self, more: &Lease) -> bool {
        let granted = Micros::exactly(more.granted).filter(|granted| *granted >= self.spent);
        let Some(granted) = granted else { return false };
        self.granted = granted;
        self.lease.serves_until = self.lease.serves_until.max(more.serves_until);
        self.lease.lapses_at = self.lease.lapses_at.max(more.lapses_at);
        true
    }

    /// Serves no longer than until then; what was chosen is billed as long as before.
    pub fn end_by(&mut self, at: Instant) {
        self.lease.serves_until = self.lease.serves_until.min(at);
    }

    /// Which slice this is.
    pub fn id(&self) -> SliceId {
        self.lease.slice
    }

    /// What it was granted and has not given back.
    pub fn granted(&self) -> Micros {
        self.granted
    }

    /// What was billed.
    pub fn spent(&self) -> Micros {
        self.spent
    }

    /// What is held for open selections.
    pub fn reserved(&self) -> Micros {
        self.holds.min(self.granted.saturating_sub(self.spent))
    }

    /// How many sums it keeps of open selections: at most about 120.
    pub fn cohorts(&self) -> usize {
        self.cohorts.len()
    }

    /// What a selection may use.
    pub fn free(&self) -> Micros {
        self.granted.saturating_sub(self.spent).saturating_sub(self.reserved())
    }

    /// Whether posts may be chosen with it.
    pub fn serves_at(&self, now: Instant) -> bool {
        now < self.lease.serves_until && !self.has_lapsed(now)
    }

    /// Whether nothing of it can be billed any more.
    pub fn has_lapsed(&self, now: Instant) -> bool {
        now >= self.lease.lapses_at
    }

    /// Whether an event may still come.
    pub fn is_open(&self, now: Instant) -> bool {
        let may_come = self.is_resumed || !self.cohorts.is_empty();
        !self.has_lapsed(now) && (self.serves_at(now) || may_come)
    }

    /// Holds what a selection at `now` may be expected to cost; `false`, and nothing held, when
    /// its price is not free or the slice does not serve.
    #[must_use]
    pub fn hold(&mut self, price: Micros, chance: Chance, now: Instant) -> bool {
        if price > self.free() || !self.serves_at(now) {
            return false;
        }
        let minute = minute_of(now);
        let held = chance.expected(price);
        let minutes = (minute, minute + 1);
        match self.cohorts.back_mut().filter(|last| minute < last.minutes.1) {
            Some(last) => last.absorb(&Cohort { minutes: last.minutes, open: price, held }),
            None => self.cohorts.push_back(Cohort { minutes, open: price, held }),
        }
        self.holds = self.holds.saturating_add(held);
        true
    }

    /// Bills a unit of a selection of this slice.
    ///
    /// That the selection is genuine and was not billed before is for the verdict to say.
    pub fn settle(&mut self, sold: &Sold, window: Span, now: Instant) -> Settled {
        if self.has_lapsed(now) {
            return Settled::Unbilled(Unbilled::Lapsed);
        }
        if now.since(sold.at).unwrap_or(Span::ZERO) > window {
            return Settled::Unbilled(Unbilled::TooLate);
        }
        let minute = minute_of(sold.at);
        let of = |cohort: &&mut Cohort| cohort.minutes.0 <= minute && minute < cohort.minutes.1;
        if let Some(cohort) = self.cohorts.iter_mut().rev().find(of) {
            let before = cohort.held;
            cohort.take(sold.price);
            self.holds = self.holds.saturating_sub(before.saturating_sub(cohort.held));
        }
        match self.spent.checked_add(sold.price).filter(|spent| *spent <= self.granted) {
            Some(spent) => {
                self.spent = spent;
                Settled::Billed(sold.price)
            }
            None => Settled::Unbilled(Unbilled::NothingLeft),
        }
    }

    /// Lets go of what need not be held any more. Does its work once a minute.
    pub fn cool(&mut self, chance: Chance, delays: &Delays, window: Span, now: Instant) {
        if self.cooled_at >= minute_of(now) {
            return;
        }
        self.cooled_at = minute_of(now);
        let mut kept: VecDeque<Cohort> = VecDeque::with_capacity(self.cohorts.len());
        for mut cohort in self.cohorts.drain(..) {
            if cohort.is_over(window, now) || cohort.open == Micros::ZERO {
                continue;
            }
            cohort.cool(chance, delays, now);
            match kept.back_mut().filter(|last| last.goes_with(&cohort, window, now)) {
                Some(last) => last.absorb(&cohort),
                None => kept.push_back(cohort),
            }
        }
        self.holds = kept.iter().fold(Micros::ZERO, |sum, one| sum.saturating_add(one.held));
        self.cohorts = kept;
    }

    /// Gives what is free back to the book, in whole minor units. A hold of less than
    /// `HOLD_MIN` is let go of: else it would keep a whole unit here.
    pub fn give_back(&mut self) -> Amount {
        if self.is_resumed {
            return Amount::ZERO;
        }
        let unspent = self.granted.saturating_sub(self.spent).whole();
        let back = unspent.saturating_sub(self.reserved().saturating_sub(HOLD_MIN).covering());
        self.granted = self.granted.saturating_sub(Micros::exactly(back).unwrap_or(Micros::ZERO));
        back
    }

    /// Gives everything back that is not spent, also what is held: the slice bills nothing more.
    pub fn give_up(&mut self) -> Amount {
        self.is_resumed = false;
        self.cohorts.clear();
        self.holds = Micros::ZERO;
        self.give_back()
    }
}

/// What a selection sold: a token carries it, and it comes back with the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sold {
    /// From which slice.
    pub slice: SliceId,
    /// What a unit costs.
    pub price: Micros,
    /// When.
    pub at: Instant,
}
