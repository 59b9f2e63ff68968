//! `/v1/webhook-endpoints`: where a book tells what happens in it.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod replay;
pub(crate) mod rotate_secret;

use std::sync::Arc;

use axum::http::StatusCode;
use base::EndpointId;
use engine::EventKind;
use jobs::webhooks::{open_webhook_secret, seal_webhook_secret};
use outside::random::SystemRandomness;
use store::{BookName, EndpointStore, StoreError, WebhookEndpoint};
use webhooks::{EndpointUrl, Secret};

use crate::app::App;
use crate::call::Caller;
use crate::fields::{Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::views::webhook_endpoint::WebhookEndpointView;

/// Names of types at most: more than there are.
const TYPES_MAX: usize = 200;

/// How often a change is tried again because the endpoint was changed at the same moment.
const CHANGES_MAX: usize = 20;

/// A URL to which something may be sent.
fn url(app: &App, text: &str) -> Checked<String> {
    let url = EndpointUrl::parse(text, app.limits.webhook_reach);
    let url = url.map_err(|error| refuse("/url", error.to_string()))?;
    Ok(url.as_str().to_owned())
}

/// Types of events, as they are kept; each once, in the order of their table.
fn types(names: &[String]) -> Checked<String> {
    if names.len() > TYPES_MAX {
        return Err(refuse("/types", format!("must have at most {TYPES_MAX} entries")));
    }
    for (index, name) in names.iter().enumerate() {
        if EventKind::all().all(|kind| kind.as_str() != name) {
            let text = "must be a type of event, such as gift_card.issued";
            return Err(refuse(format!("/types/{index}"), text));
        }
    }
    let mut kept: Vec<&str> = Vec::new();
    for kind in EventKind::all().map(EventKind::as_str) {
        // Cards and orders both have refunds.
        if names.iter().any(|name| name == kind) && !kept.contains(&kind) {
            kept.push(kind);
        }
    }
    Ok(kept.join(" "))
}

/// A new secret: its text, and as it is kept.
fn new_secret(app: &App, id: EndpointId) -> (String, Vec<u8>) {
    let secret = Secret::generate(&mut SystemRandomness);
    (secret.reveal(), seal_webhook_secret(&app.ring, id, &secret))
}

/// The secret for somebody who repeats the request that made it, for as long as that is shown.
fn still_shown(app: &App, endpoint: &WebhookEndpoint) -> Option<String> {
    let age = app.now().since(endpoint.secret_at).unwrap_or_default();
    let is_young = age <= app.limits.code_shown_for;
    let open = || open_webhook_secret(&app.ring, endpoint.id, &endpoint.secret);
    let secret = is_young.then(open)?;
    secret
        .inspect_err(|error| tracing::error!(%error, "a webhook secret cannot be opened"))
        .ok()
        .map(|secret| secret.reveal())
}

fn find<S: EndpointStore + ?Sized>(
    control: &mut S,
    book: &BookName,
    id: EndpointId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    Ok(control.endpoints_of(book)?.into_iter().find(|endpoint| endpoint.id == id))
}

/// Changes an endpoint, whatever is learned about it meanwhile; answers as it is then, with
/// how many retries it has. `change` says whether there is anything to be changed.
async fn changed(
    caller: &Caller,
    id: EndpointId,
    change: impl Fn(&mut WebhookEndpoint) -> bool + Send + 'static,
) -> Result<(WebhookEndpoint, u64), Problem> {
    let book = caller.book().book_name().clone();
    let found = caller.app.in_control(move |control| {
        for _ in 0..CHANGES_MAX {
            let Some(mut endpoint) = find(control, &book, id)? else { return Ok(None) };
            if !change(&mut endpoint) || control.change_endpoint(&endpoint)? {
                return Ok(Some((endpoint, control.count_retries(id)?)));
            }
        }
        Err(StoreError::Unavailable("an endpoint is changed all the time".to_owned()))
    });
    found.await?.ok_or_else(|| Problem::new(&catalog::WEBHOOK_ENDPOINT_NOT_FOUND))
}

fn reply((endpoint, retrying): &(WebhookEndpoint, u64), secret: Option<&str>) -> Reply {
    Reply::view(StatusCode::OK, &WebhookEndpointView::new(endpoint, *retrying, secret))
}

/// Endpoints of a book, newest first, each with how many retries it has.
async fn all(app: &Arc<App>, book: BookName) -> Result<Vec<(WebhookEndpoint, u64)>, Problem> {
    let read = app.in_control(move |control| {
        let endpoints = control.endpoints_of(&book)?.into_iter();
        endpoints
            .map(|endpoint| {
                let retrying = control.count_retries(endpoint.id)?;
                Ok((endpoint, retrying))
            })
            .collect()
    });
    read.await
}
