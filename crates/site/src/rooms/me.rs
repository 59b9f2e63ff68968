//! `/me`: one's own account.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use base::Span;
use outside::clock::{Clock, SystemClock};
use pages::customer::{
    DeviceView, MeView, PasskeyView, RecoveryCodesView, me_page, recovery_codes_page,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::inside::{Refused, read};
use crate::page::{OwnAccount, Page};
use crate::shown::Shown;
use crate::values::{List, Time};

type Asked = Arc<Page<OwnAccount>>;

#[derive(Deserialize)]
struct Device {
    id: String,
    device: Option<String>,
    is_current: bool,
    used_at: Time,
}

#[derive(Deserialize)]
struct Passkey {
    id: String,
    created_at: Time,
    used_at: Option<Time>,
}

pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    shown(&page, None, None).await
}

/// A passkey is added by a script, which leads here by itself: what its address says is believed
/// when there is one that is as new.
fn just_added<'a>(page: &'a Page<OwnAccount>, passkeys: &[Passkey]) -> Option<&'a str> {
    let now = SystemClock::new().now();
    let is_new = |one: &Passkey| one.created_at.0 > now.saturating_sub(Span::minutes(2));
    page.query("done").filter(|done| *done == "passkey" && passkeys.iter().any(is_new))
}

async fn shown(
    page: &Page<OwnAccount>,
    totp: Option<&str>,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let asked = |path| page.as_browser(Method::GET, path, None);
    let devices: List<Device> = read(asked("/account/sessions").await?)?;
    let passkeys: List<Passkey> = read(asked("/account/passkeys").await?)?;
    let who = page.me();
    let view = MeView {
        person: &who.person,
        roles: who.roles.iter().map(String::as_str).collect(),
        passkeys: passkeys
            .data
            .iter()
            .map(|one| PasskeyView {
                id: &one.id,
                created_at: one.created_at.moment(),
                used_at: one.used_at.map(Time::moment),
            })
            .collect(),
        devices: devices
            .data
            .iter()
            .map(|one| DeviceView {
                id: &one.id,
                device: one.device.as_deref(),
                is_current: one.is_current,
                used_at: one.used_at.moment(),
            })
            .collect(),
        totp,
        refused: refused.map(|refused| (refused.code(), refused.detail())),
        done: page.done().or_else(|| just_added(page, &passkeys.data)),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, me_page(&page.visit(), &view)))
}

/// Does it, and shows the account again: with what was done, or with what was refused.
async fn act(
    page: &Page<OwnAccount>,
    path: &str,
    body: Value,
    done: &str,
) -> Result<Shown, Refused> {
    match page.as_browser(Method::POST, path, Some(&body)).await {
        Ok(_) => Ok(Shown::To(format!("/me?done={done}"))),
        Err(refused) if refused.status.is_client_error() => shown(page, None, Some(&refused)).await,
        Err(refused) => Err(refused),
    }
}

pub(super) async fn remove_passkey(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"passkey": page.field("passkey")});
    act(&page, "/account/passkeys/remove", body, "removed").await
}

pub(super) async fn end_device(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"session": page.field("session")});
    act(&page, "/account/sessions/revoke", body, "ended").await
}

pub(super) async fn offer_totp(page: Asked) -> Result<Shown, Refused> {
    match page.as_browser(Method::POST, "/account/totp/offer", None).await {
        Ok(answer) => shown(&page, answer["secret"].as_str(), None).await,
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, None, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

pub(super) async fn confirm_totp(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"code": page.field("code")});
    act(&page, "/account/totp/confirm", body, "totp").await
}

pub(super) async fn make_recovery_codes(page: Asked) -> Result<Shown, Refused> {
    match page.as_browser(Method::POST, "/account/recovery-codes", None).await {
        Ok(answer) => {
            let codes = answer["codes"].as_array().into_iter().flatten();
            let codes = codes.filter_map(Value::as_str).collect();
            let view = RecoveryCodesView { codes };
            Ok(Shown::page(recovery_codes_page(&page.visit(), &view)))
        }
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, None, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}
