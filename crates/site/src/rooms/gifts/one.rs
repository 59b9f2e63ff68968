//! `/gifts/{purchase}`: how far a gift is, and what its giver does about it.

use std::sync::Arc;

use axum::http::StatusCode;
use pages::customer::{GiftCardState, GiftStatus, GiftView, gift_page};
use serde::Deserialize;
use serde_json::{Value, json};

use super::bought::{Purchase, Told};
use super::draft::return_url;
use crate::inside::Refused;
use crate::page::{OwnCards, Page};
use crate::rooms::methods::{Methods, chosen};
use crate::rooms::step_up;
use crate::rooms::words_of::told_code;
use crate::shown::Shown;
use crate::values::{Amount, List};

type Asked = Arc<Page<OwnCards>>;

/// How addresses begin at which the sandbox would ask: nobody is there, so the page asks itself.
const PLAYED_BANK: &str = "https://sandbox.invalid/";

/// `GET /gifts/{purchase}`.
pub(in crate::rooms) async fn show(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    shown(&page, &purchase, None).await
}

#[derive(Deserialize)]
struct Refund {
    amount: Amount,
    status: String,
}

/// A gift, with what was refused above it.
pub(super) async fn shown(
    page: &Page<OwnCards>,
    purchase: &Purchase,
    refused: Option<&Refused>,
) -> Result<Shown, Refused> {
    let card = match purchase.chosen(page) {
        Some(_) => Some(Told::of(purchase.card(page).await?)),
        None => None,
    };
    let ways = Methods::of(page).await?;
    let shop = &page.shop().name;
    let card_view = card.as_ref().map(|card| card.view(shop));
    let all_cards = &purchase.gift_cards;
    let others = all_cards.iter().filter(|_| all_cards.len() > 1);
    let end_of = |id: &'_ str| id.len().saturating_sub(4);
    let is_open = all_cards.iter().all(|card| !card.claimed);
    let minutes = purchase.undo_left_s.map(|seconds| seconds.div_ceil(60));
    let undo = purchase.undo_until.zip(minutes).filter(|_| is_open);
    let status = purchase.status();
    let code = refused.map(told);
    let step_up = match status {
        GiftStatus::Failed => step_up::offered(page, purchase.total.0).await?,
        _ => None,
    };
    let next = purchase.next_action.as_ref().map(|next| &*next.url);
    let view = GiftView {
        id: &purchase.id,
        status,
        failure: purchase.failure.as_deref().unwrap_or(""),
        total: purchase.total.0,
        at: purchase.created_at.moment(),
        confirm_at: next,
        is_bank_played: page.shop().is_test && next.is_some_and(|at| at.starts_with(PLAYED_BANK)),
        ways: ways.view(),
        step_up,
        undo: undo.map(|(until, minutes)| (until.moment(), minutes)),
        back: back(page, purchase).await?,
        can_cancel: undo.is_none() && card.as_ref().is_some_and(|card| can_cancel(purchase, card)),
        card: card_view,
        others: others.map(|one| (&*one.id, &one.id[end_of(&one.id)..])).collect(),
        refused: code.as_deref().zip(refused.map(Refused::detail)),
        done: page.done().filter(|done| is_true(done, status)),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, gift_page(&page.visit(), &view)))
}

/// The code under which givers are told of a refusal: what is said to others of a gift that was
/// claimed is meant for its recipient.
pub(super) fn told(refused: &Refused) -> String {
    match told_code(refused).as_str() {
        "already_claimed" | "not_the_owner" => "gift_accepted".to_owned(),
        code => code.to_owned(),
    }
}

/// Whether what the address says was done is so: what was just bought may still be on its way.
fn is_true(done: &str, status: GiftStatus) -> bool {
    match done {
        "bought" => status == GiftStatus::Paid,
        "undone" => status == GiftStatus::Undone,
        _ => true,
    }
}

/// Whether its giver can have it back: one card that is handed over by a link and that nobody has.
/// A card on paper may be in somebody's hands already.
pub(super) fn can_cancel(purchase: &Purchase, told: &Told) -> bool {
    let card = &told.card;
    let is_open = !matches!(card.state(), GiftCardState::Claimed | GiftCardState::Over);
    let has_link = matches!(card.channel(), "email" | "link" | "in_app");
    purchase.status() == GiftStatus::Paid && purchase.gift_cards.len() == 1 && is_open && has_link
}

/// What has gone back of it, and whether all of that has arrived.
async fn back(
    page: &Page<OwnCards>,
    purchase: &Purchase,
) -> Result<Option<(base::Money, bool)>, Refused> {
    let Some(order) = purchase.order.as_deref().filter(|_| purchase.status == "undone") else {
        return Ok(None);
    };
    let refunds: List<Refund> = page.get(&format!("/v1/orders/{order}/refunds?limit=100")).await?;
    let mut all = refunds.data.iter();
    let Some(first) = all.next() else { return Ok(None) };
    let add = |sum: base::Money, next: &Refund| sum.checked_add(next.amount.0).unwrap_or(sum);
    let sum = all.fold(first.amount.0, add);
    Ok(Some((sum, refunds.data.iter().all(|one| one.status == "succeeded"))))
}

