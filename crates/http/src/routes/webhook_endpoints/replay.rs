//! `POST /v1/webhook-endpoints/{id}/replay`: sends what happened before again.

use base::{EventId, Instant};
use jobs::webhooks::TellEvents;
use serde::{Deserialize, Serialize};
use store::{EventPlace, WebhookRetry};

use crate::call::{Call, Caller};
use crate::fields::{self, refuse};
use crate::lists::Created;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::webhook_endpoints::{changed, reply};
use crate::scope::Webhooks;
use crate::sight::Sight;
use crate::tell::{EventTeller, place_of};
use crate::views::webhook_endpoint::WebhookEndpointView;

/// What is to be sent again: one of these.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookReplayInput)]
pub(crate) struct ReplayBody {
    /// Everything from this `sequence` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    from_sequence: Option<u64>,
    /// Everything that happened at this time or later; from the present time on, what was not sent
    /// yet is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, example = "2026-11-20T10:00:00Z")]
    from_time: Option<String>,
    /// One event, whatever its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^evt_[0-9a-hjkmnp-tv-z]{26}$")]
    event: Option<String>,
}

/// Send events again
///
/// Under the same ids, so that a receiver can tell what it has seen. They are sent in the
/// background, once the endpoint is enabled.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/replay",
    operation_id = "replay_webhook_events", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint")),
    request_body = ReplayBody,
    responses((status = 200, description = "To be sent again", body = WebhookEndpointView)))]
pub(crate) async fn handle(mut call: Call<Webhooks>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::WEBHOOK_ENDPOINT_NOT_FOUND)?;
    let body: ReplayBody = call.json().await?;
    let caller = &call.caller;
    // What does not exist is said first.
    let found = changed(caller, id, |_| false).await?;
    let time = body.from_time.as_deref().map(|text| fields::instant("/from_time", text));
    let event = body.event.as_deref().map(|text| fields::id("/event", text));
    let seq = match (body.from_sequence, time.transpose()?, event.transpose()?) {
        (Some(seq), None, None) => from_sequence(caller, seq).await?,
        (None, Some(time), None) => from_time(caller, time).await?,
        (None, None, Some(event)) => {
            let place = existing(caller, event).await?;
            let retry = WebhookRetry { place, made: 0, next_at: caller.app.now() };
            caller.app.in_control(move |control| control.want_again(id, &retry)).await?;
            return Ok(reply(&(found.0, found.1 + 1), None));
        }
        _ => {
            let text = "give exactly one of from_sequence, from_time and event";
            return Err(refuse("/from_sequence", text).into());
        }
    };
    let changed = changed(caller, id, move |endpoint| {
        endpoint.next = EventPlace { seq, index: 0 };
        true
    });
    Ok(reply(&changed.await?, None))
}

async fn from_sequence(caller: &Caller, seq: u64) -> Result<u64, Problem> {
    let last = caller.book().figures().seq();
    let sight = Sight::of_book(caller.book(), 0).await?;
    let read = caller.book().reads().read(sight, |reader| reader.head());
    let first = read.await?.removed + 1;
    if seq < first {
        let text = format!("must be {first} at least: what is older was archived");
        return Err(refuse("/from_sequence", text).into());
    }
    if seq > last + 1 {
        return Err(refuse("/from_sequence", "must be a sequence that there is").into());
    }
    Ok(seq)
}

/// The first record made at a time or later; of those before the journal begins nothing is left.
async fn from_time(caller: &Caller, time: Instant) -> Result<u64, Problem> {
    let created = Created { after: Some(time), before: None };
    let sight = Sight::of_book(caller.book(), 0).await?;
    let read = caller.book().reads().read(sight, move |reader| {
        let (first, _) = created.records(reader)?;
        Ok::<_, store::StoreError>(first.max(reader.head()?.removed + 1))
    });
    read.await
}

/// Where an event is.
async fn existing(caller: &Caller, id: EventId) -> Result<EventPlace, Problem> {
    let place = place_of(id);
    let teller = EventTeller::new(caller.app.ring.clone(), caller.book().book_name().clone());
    let sight = Sight::of_book(caller.book(), 0).await?;
    let read = caller.book().reads().read(sight, move |reader| teller.one(reader, place));
    let told = read.await?.filter(|told| told.id == id.to_string());
    told.map(|told| told.place).ok_or_else(|| Problem::new(&catalog::EVENT_NOT_FOUND))
}
