//! Looks at promotions for those that bring less or more than was quoted, and tells the book.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use base::{Instant, PromotionId, Span};
use engine::{Answer, PromotionCommand, Query, Refusal};
use feed::shortfall::{self, Course};
use promotions::{Alarm, Promotion, Refusal as No, State as Standing};

use crate::books::Books;
use crate::promoted::{is_candidate, plan};
use crate::reports::Reports;
use crate::state::State;
use crate::{Ran, ServingError, locked};

/// Each promotion is looked at when an hour is over: by the hour is how it is judged.
const LOOKED_AT_EVERY: Span = Span::hours(1);

/// So long after its end a promotion was looked at for the last time: once an hour, and an hour
/// after its last one.
const LOOKED_AT_AFTER: Span = Span::hours(2);

/// Promotions that are looked at in one run, which is a second: 57,600 in an hour.
const LOOKED_AT_ONCE: usize = 16;

/// The promotions that are looked at, and what was found.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    watched: BTreeMap<PromotionId, Watched>,
    /// When each is looked at next.
    due: BTreeSet<(Instant, PromotionId)>,
}

#[derive(Clone, Debug)]
struct Watched {
    next: Instant,
    /// How it went, when it was looked at last.
    course: Course,
    /// The alarm that the book has noted, or that it has none; `None` as long as this process has
    /// not heard.
    noted: Option<Option<Alarm>>,
}

impl Watched {
    fn new(next: Instant) -> Watched {
        Watched { next, course: Course::Unclear, noted: None }
    }
}

impl Alarms {
    /// Takes a promotion in, or lets go of one that is over.
    pub(crate) fn follow(&mut self, promotion: &Promotion, now: Instant) {
        let id = promotion.id;
        if !is_looked_at(promotion, now) {
            self.forget(id);
        } else if let Entry::Vacant(place) = self.watched.entry(id) {
            place.insert(Watched::new(now));
            self.due.insert((now, id));
        }
    }

    /// Lets go of one that is not there any more.
    fn forget(&mut self, id: PromotionId) {
        if let Some(known) = self.watched.remove(&id) {
            self.due.remove(&(known.next, id));
        }
    }

    /// It is looked at again with the next run.
    fn put_back(&mut self, id: PromotionId, now: Instant) {
        if let Some(known) = self.watched.get_mut(&id) {
            self.due.remove(&(known.next, id));
            known.next = now;
            self.due.insert((now, id));
        }
    }

    /// How many are looked at; and how many bring less than was quoted, and more.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let outside = |alarm| {
            let course = Course::Outside(alarm);
            self.watched.values().filter(|one| one.course == course).count()
        };
        [self.watched.len(), outside(Alarm::Behind), outside(Alarm::Ahead)]
    }

    /// The next promotion whose time has come. It is looked at again after the end of this hour.
    fn take(&mut self, now: Instant) -> Option<PromotionId> {
        let (next, id) = *self.due.first().filter(|(next, _)| *next <= now)?;
        self.due.remove(&(next, id));
        let into = now.micros().unsigned_abs() % LOOKED_AT_EVERY.micros();
        let next = now.saturating_sub(Span::from_micros(into)).saturating_add(LOOKED_AT_EVERY);
        self.watched.get_mut(&id)?.next = next;
        self.due.insert((next, id));
        Some(id)
    }

    /// Keeps how it goes. Returns what the book may not have noted.
    fn keep(&mut self, id: PromotionId, course: Course) -> Option<Option<Alarm>> {
        let watched = self.watched.get_mut(&id)?;
        watched.course = course;
        let alarm = match course {
            Course::Outside(alarm) => Some(alarm),
            Course::Inside => None,
            Course::Unclear => return None,
        };
        (watched.noted != Some(alarm)).then_some(alarm)
    }

    fn is_noted(&mut self, id: PromotionId, alarm: Option<Alarm>) {
        if let Some(watched) = self.watched.get_mut(&id) {
            watched.noted = Some(alarm);
        }
    }
}

