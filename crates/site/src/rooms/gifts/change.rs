//! `/gifts/{purchase}/change`: a gift for somebody else, or to an address that works.

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{ChangeView, Wrong, change_page};
use serde_json::{Value, json};

use super::bought::{Card, Purchase};
use super::draft::{lines, meant, name_mistake};
use super::mistyped::mistake;
use super::one::{back_to, told};
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::shown::Shown;

type Asked = Arc<Page<OwnCards>>;

/// `GET /gifts/{purchase}/change`.
pub(in crate::rooms) async fn ask(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    let card = purchase.card(&page).await?;
    let email = card.recipient.as_ref().and_then(|person| person.email.as_deref());
    let typed = Typed { to: card.to(), email: email.unwrap_or(""), message: "" };
    let ask = Ask { page: &page, purchase: &purchase, card: &card, typed };
    Ok(ask.shown(Vec::new(), None, None))
}

/// What was typed.
#[derive(Clone, Copy)]
struct Typed<'a> {
    to: &'a str,
    email: &'a str,
    message: &'a str,
}

struct Ask<'a> {
    page: &'a Page<OwnCards>,
    purchase: &'a Purchase,
    card: &'a Card,
    typed: Typed<'a>,
}

impl Ask<'_> {
    fn shown(&self, wrong: Vec<Wrong>, meant: Option<&str>, refused: Option<&Refused>) -> Shown {
        let status = match refused {
            Some(refused) => refused.status,
            None if wrong.is_empty() && meant.is_none() => StatusCode::OK,
            None => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let code = refused.map(told);
        let view = ChangeView {
            id: &self.purchase.id,
            card: &self.card.id,
            to: self.typed.to,
            email: self.typed.email,
            message: self.typed.message,
            is_mailed: self.card.channel() == "email",
            meant,
            wrong,
            refused: code.as_deref().zip(refused.map(Refused::detail)),
        };
        Shown::Html(status, change_page(&self.page.visit(), &view))
    }

    fn mistakes(&self) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        wrong.extend(name_mistake(self.typed.to).map(|what| Wrong { field: "to", what }));
        if self.card.channel() == "email" {
            let what = mistake(self.typed.email);
            wrong.extend(what.map(|what| Wrong { field: "email", what }));
        }
        wrong
    }
}

/// `POST /gifts/{purchase}/change`.
pub(in crate::rooms) async fn change(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    let card = purchase.card(&page).await?;
    let uses_meant = page.field("go") == "use";
    let email = page.field(if uses_meant { "meant" } else { "email" });
    let typed = Typed { to: page.field("to"), email, message: page.field("message") };
    let ask = Ask { page: &page, purchase: &purchase, card: &card, typed };
    let wrong = ask.mistakes();
    if !wrong.is_empty() {
        return Ok(ask.shown(wrong, None, None));
    }
    let is_mailed = card.channel() == "email";
    if let Some(meant) = meant(email, page.field("sure")).filter(|_| is_mailed) {
        return Ok(ask.shown(Vec::new(), Some(&meant), None));
    }
    let mut recipient = json!({"name": typed.to});
    if is_mailed {
        recipient["email"] = json!(email);
        // The clock by which it is sent stays.
        let zone = card.recipient.as_ref().and_then(|person| person.time_zone.as_deref());
        if let Some(zone) = zone {
            recipient["time_zone"] = json!(zone);
        }
    }
    let mut body = json!({"recipient": recipient});
    if !typed.message.is_empty() {
        body["message"] = json!(lines(typed.message));
    }
    let path = format!("/v1/gift-cards/{}/change-recipient", card.id);
    match page.post::<Value>(&path, &body).await {
        Ok(_) => Ok(Shown::To(back_to(&purchase, &card.id, "changed"))),
        Err(refused) if refused.status.is_client_error() => {
            Ok(ask.shown(Vec::new(), None, Some(&refused)))
        }
        Err(refused) => Err(refused),
    }
}
