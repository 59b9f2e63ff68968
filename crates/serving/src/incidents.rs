//! Incidents of the book, as far as the feed of a book has to know them, and what becomes of the
//! trouble that it finds.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{IncidentId, Instant, Span};
use feed::shortfall::{Activity, Incident as Trouble};
use promotions::detected_incident_id;
use promotions::{Actor, Affected, Component, Incident, IncidentChange, IncidentSeverity};
use promotions::{IncidentTerms, IncidentVersion, NewIncident, Promotion, Role};

/// Incidents that are remembered: the newest.
const KNOWN_MAX: usize = 10_000;

/// How long something must be well for an incident to be over. What fails again before is the same.
const CALM: Span = Span::minutes(5);

/// The shortest trouble that becomes an incident: reports tell of shorter ones all the same.
const SHORTEST: Span = Span::minutes(2);

/// Pages or events that must have failed, or posts of which nothing was heard: fewer are chance.
const SURE: u64 = 12;

/// The incidents of a book.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    known: BTreeMap<IncidentId, Arc<Incident>>,
    /// True when nobody was told yet of what has changed.
    is_news: bool,
}

/// What is to be told the book of the trouble that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Something does not work.
    Opened(NewIncident),
    /// It works again.
    Ended(IncidentId, Component, IncidentChange),
}

impl Incidents {
    /// Takes an incident in as it is now.
    pub(crate) fn put(&mut self, incident: Arc<Incident>) {
        self.is_news = true;
        self.known.insert(incident.id, incident);
        if self.known.len() > KNOWN_MAX {
            self.known.pop_first();
        }
    }

    /// Whether something has changed since this was asked.
    pub(crate) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.is_news)
    }

    /// How many more are remembered.
    pub(crate) fn room(&self) -> usize {
        KNOWN_MAX - self.known.len()
    }

    /// Those that people told of, newest first.
    pub(crate) fn told(&self) -> Vec<Arc<Incident>> {
        let told = self.known.values().rev().filter(|incident| !incident.is_detected());
        told.cloned().collect()
    }

    /// How many go on, of those that were detected, and of those that people told of.
    pub(crate) fn open(&self) -> [usize; 2] {
        let open = || self.known.values().filter(|incident| incident.is_open());
        let detected = open().filter(|incident| incident.is_detected()).count();
        [detected, open().count() - detected]
    }

    /// Whether nothing is to be shown now.
    pub(crate) fn stop_feed(&self) -> bool {
        self.known.values().any(|incident| incident.stops_feed())
    }

    /// What follows from the trouble that was found in what the platform did: each is an incident
    /// once, and ends when it has been well for a while. `done` is what it was found in, whole
    /// minutes before `now`. What began before `since` is no news, but for reports that come
    /// seldom: that they stay away is seen late.
    pub(crate) fn follow(
        &self,
        found: &[Trouble],
        done: &Activity,
        [since, now]: [Instant; 2],
    ) -> Vec<Finding> {
        let runs = joined(found);
        let mut findings = Vec::new();
        for run in &runs {
            let is_over = now >= run.until.saturating_add(CALM);
            match self.of(run) {
                Some(incident) if ends_by_itself(incident) && is_over => {
                    findings.push(ended(incident, run.until));
                }
                Some(_) => {}
                None if is_news(run, done, since) && is_sure(run, done) => {
                    findings.push(Finding::Opened(opened(run, is_over)));
                }
                None => {}
            }
        }
        let is_gone = |incident: &&Arc<Incident>| {
            ends_by_itself(incident) && !runs.iter().any(|run| is_of(incident, run))
        };
        // What an owner before has found, and is over since.
        for incident in self.known.values().filter(is_gone) {
            let from = incident.latest.terms.started_at;
            let well = done.minutes().find(|(at, doings)| match incident.component {
                Component::Selection => *at >= from && doings.pages > 0,
                _ => *at >= from && doings.heard > 0,
            });
            if let Some((at, _)) = well.filter(|(at, _)| now >= at.saturating_add(CALM)) {
                findings.push(ended(incident, at));
            }
        }
        findings
    }

    /// The incident of this trouble: by what is told of it now, or else by what was told before.
    fn of(&self, run: &Trouble) -> Option<&Arc<Incident>> {
        let detected = || self.known.values().rev().filter(|incident| incident.is_detected());
        let by_now = detected()
            .find(|incident| incident.component == run.component && says(&incident.latest, run));
        by_now.or_else(|| detected().find(|incident| is_of(incident, run)))
    }
}

/// What people told, as the feed takes it, of those that affect a promotion.
pub(crate) fn told_of(told: &[Arc<Incident>], promotion: &Promotion) -> Vec<Trouble> {
    let affects = told.iter().filter(|one| one.latest.terms.affects.admits(promotion));
    let one = |incident: &Arc<Incident>| Trouble {
        component: incident.component,
        from: incident.latest.terms.started_at,
        until: incident.latest.terms.ended_at.unwrap_or(Instant::MAX),
    };
    affects.map(one).collect()
}

