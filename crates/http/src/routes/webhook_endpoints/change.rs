//! `PATCH /v1/webhook-endpoints/{id}`: another place, other types, on or off.

use serde::{Deserialize, Serialize};
use store::EndpointState;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::webhook_endpoints::{changed, reply, types, url};
use crate::scope::Webhooks;
use crate::views::webhook_endpoint::WebhookEndpointView;

/// What is to be changed; what is left out stays as it is.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookEndpointChangeInput)]
pub(crate) struct WebhookEndpointChangeBody {
    /// Where events go from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "https://shop.example/hooks")]
    url: Option<String>,
    /// Types of events from now on; all when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200, example = json!(["gift_card.issued"]))]
    types: Option<Vec<String>>,
    /// False keeps what happens until it is true again; true also ends `gone`, `failing` and
    /// `restored`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
}

/// Change a webhook endpoint
///
/// One that is enabled again gets what has happened meanwhile: to leave that out, replay from the
/// present time before.
#[utoipa::path(patch, path = "/v1/webhook-endpoints/{id}",
    operation_id = "change_webhook_endpoint", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint")),
    request_body = WebhookEndpointChangeBody,
    responses((status = 200, description = "Changed", body = WebhookEndpointView)))]
pub(crate) async fn handle(mut call: Call<Webhooks>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::WEBHOOK_ENDPOINT_NOT_FOUND)?;
    let body: WebhookEndpointChangeBody = call.json().await?;
    let caller = &call.caller;
    let url = body.url.as_deref().map(|text| url(&caller.app, text)).transpose()?;
    let types = body.types.as_deref().map(types).transpose()?;
    let changed = changed(caller, id, move |endpoint| {
        url.iter().for_each(|url| endpoint.url.clone_from(url));
        types.iter().for_each(|types| endpoint.types.clone_from(types));
        match body.enabled {
            Some(true) if endpoint.state != EndpointState::On => {
                (endpoint.state, endpoint.failing_since) = (EndpointState::On, None);
            }
            Some(false) => endpoint.state = EndpointState::Off,
            _ => {}
        }
        true
    });
    Ok(reply(&changed.await?, None))
}
