//! `/hand-over`: the shop has signed somebody in and sends them here. What it says stands behind
//! the `#` of the address, which no server sees.

use std::sync::Arc;

use axum::http::Method;
use pages::customer::{HandOverView, hand_over_page};
use serde_json::json;

use super::sign_in;
use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;

type Asked = Arc<Page<Anybody>>;

fn view<'a>(page: &'a Page<Anybody>, refused: Option<(&'a str, &'a str)>) -> HandOverView<'a> {
    HandOverView { next: page.next(), is_somebody_here: page.who.is_some(), refused }
}

/// `GET /hand-over`.
pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    Ok(Shown::page(hand_over_page(&page.visit(), &view(&page, None))))
}

/// `POST /hand-over`: the token, or the whole link that was pasted.
pub(super) async fn arrive(page: Asked) -> Result<Shown, Refused> {
    let token = page.field("token").rsplit('#').next().unwrap_or("").trim();
    let body = json!({"token": token});
    match page.as_browser(Method::POST, "/account/hand-over", Some(&body)).await {
        Ok(answer) => Ok(sign_in::go_on(&page, &answer)),
        Err(refused) if refused.status.is_client_error() => {
            let view = view(&page, Some((refused.code(), refused.detail())));
            Ok(Shown::Html(refused.status, hand_over_page(&page.visit(), &view)))
        }
        Err(refused) => Err(refused),
    }
}