/// Trouble of one component with less calm between than ends it is one.
fn joined(found: &[Trouble]) -> Vec<Trouble> {
    let mut runs: Vec<Trouble> = Vec::new();
    for trouble in found {
        let goes_on = |run: &&mut Trouble| {
            run.component == trouble.component && trouble.from < run.until.saturating_add(CALM)
        };
        match runs.last_mut().filter(goes_on) {
            Some(run) => run.until = run.until.max(trouble.until),
            None => runs.push(*trouble),
        }
    }
    runs
}

/// Whether an incident that was detected is the one of this trouble, by anything that was told of
/// it: what people took back or made shorter was this trouble all the same.
fn is_of(incident: &Incident, run: &Trouble) -> bool {
    let told = || incident.earlier.iter().chain([&incident.latest]);
    // It went on until people told otherwise. What the platform told says itself when it was over.
    let went_on = |(version, next): (&IncidentVersion, &IncidentVersion)| {
        version.terms.ended_at.is_none()
            && next.actor.role != Role::Platform
            && version.terms.started_at < run.until.saturating_add(CALM)
            && run.from < next.at
    };
    incident.is_detected()
        && incident.component == run.component
        && (says(&incident.latest, run)
            || incident.earlier.iter().any(|one| one.terms.ended_at.is_some() && says(one, run))
            || told().zip(told().skip(1)).any(went_on))
}

/// Whether this trouble lies in the time that was told.
fn says(version: &IncidentVersion, run: &Trouble) -> bool {
    let ended_at = version.terms.ended_at.unwrap_or(Instant::MAX);
    version.terms.started_at < run.until.saturating_add(CALM)
        && run.from < ended_at.saturating_add(CALM)
}

/// Whether it was detected and goes on, and nobody has opened it again: then they end it, too.
fn ends_by_itself(incident: &Incident) -> bool {
    incident.is_detected()
        && incident.is_open()
        && incident.earlier.iter().all(|version| version.terms.ended_at.is_none())
}

/// Whether the book has to hear of it now. Of intake that began to fail before `since` it has where
/// reports came for a third as long before: then it is known how seldom they come.
fn is_news(run: &Trouble, done: &Activity, since: Instant) -> bool {
    if run.from >= since || run.component != Component::Intake || run.until < since {
        return run.from >= since;
    }
    let mut heard = done.minutes().filter(|(at, doings)| *at < run.from && doings.heard > 0);
    let first = heard.next().map(|(at, _)| at);
    let known = first.and_then(|first| run.from.since(first)).unwrap_or_default();
    let length = run.until.since(run.from).unwrap_or_default();
    // Between the first and the last of them, which begins the silence.
    heard.next().is_some() && known.micros() >= length.micros() / 3
}

/// Whether it is long enough, and more than chance.
fn is_sure(run: &Trouble, done: &Activity) -> bool {
    let is_long = run.until.since(run.from).is_some_and(|span| span >= SHORTEST);
    let (mut failed, mut is_silent) = (0, false);
    let mut at = run.from;
    let during = done.between(run.from, run.until);
    while at < run.until {
        let doings = during.of(at);
        match run.component {
            Component::Selection => {
                failed += doings.failed;
                is_silent |= doings.asked() == 0;
            }
            _ => failed += doings.refused + if doings.heard == 0 { doings.served } else { 0 },
        }
        at = at.saturating_add(Span::minutes(1));
    }
    // A platform that never reports an event has no intake that could fail.
    let is_used =
        run.component == Component::Selection || done.minutes().any(|(_, doings)| doings.heard > 0);
    is_long && is_used && (is_silent || failed >= SURE)
}

fn opened(run: &Trouble, is_over: bool) -> NewIncident {
    NewIncident {
        id: detected_incident_id(run.component, run.from),
        component: run.component,
        terms: IncidentTerms {
            // Whether it is worse, people have to say.
            severity: IncidentSeverity::Major,
            started_at: run.from,
            ended_at: is_over.then_some(run.until),
            affects: Affected::default(),
        },
    }
}

fn ended(incident: &Incident, at: Instant) -> Finding {
    let ended_at = Some(Some(at.max(incident.latest.terms.started_at)));
    let change = IncidentChange { ended_at, ..IncidentChange::default() };
    Finding::Ended(incident.id, incident.component, change)
}

impl Finding {
    /// Which part it is about.
    pub(crate) fn component(&self) -> Component {
        match self {
            Finding::Opened(new) => new.component,
            Finding::Ended(_, component, _) => *component,
        }
    }

    /// Which incident.
    pub(crate) fn incident(&self) -> IncidentId {
        match self {
            Finding::Opened(new) => new.id,
            Finding::Ended(incident, ..) => *incident,
        }
    }

    /// How the book is told.
    pub(crate) fn command(&self) -> engine::PromotionCommand {
        let actor = Actor::PLATFORM;
        match self.clone() {
            Finding::Opened(new) => {
                engine::PromotionCommand::DeclareIncident { new: Box::new(new), actor }
            }
            Finding::Ended(incident, _, change) => {
                let change = Box::new(change);
                engine::PromotionCommand::CorrectIncident { incident, change, actor }
            }
        }
    }
}

#[cfg(test)]
mod tests;
