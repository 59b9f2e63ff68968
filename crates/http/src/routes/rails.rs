//! `POST /v1/rails/{rail}/webhooks/{book}`: a payment rail tells that something changed.

pub(crate) mod reconciliation;
pub(crate) mod settlements;
pub(crate) mod unsettled;

use axum::http::StatusCode;
use jobs::HearError;
use rails::{Header, WebhookError};
use serde::Serialize;

use crate::blocking;
use crate::call::{BOOK_PART, Told};
use crate::problem::{Problem, ProblemView, catalog};
use crate::reply::Reply;

/// What a rail is answered.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = RailMessage)]
struct HeardView {
    /// Always true: what the message says is in the book.
    received: bool,
}

/// Receive a message of a payment rail
///
/// For rails, which sign what they send; no API key is needed. A message is a hint: the rail is
/// asked for the state of what it is about. It is received when that is in the book; until then it
/// is to be sent again.
#[utoipa::path(post, path = "/v1/rails/{rail}/webhooks/{book}",
    operation_id = "receive_rail_message", tag = "Server",
    params(
        ("rail" = String, Path, description = "Name of the rail", example = "stripe"),
        ("book" = String, Path, description = "Name of the book", example = "live")),
    request_body(content = serde_json::Value, description = "As the rail sends it"),
    responses(
        (status = 200, description = "Received", body = HeardView),
        (status = 400, description = "Signed, and not to be read", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 401, description = "Not signed by the rail", body = ProblemView,
            content_type = "application/problem+json"),
        (status = 404, description = "No such book or rail", body = ProblemView,
            content_type = "application/problem+json")))]
pub(crate) async fn handle(mut told: Told) -> Result<Reply, Problem> {
    let nothing = || Problem::new(&catalog::NOT_FOUND);
    let (rail, name) = (told.path_part(3).to_owned(), told.path_part(BOOK_PART).to_owned());
    let book = told.app.book(&name).ok_or_else(|| told.missing(&name))?;
    let work = book.rails().cloned().ok_or_else(nothing)?;
    let body = told.body().await?;
    let heard = blocking::spawn(move || {
        let caller = work.caller().ok_or(HearError::NoSuchRail)?;
        let text = |value: &axum::http::HeaderValue| value.to_str().map(str::to_owned).ok();
        let texts: Vec<_> = told
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), text(value)?)))
            .collect();
        let headers: Vec<Header<'_>> =
            texts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        caller.hear(&rail, &headers, &body)
    });
    // A panic was told by the thread; the rail sends it again.
    let heard = heard.await.unwrap_or(Err(HearError::Busy));
    match heard {
        Ok(()) => Ok(Reply::view(StatusCode::OK, &HeardView { received: true })),
        Err(error) => Err(problem(error)),
    }
}

fn problem(error: HearError) -> Problem {
    match error {
        HearError::NoSuchRail => Problem::new(&catalog::NOT_FOUND),
        HearError::Busy => Problem::new(&catalog::BUSY),
        HearError::NotBelieved(WebhookError::Unreadable) => {
            let detail = "The message is signed but cannot be read: does the version fit?";
            Problem::new(&catalog::MALFORMED_JSON).detail(detail)
        }
        HearError::NotBelieved(why) => {
            Problem::new(&catalog::UNAUTHORIZED).detail(format!("{}.", capital(&why.to_string())))
        }
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
