//! `/gifts/{purchase}/link`, `/gifts/{purchase}/print`: what its giver hands over. Link and code
//! are shown to whoever asks for them, and stand in no address and on no other page.

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{LinkView, Paper, PrintView, PrintedCard, link_page, print_page};
use serde::Deserialize;
use serde_json::json;

use super::bought::{Card, Purchase, Told};
use super::one::{shown, told as told_of};
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::shown::Shown;

type Asked = Arc<Page<OwnCards>>;

/// What the API reveals of a card.
#[derive(Deserialize)]
struct Revealed {
    code: String,
    claim_token: Option<String>,
}

/// Reveals a card that nobody has claimed: what is revealed of a claimed one is its owner's.
async fn reveal(page: &Page<OwnCards>, card: &Card) -> Result<Revealed, Refused> {
    let claimed = || Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "already_claimed", "");
    if card.claimed {
        return Err(claimed());
    }
    let path = format!("/v1/gift-cards/{}/reveal", card.id);
    let revealed = page.post(&path, &json!({})).await?;
    // It may have been claimed in between, and then has a code that its giver must not know.
    if Card::read(page, &card.id).await?.claimed { Err(claimed()) } else { Ok(revealed) }
}

/// `POST /gifts/{purchase}/link`.
pub(in crate::rooms) async fn link(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    let card = purchase.card(&page).await?;
    match reveal(&page, &card).await {
        Ok(Revealed { claim_token: Some(token), .. }) => {
            let link = format!("{}/g/{}#{token}", page.shop().origin, card.id);
            let view = LinkView { id: &purchase.id, link: &link };
            Ok(Shown::page(link_page(&page.visit(), &view)))
        }
        Ok(Revealed { claim_token: None, .. }) => Err(Refused::not_found()),
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, &purchase, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

/// `GET /gifts/{purchase}/print`.
pub(in crate::rooms) async fn print(page: Asked) -> Result<Shown, Refused> {
    printed(&page, false).await
}

/// `POST /gifts/{purchase}/print`.
pub(in crate::rooms) async fn print_with_code(page: Asked) -> Result<Shown, Refused> {
    printed(&page, true).await
}

async fn printed(page: &Page<OwnCards>, with_code: bool) -> Result<Shown, Refused> {
    let purchase = Purchase::of(page).await?;
    let card = purchase.card(page).await?;
    let revealed = match with_code {
        true => match reveal(page, &card).await {
            Ok(revealed) => Some(Ok(revealed)),
            Err(refused) if refused.status.is_client_error() => Some(Err(refused)),
            Err(refused) => return Err(refused),
        },
        false => None,
    };
    let told = Told::of(card);
    let address = format!("{}/wallet", page.shop().origin);
    let refused = revealed.as_ref().and_then(|revealed| revealed.as_ref().err());
    let code = revealed.as_ref().and_then(|revealed| revealed.as_ref().ok());
    let said = refused.map(told_of);
    let view = PrintView {
        id: &purchase.id,
        card: &told.card.id,
        gift: told.received(&page.shop().name),
        paper: Paper::parse(page.field("paper")).unwrap_or(Paper::A4),
        printed: code.map(|it| PrintedCard { code: &it.code, address: &address }),
        refused: said.as_deref().zip(refused.map(Refused::detail)),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, print_page(&page.visit(), &view)))
}
