//! `GET /design`: every component in every state.

use axum::body::Body;
use axum::extract::Query;
use axum::http::{HeaderMap, Response, StatusCode};
use serde::Deserialize;

use super::{SHOP, answer};

/// What the address of the page may say.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
}

pub(super) async fn handle(Query(asked): Query<Asked>, headers: HeaderMap) -> Response<Body> {
    let words = answer::words(asked.lang.as_deref(), &headers);
    answer::page(StatusCode::OK, words, &pages::design(words, SHOP))
}
