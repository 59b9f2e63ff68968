//! The side of a book: its promotions, bills and money, and the log.

mod bills;
mod following;
mod leases;
mod opening;
mod replay;
mod snapshots;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base::{IncidentId, Instant, KeyId, PromotionId};
use engine::{Answer, Command, PromotionCommand, Query, Refusal};
use feed::verdict::Record;
use feed::{Chance, CounterRecord, Returned};
use outside::keyring::KeyRing;
use promotions::Goal;
use writer::{Handle, Request, Trouble};

use crate::alarms::Alarms;
use crate::bills::Bills;
use crate::entry::Entry;
use crate::incidents::Incidents;
use crate::log::{Files, Log};
use crate::reports::{Reports, Rests};
use crate::sample::{Sample, SeenPages};
use crate::state::State;
use crate::{OpenReader, ServingError, locked};
use snapshots::Memory;

/// Whoever gives commands that follow from deliveries: no key of any person has these bits.
const SERVING_ACTOR: KeyId = KeyId::from_bits(0);

/// Who is told what is in the log.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) reports: &'a Mutex<Reports>,
    pub(crate) sample: &'a Sample,
}

/// What a run works on. One thing at a time is asked of the book.
pub(crate) struct Books {
    handle: Handle,
    open_reader: OpenReader,
    ring: Arc<KeyRing>,
    log: Log,
    /// Entries that could not be written yet.
    unsynced: Vec<Entry>,
    /// Who is in what was not written by then, of promotions of which that has changed.
    rests: Rests,
    /// The pages that came with it.
    seen: SeenPages,
    /// Records that are in the log for good and in no bill that the book is known to have.
    bills: Bills,
    /// The last record of the journal that was looked at.
    followed: u64,
    /// The chance of a unit by goal, in the order of [`Goal::ALL`], for promotions that come.
    believed: [Chance; Goal::ALL.len()],
    collected_at: Option<Instant>,
    /// Promotions to which something has happened, and that were not looked at since.
    changed: BTreeSet<PromotionId>,
    /// Incidents of which something was told since.
    told: BTreeSet<IncidentId>,
    pub(crate) incidents: Incidents,
    pub(crate) watched_at: Option<Instant>,
    pub(crate) alarms: Alarms,
    /// Incidents of which the book has refused to hear more.
    pub(crate) unheard: BTreeSet<IncidentId>,
    /// The last promotion that the book was asked about for a snapshot.
    asked_to: Option<PromotionId>,
    /// Money that goes back, each with the end of the stream when it was told of: what charges a
    /// slice that is closed stands before.
    backs: Vec<(Returned, u64)>,
}

impl Books {
    /// The files of its log.
    pub(crate) fn files(&self) -> Files {
        self.log.files().clone()
    }

    /// What is believed of goals by now.
    pub(crate) fn set_believed(&mut self, believed: [Chance; Goal::ALL.len()]) {
        self.believed = believed;
    }

    /// Microseconds that the book's clock is ahead of the wall clock.
    pub(crate) fn clock_ahead(&self) -> Result<i64, ServingError> {
        clock_ahead(&self.handle)
    }

    /// Writes what was judged and counted. Returns how many entries.
    pub(crate) fn write(
        &mut self,
        state: &Mutex<State>,
        told: Written<'_>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        let (written, remembered) = self.write_and_remember(state, told, now)?;
        remembered.map(|()| written)
    }

    /// Writes that it has begun. Without a snapshot a feed can be served all the same: one that
    /// fails is tried again after a minute, and told then.
    pub(crate) fn write_beginning(
        &mut self,
        state: &Mutex<State>,
        told: Written<'_>,
        now: Instant,
    ) -> Result<(), ServingError> {
        self.write_and_remember(state, told, now).map(drop)
    }

    /// How many entries were written, and what became of the snapshot, if one was due.
    fn write_and_remember(
        &mut self,
        state: &Mutex<State>,
        told: Written<'_>,
        now: Instant,
    ) -> Result<(usize, Result<(), ServingError>), ServingError> {
        if !self.unsynced.is_empty() || !self.seen.pages.is_empty() {
            // What could not be written goes first; until then nothing more is taken.
            self.append(told)?;
        }
        let is_due = self.log.is_due(now);
        let memory = {
            let one_in = told.sample.one_in();
            let mut state = locked(state);
            state.one_in = one_in;
            self.unsynced = state.take_unwritten(now);
            self.rests = state.take_rests();
            self.seen = std::mem::take(&mut state.seen);
            is_due.then(|| Memory::of(&state, now))
        };
        let written = self.append(told)?;
        let remembered = match memory {
            Some(memory) => self.remember(&memory, state, told),
            None => Ok(()),
        };
        Ok((written, remembered))
    }

    /// Writes what is not in the log yet; once it is, it is to be billed, and told of. Returns how
    /// many entries.
    fn append(&mut self, told: Written<'_>) -> Result<usize, ServingError> {
        self.log.append(&self.unsynced)?;
        let written = std::mem::take(&mut self.unsynced);
        self.bills.extend(records(&written));
        let rests = std::mem::take(&mut self.rests);
        locked(told.reports).absorb_flush(&written, rests);
        told.sample.absorb(std::mem::take(&mut self.seen), &written);
        Ok(written.len())
    }

    /// Writes the rest and says that it ends.
    pub(crate) fn close(
        &mut self,
        state: &Mutex<State>,
        told: Written<'_>,
        now: Instant,
    ) -> Result<(), ServingError> {
        self.write(state, told, now)?;
        let end = [Entry::Counter(CounterRecord::Stopped { at: now })];
        Ok(self.log.append(&end)?)
    }

    pub(crate) fn ask(&self, query: Query) -> Result<Option<Answer>, ServingError> {
        Ok(self.handle.ask(query)?)
    }

    fn decide(&self, command: PromotionCommand) -> Result<Decided, ServingError> {
        let decided = self.decide_all(vec![command])?.pop().flatten();
        decided.ok_or(ServingError::Unkept)
    }

    /// One answer for each, in order; `None` for one that breaks a rule of ours, which is undone.
    pub(crate) fn decide_all(
        &self,
        commands: Vec<PromotionCommand>,
    ) -> Result<Vec<Option<Decided>>, ServingError> {
        let request = |command: PromotionCommand| {
            let command = Command::Promotions(Box::new(command));
            Request { command, actor: SERVING_ACTOR, operation: None }
        };
        let decided = self.handle.decide(commands.into_iter().map(request).collect(), false)?;
        let outcome = |one: writer::Outcome| match one {
            Ok(decided) => Ok(Some(decided.result)),
            Err(Trouble::Unkept(_)) => Ok(None),
            Err(trouble) => Err(trouble.into()),
        };
        decided.into_iter().map(outcome).collect()
    }
}

/// An answer, or why there is none.
type Decided = Result<Answer, Refusal>;

fn clock_ahead(handle: &Handle) -> Result<i64, ServingError> {
    match handle.ask(Query::Book)? {
        Some(Answer::Book { book, .. }) => Ok(book.clock_ahead_micros),
        _ => Err(ServingError::NoBook),
    }
}

fn records(entries: &[Entry]) -> impl Iterator<Item = Record> + '_ {
    entries.iter().filter_map(|entry| match entry {
        Entry::Verdict(record) => Some(*record),
        Entry::Counter(_) | Entry::Done(..) | Entry::Segment(_) => None,
    })
}
