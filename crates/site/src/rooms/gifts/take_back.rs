//! `/gifts/{purchase}/undo`, `/gifts/{purchase}/cancel`: a gift goes back to its giver, and the
//! money to whoever paid.

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{CancelView, cancel_page};
use serde::Deserialize;
use serde_json::{Value, json};

use super::bought::{Purchase, Told};
use super::one::{can_cancel, giver, shown};
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::shown::Shown;
use crate::values::Amount;

type Asked = Arc<Page<OwnCards>>;

/// `POST /gifts/{purchase}/undo`, within ten minutes.
pub(in crate::rooms) async fn undo(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    let path = format!("/v1/gift-card-purchases/{}/undo", purchase.id);
    match page.post::<Value>(&path, &json!({})).await {
        Ok(_) => Ok(Shown::To(format!("/gifts/{}?done=undone", purchase.id))),
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, &purchase, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

/// An order that has sold a gift, and perhaps other things.
#[derive(Deserialize)]
struct Order {
    lines: Vec<Value>,
}

#[derive(Deserialize)]
struct Preview {
    amount: Amount,
}

/// `GET /gifts/{purchase}/cancel`: what would go back.
pub(in crate::rooms) async fn look(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    previewed(&page, &purchase, None).await
}

/// Where the refunds of a gift are that can be taken back, and the body that names its line.
async fn refunds(page: &Page<OwnCards>, purchase: &Purchase) -> Result<(String, Value), Refused> {
    let told = Told::of(purchase.card(page).await?);
    if told.card.claimed {
        return Err(Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "already_claimed", ""));
    }
    let order = purchase.order.as_ref().filter(|_| can_cancel(purchase, &told));
    let card = purchase.gift_cards.first();
    let (order, card) = order.zip(card).ok_or_else(Refused::not_found)?;
    let sold: Order = page.get(&format!("/v1/orders/{order}")).await?;
    let of_card = match sold.lines.len() {
        // Everything that is left of it, whatever was spent.
        1 => json!({}),
        _ => json!({"lines": [{"line": card.line, "quantity": 1}]}),
    };
    Ok((format!("/v1/orders/{order}/refunds"), of_card))
}

async fn previewed(
    page: &Page<OwnCards>,
    purchase: &Purchase,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let (refunds, lines) = refunds(page, purchase).await?;
    let preview: Preview = page.post(&format!("{refunds}/preview"), &lines).await?;
    let view = CancelView {
        id: &purchase.id,
        back: preview.amount.0,
        refused: refused.map(|refused| (refused.code(), refused.detail())),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, cancel_page(&page.visit(), &view)))
}

/// `POST /gifts/{purchase}/cancel`.
///
/// The card is frozen first, in the name of its giver: that is refused once somebody has claimed
/// it, and nobody claims it afterwards, so what is given is never taken away.
pub(in crate::rooms) async fn cancel(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    match frozen_and_refunded(&page, &purchase).await {
        Ok(()) => Ok(Shown::To(format!("/gifts/{}?done=undone", purchase.id))),
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, &purchase, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

async fn frozen_and_refunded(page: &Page<OwnCards>, purchase: &Purchase) -> Result<(), Refused> {
    let (refunds, mut refund) = refunds(page, purchase).await?;
    refund["reason"] = json!("taken_back");
    let card = purchase.card(page).await?;
    let person = giver(page).await?;
    let path = format!("/v1/gift-cards/{}", card.id);
    if !card.is_frozen() {
        let body = json!({"reason": "taken_back", "person": person});
        match page.post::<Value>(&format!("{path}/freeze"), &body).await {
            Ok(_) => {}
            // It is frozen already.
            Err(refused) if refused.code() == "nothing_to_change" => {}
            Err(refused) => return Err(refused),
        }
    }
    if let Err(refused) = page.post::<Value>(&refunds, &refund).await {
        // It stays a gift, and works as before.
        if !card.is_frozen() {
            let body = json!({"person": person});
            page.post::<Value>(&format!("{path}/unfreeze"), &body).await?;
        }
        return Err(refused);
    }
    Ok(())
}
