//! Snapshots: what is remembered of the log, so that nobody reads all of it again, and settled
//! promotions, which leave memory with them.

use std::sync::Mutex;

use base::{Instant, PromotionId, Span};
use engine::{Answer, Query};
use feed::verdict::Record;
use promotions::State as Standing;

use super::replay::save_head;
use super::{Books, Written};
use crate::reports::Reports;
use crate::state::State;
use crate::{ServingError, locked};

/// So long after the last that was heard of it a settled promotion leaves memory. What comes later
/// (a sale may be returned for 60 days) stands alone until it leaves too, and is added up by
/// whoever reads a report.
const QUIET_FOR: Span = Span::days(7);

/// Promotions that the book is asked about for one snapshot.
const ASKED_MAX: usize = 20_000;

/// What is to be remembered of the state.
pub(super) struct Memory {
    at: Instant,
    /// The number of the next record.
    next: u64,
    bytes: Vec<u8>,
}

impl Memory {
    /// As of when all that was taken as unwritten is in the log.
    pub(super) fn of(state: &State, at: Instant) -> Memory {
        let mut bytes = Vec::new();
        state.save(at, &mut bytes);
        Memory { at, next: state.next_sequence(), bytes }
    }

    /// Appends a snapshot: this, what waits for its bill, and what the log tells of promotions that
    /// are not in the files of settled ones.
    pub(super) fn save<'a>(
        &self,
        settled: &[u32],
        waiting: impl Iterator<Item = &'a Record>,
        reports: &Mutex<Reports>,
        out: &mut Vec<u8>,
    ) {
        save_head((self.at, settled), self.next, waiting, out);
        out.extend_from_slice(&self.bytes);
        locked(reports).save(out);
    }
}

/// The first so many of these behind the one that was asked about last, or from the beginning once
/// none is left: whoever never settles keeps nobody else waiting for ever.
fn in_turn(
    mut all: Vec<PromotionId>,
    asked_to: &mut Option<PromotionId>,
    most: usize,
) -> Vec<PromotionId> {
    all.sort_unstable();
    let behind = asked_to.map_or(0, |last| all.partition_point(|id| *id <= last));
    all.rotate_left(behind);
    all.truncate(most);
    *asked_to = all.last().copied();
    all
}

impl Books {
    /// Makes a snapshot of what is in the log now.
    ///
    /// A crash at any step leaves the former snapshot and all that came since, or the new one: the
    /// volume is sealed first, then settled promotions are written, then the snapshot that names
    /// their file. Only then they leave memory.
    pub(super) fn remember(
        &mut self,
        memory: &Memory,
        state: &Mutex<State>,
        told: Written<'_>,
    ) -> Result<(), ServingError> {
        let number = self.log.seal(memory.at)?;
        let leaving = self.settled_by(memory.at.saturating_sub(QUIET_FOR), state, told.reports)?;
        locked(told.reports).set_apart(&leaving);
        let written = self.write_snapshot(number, memory, told.reports);
        let mut reports = locked(told.reports);
        match &written {
            Ok(()) => reports.have_left(self.log.stream(), number),
            Err(_) => reports.take_back(self.log.stream()),
        }
        written
    }

    fn write_snapshot(
        &mut self,
        number: u32,
        memory: &Memory,
        reports: &Mutex<Reports>,
    ) -> Result<(), ServingError> {
        // Whoever waits for the lock waits for copies in memory, not for the disk.
        let (mut settled, leaving) = {
            let reports = locked(reports);
            (reports.settled().to_vec(), reports.leaving())
        };
        if !leaving.is_empty() {
            self.log.put_settled(number, leaving.into_iter())?;
            settled.push(number);
        }
        let mut bytes = Vec::new();
        memory.save(&settled, self.bills.waiting(), reports, &mut bytes);
        Ok(self.log.put_snapshot(&settled, memory.at, &bytes)?)
    }

    /// Promotions that are settled, and of which nothing was heard since then.
    fn settled_by(
        &mut self,
        since: Instant,
        state: &Mutex<State>,
        reports: &Mutex<Reports>,
    ) -> Result<Vec<PromotionId>, ServingError> {
        let quiet = locked(reports).quiet_since(since);
        let over = {
            let state = locked(state);
            let is_over = |id: &PromotionId| state.chooser.slot(*id).is_none();
            quiet.into_iter().filter(is_over).collect::<Vec<_>>()
        };
        let over = in_turn(over, &mut self.asked_to, ASKED_MAX);
        let mut settled = Vec::new();
        for id in over {
            let answer = self.handle.ask(Query::Promotion(id))?;
            if let Some(Answer::Promotion { promotion, .. }) = answer
                && promotion.state == Standing::Settled
            {
                settled.push(id);
            }
        }
        Ok(settled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_asked_about_in_turn_though_some_never_settle() {
        let ids = |bits: &[u128]| bits.iter().map(|one| PromotionId::from_bits(*one)).collect();
        let mut asked_to = None;
        let mut check = |all: &[u128], asked: &[u128]| {
            let expected: Vec<PromotionId> = ids(asked);
            assert_eq!(in_turn(ids(all), &mut asked_to, 2), expected);
        };
        check(&[4, 1, 3, 5, 2], &[1, 2]);
        // None of these has settled, and one has come.
        check(&[0, 1, 2, 3, 4, 5], &[3, 4]);
        check(&[0, 1, 2, 5], &[5, 0]);
        check(&[0, 1, 2, 5], &[1, 2]);
        check(&[5], &[5]);
        check(&[5], &[5]);
        check(&[], &[]);
    }
}
