//! Looks at promotions for those that bring less or more than was quoted, and tells the book.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use base::{Instant, PromotionId, Span};
use engine::{Answer, PromotionCommand, Query, Refusal};
use feed::shortfall;
use promotions::{Alarm, Promotion, Refusal as No};

use crate::books::Books;
use crate::promoted::{is_candidate, plan};
use crate::reports::Reports;
use crate::state::State;
use crate::{ServingError, locked};

/// Each promotion is looked at when an hour is over: by the hour is how it is judged.
const LOOKED_AT_EVERY: Span = Span::hours(1);

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
    /// What it was, when it was looked at last.
    outside: Option<Alarm>,
    /// What the book knows, in the order of [`Alarm::ALL`], as far as this process has heard.
    told: [bool; 2],
}

impl Alarms {
    /// Takes a promotion in, or lets go of one that is over.
    pub(crate) fn follow(&mut self, promotion: &Promotion, now: Instant) {
        let id = promotion.id;
        if !is_candidate(promotion) {
            if let Some(known) = self.watched.remove(&id) {
                self.due.remove(&(known.next, id));
            }
        } else if let Entry::Vacant(place) = self.watched.entry(id) {
            place.insert(Watched { next: now, outside: None, told: [false; 2] });
            self.due.insert((now, id));
        }
    }

    /// How many are looked at; and how many bring less than was quoted, and more.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let outside =
            |alarm| self.watched.values().filter(|one| one.outside == Some(alarm)).count();
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

    /// Notes what was found. Returns what the book may not know.
    fn note(&mut self, id: PromotionId, outside: Option<Alarm>) -> Option<Alarm> {
        let watched = self.watched.get_mut(&id)?;
        watched.outside = outside;
        outside.filter(|alarm| !watched.told[*alarm as usize])
    }

    fn is_told(&mut self, id: PromotionId, alarm: Alarm) {
        if let Some(watched) = self.watched.get_mut(&id) {
            watched.told[alarm as usize] = true;
        }
    }
}

impl Books {
    /// Looks at some promotions whose time has come, and tells the book of those that are outside
    /// of what was quoted, once each. Returns those that it did not know of.
    pub(crate) fn look(
        &mut self,
        state: &Mutex<State>,
        reports: &Mutex<Reports>,
        now: Instant,
    ) -> Result<Vec<(PromotionId, Alarm)>, ServingError> {
        let mut alerted = Vec::new();
        for _ in 0..LOOKED_AT_ONCE {
            let Some(promotion) = self.alarms.take(now) else { break };
            let outside = self.outside(promotion, state, reports, now)?;
            let Some(alarm) = self.alarms.note(promotion, outside) else { continue };
            match self.decide_all(vec![PromotionCommand::Alert { promotion, alarm }])?.pop() {
                Some(Some(Ok(_))) => alerted.push((promotion, alarm)),
                // Told before this process had it.
                Some(Some(Err(Refusal::Promotions(No::NothingToChange)))) => {}
                // As when it has just ended.
                _ => continue,
            }
            self.alarms.is_told(promotion, alarm);
        }
        Ok(alerted)
    }

    /// Whether a promotion brings less or more than was quoted.
    fn outside(
        &self,
        id: PromotionId,
        state: &Mutex<State>,
        reports: &Mutex<Reports>,
        now: Instant,
    ) -> Result<Option<Alarm>, ServingError> {
        let answer = self.ask(Query::Promotion(id))?;
        let Some(Answer::Promotion { promotion, .. }) = answer else { return Ok(None) };
        let curve = locked(state).curve(&promotion.terms.audience);
        let delivered = locked(reports).delivered(id);
        // Of a promotion that another stream has served this log knows a part alone, and a part is
        // always too little.
        let units: u64 = delivered.iter().map(|(_, one)| one.units).sum();
        if units < promotion.delivery.billed_units {
            return Ok(None);
        }
        Ok(shortfall::alarm(&plan(&promotion), &promotion.quote, &curve, &delivered, now))
    }
}
