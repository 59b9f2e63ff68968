//! `/gift`: where the links of mails lead. Their token stands behind `#`, which browsers send to
//! nobody; the page hands it over in a form, and from then on the browser keeps it in a cookie of
//! this path, so that it is there after signing in and stands in no address.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use pages::customer::{RevealView, gift_code_page, open_gift_page, reveal_page};
use serde::Deserialize;
use serde_json::{Value, json};

use super::buys::{Names, Scope};
use super::words_of::told_code;
use crate::address::with;
use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::shown::Shown;
use crate::values::{Amount, Time};

type Asked = Arc<Page<Anybody>>;

/// The cookie with what opens the gift that is being looked at, and where it is sent.
const COOKIE: &str = "mg_gift";
const PATH: &str = "/gift";

/// A gift as the API shows it to whoever has its link.
#[derive(Deserialize)]
struct Gift {
    design: Option<String>,
    sender_name: Option<String>,
    message: Option<String>,
    value: Amount,
    expires_at: Option<Time>,
    regions: Vec<String>,
    scope: Option<Scope>,
    claimed: bool,
    reported: bool,
    sender_blocked: bool,
}

/// What opens a gift: the last thing behind a `#`, for people paste whole links.
fn token(typed: &str) -> Option<&str> {
    let token = typed.rsplit('#').next().unwrap_or("").trim();
    let is_plain =
        token.bytes().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'_');
    let is_known = token.starts_with("clm_") || token.starts_with("rcp_");
    (is_plain && is_known && token.len() <= 100).then_some(token)
}

/// `GET /gift`: the gift that was opened last in this browser, else a place for a link.
pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    match page.kept(COOKIE).and_then(token) {
        Some(token) => shown(&page, token, None).await,
        None => Ok(Shown::page(open_gift_page(&page.visit(), None))),
    }
}

/// `POST /gift`: opens a gift, which changes nothing.
pub(super) async fn open(page: Asked) -> Result<Shown, Refused> {
    let Some(token) = token(page.field("token")) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(Shown::Html(status, open_gift_page(&page.visit(), Some(("gift_link", "")))));
    };
    page.keep(COOKIE, token, PATH);
    shown(&page, token, None).await
}

/// The gift, with what was refused if anything was.
async fn shown(
    page: &Page<Anybody>,
    token: &str,
    refused: Option<Refused>,
) -> Result<Shown, Refused> {
    let body = json!({"token": token, "client": page.client()});
    let gift: Gift = match page.post("/v1/gift-cards/claim/preview", &body).await {
        Ok(gift) => gift,
        Err(failed) => return closed(page, refused.unwrap_or(failed)),
    };
    let names = Names::of(page, gift.scope.iter()).await?;
    let code = refused.as_ref().map(told_code);
    let detail = refused.as_ref().map_or("", Refused::detail);
    let view = RevealView {
        token,
        design: gift.design.as_deref(),
        from: gift.sender_name.as_deref(),
        message: gift.message.as_deref(),
        value: gift.value.0,
        expires_at: gift.expires_at.map(Time::moment),
        buys: names.view(gift.scope.as_ref(), &gift.regions),
        is_claimed: gift.claimed,
        is_letter: token.starts_with("rcp_"),
        is_known: page.who.is_some(),
        is_reported: gift.reported,
        is_blocked: gift.sender_blocked,
        email: page.field("email"),
        refused: code.as_deref().map(|code| (code, detail)),
        done: page.done(),
    };
    let status = refused.as_ref().map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, reveal_page(&page.visit(), &view)))
}

/// What is said of a link that opens nothing.
fn closed(page: &Page<Anybody>, refused: Refused) -> Result<Shown, Refused> {
    if refused.status.is_server_error() {
        return Err(refused);
    }
    let code = match told_code(&refused).as_str() {
        "gift_card_not_usable"
        | "gift_card_unknown"
        | "gift_card_code_replaced"
        | "invalid_request" => "gift_link".to_owned(),
        other => other.to_owned(),
    };
    let view = open_gift_page(&page.visit(), Some((&code, refused.detail())));
    Ok(Shown::Html(refused.status, view))
}

/// What opens the gift that a form is about: it sends it along, or the browser keeps it.
fn token_of(page: &Page<Anybody>) -> Result<&str, Refused> {
    let sent = token(page.field("token"));
    let kept = || page.kept(COOKIE).and_then(token);
    sent.or_else(kept).ok_or_else(|| Refused::of(StatusCode::NOT_FOUND, "gift_link", ""))
}

