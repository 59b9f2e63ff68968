//! Opening a log, and finding what is to be served.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::{Instant, PromotionId, Span};
use engine::{Answer, Query};
use feed::verdict::{Body, Outcome, Record};
use feed::{CounterRecord, Lease};
use outside::random::SystemRandomness;
use promotions::{Goal, Micros, Promotion, Slice, SliceState, State as Standing, stream_id};
use store::{List, Page, Reader};
use writer::Handle;

use super::leases::lease_of;
use super::replay::{Replay, Times, Whose};
use super::{Books, clock_ahead};
use crate::alarms::Alarms;
use crate::bills::Bills;
use crate::entry::Entry;
use crate::incidents::Incidents;
use crate::log::{Log, Stream, streams};
use crate::reports::{Reports, Rests};
use crate::sample::SeenPages;
use crate::state::State;
use crate::{FeedParts, ServingError, believed, locked};

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

impl Books {
    /// Opens the log, and what follows from it.
    pub(crate) fn open(mut parts: FeedParts) -> Result<(Books, State, Reports), ServingError> {
        let mut reader = (parts.open_reader)()?;
        let handle = parts.handle.clone();
        let ahead = clock_ahead(&handle)?;
        let now = Instant::from_micros(parts.clock.now().micros().saturating_add(ahead));
        // The book's time is never behind its journal's last, wherever the clock is.
        let last = i64::try_from(handle.figures().at_micros()).unwrap_or(i64::MAX);
        let book_now = now.max(Instant::from_micros(last));
        let latest = book_now.saturating_add(span_of(parts.clock_jump_max));
        let (log, replay) = find(&parts, Times { now, latest })?;
        let Replay { state, reports, waiting, .. } = replay;
        let bills = Bills::new(log.stream().clone(), &waiting);
        let followed = reader.head()?.seq;
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
            believed: Goal::ALL.map(believed),
            collected_at: None,
            changed: BTreeSet::new(),
            told: BTreeSet::new(),
            incidents: Incidents::default(),
            watched_at: None,
            alarms: Alarms::default(),
            unheard: BTreeSet::new(),
            asked_to: None,
            backs: Vec::new(),
        };
        Ok((books, state, reports))
    }

    /// Begins to count, and finds what is to be served.
    pub(crate) fn begin(&mut self, state: &Mutex<State>, now: Instant) -> Result<(), ServingError> {
        self.unsynced.push(Entry::Counter(CounterRecord::Started { at: now }));
        self.load(self.followed, state, now)
    }

    /// Finds every promotion of which events may come, and the slices that this stream holds, as
    /// they are after that record of the journal or later.
    pub(super) fn load(
        &mut self,
        seq: u64,
        state: &Mutex<State>,
        now: Instant,
    ) -> Result<(), ServingError> {
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
                let lease = resumed(slice, promotion);
                let _ = locked(state).chooser.resume(promotion.id, lease, spent);
            }
            has_more = rows.len() == LIST_ROWS as usize;
        }
        let mut state = locked(state);
        // All that is due, in the book, in the log and since, but for what this one has spent: also
        // from slices that are closed by now, when everything is looked at again.
        let since = self.bills.waiting().chain(&state.unwritten);
        let due = due_with(promotion.spend.due, since, promotion.id);
        let here = state.chooser.standings(promotion.id);
        let here = here.map_or(Micros::ZERO, |one| one.committed.saturating_sub(one.reserved));
        state.chooser.report(promotion.id, due.saturating_sub(here), feed::Share::WHOLE);
        Ok(())
    }
}

/// A slice of before. With a daily budget it serves on the day of its lease alone, also when it was
/// leased before there was one.
fn resumed(slice: &Slice, promotion: &Promotion) -> Lease {
    let lease = lease_of(slice);
    if promotion.terms.daily_budget.is_none() {
        return lease;
    }
    let days = u64::try_from(slice.leased_at.day_number() + 1).unwrap_or(0);
    let midnight = Instant::MIN.saturating_add(Span::days(days));
    Lease { serves_until: lease.serves_until.min(midnight), ..lease }
}

/// What is due of a promotion once these records are billed as well.
fn due_with<'a>(
    due: Micros,
    records: impl Iterator<Item = &'a Record>,
    promotion: PromotionId,
) -> Micros {
    let (mut charged, mut repaid) = (due, Micros::ZERO);
    for record in records {
        match &record.body {
            Body::Judged(one)
                if one.outcome == Outcome::Billed && one.selection.promotion == promotion =>
            {
                charged = charged.saturating_add(one.selection.price);
            }
            Body::Repaid(one) if one.promotion == promotion => {
                repaid = repaid.saturating_add(one.price);
            }
            Body::Judged(_) | Body::Repaid(_) => {}
        }
    }
    charged.saturating_sub(repaid)
}

/// Goes on with a stream that nobody writes and that fits the book, or begins one.
fn find(parts: &FeedParts, times: Times) -> Result<(Log, Replay), ServingError> {
    let disk = &parts.disk;
    let of = Whose { ring: &parts.ring, book: &parts.book };
    for first in streams(&parts.folder)? {
        let Some(stream) = Stream::lock(&first, disk)? else { continue };
        let billed_to = billed(&parts.handle, stream.label())?;
        let Some((mut replay, end)) = Replay::of(of, &stream, billed_to, times)? else {
            continue;
        };
        let (log, counted) = Log::go_on(stream, end, replay.snapshot, times.now)?;
        replay.take(&counted);
        return Ok((log, replay));
    }
    let log = Log::begin(&parts.folder, &mut SystemRandomness, disk, times.now)?;
    let replay = Replay::new(of, log.stream(), 0, times.now);
    Ok((log, replay))
}

/// How far a stream was billed.
fn billed(handle: &Handle, stream: &base::Label) -> Result<u64, ServingError> {
    match handle.ask(Query::Stream(stream_id(stream)))? {
        Some(Answer::Stream(stream)) => Ok(stream.billed_to),
        _ => Ok(0),
    }
}

fn span_of(duration: Duration) -> Span {
    Span::from_micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}
