//! `POST /v1/incidents`: tells that something does not work.

use engine::{Command, PromotionCommand};
use promotions::{Component, IncidentTerms, NewIncident};
use serde::{Deserialize, Serialize};

use super::{AffectsBody, severity, staff};
use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::promotions::one_of;
use crate::scope::Incidents;
use crate::views::incident::IncidentView;
use crate::wire;

/// What does not work, and since when.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IncidentInput)]
pub(crate) struct IncidentBody {
    /// `selection` chooses promoted posts for pages, `intake` takes in what viewers did, `counters`
    /// count opportunities, `billing` bills what was delivered.
    #[schema(pattern = "^(selection|intake|counters|billing|other)$")]
    component: String,
    /// `critical` also has the feed show nothing while it goes on, when it is about everybody and
    /// not `other`.
    #[schema(pattern = "^(minor|major|critical)$")]
    severity: String,
    /// Not in the future.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it is over already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// Everybody when left out.
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

/// Declare an incident
///
/// Reports of promotions use it to explain what is missing. It may be told late; what is told later
/// with `PATCH` stands beside what was told before.
#[utoipa::path(post, path = "/v1/incidents", operation_id = "declare_incident",
    tag = "Promotions", request_body = IncidentBody,
    responses((status = 201, description = "Declared", body = IncidentView)))]
pub(crate) async fn handle(mut call: Call<Incidents>) -> Result<Reply, Problem> {
    let body: IncidentBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let component = one_of("/component", &body.component, &Component::ALL, Component::as_str)?;
    let severity = severity(&body.severity)?;
    let started_at = fields::instant("/started_at", &body.started_at)?;
    let ended_at = body.ended_at.as_deref().map(|text| fields::instant("/ended_at", text));
    let affects = body.affects.as_ref().map(AffectsBody::check).transpose()?.unwrap_or_default();
    let terms = IncidentTerms { severity, started_at, ended_at: ended_at.transpose()?, affects };
    let new = Box::new(NewIncident { id: call.caller.app.new_id(), component, terms });
    let actor = staff(body.by.as_deref())?;
    let command = Box::new(PromotionCommand::DeclareIncident { new, actor });
    let command = Command::Promotions(command);
    Prepared::creating_with(command, operation).decide(&call.caller).await
}
