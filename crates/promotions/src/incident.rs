//! Incidents: times at which a part of the platform did not work, as people tell of them and as the
//! platform detects them.

use base::{IncidentId, Instant, PromotionId, Region};
use ledger::{Context, Subject};

use crate::{Actor, Outcome, Promotion, PromotionEvent, Refusal, Role, limits};

/// A part of the platform that may fail. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Component {
    /// Choosing promoted posts for pages.
    Selection = 1,
    /// Taking in what viewers did with them.
    Intake = 2,
    /// Counting opportunities.
    Counters = 3,
    /// Billing what was delivered.
    Billing = 4,
    /// Anything else.
    Other = 5,
}

impl Component {
    /// Every part.
    pub const ALL: [Component; 5] = [
        Component::Selection,
        Component::Intake,
        Component::Counters,
        Component::Billing,
        Component::Other,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Component::Selection => "selection",
            Component::Intake => "intake",
            Component::Counters => "counters",
            Component::Billing => "billing",
            Component::Other => "other",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Component> {
        Component::ALL.into_iter().find(|component| *component as u8 == number)
    }
}

/// How bad it is. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum IncidentSeverity {
    /// Some of it fails.
    Minor = 1,
    /// Most of it fails.
    Major = 2,
    /// It does not work, and what is done all the same is wrong.
    Critical = 3,
}

impl IncidentSeverity {
    /// Every severity.
    pub const ALL: [IncidentSeverity; 3] =
        [IncidentSeverity::Minor, IncidentSeverity::Major, IncidentSeverity::Critical];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            IncidentSeverity::Minor => "minor",
            IncidentSeverity::Major => "major",
            IncidentSeverity::Critical => "critical",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<IncidentSeverity> {
        IncidentSeverity::ALL.into_iter().find(|severity| *severity as u8 == number)
    }
}

/// Whom an incident affects; everybody when nothing is said. Of both, each is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// These promotions, in order, each once.
    pub promotions: Vec<PromotionId>,
    /// Viewers in these countries and subdivisions, in order, each once.
    pub regions: Vec<Region>,
}

impl Affected {
    /// Whether it is everybody.
    pub fn is_everybody(&self) -> bool {
        self.promotions.is_empty() && self.regions.is_empty()
    }

    /// Whether the promotion, or some of its viewers, are among them.
    pub fn admits(&self, promotion: &Promotion) -> bool {
        let asked = &promotion.terms.audience.regions;
        let is_asked = |region: &Region| {
            let meets = |one: &Region| one.contains(region) || region.contains(one);
            asked.is_empty() || asked.iter().any(meets)
        };
        self.is_everybody()
            || self.promotions.contains(&promotion.id)
            || self.regions.iter().any(is_asked)
    }

    /// The form in which it is kept.
    fn sorted(mut self) -> Affected {
        self.promotions.sort_unstable();
        self.promotions.dedup();
        self.regions.sort_unstable();
        self.regions.dedup();
        self
    }
}

/// What is told of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentTerms {
    /// How bad it is.
    pub severity: IncidentSeverity,
    /// From when on.
    pub started_at: Instant,
    /// Until when; `None` while it goes on. One that ends when it began was none.
    pub ended_at: Option<Instant>,
    /// Whom it affects.
    pub affects: Affected,
}

/// What was told of an incident at a time, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentVersion {
    /// What was told.
    pub terms: IncidentTerms,
    /// By whom. The platform is who detects.
    pub actor: Actor,
    /// When it was told.
    pub at: Instant,
}

/// A time at which a part of the platform did not work. Whatever was told of it before stays: it is
/// evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// Which part. It does not change: what another part did is another incident.
    pub component: Component,
    /// What is known by now.
    pub latest: IncidentVersion,
    /// What was told before, oldest first; fewer than [`limits::INCIDENT_VERSIONS_MAX`], and one
    /// more where only its end was left to be told.
    pub earlier: Vec<IncidentVersion>,
}

impl Incident {
    /// What was told first.
    pub fn first(&self) -> &IncidentVersion {
        self.earlier.first().unwrap_or(&self.latest)
    }

    /// Whether the platform has detected it, rather than people told of it.
    pub fn is_detected(&self) -> bool {
        self.first().actor.role == Role::Platform
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.latest.terms.ended_at.is_none()
    }

    /// Whether promotions are to be held back while it goes on: people told that what is shown now
    /// would be shown wrongly, whoever looks.
    pub fn stops_feed(&self) -> bool {
        let terms = &self.latest.terms;
        self.is_open()
            && !self.is_detected()
            && terms.severity == IncidentSeverity::Critical
            && self.component != Component::Other
            && terms.affects.is_everybody()
    }
}

/// An incident that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIncident {
    /// Its id.
    pub id: IncidentId,
    /// Which part.
    pub component: Component,
    /// What is told of it.
    pub terms: IncidentTerms,
}