/// Does something to the card that the form names, in the name of its giver, and goes back to the
/// gift: with what was done, or with what was refused.
async fn act(page: &Page<OwnCards>, what: &str, body: Value, done: &str) -> Result<Shown, Refused> {
    let purchase = Purchase::of(page).await?;
    let card = purchase.chosen(page).ok_or_else(Refused::not_found)?;
    let path = format!("/v1/gift-cards/{}/{what}", card.id);
    match page.post::<Value>(&path, &body).await {
        Ok(_) => Ok(Shown::To(back_to(&purchase, &card.id, done))),
        Err(refused) if refused.status.is_client_error() => {
            shown(page, &purchase, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

/// The page of a gift, with what was just done.
pub(super) fn back_to(purchase: &Purchase, card: &str, done: &str) -> String {
    match purchase.gift_cards.len() {
        1 => format!("/gifts/{}?done={done}", purchase.id),
        _ => format!("/gifts/{}?card={card}&done={done}", purchase.id),
    }
}

/// `POST /gifts/{purchase}/resend`.
pub(in crate::rooms) async fn resend(page: Asked) -> Result<Shown, Refused> {
    act(&page, "resend", json!({}), "sent").await
}

/// The giver of the card that the form names, as the API knows them: it lets them act until
/// somebody has claimed it.
///
/// # Errors
///
/// `not_found`.
pub(super) async fn giver(page: &Page<OwnCards>) -> Result<Option<String>, Refused> {
    let card = Purchase::of(page).await?.card(page).await?;
    if card.claimed {
        return Err(Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "already_claimed", ""));
    }
    Ok(card.sender.map(|sender| sender.id).filter(|id| !id.is_empty()))
}

async fn act_as_giver(
    page: &Page<OwnCards>,
    what: &str,
    mut body: Value,
    done: &str,
) -> Result<Shown, Refused> {
    if let Some(giver) = giver(page).await? {
        body["person"] = json!(giver);
    }
    act(page, what, body, done).await
}

/// `POST /gifts/{purchase}/freeze`.
pub(in crate::rooms) async fn freeze(page: Asked) -> Result<Shown, Refused> {
    act_as_giver(&page, "freeze", json!({"reason": "lost"}), "frozen").await
}

/// `POST /gifts/{purchase}/unfreeze`.
pub(in crate::rooms) async fn unfreeze(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    if !purchase.card(&page).await?.may_be_unfrozen() {
        let refused = Refused::of(StatusCode::CONFLICT, "frozen_by_shop", "");
        return shown(&page, &purchase, Some(&refused)).await;
    }
    act_as_giver(&page, "unfreeze", json!({}), "unfrozen").await
}

/// `POST /gifts/{purchase}/replace`.
pub(in crate::rooms) async fn replace(page: Asked) -> Result<Shown, Refused> {
    act_as_giver(&page, "replace-code", json!({}), "replaced").await
}

#[derive(Deserialize)]
struct Checkout {
    tenders: Vec<Tender>,
}

#[derive(Deserialize)]
struct Tender {
    id: String,
    status: String,
}

/// `POST /gifts/{purchase}/pay`: another try after a refusal. The gift waits in its checkout, which
/// is paid once whatever is sent.
pub(in crate::rooms) async fn pay(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    let here = format!("/gifts/{}?done=bought", purchase.id);
    if purchase.status() != GiftStatus::Failed {
        return Ok(Shown::To(here));
    }
    match pay_again(&page, &purchase).await {
        Ok(()) => Ok(Shown::To(here)),
        Err(refused) if refused.status.is_client_error() => {
            shown(&page, &purchase, Some(&refused)).await
        }
        Err(refused) => Err(refused),
    }
}

async fn pay_again(page: &Page<OwnCards>, purchase: &Purchase) -> Result<(), Refused> {
    let method = chosen(page).await?;
    let path = format!("/v1/checkouts/{}", purchase.checkout);
    let pay = format!("{path}/pay");
    step_up::confirmed(page, purchase.total.0, &page.key(&pay)).await?;
    let checkout: Checkout = page.get(&path).await?;
    // What an earlier try has chosen and not paid with gives way.
    for tender in checkout.tenders.iter().filter(|tender| tender.status == "applied") {
        page.delete::<Value>(&format!("{path}/tenders/{}", tender.id)).await?;
    }
    let tender = json!({
        "kind": "payment_method", "payment_method": method, "client": page.client(),
    });
    page.post::<Value>(&format!("{path}/tenders"), &tender).await?;
    let body = return_url(page).map_or(json!({}), |back| json!({"return_url": back}));
    page.post::<Value>(&pay, &body).await?;
    Ok(())
}

/// `POST /gifts/{purchase}/bank`: in a test book, the payer's bank is played.
pub(in crate::rooms) async fn bank(page: Asked) -> Result<Shown, Refused> {
    let purchase = Purchase::of(&page).await?;
    let body = json!({"checkout": purchase.checkout, "passed": page.field("passed") == "yes"});
    match page.post::<Value>("/v1/test/challenges", &body).await {
        // Whoever answers twice sees how it went.
        Err(refused) if refused.status.is_client_error() && !is_answered(&refused) => {
            shown(&page, &purchase, Some(&refused)).await
        }
        Err(refused) if !refused.status.is_client_error() => Err(refused),
        _ => Ok(Shown::To(format!("/gifts/{}?done=bought", purchase.id))),
    }
}

fn is_answered(refused: &Refused) -> bool {
    refused.code() == "checkout_not_paying"
}
