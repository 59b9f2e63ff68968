//! `GET /v1/webhook-endpoints/{id}`.

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::webhook_endpoints::{changed, reply};
use crate::scope::Webhooks;
use crate::views::webhook_endpoint::WebhookEndpointView;

/// Read a webhook endpoint
///
/// Without its secret. How far it was told is up to ten seconds old.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}", operation_id = "read_webhook_endpoint",
    tag = "Webhooks", params(("id" = String, Path, description = "The endpoint")),
    responses((status = 200, description = "The endpoint", body = WebhookEndpointView)))]
pub(crate) async fn handle(call: Call<Webhooks>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::WEBHOOK_ENDPOINT_NOT_FOUND)?;
    Ok(reply(&changed(&call.caller, id, |_| false).await?, None))
}
