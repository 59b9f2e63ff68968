//! The side of a book: its promotions, bills and money, and the log.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{IncidentId, Instant, KeyId, PromotionId, Span};
use engine::{Answer, Command, EventKind, PromotionCommand, Query, Refusal};
use feed::verdict::Record;
use feed::{CounterRecord, Lease, Returned, Want};
use outside::keyring::KeyRing;
use outside::random::SystemRandomness;
use promotions::{Promotion, Refusal as No, Return, Slice, SliceState, stream_id};
use promotions::{State as Standing, post_id};
use store::{List, Page, Reader};
use writer::{Handle, Request, Trouble};

use crate::alarms::Alarms;
use crate::bills::{Bills, UNBILLED_MAX};
use crate::entry::Entry;
use crate::incidents::Incidents;
use crate::log::Log;
use crate::promoted::{is_candidate, promoted};
use crate::reports::{Reports, Rests};
use crate::sample::{Sample, SeenPages};
use crate::state::{State, own_viewers};
use crate::{FeedParts, OpenReader, ServingError, locked};

/// Whoever gives commands that follow from deliveries: no key of any person has these bits.
const SERVING_ACTOR: KeyId = KeyId::from_bits(0);

/// How long a slice serves.
const SLICE_TERM: Span = Span::minutes(10);

/// Time between two looks for money that goes back.
const COLLECTED_EVERY: Span = Span::minutes(1);

/// Bytes of journal read at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// Commands in one call to the writer.
const COMMANDS_AT_ONCE: usize = 256;

/// Rows of a list read at a time.
const LIST_ROWS: u32 = 1_000;

/// States in which events of a promotion may still come.
const LIVING: [Standing; 7] = [
    Standing::InReview,
    Standing::Scheduled,
    Standing::Running,
    Standing::Paused,
    Standing::Rejected,
    Standing::Completed,
    Standing::Stopped,
];

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
    /// Money that goes back, each with the end of the stream when it was told of: what charges a
    /// slice that is closed stands before.
    backs: Vec<(Returned, u64)>,
}

impl Books {
    /// Opens the log, and what follows from it.
    pub(crate) fn open(mut parts: FeedParts) -> Result<(Books, State, Reports), ServingError> {
        let mut reader = (parts.open_reader)()?;
        let handle = parts.handle.clone();
        let mut billed_to = 0;
        let ahead = clock_ahead(&handle)?;
        let now = Instant::from_micros(parts.clock.now().micros().saturating_add(ahead));
        // The book's time is never behind its journal's last, wherever the clock is.
        let last = i64::try_from(handle.figures().at_micros()).unwrap_or(i64::MAX);
        let book_now = now.max(Instant::from_micros(last));
        let latest = book_now.saturating_add(span_of(parts.clock_jump_max));
        // One that ends before what was billed of it is an older copy: its numbers are used up. One
        // from the future was written by a clock that had jumped: all that came would be too late.
        let fits = |stream: &base::Label, entries: &[Entry]| {
            billed_to = billed(&handle, stream).map_err(io::Error::other)?;
            let is_whole = billed_to <= u64::try_from(records(entries).count()).unwrap_or(u64::MAX);
            Ok(is_whole && records(entries).last().is_none_or(|record| record.at <= latest))
        };
        let (log, entries) = Log::open(&parts.folder, &mut SystemRandomness, fits)?;
        let is_new = entries.is_empty();
        let all: Vec<Record> = records(&entries).collect();
        let billed_to = if is_new { 0 } else { billed_to };
        let split = usize::try_from(billed_to).unwrap_or(usize::MAX).min(all.len());
        let bills = Bills::new(log.stream().clone(), &all[split..]);
        let followed = reader.head()?.seq;
        let state = State::new(&parts.ring, &parts.book, log.stream(), &entries, now);
        let reports = Reports::new(log.stream(), &entries);
        let books = Books {
            handle: parts.handle,
            open_reader: parts.open_reader,
            ring: parts.ring,
            log,
            unsynced: Vec::new(),
            rests: Rests::new(),
            seen: SeenPages::default(),
            bills,
            followed,
            collected_at: None,
            changed: BTreeSet::new(),
            told: BTreeSet::new(),
            incidents: Incidents::default(),
            watched_at: None,
            alarms: Alarms::default(),
            unheard: BTreeSet::new(),
            backs: Vec::new(),
        };
        Ok((books, state, reports))
    }

    /// Microseconds that the book's clock is ahead of the wall clock.
    pub(crate) fn clock_ahead(&self) -> Result<i64, ServingError> {
        clock_ahead(&self.handle)
    }

