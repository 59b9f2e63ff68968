//! `/gifts`, `/gifts/latest`: what somebody has given, newest first.

use std::sync::Arc;

use pages::customer::{GiftRow, GiftsView, gifts_page};

use super::bought::{Card, Purchase};
use crate::address::with;
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::shown::Shown;
use crate::values::List;

/// Gifts a page.
const SHOWN: &str = "20";

async fn read(page: &Page<OwnCards>, limit: &str) -> Result<List<Purchase>, Refused> {
    let mut asked = vec![("buyer", &*page.me().person), ("limit", limit)];
    if let Some(after) = page.query("after") {
        asked.push(("cursor", after));
    }
    page.get(&with("/v1/gift-card-purchases", &asked)).await
}

/// `GET /gifts`.
pub(in crate::rooms) async fn list(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    let found = read(&page, SHOWN).await?;
    let mut gifts = Vec::new();
    for purchase in &found.data {
        let card = match &*purchase.gift_cards {
            [only] => Some(Card::read(&page, &only.id).await?),
            _ => None,
        };
        gifts.push(GiftRow {
            id: &purchase.id,
            to: card.as_ref().map_or("", Card::to).to_owned(),
            quantity: purchase.quantity,
            total: purchase.total.0,
            at: purchase.created_at.moment(),
            status: purchase.status(),
            card: card.as_ref().map(Card::state),
        });
    }
    let view = GiftsView { gifts, next: found.next_cursor.as_deref() };
    Ok(Shown::page(gifts_page(&page.visit(), &view)))
}

/// `GET /gifts/latest`: the newest one, where banks send payers back to.
pub(in crate::rooms) async fn latest(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    let found = read(&page, "1").await?;
    let newest = found.data.first();
    Ok(Shown::To(newest.map_or("/gifts".to_owned(), |one| format!("/gifts/{}", one.id))))
}
