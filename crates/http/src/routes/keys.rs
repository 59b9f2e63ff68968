//! `POST /v1/keys`: makes an API key.

use axum::http::StatusCode;
use base::KeyId;
use serde::{Deserialize, Serialize};
use store::{ApiKey, KeyCreation, KeyKind, KeyOperation};
use writer::Operation;

use crate::api_key::{KeySecret, NewKey};
use crate::call::{Call, Caller};
use crate::fields::{Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::{Admin, Scopes};
use crate::views::key::KeyView;

/// What the key is for.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyInput)]
pub(crate) struct KeyBody {
    /// `secret` or `publishable`.
    #[schema(pattern = "^(secret|publishable)$")]
    kind: String,
    /// For secret keys: `read`, `spend`, `issue`, `gift_cards:reveal`, `admin`, `catalog:write`,
    /// `checkout:write`, `orders:refund`, `payouts:write`, `webhooks:manage`, `mail:report`,
    /// `settlements:write`, `promotions:write`, `promotions:review`, `feed:serve`,
    /// `incidents:write`, `signals:write`, `claims:write`, `claims:review`,
    /// `people:hand_over`, or `all`, which is those there are now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
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
    let operation = call.operation_if_any(&body)?;
    let (kind, scopes) = wanted(&body)?;
    let caller = &call.caller;
    let secret = secret(caller, kind, operation.as_ref());
    let row = caller.app.key_row(&NewKey { secret: &secret, kind, scopes }, caller.book());
    let operation = operation
        .map(|Operation { key, fingerprint }| KeyOperation { operation: key.0, fingerprint });
    match caller.app.create_key(row.clone(), operation).await? {
        KeyCreation::Created => {
            log_new_key(row.id, caller);
            Ok(Reply::view(StatusCode::CREATED, &KeyView::new(&row, Some(secret.reveal()))))
        }
        KeyCreation::Replayed(former) | KeyCreation::Exists(former) => {
            let shown = still_shown(caller, &former, &row).then_some(secret.reveal());
            let view = KeyView::new(&former, shown);
            Ok(Reply::view(StatusCode::CREATED, &view).replayed(true))
        }
        KeyCreation::Mismatch => Err(Problem::new(&catalog::IDEMPOTENCY_MISMATCH)),
    }
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

/// The text of the new key. It follows from the operation and the key ring, so the request can be
/// repeated although the text is kept nowhere; without idempotency key it is drawn.
fn secret(caller: &Caller, kind: KeyKind, operation: Option<&Operation>) -> KeySecret {
    let is_test = caller.book().is_test();
    match operation {
        Some(operation) => {
            let bytes = caller.app.ring.short_hash("api key of operation", &operation.key.0);
            KeySecret::of_bytes(kind, is_test, bytes)
        }
        None => KeySecret::draw(kind, is_test, &mut outside::random::SystemRandomness),
    }
}

/// Whether a repetition shows the key again: it is the same one, and not old.
fn still_shown(caller: &Caller, former: &ApiKey, repeated: &ApiKey) -> bool {
    let age = repeated.created_at.since(former.created_at).unwrap_or_default();
    former.hash == repeated.hash && age <= caller.app.limits.code_shown_for
}

fn log_new_key(new: KeyId, caller: &Caller) {
    let by = caller.key.id;
    tracing::info!(key = %new, %by, "a key was made");
}
