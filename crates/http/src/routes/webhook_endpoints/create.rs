//! `POST /v1/webhook-endpoints`: makes an endpoint.

use axum::http::StatusCode;
use base::EndpointId;
use jobs::webhooks::ENDPOINTS_MAX;
use serde::{Deserialize, Serialize};
use store::{EndpointCreation, EndpointState, EventPlace, KeyOperation, WebhookEndpoint};

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::webhook_endpoints::{new_secret, still_shown, types, url};
use crate::scope::Webhooks;
use crate::views::webhook_endpoint::WebhookEndpointView;

/// Where to, and what is wanted.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookEndpointInput)]
pub(crate) struct WebhookEndpointBody {
    /// `https`, a full name or a public address, port 443 or 8443.
    #[schema(max_length = 1000, example = "https://shop.example/hooks")]
    url: String,
    /// Types of events, such as `gift_card.issued`; all when left out or empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200, example = json!(["gift_card.issued"]))]
    types: Vec<String>,
}

/// Make a webhook endpoint
///
/// It is told what happens from now on. The secret is shown once: requests are signed with it by
/// the rules of Standard Webhooks. With an idempotency key a lost answer can be repeated for a day.
#[utoipa::path(post, path = "/v1/webhook-endpoints", operation_id = "make_webhook_endpoint",
    tag = "Webhooks", request_body = WebhookEndpointBody,
    responses((status = 201, description = "Made", body = WebhookEndpointView)))]
pub(crate) async fn handle(mut call: Call<Webhooks>) -> Result<Reply, Problem> {
    let body: WebhookEndpointBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    let app = &caller.app;
    let (url, types) = (url(app, &body.url)?, types(&body.types)?);
    let (id, now): (EndpointId, _) = (app.new_id(), app.now());
    let (shown, secret) = new_secret(app, id);
    let endpoint = WebhookEndpoint {
        id,
        book: caller.book().book_name().clone(),
        url,
        types,
        state: EndpointState::On,
        secret,
        secret_at: now,
        older_secret: None,
        failing_since: None,
        next: EventPlace { seq: caller.book().figures().seq() + 1, index: 0 },
        revision: 0,
        rotated_by: None,
        created_at: now,
    };
    let operation =
        operation.map(|made| KeyOperation { operation: made.key.0, fingerprint: made.fingerprint });
    let kept = endpoint.clone();
    let created = app.in_control(move |control| {
        control.create_endpoint(&kept, operation.as_ref(), ENDPOINTS_MAX)
    });
    let made = |endpoint: &WebhookEndpoint, shown: Option<&str>| {
        Reply::view(StatusCode::CREATED, &WebhookEndpointView::new(endpoint, 0, shown))
    };
    match created.await? {
        EndpointCreation::Created => {
            let by = caller.key.id;
            tracing::info!(endpoint = %id, %by, "a webhook endpoint was made");
            Ok(made(&endpoint, Some(&shown)))
        }
        EndpointCreation::Replayed(former) => {
            // A secret that came later was not shown by this request.
            let is_first = former.rotated_by.is_none() && former.secret_at == former.created_at;
            let shown = still_shown(app, &former).filter(|_| is_first);
            Ok(made(&former, shown.as_deref()).replayed(true))
        }
        EndpointCreation::Mismatch => Err(Problem::new(&catalog::IDEMPOTENCY_MISMATCH)),
        EndpointCreation::TooMany => Err(Problem::new(&catalog::TOO_MANY_WEBHOOK_ENDPOINTS)),
    }
}
