//! `/wallet/{card}`: one card of its owner.

use axum::http::StatusCode;
use pages::customer::{CardPageView, CodeOfCardView, card_page, code_of_card_page};
use serde::Deserialize;
use serde_json::{Value, json};

use super::history::{History, history, history_views, hold_views};
use super::{Asked, Card, may_be_unfrozen};
use crate::address::with;
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::rooms::buys::Names;
use crate::rooms::words_of::told_code;
use crate::shown::Shown;

/// `GET /wallet/{card}`.
pub(crate) async fn show(page: Asked) -> Result<Shown, Refused> {
    let card = own_card(&page).await?;
    shown(&page, &card, None).await
}

/// The card that the address names, when it is that of whoever asks.
async fn own_card(page: &Page<OwnCards>) -> Result<Card, Refused> {
    let id = page.part(2);
    let asked = page.get::<Card>(&format!("/v1/gift-cards/{id}")).await;
    let card = asked.map_err(|refused| match refused.status.is_server_error() {
        true => refused,
        false => Refused::not_found(),
    })?;
    match card.owner.as_deref() == Some(&*page.me().person) && card.id == id {
        true => Ok(card),
        false => Err(Refused::not_found()),
    }
}

async fn shown(
    page: &Page<OwnCards>,
    card: &Card,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let names = Names::of(page, card.scope.iter()).await?;
    let History { lines, holds, next_cursor } = history(page, card).await?;
    let path = format!("/wallet/{}", card.id);
    let older = next_cursor.map(|cursor| with(&path, &[("before", &cursor)]));
    let code = refused.map(told_code);
    let detail = refused.map_or("", Refused::detail);
    let view = CardPageView {
        card: card.view(&names),
        holds: hold_views(&holds),
        history: history_views(&lines),
        older: older.as_deref(),
        refused: code.as_deref().map(|code| (code, detail)),
        done: page.done(),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, card_page(&page.visit(), &view)))
}

/// `POST /wallet/{card}/freeze`: at once, without a question: it can be lifted.
pub(crate) async fn freeze(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"reason": "lost", "person": page.me().person});
    act(&page, "freeze", &body, "frozen").await
}

/// `POST /wallet/{card}/unfreeze`.
pub(crate) async fn unfreeze(page: Asked) -> Result<Shown, Refused> {
    let card = own_card(&page).await?;
    if !may_be_unfrozen(&card.blocks) {
        let refused = Refused::of(StatusCode::CONFLICT, "frozen_by_shop", "");
        return shown(&page, &card, Some(&refused)).await;
    }
    act(&page, "unfreeze", &json!({"person": page.me().person}), "unfrozen").await
}

/// `POST /wallet/{card}/replace`: the new code is shown only when it is asked for.
pub(crate) async fn replace(page: Asked) -> Result<Shown, Refused> {
    act(&page, "replace-code", &json!({"person": page.me().person}), "replaced").await
}

async fn act(
    page: &Page<OwnCards>,
    what: &str,
    body: &Value,
    done: &str,
) -> Result<Shown, Refused> {
    let card = own_card(page).await?;
    let path = format!("/wallet/{}", card.id);
    match page.post::<Value>(&format!("/v1/gift-cards/{}/{what}", card.id), body).await {
        Ok(_) => Ok(Shown::To(with(&path, &[("done", done)]))),
        // It is so already, whoever did it.
        Err(refused) if refused.code() == "nothing_to_change" => {
            Ok(Shown::To(with(&path, &[("done", done)])))
        }
        Err(refused) if refused.status.is_client_error() => {
            shown(page, &card, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

/// What a reveal answers.
#[derive(Deserialize)]
struct Code {
    code: String,
}

/// `POST /wallet/{card}/reveal`: the code, in this answer and nowhere else.
pub(crate) async fn reveal(page: Asked) -> Result<Shown, Refused> {
    let card = own_card(&page).await?;
    match page.post::<Code>(&format!("/v1/gift-cards/{}/reveal", card.id), &json!({})).await {
        Ok(Code { code }) => {
            let view = CodeOfCardView { id: &card.id, code: &code };
            Ok(Shown::page(code_of_card_page(&page.visit(), &view)))
        }
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, &card, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}
