//! `PATCH /v1/incidents/{id}`: tells something else of an incident from now on.

use engine::{Command, PromotionCommand};
use promotions::IncidentChange;
use serde::{Deserialize, Deserializer, Serialize};

use super::{AffectsBody, severity, staff};
use crate::call::Call;
use crate::fields::{self, refuse};
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Incidents;
use crate::views::incident::IncidentView;
use crate::wire;

/// What is told otherwise; at least one of them, `by` not counted.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IncidentUpdate)]
pub(crate) struct IncidentUpdateBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(minor|major|critical)$")]
    severity: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    started_at: Option<String>,
    /// `null` when it goes on after all. An incident that ends when it began was none.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false, format = DateTime)]
    ended_at: Option<Option<String>>,
    /// In place of all that was said; `{}` is everybody.
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "Option::is_none"
    )]
    affects: Option<AffectsBody>,
    /// Who tells, if the platform says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Correct or end an incident
///
/// Of an incident that was told, or that was detected. What was told before stays in `history`.
#[utoipa::path(patch, path = "/v1/incidents/{id}", operation_id = "change_incident",
    tag = "Promotions",
    params(("id" = String, Path, description = "The incident")),
    request_body = IncidentUpdateBody,
    responses((status = 200, description = "Changed", body = IncidentView)))]
pub(crate) async fn handle(mut call: Call<Incidents>) -> Result<Reply, Problem> {
    let incident = call.path_id(&catalog::INCIDENT_NOT_FOUND)?;
    let body: IncidentUpdateBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let time = |pointer, text: &Option<String>| {
        text.as_deref().map(|text| fields::instant(pointer, text)).transpose()
    };
    let change = IncidentChange {
        severity: body.severity.as_deref().map(severity).transpose()?,
        started_at: time("/started_at", &body.started_at)?,
        ended_at: body.ended_at.as_ref().map(|at| time("/ended_at", at)).transpose()?,
        affects: body.affects.as_ref().map(AffectsBody::check).transpose()?,
    };
    if change == IncidentChange::default() {
        return Err(refuse("", "give severity, started_at, ended_at or affects").into());
    }
    let actor = staff(body.by.as_deref())?;
    let change = Box::new(change);
    let command = Box::new(PromotionCommand::CorrectIncident { incident, change, actor });
    Prepared::changing(Command::Promotions(command), operation).decide(&call.caller).await
}

/// For a member whose absence and `null` differ.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
