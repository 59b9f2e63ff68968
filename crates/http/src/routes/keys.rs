//! `POST /v1/keys`: makes an API key.

use axum::http::StatusCode;
use base::{Instant, KeyId};
use serde::{Deserialize, Serialize};

use crate::api_key::{KeyKind, KeySecret};
use crate::call::{Call, Caller};
use crate::fields::{Checked, refuse};
use crate::keys::KeyRecord;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::{Admin, Scopes};
use crate::version::Version;
use crate::views::key::KeyView;

/// What the key is for.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyInput)]
pub(crate) struct KeyBody {
    /// `secret` or `publishable`.
    kind: String,
    /// For secret keys: `read`, `spend`, `issue`, `gift_cards:reveal`, `admin`, or `all`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    scopes: Vec<String>,
}

/// Make an API key
///
/// The key is shown once. With an idempotency key a lost answer can be repeated for 24 hours.
#[utoipa::path(post, path = "/v1/keys", operation_id = "make_key", tag = "Keys",
    request_body = KeyBody,
    responses((status = 201, description = "Made", body = KeyView)))]
pub(crate) async fn handle(mut call: Call<Admin>) -> Result<Reply, Problem> {
    let body: KeyBody = call.json().await?;
    let (kind, scopes) = wanted(&body)?;
    let secret = secret(&call, kind)?;
    let caller = &call.caller;
    let record = KeyRecord {
        id: caller.app.new_id(),
        hash: caller.app.key_hash(secret.reveal()),
        book: caller.book().name().to_owned(),
        kind,
        scopes,
        version: Version::NEWEST.as_str().to_owned(),
        created_at: caller.app.now(),
    };
    if let Some(former) = caller.app.find_key(record.hash).await? {
        return repeat(caller, &former, &record, &secret);
    }
    caller.app.keep_key(record.clone()).await?;
    log_new_key(record.id, caller);
    Ok(Reply::view(StatusCode::CREATED, &KeyView::new(&record, Some(secret.reveal()))))
}

fn wanted(body: &KeyBody) -> Checked<(KeyKind, Scopes)> {
    let kind = KeyKind::parse(&body.kind);
    let kind = kind.ok_or_else(|| refuse("/kind", "must be one of secret, publishable"))?;
    let mut scopes = Scopes::default();
    for (index, name) in body.scopes.iter().enumerate() {
        let known = Scopes::parse(name).ok_or_else(|| {
            refuse(format!("/scopes/{index}"), format!("must be one of {}", Scopes::all_names()))
        })?;
        scopes = scopes.with(known);
    }
    match kind {
        KeyKind::Secret if scopes.is_empty() => {
            Err(refuse("/scopes", "must name at least one scope"))
        }
        KeyKind::Publishable if !scopes.is_empty() => {
            Err(refuse("/scopes", "must be empty: a publishable key may only look up cards"))
        }
        KeyKind::Publishable => Ok((kind, Scopes::LOOK_UP)),
        KeyKind::Secret => Ok((kind, scopes)),
    }
}

/// The text of the new key. It follows from the idempotency key and the key ring, so the request
/// can be repeated although the text is kept nowhere; without idempotency key it is drawn.
fn secret(call: &Call<Admin>, kind: KeyKind) -> Result<KeySecret, Problem> {
    let caller = &call.caller;
    let book = caller.book();
    let Some(key) = call.idempotency_key()? else {
        let random = &mut outside::random::SystemRandomness;
        return Ok(KeySecret::draw(kind, book.is_test(), random));
    };
    let text = format!("{}\n{}\n{}", book.name(), caller.key.id, key.as_str());
    let bytes = caller.app.ring.short_hash("api key of operation", text.as_bytes());
    // Both kinds come from the same bytes, so a repetition that asks for another kind is told
    // apart by its prefix and finds no former key; it is a new key then.
    Ok(KeySecret::of_bytes(kind, book.is_test(), bytes))
}

/// The answer to a repeated request.
fn repeat(
    caller: &Caller,
    former: &KeyRecord,
    wanted: &KeyRecord,
    secret: &KeySecret,
) -> Result<Reply, Problem> {
    if former.scopes != wanted.scopes || former.kind != wanted.kind {
        return Err(Problem::new(&catalog::IDEMPOTENCY_MISMATCH));
    }
    let shown = still_shown(caller, former.created_at).then_some(secret.reveal());
    Ok(Reply::view(StatusCode::CREATED, &KeyView::new(former, shown)).replayed(true))
}

fn still_shown(caller: &Caller, created_at: Instant) -> bool {
    let age = caller.app.now().since(created_at).unwrap_or_default();
    age <= caller.app.limits.code_shown_for
}

fn log_new_key(new: KeyId, caller: &Caller) {
    let (by, request) = (caller.key.id, caller.request_id);
    tracing::info!(key = %new, %by, %request, "a key was made");
}