/// `POST /gift/claim`: gives it to whoever has signed in. Whoever has not is sent a code first.
pub(super) async fn claim(page: Asked) -> Result<Shown, Refused> {
    let token = token_of(&page)?;
    if let Some(who) = &page.who {
        return claimed(&page, token, &who.person).await;
    }
    page.keep(COOKIE, token, PATH);
    let email = page.field("email");
    if email.is_empty() {
        return Ok(Shown::To(with("/sign-in", &[("next", PATH)])));
    }
    match page
        .as_browser(Method::POST, "/account/sign-in/mail", Some(&json!({"email": email})))
        .await
    {
        Ok(_) => Ok(Shown::To("/gift/code".to_owned())),
        Err(refused) => shown(&page, token, Some(refused)).await,
    }
}

/// `GET /gift/code`.
pub(super) async fn code(page: Asked) -> Result<Shown, Refused> {
    Ok(Shown::page(gift_code_page(&page.visit(), None)))
}

/// `POST /gift/code`: signs somebody in and gives them the gift.
pub(super) async fn enter_code(page: Asked) -> Result<Shown, Refused> {
    let token = token_of(&page)?;
    let body = json!({"code": page.field("code")});
    let answer = match page.as_browser(Method::POST, "/account/sign-in/code", Some(&body)).await {
        Ok(answer) => answer,
        Err(refused) if refused.status.is_client_error() => {
            let told = Some((refused.code(), refused.detail()));
            return Ok(Shown::Html(refused.status, gift_code_page(&page.visit(), told)));
        }
        Err(refused) => return Err(refused),
    };
    if answer["status"] != "signed_in" {
        // Accounts with a second factor show it, and come back to the gift.
        let ways = answer["ways"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let ways: Vec<&str> = ways.collect();
        let query = [("ways", &*ways.join(" ")), ("next", PATH)];
        return Ok(Shown::To(with("/sign-in/second", &query)));
    }
    match page.who_now().await? {
        Some(who) => claimed(&page, token, &who.person).await,
        None => Ok(Shown::To(PATH.to_owned())),
    }
}

/// What a claim answers.
#[derive(Deserialize)]
struct Claimed {
    id: String,
}

async fn claimed(page: &Page<Anybody>, token: &str, person: &str) -> Result<Shown, Refused> {
    let body = json!({"token": token, "person": person, "client": page.client()});
    match page.post::<Claimed>("/v1/gift-cards/claim", &body).await {
        Ok(card) => {
            page.forget(COOKIE, PATH);
            Ok(Shown::To(format!("/wallet/{}?done=claimed", card.id)))
        }
        Err(refused) if refused.code() == "nothing_to_change" => {
            page.forget(COOKIE, PATH);
            Ok(Shown::To("/wallet?done=yours".to_owned()))
        }
        Err(refused) if refused.status.is_client_error() => shown(page, token, Some(refused)).await,
        Err(refused) => Err(refused),
    }
}

/// `POST /gift/report`.
pub(super) async fn report(page: Asked) -> Result<Shown, Refused> {
    let token = token_of(&page)?;
    let body = json!({
        "token": token,
        "reason": page.field("reason"),
        "block": page.field("block") == "yes",
        "client": page.client(),
    });
    said(&page, token, "report", &body, "reported").await
}

/// `POST /gift/unblock`.
pub(super) async fn unblock(page: Asked) -> Result<Shown, Refused> {
    let token = token_of(&page)?;
    if page.field("sure") != "yes" {
        let unsure = Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "not_sure", "");
        return shown(&page, token, Some(unsure)).await;
    }
    let body = json!({"token": token, "client": page.client()});
    said(&page, token, "unblock-sender", &body, "unblocked").await
}

async fn said(
    page: &Page<Anybody>,
    token: &str,
    what: &str,
    body: &Value,
    done: &str,
) -> Result<Shown, Refused> {
    match page.post::<Value>(&format!("/v1/gift-cards/claim/{what}"), body).await {
        Ok(_) => {
            page.keep(COOKIE, token, PATH);
            Ok(Shown::To(with(PATH, &[("done", done)])))
        }
        Err(refused) if refused.status.is_client_error() => shown(page, token, Some(refused)).await,
        Err(refused) => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_taken_as_they_are_pasted() {
        let check = |typed: &str, found: Option<&str>| assert_eq!(token(typed), found, "{typed}");
        check("clm_abc1", Some("clm_abc1"));
        check("https://shop.example/gift#clm_abc1", Some("clm_abc1"));
        check(" #rcp_abc1 ", Some("rcp_abc1"));
        check("", None);
        check("https://shop.example/gift", None);
        check("clm_abc; Path=/", None);
        check("CLM_ABC", None);
        check(&format!("clm_{}", "a".repeat(100)), None);
    }
}
