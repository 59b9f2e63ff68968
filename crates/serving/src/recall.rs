//! What a feed that is opened again knows of before, from its log.

use base::{Instant, PromotionId};
use feed::verdict::{Body, Judged, Outcome};

use crate::entry::Entry;
use crate::promoted::cap;
use crate::reports::Reports;
use crate::state::State;

impl State {
    /// Remembers who was shown what within the time of a frequency cap, as far as anything was told
    /// of it, and how long events took. It goes through the log once, and keeps for a moment the
    /// showings of a day; after that, as many viewers as ever are remembered.
    pub(crate) fn recall_events(&mut self, entries: &[Entry]) {
        let records = || {
            entries.iter().filter_map(|entry| match entry {
                Entry::Verdict(record) => Some(record),
                _ => None,
            })
        };
        let Some(latest) = records().map(|record| record.at).max() else { return };
        let since = latest.saturating_sub(cap().within);
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

    /// Remembers what was learned of each promotion that is here.
    pub(crate) fn recall(&mut self, reports: &Reports) {
        let promotions: Vec<PromotionId> = self.chooser.promotions().collect();
        for promotion in promotions {
            let (served, units) = reports.learned(promotion);
            self.chooser.recall(promotion, served, units);
        }
    }
}

/// Whether it is of the kind that its promotion pays for, and was valid.
fn is_unit(judged: &Judged) -> bool {
    let is_valid = matches!(judged.outcome, Outcome::Billed | Outcome::Unbilled(_));
    is_valid && judged.kind == judged.selection.goal.billed()
}

/// When whom which promotion was shown to, where the viewer has a name.
fn showing(judged: &Judged) -> Option<(Instant, u64, PromotionId)> {
    let selection = &judged.selection;
    selection.viewer.map(|viewer| (selection.at, viewer.bits(), selection.promotion))
}