/// Whether it is to be looked at: it may belong to a page, or its last hour was not judged yet.
fn is_looked_at(promotion: &Promotion, now: Instant) -> bool {
    let last = promotion.terms.ends_at.saturating_add(LOOKED_AT_AFTER);
    let is_judged = promotion.state != Standing::Completed || now >= last;
    is_candidate(promotion) || (!is_judged && promotion.review.approved_version.is_some())
}

impl Books {
    /// Looks at some promotions whose time has come, and tells the book of those that are outside
    /// of what was quoted, or inside again. Notes those that it did not know of.
    pub(crate) fn look(
        &mut self,
        state: &Mutex<State>,
        reports: &Mutex<Reports>,
        now: Instant,
        ran: &mut Ran,
    ) -> Result<(), ServingError> {
        if self.has_unbilled() {
            // What the book has then says nothing of what was served elsewhere.
            return Ok(());
        }
        for _ in 0..LOOKED_AT_ONCE {
            let Some(promotion) = self.alarms.take(now) else { break };
            match self.look_at(promotion, state, reports, now) {
                Ok(Some(alarm)) => ran.alerted.push((promotion, alarm)),
                Ok(None) => {}
                Err(error) => {
                    self.alarms.put_back(promotion, now);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Looks at one. Returns what the book did not know of.
    fn look_at(
        &mut self,
        promotion: PromotionId,
        state: &Mutex<State>,
        reports: &Mutex<Reports>,
        now: Instant,
    ) -> Result<Option<Option<Alarm>>, ServingError> {
        let course = self.course(promotion, state, reports, now)?;
        let Some(alarm) = self.alarms.keep(promotion, course) else { return Ok(None) };
        let decided = self.decide_all(vec![PromotionCommand::Alert { promotion, alarm }])?;
        let is_news = match decided.into_iter().next().flatten() {
            Some(Ok(_)) => true,
            // Told before this process had it.
            Some(Err(Refusal::Promotions(No::NothingToChange))) => false,
            // As when it has just ended, or was told of this less than a day ago: the next look
            // tells it when it is still so.
            _ => return Ok(None),
        };
        self.alarms.is_noted(promotion, alarm);
        Ok(is_news.then_some(alarm))
    }

    /// How a promotion goes.
    fn course(
        &mut self,
        id: PromotionId,
        state: &Mutex<State>,
        reports: &Mutex<Reports>,
        now: Instant,
    ) -> Result<Course, ServingError> {
        let answer = self.ask(Query::Promotion(id))?;
        let Some(Answer::Promotion { promotion, .. }) = answer else {
            self.alarms.forget(id);
            return Ok(Course::Unclear);
        };
        // It may have ended since it was heard of.
        self.alarms.follow(&promotion, now);
        if !self.alarms.watched.contains_key(&id) || !promotion.may_be_alerted(now) {
            return Ok(Course::Unclear);
        }
        let curve = locked(state).curve(&promotion.terms.audience);
        let delivered = locked(reports).delivered(id);
        // Of a promotion that another stream has served this log knows a part alone, and a part is
        // always too little.
        let units: i64 = delivered.iter().map(|(_, one)| one.net_units()).sum();
        if u64::try_from(units).unwrap_or(0) < promotion.delivery.billed_units {
            return Ok(Course::Unclear);
        }
        Ok(shortfall::course(&plan(&promotion), &promotion.quote, &curve, &delivered, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_failed_is_repeated_with_the_next_run() {
        let now = Instant::parse("2026-03-01T10:20:00Z").unwrap();
        let id = PromotionId::from_bits(1);
        let mut alarms = Alarms::default();
        alarms.watched.insert(id, Watched::new(now));
        alarms.due.insert((now, id));
        assert_eq!((alarms.take(now), alarms.take(now)), (Some(id), None));
        alarms.put_back(id, now);
        assert_eq!((alarms.take(now), alarms.take(now)), (Some(id), None));
        // Then after the end of this hour.
        let later = now.saturating_add(Span::minutes(40));
        assert_eq!((alarms.take(later), alarms.take(later)), (Some(id), None));
        alarms.forget(id);
        assert!(alarms.due.is_empty());
    }
}
