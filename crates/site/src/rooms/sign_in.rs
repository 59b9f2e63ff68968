//! `/sign-in`: by mail, then perhaps by something else; `/sign-out`. The endpoints under `/account`
//! do it; here are the forms.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use pages::customer::{SecondView, SignInView, code_page, second_page, sign_in_page};
use serde_json::{Value, json};

use crate::address::with;
use crate::inside::Refused;
use crate::page::{Anybody, OwnAccount, Page};
use crate::shown::Shown;

type Asked = Arc<Page<Anybody>>;

/// Refusals that a form shows above itself; others have a page of their own.
fn told(refused: Refused) -> Result<Refused, Refused> {
    if refused.status.is_client_error() { Ok(refused) } else { Err(refused) }
}

pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    let is_again = page.query("why") == Some("again");
    let view = SignInView { next: page.next(), email: "", is_again, refused: None };
    Ok(Shown::page(sign_in_page(&page.visit(), &view)))
}

pub(super) async fn send(page: Asked) -> Result<Shown, Refused> {
    let email = page.field("email");
    let body = json!({"email": email});
    match page.as_browser(Method::POST, "/account/sign-in/mail", Some(&body)).await {
        Ok(_) => Ok(Shown::To(with("/sign-in/code", &[("next", page.next())]))),
        Err(refused) => {
            let refused = told(refused)?;
            let (code, detail) = (refused.code(), refused.detail());
            let view = SignInView {
                next: page.next(),
                email,
                is_again: false,
                refused: Some((code, detail)),
            };
            Ok(Shown::Html(refused.status, sign_in_page(&page.visit(), &view)))
        }
    }
}

pub(super) async fn code(page: Asked) -> Result<Shown, Refused> {
    let view = SignInView { next: page.next(), email: "", is_again: false, refused: None };
    Ok(Shown::page(code_page(&page.visit(), &view)))
}

pub(super) async fn enter(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"code": page.field("code")});
    match page.as_browser(Method::POST, "/account/sign-in/code", Some(&body)).await {
        Ok(answer) => Ok(go_on(&page, &answer)),
        Err(refused) => {
            let refused = told(refused)?;
            let (code, detail) = (refused.code(), refused.detail());
            let view = SignInView {
                next: page.next(),
                email: "",
                is_again: false,
                refused: Some((code, detail)),
            };
            Ok(Shown::Html(refused.status, code_page(&page.visit(), &view)))
        }
    }
}

/// Where a right code leads.
pub(super) fn go_on(page: &Page<Anybody>, answer: &Value) -> Shown {
    if answer["status"] == "signed_in" {
        return Shown::To(page.next().to_owned());
    }
    let ways = answer["ways"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let ways: Vec<&str> = ways.collect();
    let query = [("ways", &*ways.join(" ")), ("next", page.next())];
    Shown::To(with("/sign-in/second", &query))
}

/// The ways are told by the address: whoever invents some is refused by the endpoint.
fn second_view<'a>(page: &'a Page<Anybody>, refused: Option<(&'a str, &'a str)>) -> SecondView<'a> {
    let told = page.query("ways");
    let has = |way: &str| told.is_none_or(|ways| ways.split(' ').any(|one| one == way));
    let ways = [has("passkey"), has("totp"), has("recovery_code")];
    SecondView { next: page.next(), ways, refused }
}

pub(super) async fn second(page: Asked) -> Result<Shown, Refused> {
    Ok(Shown::page(second_page(&page.visit(), &second_view(&page, None))))
}

pub(super) async fn enter_second(page: Asked) -> Result<Shown, Refused> {
    let (path, code) = match page.field("way") {
        "recovery" => ("/account/sign-in/recovery-code", page.field("recovery")),
        _ => ("/account/sign-in/totp", page.field("code")),
    };
    match page.as_browser(Method::POST, path, Some(&json!({"code": code}))).await {
        Ok(answer) => Ok(go_on(&page, &answer)),
        Err(refused) => {
            let refused = told(refused)?;
            let view = second_view(&page, Some((refused.code(), refused.detail())));
            Ok(Shown::Html(refused.status, second_page(&page.visit(), &view)))
        }
    }
}

pub(super) async fn out(page: Arc<Page<OwnAccount>>) -> Result<Shown, Refused> {
    match page.as_browser(Method::POST, "/account/sign-out", None).await {
        Ok(_) => Ok(Shown::To("/".to_owned())),
        // It was over already.
        Err(refused) if refused.status == StatusCode::UNAUTHORIZED => Ok(Shown::To("/".to_owned())),
        Err(refused) => Err(refused),
    }
}
