//! `GET /v1/incidents/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::incident::IncidentView;

/// Read an incident
///
/// Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/incidents/{id}", operation_id = "read_incident",
    tag = "Promotions",
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, description = "The incident", body = IncidentView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let incident = call.path_id(&catalog::INCIDENT_NOT_FOUND)?;
    reading::one(&call.caller, Query::Incident(incident), &catalog::INCIDENT_NOT_FOUND).await
}
