//! Incidents.

use base::{IncidentId, PersonId, PromotionId, Region};
use promotions::{Affected, Incident, IncidentVersion};
use serde::Serialize;

use crate::views::{Id, Time};

/// A time at which a part of the platform did not work.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Incident)]
pub(crate) struct IncidentView<'a> {
    /// Always `incident`.
    #[schema(pattern = "^incident$")]
    object: &'static str,
    #[schema(value_type = String, example = "inc_01jd3q8v9ec4y8s5k1m0t2n7xz")]
    id: Id<IncidentId>,
    /// When it was first told, or detected.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// `selection`, `intake`, `counters`, `billing` or `other`.
    component: &'static str,
    /// `told` by people, or `detected` by the platform.
    source: &'static str,
    /// `open` while it goes on, else `ended`.
    status: &'static str,
    /// `minor`, `major` or `critical`.
    severity: &'static str,
    #[schema(value_type = String, format = DateTime)]
    started_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    affects: AffectsView<'a>,
    /// All that was told of it, oldest first; the last is what stands above.
    history: Vec<IncidentVersionView<'a>>,
}

/// What was told of an incident at a time.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = IncidentVersion)]
struct IncidentVersionView<'a> {
    #[schema(value_type = String, format = DateTime)]
    told_at: Time,
    /// In which capacity: `staff`, or `platform` when it was detected.
    role: &'static str,
    /// Who, if that was told.
    #[schema(value_type = Option<String>)]
    by: Option<Id<PersonId>>,
    severity: &'static str,
    #[schema(value_type = String, format = DateTime)]
    started_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    affects: AffectsView<'a>,
}

/// Whom an incident affects; everybody when both are empty.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = IncidentAffects)]
struct AffectsView<'a> {
    #[schema(value_type = Vec<String>)]
    promotions: Vec<Id<PromotionId>>,
    regions: Vec<&'a str>,
}

impl<'a> IncidentView<'a> {
    pub(crate) fn new(incident: &'a Incident) -> IncidentView<'a> {
        let terms = &incident.latest.terms;
        let versions = incident.earlier.iter().chain([&incident.latest]);
        IncidentView {
            object: "incident",
            id: Id(incident.id),
            created_at: Time(incident.first().at),
            component: incident.component.as_str(),
            source: if incident.is_detected() { "detected" } else { "told" },
            status: if incident.is_open() { "open" } else { "ended" },
            severity: terms.severity.as_str(),
            started_at: Time(terms.started_at),
            ended_at: terms.ended_at.map(Time),
            affects: AffectsView::new(&terms.affects),
            history: versions.map(IncidentVersionView::new).collect(),
        }
    }
}

impl<'a> IncidentVersionView<'a> {
    fn new(version: &'a IncidentVersion) -> IncidentVersionView<'a> {
        let IncidentVersion { terms, actor, at } = version;
        IncidentVersionView {
            told_at: Time(*at),
            role: actor.role.as_str(),
            by: actor.person.map(Id),
            severity: terms.severity.as_str(),
            started_at: Time(terms.started_at),
            ended_at: terms.ended_at.map(Time),
            affects: AffectsView::new(&terms.affects),
        }
    }
}

impl<'a> AffectsView<'a> {
    fn new(affects: &'a Affected) -> AffectsView<'a> {
        AffectsView {
            promotions: affects.promotions.iter().copied().map(Id).collect(),
            regions: affects.regions.iter().map(Region::as_str).collect(),
        }
    }
}
