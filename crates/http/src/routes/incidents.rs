//! `/v1/incidents`: times at which a part of the platform did not work.

pub(crate) mod change;
pub(crate) mod declare;
pub(crate) mod list;
pub(crate) mod read;

use promotions::{Actor, Affected, IncidentSeverity, Role, limits};
use serde::{Deserialize, Serialize};

use crate::fields::{self, Checked};
use crate::routes::promotions::one_of;

/// Whom an incident affects: viewers in these regions, and these promotions. Nothing is everybody.
#[derive(Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IncidentAffectsInput)]
pub(crate) struct AffectsBody {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    promotions: Vec<String>,
    /// Countries and subdivisions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100, example = json!(["DE", "US-CA"]))]
    regions: Vec<String>,
}

impl AffectsBody {
    fn check(&self) -> Checked<Affected> {
        let most = limits::INCIDENT_AFFECTS_MAX;
        let promotions = fields::each("/affects/promotions", &self.promotions, most, |at, text| {
            fields::id(at, text)
        });
        let regions = fields::each("/affects/regions", &self.regions, most, |at, text| {
            fields::region(at, text)
        });
        Ok(Affected { promotions: promotions?, regions: regions? })
    }
}

fn severity(name: &str) -> Checked<IncidentSeverity> {
    one_of("/severity", name, &IncidentSeverity::ALL, IncidentSeverity::as_str)
}

/// Whoever tells.
fn staff(by: Option<&str>) -> Checked<Actor> {
    Ok(Actor { role: Role::Staff, person: fields::optional_id("/by", by)? })
}
