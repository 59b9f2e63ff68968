//! What whoever pays does: each form leads back to the checkout, which says how it stands.

use axum::http::StatusCode;
use base::Money;
use serde_json::{Value, json};

use super::{Asked, Checkout, shown};
use crate::address::is_id;
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::rooms::wallet::Card;
use crate::rooms::{methods, step_up};
use crate::shown::Shown;
use crate::values::money_json;

/// Shows a refusal above the checkout as it is now. That it is being paid or was paid meanwhile is
/// what the page shows anyway: a form that is sent twice, or from two windows, changes nothing.
async fn told(page: &Page<OwnCards>, refused: Refused) -> Result<Shown, Refused> {
    if refused.status.is_server_error() {
        return Err(refused);
    }
    let checkout = Checkout::of(page).await?;
    match refused.code() {
        "checkout_paid" | "checkout_paying" | "checkout_not_paying" | "in_flight" => {
            Ok(Shown::To(checkout.path()))
        }
        _ => shown(page, &checkout, Some(&refused)).await,
    }
}

/// Does it, and goes back to the checkout.
async fn act(
    page: &Page<OwnCards>,
    checkout: &Checkout,
    done: Result<Value, Refused>,
) -> Result<Shown, Refused> {
    match done {
        Ok(_) => Ok(Shown::To(checkout.path())),
        Err(refused) => told(page, refused).await,
    }
}

/// `POST /checkout/{chk}/cards`: a card of the wallet, or one by its typed code, is to pay.
pub(crate) async fn use_card(page: Asked) -> Result<Shown, Refused> {
    let checkout = Checkout::of(&page).await?;
    let (card, code) = (page.field("card"), page.field("code"));
    let body = if card.is_empty() {
        json!({"kind": "gift_card", "code": code, "client": page.client()})
    } else {
        own_card(&page, card).await?;
        json!({"kind": "gift_card", "gift_card": card, "client": page.client()})
    };
    let path = format!("/v1/checkouts/{}/tenders", checkout.id);
    let done = page.post(&path, &body).await;
    match done {
        // Whoever types codes may be guessing: a card that is not there is told as any other that
        // cannot pay.
        Err(refused) if card.is_empty() && is_about_the_card(&refused) => {
            let alike = Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "code_not_usable", "");
            told(&page, alike).await
        }
        done => act(&page, &checkout, done).await,
    }
}

/// Whether a refusal may tell of a card that the code has hit. Those of the letters themselves, of
/// too many tries and of the checkout do not.
fn is_about_the_card(refused: &Refused) -> bool {
    let code = refused.code();
    let is_of_the_form = matches!(code, "code_typo" | "guess_budget_exhausted" | "in_flight");
    !is_of_the_form && !code.starts_with("checkout_") && !refused.status.is_server_error()
}

/// Only cards of one's own are named by their ids.
async fn own_card(page: &Page<OwnCards>, id: &str) -> Result<(), Refused> {
    if !is_id(id) {
        return Err(Refused::not_found());
    }
    match page.get::<Card>(&format!("/v1/gift-cards/{id}")).await {
        Ok(card) if card.owner.as_deref() == Some(&*page.me().person) => Ok(()),
        Err(refused) if refused.status.is_server_error() => Err(refused),
        _ => Err(Refused::not_found()),
    }
}

/// `POST /checkout/{chk}/remove`: somebody is not to pay after all.
pub(crate) async fn remove(page: Asked) -> Result<Shown, Refused> {
    let checkout = Checkout::of(&page).await?;
    let done = take_away(&page, &checkout, page.field("tender")).await;
    act(&page, &checkout, done).await
}

async fn take_away(
    page: &Page<OwnCards>,
    checkout: &Checkout,
    tender: &str,
) -> Result<Value, Refused> {
    if tender.is_empty() || !tender.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Refused::not_found());
    }
    page.delete(&format!("/v1/checkouts/{}/tenders/{tender}", checkout.id)).await
}

