//! `POST /promotions/{id}/pay`: all of it, or nothing.

use axum::http::{Method, StatusCode};
use outside::clock::{Clock, SystemClock};
use serde::Deserialize;
use serde_json::{Value, json};

use super::quote::{self, Means};
use super::wire::Promotion;
use super::{Asked, own};
use crate::inside::{Refused, read};
use crate::page::{OwnPromotions, Page};
use crate::rooms::{methods, step_up};
use crate::shown::Shown;

#[derive(Debug, Deserialize)]
struct Proof {
    ways: Vec<String>,
    session: Session,
}

#[derive(Debug, Deserialize)]
struct Session {
    id: String,
}

pub(in crate::rooms) async fn pay(page: Asked) -> Result<Shown, Refused> {
    let promotion = own(&page, page.part(2)).await?;
    match submit(&page, &promotion).await {
        Ok(now) if !now.is_draft() => {
            Ok(Shown::To(format!("/promotions/{}?done=paid", promotion.id)))
        }
        Ok(now) if now.being_paid => Ok(Shown::To(format!("/promotions/{}", promotion.id))),
        Ok(now) => quote::shown(&page, &now, None).await,
        Err(refused) if refused.status.is_client_error() => {
            // Sent twice, or from another window, the second one is refused: it agreed at another
            // time. What became of the first one is what whoever sent it wants to see.
            let now = own(&page, &promotion.id).await?;
            match now.is_draft() && !now.being_paid {
                true => quote::shown(&page, &now, Some(&refused)).await,
                false => Ok(Shown::To(format!("/promotions/{}", now.id))),
            }
        }
        Err(refused) => Err(refused),
    }
}

async fn submit(page: &Page<OwnPromotions>, promotion: &Promotion) -> Result<Promotion, Refused> {
    if page.field("agree") != "yes" {
        return Err(Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "agree_first", ""));
    }
    if page.field("quoted_at") != promotion.quote.quoted_at.0.to_string() {
        return Err(Refused::of(StatusCode::CONFLICT, "terms_changed", ""));
    }
    let me = &page.me().person;
    let path = format!("/v1/promotions/{}", promotion.id);
    let shop = page.shop();
    let submit = format!("{path}/submit");
    let tenders = tenders(page, promotion).await?;
    let signed = step_up::confirmed(page, promotion.budget.0, &page.key(&submit)).await?;
    let body = json!({
        "region": shop.region,
        "tenders": tenders,
        "return_url": format!("{}/promotions/{}", shop.origin, promotion.id),
        "authorization": authorization(page, promotion, signed).await?,
        "by": me,
    });
    page.post(&submit, &body).await
}

/// What was chosen, of what is theirs: anything else is as if it was not there.
async fn tenders(page: &Page<OwnPromotions>, promotion: &Promotion) -> Result<Vec<Value>, Refused> {
    let means = Means::of(page, promotion).await?;
    let mut tenders = Vec::new();
    for card in &means.cards {
        if page.field(&format!("card_{}", card.id)) == "yes" {
            let client = page.client();
            tenders.push(json!({"kind": "gift_card", "gift_card": card.id, "client": client}));
        }
    }
    // One that cannot pay any more is told, for the others would pay more than was agreed to.
    if page.ticked("card_").count() != tenders.len() {
        return Err(Refused::of(StatusCode::CONFLICT, "gift_card_not_usable", ""));
    }
    // Gift cards alone, where nothing else is chosen.
    if !matches!(page.field("method"), "" | "none") {
        let chosen = methods::chosen(page).await?;
        tenders.push(json!({"kind": "payment_method", "payment_method": chosen}));
    }
    match tenders.is_empty() {
        true => Err(Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "not_covered", "")),
        false => Ok(tenders),
    }
}

/// Who agreed, by what their session shows: evidence, should they say later that they did not. What
/// devices they have is not told apart by their browsers' names, so none is told.
async fn authorization(
    page: &Page<OwnPromotions>,
    promotion: &Promotion,
    signed: Option<String>,
) -> Result<Value, Refused> {
    let session = page.as_browser(Method::GET, "/account/session", None).await?;
    let Proof { ways, session } = read(session)?;
    let has = |way: &str| ways.iter().any(|one| one == way);
    // Told as it was. A passkey that has signed this very amount says more than one that has opened
    // the session; a recovery code beside the code by mail is no factor of its own here.
    let known = ["passkey", "totp", "mail_code", "hand_over"];
    let shown = known.into_iter().find(|way| has(way)).unwrap_or("none");
    let factor = if signed.is_some() { "passkey" } else { shown };
    // The clock of a test book may be ahead.
    let at = SystemClock::new().now().max(promotion.quote.quoted_at.0);
    let mut said = json!({"factor": factor, "session": session.id, "at": at.to_string()});
    if let Some(ip) = page.address() {
        said["ip"] = json!(ip);
    }
    if let Some(act) = signed {
        said["act"] = json!(act);
    }
    Ok(said)
}
