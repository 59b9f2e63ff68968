//! Reading a stream: what its log makes of everything that is kept in memory.

#[cfg(test)]
mod tests;

use std::io;

use base::{Instant, Label};
use feed::saved::{FORMAT, Saved};
use feed::verdict::Record;
use outside::keyring::KeyRing;

use super::records;
use crate::entry::Entry;
use crate::log::{End, Kind, Stream};
use crate::reports::Reports;
use crate::state::State;

/// Of what is in a snapshot here; it grows by one when that is written otherwise.
const SNAPSHOT: u8 = 1;

/// What was read of a stream.
pub(super) struct Replay {
    pub(super) state: State,
    pub(super) reports: Reports,
    /// Records that the book does not have, as far as it was asked.
    pub(super) waiting: Vec<Record>,
    /// The snapshot that it began with, and when that was made.
    pub(super) snapshot: Option<(u32, Instant)>,
    billed_to: u64,
    now: Instant,
    last_at: Option<Instant>,
    is_whole: bool,
}

/// Whose feed it is: what tokens are signed with.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) ring: &'a KeyRing,
    pub(super) book: &'a str,
}

/// Times by which a log is judged.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) now: Instant,
    /// What is later was written by a clock that had jumped.
    pub(super) latest: Instant,
}

impl Replay {
    /// At the beginning of a stream, of which the book was billed so far.
    pub(super) fn new(of: Whose<'_>, stream: &Label, billed_to: u64, now: Instant) -> Replay {
        Replay {
            state: State::new(of.ring, of.book, stream),
            reports: Reports::new(stream),
            waiting: Vec::new(),
            snapshot: None,
            billed_to,
            now,
            last_at: None,
            is_whole: true,
        }
    }

    /// Reads a stream, by its newest snapshot that fits and what follows it; `None` when it does
    /// not fit the book. One that ends before what was billed of it is an older copy: its numbers
    /// are used up. One from the future was written by a clock that had jumped: all that came would
    /// be too late.
    pub(super) fn of(
        of: Whose<'_>,
        stream: &Stream,
        billed_to: u64,
        times: Times,
    ) -> io::Result<Option<(Replay, End)>> {
        let begin = || Replay::new(of, stream.label(), billed_to, times.now);
        for number in stream.snapshots()? {
            let Some(bytes) = stream.snapshot(number)? else { continue };
            let mut replay = begin();
            if replay.restore(&mut bytes.as_slice(), times.latest).is_none()
                || !replay.has_files(stream)?
            {
                continue;
            }
            replay.snapshot = replay.snapshot.map(|(_, made_at)| (number, made_at));
            drop(bytes);
            if let Some(end) = replay.read(stream, number, times)? {
                return Ok(Some((replay, end)));
            }
        }
        let mut replay = begin();
        let end = replay.read(stream, 0, times)?;
        Ok(end.map(|end| (replay, end)))
    }

    /// Reads the volumes from one on; `None` when they do not fit.
    fn read(&mut self, stream: &Stream, first: u32, times: Times) -> io::Result<Option<End>> {
        let end = stream.read(first, |entries| self.take(entries))?;
        let is_in_time = self.last_at.is_none_or(|at| at <= times.latest);
        let is_all = self.billed_to <= self.state.next_sequence();
        Ok(end.filter(|_| self.is_whole && is_in_time && is_all))
    }

    /// Takes in what the log tells next.
    pub(super) fn take(&mut self, entries: &[Entry]) {
        self.is_whole &= self.state.replay(entries, self.now);
        self.reports.absorb(entries);
        self.last_at = self.last_at.max(records(entries).map(|record| record.at).max());
        let billed_to = self.billed_to;
        self.waiting.extend(records(entries).filter(|record| record.sequence >= billed_to));
    }

    /// Takes over a snapshot; `None` when it is none of this format, was made by other rules or in
    /// the future, or does not have all that is to be billed.
    fn restore(&mut self, bytes: &mut &[u8], latest: Instant) -> Option<()> {
        if <[u8; 2]>::restore(bytes)? != [SNAPSHOT, FORMAT] {
            return None;
        }
        let made_at = Saved::restore(bytes)?;
        self.snapshot = Some((0, made_at));
        let settled = Saved::restore(bytes)?;
        let waiting_from = u64::restore(bytes)?;
        let waiting = Vec::<Vec<u8>>::restore(bytes)?;
        let waiting: Option<Vec<Record>> =
            waiting.iter().map(|bytes| Record::decode(bytes).ok()).collect();
        self.waiting = waiting?;
        let billed_to = self.billed_to;
        self.waiting.retain(|record| record.sequence >= billed_to);
        self.state.restore(bytes, latest)?;
        self.reports.restore(settled, bytes)?;
        (waiting_from <= billed_to && bytes.is_empty()).then_some(())
    }

    fn has_files(&self, stream: &Stream) -> io::Result<bool> {
        let there = stream.files().numbers(Kind::Settled)?;
        Ok(self.reports.settled().iter().all(|number| there.contains(number)))
    }
}

/// What a snapshot says first: what is not billed, as far as is known, and which files of settled
/// promotions belong to it.
pub(super) fn save_head<'a>(
    (now, settled): (Instant, &[u32]),
    next: u64,
    waiting: impl Iterator<Item = &'a Record>,
    out: &mut Vec<u8>,
) {
    [SNAPSHOT, FORMAT].save(out);
    now.save(out);
    settled.to_vec().save(out);
    let encoded = |record: &Record| {
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        bytes
    };
    let mut waiting = waiting.peekable();
    waiting.peek().map_or(next, |record| record.sequence).save(out);
    waiting.map(encoded).collect::<Vec<_>>().save(out);
}