/// What is told otherwise from now on; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncidentChange {
    /// How bad it is.
    pub severity: Option<IncidentSeverity>,
    /// From when on.
    pub started_at: Option<Instant>,
    /// Until when; `Some(None)` when it goes on after all.
    pub ended_at: Option<Option<Instant>>,
    /// Whom it affects.
    pub affects: Option<Affected>,
}

/// Keeps an incident that people tell of, or that the platform has detected. `existing` is the row
/// of its id, `promotions` are those of the promotions it names that exist.
///
/// # Errors
///
/// In this order: `IdTaken`; `PromotionNotFound`; `InFuture`, `EndsBeforeStart`; `LimitExceeded`
/// (too many promotions or regions).
pub fn declare_incident(
    new: &NewIncident,
    existing: Option<&Incident>,
    promotions: &[&Promotion],
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let terms = IncidentTerms { affects: new.terms.affects.clone().sorted(), ..new.terms.clone() };
    check(&terms, promotions, context.now)?;
    let latest = IncidentVersion { terms, actor, at: context.now };
    let event = match actor.role {
        Role::Platform => PromotionEvent::IncidentDetected,
        _ => PromotionEvent::IncidentDeclared,
    };
    let (id, component) = (new.id, new.component);
    Ok(about(Incident { id, component, latest, earlier: Vec::new() }, event))
}

/// Tells something else of an incident from now on. `promotions` are those of the promotions that
/// the change names that exist.
///
/// # Errors
///
/// In this order: `PromotionNotFound`; `NothingToChange`; `InFuture`, `EndsBeforeStart`;
/// `LimitExceeded` (too many promotions, regions or changes; the end of what goes on may always be
/// told).
pub fn correct_incident(
    change: &IncidentChange,
    incident: &Incident,
    promotions: &[&Promotion],
    actor: Actor,
    context: Context,
) -> Result<Outcome, Refusal> {
    let before = &incident.latest.terms;
    let terms = IncidentTerms {
        severity: change.severity.unwrap_or(before.severity),
        started_at: change.started_at.unwrap_or(before.started_at),
        ended_at: change.ended_at.unwrap_or(before.ended_at),
        affects: change.affects.as_ref().unwrap_or(&before.affects).clone().sorted(),
    };
    if change.affects.as_ref().is_some_and(|affects| !are_there(affects, promotions)) {
        return Err(Refusal::PromotionNotFound);
    }
    if terms == *before {
        return Err(Refusal::NothingToChange);
    }
    check_terms(&terms, context.now)?;
    // What goes on can be ended whatever was told of it: a critical one stops the feed.
    let ends_it = before.ended_at.is_none() && terms.ended_at.is_some();
    if incident.earlier.len() + 1 >= limits::INCIDENT_VERSIONS_MAX && !ends_it {
        return Err(Refusal::LimitExceeded);
    }
    let event = match (before.ended_at, terms.ended_at) {
        (None, Some(_)) => PromotionEvent::IncidentEnded,
        _ => PromotionEvent::IncidentUpdated,
    };
    let mut earlier = incident.earlier.clone();
    earlier.push(incident.latest.clone());
    let latest = IncidentVersion { terms, actor, at: context.now };
    let (id, component) = (incident.id, incident.component);
    Ok(about(Incident { id, component, latest, earlier }, event))
}

fn about(incident: Incident, event: PromotionEvent) -> Outcome {
    let events = vec![(event, Subject::of(incident.id))];
    Outcome { incidents: vec![incident], events, ..Outcome::default() }
}

fn check(terms: &IncidentTerms, promotions: &[&Promotion], now: Instant) -> Result<(), Refusal> {
    if !are_there(&terms.affects, promotions) {
        return Err(Refusal::PromotionNotFound);
    }
    check_terms(terms, now)
}

fn are_there(affects: &Affected, promotions: &[&Promotion]) -> bool {
    affects.promotions.iter().all(|id| promotions.iter().any(|promotion| promotion.id == *id))
}

fn check_terms(terms: &IncidentTerms, now: Instant) -> Result<(), Refusal> {
    let IncidentTerms { started_at, ended_at, affects, .. } = terms;
    check_past(*started_at, now)?;
    ended_at.map_or(Ok(()), |at| check_past(at, now))?;
    if ended_at.is_some_and(|at| at < *started_at) {
        return Err(Refusal::EndsBeforeStart);
    }
    let most = affects.promotions.len().max(affects.regions.len());
    if most > limits::INCIDENT_AFFECTS_MAX {
        return Err(Refusal::LimitExceeded);
    }
    Ok(())
}

/// What has happened has happened: up to the clocks of two machines.
pub(crate) fn check_past(at: Instant, now: Instant) -> Result<(), Refusal> {
    if at > now.saturating_add(limits::CLOCKS_APART_MAX) { Err(Refusal::InFuture) } else { Ok(()) }
}
