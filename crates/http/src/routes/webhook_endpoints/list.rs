//! `GET /v1/webhook-endpoints`: endpoints, newest first.

use store::{Page, StoreError, WebhookEndpoint};

use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::routes::webhook_endpoints::all;
use crate::scope::Webhooks;
use crate::views::list::ListView;
use crate::views::webhook_endpoint::WebhookEndpointView;

/// The name of the answer in the documentation.
type WebhookEndpointList = ListView<WebhookEndpointView<'static>>;

/// List webhook endpoints
///
/// Newest first, without their secrets.
#[utoipa::path(get, path = "/v1/webhook-endpoints", operation_id = "list_webhook_endpoints",
    tag = "Webhooks", params(PageQuery, CreatedQuery),
    responses((status = 200, description = "Endpoints", body = WebhookEndpointList)))]
pub(crate) async fn handle(call: ReadCall<Webhooks>) -> Result<Reply, Problem> {
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "webhook_endpoints", &created);
    let wanted = Wanted::read(&cursors, &page, &created)?;
    let endpoints = all(&caller.app, caller.book().name.clone()).await?;
    let id = |(endpoint, _): &(WebhookEndpoint, u64)| endpoint.id.bits();
    let found = wanted.objects(id, |_| true, |page| Ok::<_, StoreError>(part(&endpoints, page)));
    let found = found.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?;
    Ok(found.reply(&cursors, |(endpoint, retrying)| {
        WebhookEndpointView::new(endpoint, *retrying, None)
    }))
}

/// The page of a few endpoints, newest first.
fn part(endpoints: &[(WebhookEndpoint, u64)], page: Page) -> Vec<(WebhookEndpoint, u64)> {
    let Page { after, limit, created_after, created_before } = page;
    let fits = |(endpoint, _): &&(WebhookEndpoint, u64)| {
        after.is_none_or(|after| endpoint.id.bits() < after)
            && created_after.is_none_or(|from| from <= endpoint.created_at)
            && created_before.is_none_or(|until| endpoint.created_at < until)
    };
    endpoints.iter().filter(fits).take(limit as usize).cloned().collect()
}
