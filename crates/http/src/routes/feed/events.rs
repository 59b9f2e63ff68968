//! `POST /v1/feed/events`: what viewers did with promoted posts.

use std::net::IpAddr;

use axum::http::StatusCode;
use base::{Instant, Region, Span, Text};
use feed::verdict::{Event, Judgement, Overloaded, Reason, Verdict};
use promotions::EventKind;
use serde::{Deserialize, Serialize};
use serving::Told;

use crate::call::Call;
use crate::fields::{self, Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::promotions::one_of;
use crate::scope::ServeFeed;
use crate::views::feed_events::FeedEventsView;

/// Events of one request at most.
const EVENTS_MAX: usize = 1_000;

/// Milliseconds that a post may have been on the screen: a day.
const DWELL_MAX: u64 = 86_400_000;

/// What happened, in order.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FeedEvents)]
pub(crate) struct EventsBody {
    #[schema(min_items = 1, max_items = 1000)]
    events: Vec<EventBody>,
}

/// Something that a viewer did.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FeedEvent)]
pub(crate) struct EventBody {
    /// The token that came with the post.
    #[schema(min_length = 1, max_length = 200)]
    token: String,
    /// `impression`, `view`, `engagement`, `profile_view`, `follow`, `click`, `message` or `sale`;
    /// or `sale_returned`, when what was bought came back within 60 days: its sale is repaid.
    #[schema(pattern = "^(view|impression|engagement|profile_view|follow|click|message|sale|\
                   sale_returned)$")]
    kind: String,
    /// When; now when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Milliseconds that the post was on the screen; a view needs two seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 86400000, example = 4200)]
    dwell_ms: Option<u64>,
    /// The viewer's address, IPv4 or IPv6. Only a keyed hash is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.7")]
    ip: Option<String>,
    /// The viewer's browser or app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000)]
    user_agent: Option<String>,
    /// The country of the address, when you know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "US")]
    country: Option<String>,
}

/// Report what viewers did
///
/// One verdict for each event, in order. Reporting an event again changes nothing: it is a
/// `duplicate`. A `sale_returned` is `repaid` once, `invalid` (`not_billed`) when no sale of the
/// token was billed, and only its `token` counts. An event of whose kind too much is remembered has
/// the verdict `busy`: send it again later. When that is all of them, the whole answer is `busy`.
#[utoipa::path(post, path = "/v1/feed/events", operation_id = "report_feed_events", tag = "Feed",
    request_body = EventsBody,
    responses((status = 200, description = "Judged", body = FeedEventsView)))]
pub(crate) async fn handle(mut call: Call<ServeFeed>) -> Result<Reply, Problem> {
    let body: EventsBody = call.json().await?;
    if body.events.is_empty() || body.events.len() > EVENTS_MAX {
        let text = format!("must be 1 to {EVENTS_MAX} events");
        return Err(refuse("/events", text).into());
    }
    let checked: Checked<Vec<Read<'_>>> = body.events.iter().enumerate().map(check).collect();
    let checked = checked?;
    let told: Vec<Told<'_>> = checked.iter().map(Read::told).collect();
    let keeper = call.caller.book().feed().cloned();
    let Some(feed) = keeper.as_ref().and_then(|keeper| keeper.feed()) else {
        if let Some(keeper) = keeper.filter(|keeper| !keeper.is_idle()) {
            keeper.note_missed(0, told.len() as u64);
            // It reads its log: whoever sends the events again is heard.
            return Err(Problem::new(&catalog::BUSY).retry_after(Span::seconds(1)));
        }
        let unknown = told.iter().map(|_| Ok(unknown())).collect::<Vec<_>>();
        return Ok(Reply::view(StatusCode::OK, &FeedEventsView::new(&unknown)));
    };
    let judged = feed.report(&told);
    match all_busy(&judged) {
        Some(retry_after) => Err(Problem::new(&catalog::BUSY).retry_after(retry_after)),
        None => Ok(Reply::view(StatusCode::OK, &FeedEventsView::new(&judged))),
    }
}

/// How long to wait when nothing was judged. Where something was, its verdicts are told: what was
/// billed is not to be sent again.
fn all_busy(judged: &[Result<Judgement, Overloaded>]) -> Option<Span> {
    judged.iter().map(|one| one.err().map(|busy| busy.retry_after)).min().flatten()
}

/// Where nothing was ever promoted, no token is known.
fn unknown() -> Judgement {
    Judgement {
        verdict: Verdict::Unknown,
        reason: Some(Reason::UnknownToken),
        price: None,
        unbilled: None,
    }
}

/// What is told of a post that was shown, by name.
#[derive(Clone, Copy)]
enum Kind {
    Event(EventKind),
    SaleReturned,
}

const SALE_RETURNED: &str = "sale_returned";

impl Kind {
    fn read(pointer: &str, text: &str) -> Checked<Kind> {
        let mut all: Vec<Kind> = EventKind::ALL.into_iter().map(Kind::Event).collect();
        all.push(Kind::SaleReturned);
        one_of(pointer, text, &all, |kind| match kind {
            Kind::Event(kind) => kind.as_str(),
            Kind::SaleReturned => SALE_RETURNED,
        })
    }
}

/// An event whose members were looked at.
struct Read<'a> {
    body: &'a EventBody,
    kind: Kind,
    at: Option<Instant>,
    address: Option<IpAddr>,
    country: Option<Region>,
}

impl Read<'_> {
    fn told(&self) -> Told<'_> {
        let token = self.body.token.as_str();
        let Kind::Event(kind) = self.kind else { return Told::SaleReturned { token } };
        Told::Event(Event {
            token,
            kind,
            at: self.at,
            dwell: self.body.dwell_ms.map(|ms| Span::from_micros(ms.saturating_mul(1_000))),
            address: self.address,
            user_agent: self.body.user_agent.as_deref(),
            country: self.country,
        })
    }
}

fn check((index, body): (usize, &EventBody)) -> Checked<Read<'_>> {
    let at = |name: &str| format!("/events/{index}/{name}");
    let address =
        |text: &str| text.parse().map_err(|_| refuse(at("ip"), "must be an IPv4 or IPv6 address"));
    if body.dwell_ms.is_some_and(|ms| ms > DWELL_MAX) {
        return Err(refuse(at("dwell_ms"), format!("must be at most {DWELL_MAX}")));
    }
    let _: Text<200> = fields::text(&at("token"), &body.token)?;
    if let Some(text) = &body.user_agent {
        let _: Text<1000> = fields::text(&at("user_agent"), text)?;
    }
    Ok(Read {
        body,
        kind: Kind::read(&at("kind"), &body.kind)?,
        at: body.at.as_deref().map(|text| fields::instant(&at("at"), text)).transpose()?,
        address: body.ip.as_deref().map(address).transpose()?,
        country: body
            .country
            .as_deref()
            .map(|code| fields::region(&at("country"), code))
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_judged_is_told_where_a_part_has_to_wait() {
        let busy = |seconds| Err(Overloaded { retry_after: Span::seconds(seconds) });
        assert_eq!(all_busy(&[busy(60), busy(5)]), Some(Span::seconds(5)));
        assert_eq!(all_busy(&[busy(60), Ok(unknown())]), None);
    }
}
