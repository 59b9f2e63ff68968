//! `DELETE /v1/webhook-endpoints/{id}`.

use axum::http::StatusCode;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Webhooks;
use crate::views::webhook_endpoint::WebhookEndpointDeletedView;

/// Remove a webhook endpoint
///
/// Nothing more is sent, but for what is on its way.
#[utoipa::path(delete, path = "/v1/webhook-endpoints/{id}",
    operation_id = "remove_webhook_endpoint", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint")),
    responses((status = 200, description = "Removed", body = WebhookEndpointDeletedView)))]
pub(crate) async fn handle(call: Call<Webhooks>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::WEBHOOK_ENDPOINT_NOT_FOUND)?;
    let (caller, book) = (&call.caller, call.caller.book().book_name().clone());
    if !caller.app.in_control(move |control| control.delete_endpoint(&book, id)).await? {
        return Err(Problem::new(&catalog::WEBHOOK_ENDPOINT_NOT_FOUND));
    }
    let by = caller.key.id;
    tracing::info!(endpoint = %id, %by, "a webhook endpoint was removed");
    Ok(Reply::view(StatusCode::OK, &WebhookEndpointDeletedView::new(id)))
}