/// `POST /checkout/{chk}/again`: after an attempt that failed, the same cards are to pay.
pub(crate) async fn again(page: Asked) -> Result<Shown, Refused> {
    let checkout = Checkout::of(&page).await?;
    if checkout.status != "failed" {
        return Ok(Shown::To(checkout.path()));
    }
    let path = format!("/v1/checkouts/{}/tenders", checkout.id);
    for card in checkout.tenders.iter().filter_map(|tender| tender.gift_card.as_ref()) {
        // One that was used by its code is typed again: by now it may have another owner, or
        // another code.
        match own_card(&page, card).await {
            Ok(()) => {}
            Err(refused) if refused.status.is_server_error() => return Err(refused),
            Err(_) => continue,
        }
        let body = json!({"kind": "gift_card", "gift_card": card, "client": page.client()});
        if let Err(refused) = page.post_one_of::<Value>(&path, card, &body).await {
            return told(&page, refused).await;
        }
    }
    Ok(Shown::To(checkout.path()))
}

/// `POST /checkout/{chk}/pay`: what is left is paid by what was chosen, and all of it is taken.
/// Sent again it pays nothing more: its calls have the keys of the form.
pub(crate) async fn pay(page: Asked) -> Result<Shown, Refused> {
    let checkout = Checkout::of(&page).await?;
    if !checkout.is_open() {
        return Ok(Shown::To(checkout.path()));
    }
    let (at, mut tender) = (format!("/v1/checkouts/{}", checkout.id), None);
    if !checkout.remaining.0.amount.is_zero() {
        let method = match methods::chosen(&page).await {
            Ok(method) => method,
            Err(refused) => return told(&page, refused).await,
        };
        // The most that it shall pay is what the button said: should a card pay less by now, the
        // checkout says so instead of taking more.
        let Some(rest) = agreed_rest(&page, &checkout) else {
            return told(&page, Refused::of(StatusCode::CONFLICT, "not_covered", "")).await;
        };
        tender = Some(json!({
            "kind": "payment_method", "payment_method": method, "amount": money_json(rest),
            "client": page.client(),
        }));
    }
    let pay = format!("{at}/pay");
    let confirmed = step_up::confirmed(&page, checkout.total.0, &page.key(&pay)).await;
    if let Err(refused) = confirmed {
        return told(&page, refused).await;
    }
    if let Some(body) = tender
        && let Err(refused) = page.post::<Value>(&format!("{at}/tenders"), &body).await
    {
        return told(&page, refused).await;
    }
    let origin = &page.shop().origin;
    let body = match origin.is_empty() {
        true => json!({}),
        false => json!({"return_url": format!("{origin}{}", checkout.path())}),
    };
    let done = page.post(&pay, &body).await;
    act(&page, &checkout, done).await
}

/// What the page said was left to pay, when it was shown.
fn agreed_rest(page: &Page<OwnCards>, checkout: &Checkout) -> Option<Money> {
    let minor = page.field("rest").parse().ok()?;
    Money::new(minor, checkout.remaining.0.currency).filter(|rest| !rest.amount.is_zero())
}

/// `POST /checkout/{chk}/give-up`: the payer does not want to confirm.
pub(crate) async fn give_up(page: Asked) -> Result<Shown, Refused> {
    let checkout = Checkout::of(&page).await?;
    let path = format!("/v1/checkouts/{}/cancel-attempt", checkout.id);
    let done = page.post(&path, &json!({})).await;
    act(&page, &checkout, done).await
}

/// `POST /checkout/{chk}/bank`: in a test book whoever pays says what their bank says.
pub(crate) async fn bank(page: Asked) -> Result<Shown, Refused> {
    let checkout = Checkout::of(&page).await?;
    let passed = page.field("passed") == "yes";
    let body = json!({"checkout": checkout.id, "passed": passed});
    let done = page.post("/v1/test/challenges", &body).await;
    act(&page, &checkout, done).await
}
