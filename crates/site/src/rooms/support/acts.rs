//! `/console/cards/{id}/{act}`: what support does with a card, each for a reason.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use pages::console::{CardActView, REASONS, card_act_page};
use serde_json::{Value, json};

use super::card::{Card, request};
use super::readdress::{self, May};
use crate::address::with;
use crate::inside::Refused;
use crate::page::{HelpWithCards, Page};
use crate::rooms::requests::told;
use crate::shown::Shown;

type Asked = Arc<Page<HelpWithCards>>;

/// What is before the reason of a freeze by staff.
const BY_STAFF: &str = "staff:";

/// What is so, and what will be; nothing is done yet.
pub(crate) async fn ask(page: Asked) -> Result<Shown, Refused> {
    shown(&page, None).await
}

async fn shown(page: &Page<HelpWithCards>, refused: Option<&Refused>) -> Result<Shown, Refused> {
    let card = Card::of(page).await?;
    let act = page.part(4);
    // Of an act that is refused the page shows why, though it cannot be done now.
    if refused.is_none() && !card.acts(request(page)).contains(&act) {
        return Err(Refused::not_found());
    }
    let blocked = card.blocks.iter().map(|block| format!("{}: {}", block.kind, block.reason));
    let blocked = blocked.collect::<Vec<_>>().join(", ");
    let view = CardActView {
        card: &card.id,
        last_four: &card.last4,
        act,
        status: &card.status,
        blocked: (!blocked.is_empty()).then_some(blocked),
        owner: card.owner.as_deref(),
        sent_to: card.recipient(),
        delivery: card.delivery(),
        balance: card.balance.0,
        two_from: (act == "change-recipient")
            .then(|| readdress::two_from(card.balance.0))
            .flatten(),
        request: request(page),
        recipient: (page.field("email"), page.field("name")),
        refused: refused.map(|refused| (refused.code(), refused.detail())),
    };
    let status = refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, card_act_page(&page.visit(), &view)))
}

/// Does it, and notes in the conversation what was done and why.
pub(crate) async fn perform(page: Asked) -> Result<Shown, Refused> {
    let (card, act, reason) = (page.part(3), page.part(4), page.field("reason"));
    if !REASONS.contains(&reason) {
        return Err(Refused::field("reason", "Choose why."));
    }
    let known = Card::of(&page).await?;
    if known.owner.as_deref() == Some(&*page.me().person) {
        let own = Refused::of(StatusCode::FORBIDDEN, "own_card", "");
        return shown(&page, Some(&own)).await;
    }
    let body = match act {
        // A freeze of staff is lifted by staff, whatever it is for: owners lift their own.
        "freeze" => json!({"reason": format!("{BY_STAFF}{reason}")}),
        "unfreeze" | "replace-code" | "resend" => json!({}),
        "change-recipient" => change(page.field("email"), page.field("name")),
        _ => return Err(Refused::not_found()),
    };
    if act == "change-recipient" {
        match readdress::may(&page, &known, request(&page), page.field("email")).await {
            Ok(May::Change) => {}
            Ok(May::Ask(wish)) => {
                write(&page, "note", &wish).await?;
                return Ok(Shown::To(back(&page, card, "asked")));
            }
            Err(refused) => return shown(&page, Some(&told(refused)?)).await,
        }
    }
    // The answer to a new code has it; it is dropped here, for nobody of staff is to see it.
    match page.post::<Value>(&format!("/v1/gift-cards/{card}/{act}"), &body).await {
        Ok(answer) => {
            let last_four = answer["last4"].as_str().unwrap_or("").to_owned();
            drop(answer);
            let done = format!("Card …{last_four}: {act}. Reason: {reason}.");
            write(&page, "note", &done).await?;
            if act == "change-recipient" {
                // By mail they hear that there is an answer, whoever has asked in their name.
                write(&page, "answer", &readdressed(&last_four)).await?;
            }
        }
        Err(refused) => return shown(&page, Some(&told(refused)?)).await,
    }
    tracing::info!(card, act, reason, by = page.me().person, "support has changed a card");
    Ok(Shown::To(back(&page, card, act)))
}

/// The page of the card, with what was done.
fn back(page: &Page<HelpWithCards>, card: &str, done: &str) -> String {
    let mut query = vec![("done", done)];
    query.extend(request(page).map(|request| ("request", request)));
    with(&format!("/console/cards/{card}"), &query)
}

/// What whoever has asked is told of a new recipient.
fn readdressed(last_four: &str) -> String {
    format!(
        "The gift card ending in {last_four} now goes to another address, as was asked for here. \
         If it was not you who asked, answer at once: a gift can be stopped until it is accepted."
    )
}

fn change(email: &str, name: &str) -> Value {
    match name {
        "" => json!({"recipient": {"email": email}}),
        name => json!({"recipient": {"email": email, "name": name}}),
    }
}

/// Writes words of ours into the conversation: a `note` or an `answer`. Without a conversation
/// there is nowhere to keep them but the log.
async fn write(page: &Page<HelpWithCards>, what: &str, text: &str) -> Result<(), Refused> {
    let Some(request) = request(page) else { return Ok(()) };
    let body = json!({"text": text, "once": page.field("once")});
    let path = format!("/account/queue/{request}/{what}");
    page.as_browser(Method::POST, &path, Some(&body)).await.map(drop)
}
