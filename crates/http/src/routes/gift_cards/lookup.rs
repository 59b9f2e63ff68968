//! `POST /v1/gift-cards/lookup`: finds a card by its code.

use axum::http::StatusCode;
use base::Instant;
use engine::{Answer, Query};
use giftcards::{Card, CardStatus, status};
use ledger::Account;
use serde::{Deserialize, Serialize};
use store::KeyKind;

use crate::call::{Call, Caller};
use crate::card_ref;
use crate::fields::refuse;
use crate::guesses;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::LookUp;
use crate::views::gift_card::GiftCardView;
use crate::wire::{self, ClientBody};

/// The code as it was typed.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LookupInput)]
pub(crate) struct LookupBody {
    /// Case, spaces and hyphens do not matter.
    #[schema(example = "23AB-CD45-EFGH-JK67M")]
    code: String,
    /// Not available yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<String>,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// Look up a gift card by its code
///
/// A secret key gets the card whatever its state, without anything about persons. A publishable key
/// gets it only when it can be spent, and without the shop's own data; its `client` is the address
/// of the connection, whatever the body says. Every failure looks the same and takes the same time.
#[utoipa::path(post, path = "/v1/gift-cards/lookup", operation_id = "look_up_gift_card",
    tag = "Gift cards", request_body = LookupBody,
    responses((status = 200, description = "The card", body = GiftCardView)))]
pub(crate) async fn handle(mut call: Call<LookUp>) -> Result<Reply, Problem> {
    call.idempotency_key()?;
    let body: LookupBody = call.json().await?;
    if body.pin.is_some() {
        return Err(Problem::new(&catalog::NOT_AVAILABLE_YET).param("/pin"));
    }
    if body.code.is_empty() {
        return Err(refuse("/code", "must not be empty").into());
    }
    let caller = &call.caller;
    let card = card_ref::by_code(caller, &body.code)?;
    let asker = guesses::admit(caller, body.client.as_ref())?;
    let answer = caller.book().ask(Query::Lookup(card)).await?;
    let shown = answer.and_then(|answer| shown_to(caller, &answer));
    guesses::record(caller, &asker, shown.is_some());
    match shown {
        Some(reply) => Ok(reply),
        None => {
            wait_for_failure_time(caller).await;
            Err(Problem::new(&catalog::LOOKUP_NOT_USABLE))
        }
    }
}

/// The card, if this caller may learn that it exists.
fn shown_to(caller: &Caller, answer: &Answer) -> Option<Reply> {
    let Answer::Card { card, account, now, .. } = answer else { return None };
    let view = GiftCardView::new(card, account, *now);
    let view = match caller.key.kind {
        KeyKind::Secret => view.impersonal(),
        KeyKind::Publishable if can_be_spent(card, account, *now) => view.public(),
        KeyKind::Publishable => return None,
    };
    Some(Reply::view(StatusCode::OK, &view))
}

fn can_be_spent(card: &Card, account: &Account, now: Instant) -> bool {
    status(card, account, now) == CardStatus::Active
        && card.frozen.is_none()
        && card.disputed.is_none()
        && !account.available().is_zero()
}

/// Waits until a fixed time after the request came in, so that the time of a failure says
/// nothing about its cause. A server too busy for that time waits for the next multiple of it.
pub(super) async fn wait_for_failure_time(caller: &Caller) {
    let step = caller.app.limits.lookup_failure_delay;
    if step.is_zero() {
        return;
    }
    let passed = caller.arrived.elapsed();
    let steps = passed.as_nanos() / step.as_nanos() + 1;
    let steps = u32::try_from(steps).unwrap_or(u32::MAX);
    tokio::time::sleep_until(caller.arrived + step.saturating_mul(steps)).await;
}
