//! What a feed that is opened again knows of before, from its log.

use base::{Instant, PromotionId};
use feed::Unbilled;
use feed::verdict::{Body, Judged, Outcome};

use crate::entry::Entry;
use crate::promoted::cap;
use crate::reports::Reports;
use crate::state::State;

impl State {
    /// Remembers who was shown what within the time of a frequency cap, as far as anything was told
    /// of it, and how long events took. It goes through the log once, and keeps for a moment the
    /// showings of a day; after that, as many viewers as ever are remembered.
    pub(crate) fn recall_events(&mut self, entries: &[Entry], now: Instant) {
        let records = || {
            entries.iter().filter_map(|entry| match entry {
                Entry::Verdict(record) => Some(record),
                _ => None,
            })
        };
        let Some(latest) = records().map(|record| record.at).max() else { return };
        // A clock that had jumped ahead must not make all others too old.
        let since = latest.min(now).saturating_sub(cap().within);
        let mut showings = Vec::new();
        for record in records() {
            let Body::Judged(judged) = &record.body else { continue };
            if is_unit(judged) {
                let age = record.at.since(judged.selection.at).unwrap_or_default();
                self.chooser.recall_delay(judged.selection.goal, age);
            }
            showings.extend(showing(judged).filter(|(at, ..)| *at >= since));
        }
        // Several events may be of one showing.
        showings.sort_unstable();
        showings.dedup();
        for (at, viewer, promotion) in showings {
            self.chooser.recall_showing(viewer, promotion, at);
        }
    }

    /// Learns how the pages of a day are spread over its hours. Where they came from the log does
    /// not tell.
    pub(crate) fn recall_traffic(&mut self, entries: &[Entry], now: Instant) {
        for entry in entries {
            if let Entry::Done(minute, doings) = entry
                && *minute <= now
            {
                self.chooser.curves_mut().recall(*minute, doings.pages);
            }
        }
    }

    /// Remembers what was learned of each promotion that is here.
    pub(crate) fn recall(&mut self, reports: &Reports) {
        let promotions: Vec<PromotionId> = self.chooser.promotions().collect();
        for promotion in promotions {
            let (served, units) = reports.learned(promotion);
            self.chooser.recall(promotion, served, units);
        }
    }
}

/// Whether it is of the kind that its promotion pays for, valid, and in time: delays are learned
/// of the same when they come.
fn is_unit(judged: &Judged) -> bool {
    let is_in_time = match judged.outcome {
        Outcome::Billed => true,
        Outcome::Unbilled(why) => !matches!(why, Unbilled::TooLate | Unbilled::UnknownSlice),
        Outcome::Counted | Outcome::Invalid(_) => false,
    };
    is_in_time && judged.kind == judged.selection.goal.billed()
}

/// When whom which promotion was shown to, where the viewer has a name.
fn showing(judged: &Judged) -> Option<(Instant, u64, PromotionId)> {
    let selection = &judged.selection;
    selection.viewer.map(|viewer| (selection.at, viewer.bits(), selection.promotion))
}

#[cfg(test)]
mod tests {
    use promotions::{EventKind, Goal, Micros};

    use super::*;

    #[test]
    fn delays_are_learned_of_units_that_came_in_time() {
        let is_learned = |outcome: Outcome| {
            let selection = feed::token::Selection {
                promotion: PromotionId::from_bits(1),
                slice: 1,
                viewer: None,
                at: Instant::parse("2026-03-01T00:00:00Z").unwrap(),
                price: Micros::new(1),
                process: 1,
                nonce: 1,
                country: None,
                device: None,
                goal: Goal::Views,
            };
            let (kind, was_too_short) = (EventKind::View, false);
            is_unit(&Judged { selection, kind, outcome, was_too_short, address: 0, network: 0 })
        };
        assert!(is_learned(Outcome::Billed) && !is_learned(Outcome::Counted));
        let left_out = [Unbilled::TooLate, Unbilled::UnknownSlice];
        for why in Unbilled::ALL {
            assert_eq!(is_learned(Outcome::Unbilled(why)), !left_out.contains(&why), "{why:?}");
        }
    }
}
