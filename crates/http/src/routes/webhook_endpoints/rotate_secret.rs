//! `POST /v1/webhook-endpoints/{id}/rotate-secret`: a new secret, and the old one for a day.

use std::sync::{Arc, Mutex, PoisonError};

use jobs::webhooks::OLDER_SECRET_FOR;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::routes::webhook_endpoints::{changed, new_secret, reply, still_shown};
use crate::scope::Webhooks;
use crate::views::webhook_endpoint::WebhookEndpointView;

/// Change the secret of a webhook endpoint
///
/// The new one is shown once. For 24 hours requests are signed with both, so that the receiver can
/// change over in peace. With an idempotency key a lost answer can be repeated.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/rotate-secret",
    operation_id = "rotate_webhook_secret", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint")),
    request_body = EmptyBody,
    responses((status = 200, description = "Changed", body = WebhookEndpointView)))]
pub(crate) async fn handle(mut call: Call<Webhooks>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::WEBHOOK_ENDPOINT_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation_if_any(&body)?.map(|operation| operation.key.0);
    let app = &call.caller.app;
    let (shown, sealed) = new_secret(app, id);
    let (now, is_replayed) = (app.now(), Arc::new(Mutex::new(false)));
    let noted = Arc::clone(&is_replayed);
    let changed = changed(&call.caller, id, move |endpoint| {
        let is_same = operation.is_some() && endpoint.rotated_by == operation;
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = is_same;
        if is_same {
            return false;
        }
        let former = std::mem::replace(&mut endpoint.secret, sealed.clone());
        endpoint.older_secret = Some((former, now.saturating_add(OLDER_SECRET_FOR)));
        (endpoint.secret_at, endpoint.rotated_by) = (now, operation);
        true
    });
    let changed = changed.await?;
    let replayed = *is_replayed.lock().unwrap_or_else(PoisonError::into_inner);
    let shown = if replayed { still_shown(app, &changed.0) } else { Some(shown) };
    Ok(reply(&changed, shown.as_deref()).replayed(replayed))
}
