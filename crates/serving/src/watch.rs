//! Watches what the platform does for trouble, and tells the book.

use std::sync::Mutex;

use base::{Instant, Span};
use engine::{Answer, Refusal};
use feed::shortfall::Trouble;
use promotions::Refusal as No;

use crate::books::Books;
use crate::incidents::Finding;
use crate::reports::Reports;
use crate::state::State;
use crate::{Ran, ServingError, locked};

/// Time between two looks for trouble.
const WATCHED_EVERY: Span = Span::minutes(1);

/// How far back trouble is looked for.
const WATCHED: Span = Span::days(1);

/// What came before that is known for comparison: other nights, and at least one whole time between
/// two reports of those who tell once a day what happened.
const COMPARED: Span = Span::days(2);

impl Books {
    /// Once a minute, looks for trouble in the minutes that are over, and notes what does not work
    /// any more, and what works again.
    pub(crate) fn watch(
        &mut self,
        reports: &Mutex<Reports>,
        now: Instant,
        ran: &mut Ran,
    ) -> Result<(), ServingError> {
        let is_time = |at: Instant| now.since(at).is_none_or(|since| since >= WATCHED_EVERY);
        if !self.watched_at.is_none_or(is_time) {
            return Ok(());
        }
        let since = now.saturating_sub(WATCHED);
        let (done, gaps) = locked(reports).done(since.saturating_sub(COMPARED), now);
        let found = Trouble::find(&done, &gaps, &[]).incidents();
        let mut findings = self.incidents.follow(&found, &done, [since, now]);
        findings.retain(|finding| !self.unheard.contains(&finding.incident()));
        let mut refused = None;
        for finding in &findings {
            match self.decide_all(vec![finding.command()])?.pop().flatten() {
                Some(Ok(Answer::Incident(row))) => {
                    self.incidents.put(row);
                    match finding {
                        Finding::Opened(_) => ran.opened.push(finding.component()),
                        Finding::Ended(..) => ran.ended.push(finding.component()),
                    }
                }
                // Told before, by whoever did not hear the answer or by people: the row is on its
                // way here.
                Some(Err(Refusal::Promotions(No::IdTaken | No::NothingToChange))) => {}
                // As when people have told too much of it: this is said once, and others are
                // looked for.
                Some(Err(refusal)) => {
                    self.unheard.insert(finding.incident());
                    refused = Some(refusal);
                }
                Some(Ok(_)) | None => return Err(ServingError::Unkept),
            }
        }
        self.watched_at = Some(now);
        refused.map_or(Ok(()), |refusal| Err(ServingError::Refused(refusal)))
    }

    /// What is known of incidents by now, for whoever serves and reports.
    pub(crate) fn tell_of_incidents(&self, state: &Mutex<State>, reports: &Mutex<Reports>) {
        locked(reports).told = self.incidents.told();
        locked(state).set_incident(self.incidents.stop_feed());
    }
}
