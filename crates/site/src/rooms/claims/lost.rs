//! `/claims/lost`: a claim of somebody who knows a charge from a bank statement only, signed in or
//! not.

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{LostDoneView, LostTyped, LostView, Mistake, lost_done_page, lost_page};
use people::Permission;
use serde_json::{Value, json};

use super::wire::Made;
use crate::inside::Refused;
use crate::page::{Anybody, Page};
use crate::rooms::promotions::{trouble, wrong};
use crate::shown::Shown;
use crate::values::{Time, money_json, typed_amount};

type Asked = Arc<Page<Anybody>>;

/// Who can follow what they claim here.
fn claimant(page: &Page<Anybody>) -> Option<&str> {
    let who = page.who.as_ref().filter(|who| who.may(Permission::OwnPromotions))?;
    Some(&who.person)
}

pub(in crate::rooms) async fn lost(page: Asked) -> Result<Shown, Refused> {
    Ok(shown(&page, None))
}

fn shown(page: &Page<Anybody>, refused: Option<&Refused>) -> Shown {
    let view = LostView {
        is_known: claimant(page).is_some(),
        typed: LostTyped {
            descriptor: page.field("descriptor"),
            last4: page.field("last4"),
            amount: page.field("amount"),
            charged_on: page.field("charged_on"),
            ground: page.field("ground"),
            description: page.field("description"),
            email: page.field("email"),
        },
        currency: page.shop().currency.code(),
        refused: refused.map(trouble),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Shown::Html(status, lost_page(&page.visit(), &view))
}

pub(in crate::rooms) async fn make_lost(page: Asked) -> Result<Shown, Refused> {
    let made = match body(&page) {
        Ok(body) => page.post::<Made>("/v1/claims", &body).await,
        Err(refused) => Err(refused),
    };
    match made {
        Ok(made) if claimant(&page).is_some() => {
            Ok(Shown::To(format!("/claims/{}?done=filed", made.id)))
        }
        Ok(made) => {
            let view = LostDoneView { id: &made.id, by: made.next.by.map(Time::moment) };
            Ok(Shown::page(lost_done_page(&page.visit(), &view)))
        }
        Err(refused) if refused.status.is_client_error() => Ok(shown(&page, Some(&refused))),
        Err(refused) => Err(refused),
    }
}

fn body(page: &Page<Anybody>) -> Result<Value, Refused> {
    let field = |name| page.field(name);
    let amount = typed_amount(field("amount"), page.shop().currency);
    let amount = amount.filter(|amount| !amount.amount.is_zero());
    let amount = amount.ok_or_else(|| wrong(page.words, "amount", Mistake::Amount))?;
    let last4 = field("last4");
    if last4.len() != 4 || !last4.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong(page.words, "last4", Mistake::FourDigits));
    }
    let mut hint = json!({
        "descriptor": field("descriptor"), "last4": last4, "amount": money_json(amount),
    });
    if !field("charged_on").is_empty() {
        hint["charged_on"] = json!(field("charged_on"));
    }
    let mut body = json!({
        "hint": hint,
        "ground": field("ground"),
        "description": field("description").replace("\r\n", "\n"),
    });
    match claimant(page) {
        Some(person) => body["claimant"] = json!(person),
        None => {
            body["contact"] = json!({"email": field("email")});
            body["client"] = page.client();
        }
    }
    Ok(body)
}
