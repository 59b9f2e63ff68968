//! `POST /demo/be`: in a demonstration one chooses who to be. Elsewhere there is no such page.

use std::sync::Arc;

use axum::http::Method;
use serde_json::json;

use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;

pub(super) async fn be(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    let wanted = page.field("person");
    let one = page.shop().demo.iter().find(|one| one.key == wanted);
    let one = one.ok_or_else(Refused::not_found)?;
    page.as_browser(Method::POST, "/account/demo", Some(&json!({"key": one.key}))).await?;
    Ok(Shown::To(
        match &*one.does {
            "creator" => "/promotions",
            "support" => "/console/queue",
            "claims" | "approves" => "/console/claims",
            "finance" => "/console/finance",
            _ => "/wallet",
        }
        .to_owned(),
    ))
}