    /// Begins to count, and finds what is to be served.
    pub(crate) fn begin(&mut self, state: &Mutex<State>, now: Instant) -> Result<(), ServingError> {
        self.unsynced.push(Entry::Counter(CounterRecord::Started { at: now }));
        self.load(self.followed, state, now)
    }

    /// Finds every promotion of which events may come, and the slices that this stream holds, as
    /// they are after that record of the journal or later.
    fn load(&mut self, seq: u64, state: &Mutex<State>, now: Instant) -> Result<(), ServingError> {
        self.handle.flush_and_wait(seq)?;
        let mut reader = (self.open_reader)()?;
        self.load_incidents(reader.as_mut())?;
        for standing in LIVING {
            let list = List::Promotions { advertiser: None, state: Some(standing) };
            let mut after = None;
            loop {
                let page = Page::after(after, LIST_ROWS);
                let rows = reader.list(list, page)?;
                for row in &rows {
                    let engine::Row::Promotion(row) = row else { continue };
                    after = Some(row.id.bits());
                    self.refresh(row.id, state, now)?;
                    self.resume(row, reader.as_mut(), state)?;
                }
                if rows.len() < LIST_ROWS as usize {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Finds the newest incidents.
    fn load_incidents(&mut self, reader: &mut dyn Reader) -> Result<(), ServingError> {
        let mut incidents = Incidents::default();
        let mut after = None;
        while incidents.room() > 0 {
            let limit = LIST_ROWS.min(u32::try_from(incidents.room()).unwrap_or(LIST_ROWS));
            let rows = reader.list(List::Incidents, Page::after(after, limit))?;
            for row in &rows {
                let engine::Row::Incident(row) = row else { continue };
                after = Some(row.id.bits());
                incidents.put(Arc::clone(row));
            }
            if rows.len() < limit as usize {
                break;
            }
        }
        self.incidents = incidents;
        Ok(())
    }

    /// Goes on with the slices that this stream holds of a promotion.
    fn resume(
        &self,
        promotion: &Promotion,
        reader: &mut dyn Reader,
        state: &Mutex<State>,
    ) -> Result<(), ServingError> {
        let mut elsewhere = promotion.spend.due;
        let mut after = None;
        let mut has_more = promotion.slices.open > 0;
        while has_more {
            let page = Page::after(after, LIST_ROWS);
            let rows = reader.list(List::Slices { promotion: promotion.id }, page)?;
            for row in &rows {
                let engine::Row::Slice(slice) = row else { continue };
                after = Some(slice.id.bits());
                let is_ours = slice.holder == *self.log.stream();
                if !is_ours || slice.state != SliceState::Open {
                    continue;
                }
                // What was charged and is not billed yet is in the log.
                let spent =
                    slice.used.saturating_add(self.bills.charged(promotion.id, slice.number));
                elsewhere = elsewhere.saturating_sub(slice.used);
                let _ = locked(state).chooser.resume(promotion.id, lease_of(slice), spent);
            }
            has_more = rows.len() == LIST_ROWS as usize;
        }
        locked(state).chooser.report(promotion.id, elsewhere, feed::Share::WHOLE);
        Ok(())
    }

    /// Looks at the promotions to which something has happened since. Returns how many.
    pub(crate) fn follow(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        if self.handle.figures().seq() <= self.followed {
            return self.refresh_changed(state, now);
        }
        let mut reader = (self.open_reader)()?;
        let head = reader.head()?;
        if head.removed > self.followed {
            // What has left the journal cannot be heard of any more: everything is looked at.
            self.load(head.seq, state, now)?;
            self.followed = head.seq;
            return Ok(0);
        }
        while self.followed < head.seq {
            let blocks = reader.blocks_after(self.followed, CHUNK_BYTES)?;
            if blocks.is_empty() {
                break;
            }
            for record in blocks.iter().flat_map(journal::Block::records) {
                let record = record.map_err(store::StoreError::from)?;
                let seq = record.header().seq;
                if seq <= self.followed {
                    continue;
                }
                for line in record.events() {
                    match EventKind::from_number(line.kind) {
                        Some(EventKind::Promotions(kind)) if kind.is_about_incident() => {
                            self.told.insert(IncidentId::from_bytes(line.subject));
                        }
                        Some(EventKind::Promotions(_)) => {
                            self.changed.insert(PromotionId::from_bytes(line.subject));
                        }
                        _ => {}
                    }
                }
                self.followed = seq;
            }
        }
        self.refresh_changed(state, now)
    }

    /// Looks at what has changed. What cannot be asked for now is asked for by the next run.
    fn refresh_changed(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        let mut refreshed = 0;
        while let Some(incident) = self.told.first().copied() {
            if let Some(Answer::Incident(row)) = self.handle.ask(Query::Incident(incident))? {
                self.incidents.put(row);
            }
            self.told.remove(&incident);
        }
        while let Some(promotion) = self.changed.first().copied() {
            self.refresh(promotion, state, now)?;
            self.changed.remove(&promotion);
            refreshed += 1;
        }
        Ok(refreshed)
    }

    /// Takes a promotion in as it is now.
    fn refresh(
        &mut self,
        id: PromotionId,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<(), ServingError> {
        let answer = self.handle.ask(Query::Promotion(id))?;
        let Some(Answer::Promotion { promotion, .. }) = answer else { return Ok(()) };
        if promotion.funded_at.is_none() {
            return Ok(());
        }
        self.alarms.follow(&promotion, now);
        if promotion.state == Standing::Settled {
            let mut state = locked(state);
            let backs = state.remove(id);
            let end = state.next_sequence();
            self.backs.extend(backs.into_iter().map(|back| (back, end)));
            return Ok(());
        }
        let post = self.handle.ask(Query::Post(post_id(&promotion.post)))?;
        let Some(Answer::Post(post)) = post else { return Ok(()) };
        let creator = self.handle.ask(Query::Creator(post.creator))?;
        let Some(Answer::Creator(creator)) = creator else { return Ok(()) };
        let own = own_viewers(&self.ring, &promotion, &post);
        let promoted = promoted(&promotion, &post, &creator.name);
        locked(state).put(promoted, own, is_candidate(&promotion), now);
        Ok(())
    }

    /// Writes what was judged and counted. Returns how many entries.
    pub(crate) fn write(
        &mut self,
        state: &Mutex<State>,
        told: Written<'_>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        if !self.unsynced.is_empty() || !self.seen.pages.is_empty() {
            // What could not be written goes first; until then nothing more is taken.
            self.append(told)?;
        }
        {
            let one_in = told.sample.one_in();
            let mut state = locked(state);
            state.one_in = one_in;
            self.unsynced = state.take_unwritten(now);
            self.rests = state.take_rests();
            self.seen = std::mem::take(&mut state.seen);
        }
        self.append(told)
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

    /// Bills what is in the log. Returns how many records, and those that the book will never take
    /// and were set aside.
    pub(crate) fn bill(&mut self) -> Result<(u64, Vec<Record>), ServingError> {
        let (mut billed, mut set_aside) = (0, Vec::new());
        while let Some(bill) = self.bills.next()? {
            let records = bill.to - bill.from;
            match self.decide(PromotionCommand::Bill(Box::new(bill))) {
                // Told twice, because the first answer was lost.
                Ok(Ok(_) | Err(Refusal::Promotions(No::AlreadyBilled { .. }))) => {
                    self.bills.accepted();
                    billed += records;
                }
                Ok(Err(Refusal::Promotions(No::LimitExceeded))) | Err(ServingError::Unkept) => {
                    if !self.bills.has_lines() {
                        return Err(ServingError::Unkept);
                    }
                    set_aside.extend(self.bills.refused());
                }
                // What was set aside is told of all the same; the rest is told again.
                _ if !set_aside.is_empty() => break,
                Ok(Err(refusal)) => return Err(ServingError::Refused(refusal)),
                Err(error) => return Err(error),
            }
        }
        Ok((billed, set_aside))
    }

    /// Whether the book was not told of all that is in the log.
    pub(crate) fn has_unbilled(&self) -> bool {
        self.bills.len() > 0
    }

    /// Whether so much waits for its bill that no more is to be judged.
    pub(crate) fn is_full(&self) -> bool {
        self.bills.len() >= UNBILLED_MAX
    }

    /// Asks for the money that is needed soon. Returns how many slices came or grew.
    pub(crate) fn lease(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        let wants = locked(state).chooser.wants(now);
        let (mut leased, mut failed) = (0, None);
        for portion in wants.chunks(COMMANDS_AT_ONCE) {
            let outcomes = match failed {
                None => self.decide_all(portion.iter().map(|want| self.lease_of(want)).collect()),
                // Nobody would ask for them again before they are chosen.
                Some(_) => Ok(Vec::new()),
            };
            let outcomes = outcomes.unwrap_or_else(|error| {
                failed = Some(error);
                Vec::new()
            });
            let mut state = locked(state);
            let mut outcomes = outcomes.into_iter();
            for Want { promotion, .. } in portion {
                match outcomes.next() {
                    Some(Some(Ok(Answer::Slice(slice)))) => {
                        leased += usize::from(state.chooser.lease(*promotion, lease_of(&slice)));
                    }
                    _ => state.chooser.refuse(*promotion),
                }
            }
        }
        failed.map_or(Ok(leased), Err)
    }

    fn lease_of(&self, want: &Want) -> PromotionCommand {
        let holder = self.log.stream().clone();
        let (promotion, held) = (want.promotion, want.slice.map(|slice| slice.0));
        let want = promotions::Lease { holder, amount: want.amount, term: SLICE_TERM };
        PromotionCommand::Lease { promotion, held, want }
    }

    /// Gives back what is not needed, once a minute. Returns of how many slices.
    pub(crate) fn collect(
        &mut self,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<usize, ServingError> {
        let is_time = |at: Instant| now.since(at).is_none_or(|since| since >= COLLECTED_EVERY);
        if self.collected_at.is_none_or(is_time) {
            self.collected_at = Some(now);
            let mut state = locked(state);
            let backs = state.chooser.collect(now);
            let end = state.next_sequence();
            self.backs.extend(backs.into_iter().map(|back| (back, end)));
        }
        let mut returned = 0;
        let backs = std::mem::take(&mut self.backs);
        let mut portions = backs.chunks(COMMANDS_AT_ONCE);
        for portion in portions.by_ref() {
            let outcomes = match self.decide_all(portion.iter().map(return_of).collect()) {
                Ok(outcomes) => outcomes,
                Err(error) => {
                    // Money of an open slice is told of again by the next look: by then it may
                    // have been leased anew, and what was to be kept is too little.
                    let later = portion.iter().chain(portions.flatten());
                    self.backs.extend(later.filter(|(back, _)| back.is_closed));
                    return Err(error);
                }
            };
            for (back, outcome) in portion.iter().zip(outcomes) {
                match outcome {
                    Some(Ok(_)) => returned += 1,
                    // What charges it is not in the log yet.
                    Some(Err(Refusal::Promotions(No::BillsMissing { .. }))) => {
                        self.backs.push(*back);
                    }
                    Some(Err(_)) | None => {}
                }
            }
        }
        Ok(returned)
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

    fn decide(&self, command: PromotionCommand) -> Result<Outcome, ServingError> {
        let outcome = self.decide_all(vec![command])?.pop().flatten();
        outcome.ok_or(ServingError::Unkept)
    }

    /// One outcome for each, in order; `None` for one that breaks a rule of ours, which is undone.
    pub(crate) fn decide_all(
        &self,
        commands: Vec<PromotionCommand>,
    ) -> Result<Vec<Option<Outcome>>, ServingError> {
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

/// What the book is told of money that goes back.
fn return_of((back, end): &(Returned, u64)) -> PromotionCommand {
    PromotionCommand::ReturnSlice {
        promotion: back.promotion,
        slice: back.slice.0,
        back: Return {
            granted_after: back.granted_after,
            closes_after: back.is_closed.then_some(*end),
        },
    }
}

/// An answer, or why there is none.
type Outcome = Result<Answer, Refusal>;

fn span_of(duration: Duration) -> Span {
    Span::from_micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

fn clock_ahead(handle: &Handle) -> Result<i64, ServingError> {
    match handle.ask(Query::Book)? {
        Some(Answer::Book { book, .. }) => Ok(book.clock_ahead_micros),
        _ => Err(ServingError::NoBook),
    }
}

/// How far a stream was billed.
fn billed(handle: &Handle, stream: &base::Label) -> Result<u64, ServingError> {
    match handle.ask(Query::Stream(stream_id(stream)))? {
        Some(Answer::Stream(stream)) => Ok(stream.billed_to),
        _ => Ok(0),
    }
}

fn records(entries: &[Entry]) -> impl Iterator<Item = Record> + '_ {
    entries.iter().filter_map(|entry| match entry {
        Entry::Verdict(record) => Some(*record),
        Entry::Counter(_) | Entry::Done(..) | Entry::Segment(_) => None,
    })
}

fn lease_of(slice: &Slice) -> Lease {
    Lease {
        slice: feed::SliceId(slice.number),
        granted: slice.granted(),
        serves_until: slice.expires_at,
        lapses_at: slice.charges_until(),
    }
}
