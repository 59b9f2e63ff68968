//! `POST /v1/hand-overs`: a way for somebody whom the shop has signed in.

use axum::http::StatusCode;
use base::PersonId;
use serde::Deserialize;

use crate::account::{HAND_OVER_PAGE, hand_over_of, is_local};
use crate::call::Call;
use crate::fields::{self, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::HandOver;
use crate::views::hand_over::HandOverView;

/// Who is handed over.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HandOverInput)]
pub(crate) struct HandOverBody {
    /// Who the shop says is in front of the browser: the person who owns cards, buys and promotes.
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    person: String,
    /// The page of ours where they arrive; their wallet when left out.
    #[serde(default)]
    #[schema(max_length = 500, pattern = "^/", example = "/wallet")]
    next: Option<String>,
}

/// Hand somebody over
///
/// For a shop that has signed a customer in itself: the answer has an address to which the shop
/// sends that browser, and nobody else. It works once, for a minute, and opens a session of this
/// person as a customer; whoever has a second factor here shows it as well, and staff are never
/// handed over. What opens the session stands behind the `#`, so that no server on the way sees it.
/// A person who was never here gets an account by it.
#[utoipa::path(post, path = "/v1/hand-overs", operation_id = "hand_person_over", tag = "People",
    request_body = HandOverBody,
    responses((status = 201, description = "A way for their browser", body = HandOverView)))]
pub(crate) async fn handle(mut call: Call<HandOver>) -> Result<Reply, Problem> {
    let body: HandOverBody = call.json().await?;
    let person: PersonId = fields::id("/person", &body.person)?;
    let next = body.next.as_deref().unwrap_or("/wallet");
    // What opens the session stands behind the `#`.
    if !is_local(next) || next.contains('#') {
        return Err(refuse("/next", "must be a path of these pages").into());
    }
    let caller = &call.caller;
    // Accounts belong to one book: a key of another says nothing of who is who there.
    let site = caller.app.site().filter(|site| site.book.as_str() == caller.book().name());
    let site = site.ok_or_else(|| {
        let detail = "The pages are not those of the book of this key, or there are none.";
        Problem::new(&catalog::NOT_FOUND).detail(detail)
    })?;
    let (token, expires_at) = hand_over_of(&caller.app, site, person);
    let next: String = next.bytes().map(escaped).collect();
    let url = format!("{}{HAND_OVER_PAGE}?next={next}#{token}", site.origin);
    Ok(Reply::view(StatusCode::CREATED, &HandOverView::new(person, &url, expires_at)))
}

/// A byte in a query.
fn escaped(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'_' | b'-' | b'.' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    }
}
