//! `POST /v1/gift-cards/claim/preview`: shows whoever has the link what they were given.

use std::sync::Arc;

use axum::http::StatusCode;
use base::Instant;
use engine::{Answer, Query};
use giftcards::{Card, CardStatus, Contact, Voice, contact_heard, status};
use ledger::Account;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Caller};
use crate::guesses;
use crate::personal;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::claim::voice;
use crate::routes::gift_cards::issue::people::SealedRecipient;
use crate::routes::gift_cards::lookup::wait_for_failure_time;
use crate::scope::LookUp;
use crate::views::Time;
use crate::views::gift_card::{PersonText, Regions};
use crate::views::money::MoneyView;
use crate::views::scope::ScopeView;
use crate::wire::{self, ClientBody};

/// What the recipient got. It is in the body, because servers and proxies write down addresses.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimPreviewInput)]
pub(crate) struct PreviewBody {
    /// The claim link, or the recipient token of the mail. The latter shows nothing once the gift
    /// is for somebody else.
    #[schema(pattern = "^(clm_[0-9a-hjkmnp-tv-z]{52}|rcp_[0-9a-hjkmnp-tv-z]{78})$")]
    token: String,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// What a recipient sees before the claim: neither code nor ids of card or persons, nor more of the
/// sender than their first name.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ClaimPreview)]
pub(crate) struct PreviewView<'a> {
    /// Always `claim_preview`.
    object: &'static str,
    design: Option<&'a str>,
    /// First name of the sender.
    sender_name: Option<String>,
    message: Option<String>,
    value: MoneyView,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Time>,
    /// Where it may be spent; empty is everywhere.
    #[schema(value_type = Vec<String>, example = json!(["US"]))]
    regions: Regions<'a>,
    /// On what it may be spent; `null` is everything.
    scope: Option<ScopeView<'a>>,
    /// True once somebody has claimed it.
    claimed: bool,
    /// True once the sender was reported: by the recipient for whoever has the recipient token, by
    /// this claim link for whoever has that.
    reported: bool,
    /// True while the recipient wants no more mail of the sender, for whoever has the recipient
    /// token.
    sender_blocked: bool,
}

/// Look at a gift card by its claim link or by its mail
///
/// Changes nothing, so a mail scanner that follows links claims nothing. Every failure looks the
/// same and takes the same time.
#[utoipa::path(post, path = "/v1/gift-cards/claim/preview", operation_id = "preview_claim",
    tag = "Gift cards", request_body = PreviewBody,
    responses((status = 200, description = "What was given", body = PreviewView)))]
pub(crate) async fn handle(mut call: Call<LookUp>) -> Result<Reply, Problem> {
    call.idempotency_key()?;
    let body: PreviewBody = call.json().await?;
    let caller = &call.caller;
    let (card, voice) = voice(caller, &body.token)?;
    let asker = guesses::admit(caller, body.client.as_ref())?;
    let answer = caller.book().ask(Query::Card(card)).await?;
    let shown = answer.and_then(|answer| match answer {
        Answer::Card { card, account, now, .. } => {
            (voice.is_of(&card) && is_alive(&card, &account, now)).then_some(card)
        }
        _ => None,
    });
    guesses::record(caller, &asker, shown.is_some());
    match shown {
        Some(card) => preview(caller, &card, &voice).await,
        None => {
            wait_for_failure_time(caller).await;
            Err(Problem::new(&catalog::LOOKUP_NOT_USABLE))
        }
    }
}

fn is_alive(card: &Card, account: &Account, now: Instant) -> bool {
    !matches!(status(card, account, now), CardStatus::Canceled | CardStatus::Expired)
}

async fn preview(caller: &Caller, card: &Card, voice: &Voice) -> Result<Reply, Problem> {
    let details = card.details.as_deref();
    let mut message = None;
    if let Some(sealed) = details.and_then(|details| details.recipient.as_ref()) {
        let text = personal::open(&caller.app, personal::RECIPIENT, sealed).await?;
        let known = text.and_then(|text| serde_json::from_str::<SealedRecipient>(&text).ok());
        message = known.and_then(|known| known.message);
    }
    let mut sender_name = None;
    if let Some(sealed) = details.and_then(|details| details.sender.as_ref()) {
        let text = personal::open(&caller.app, personal::SENDER, sealed).await?;
        let known = text.and_then(|text| serde_json::from_str::<PersonText>(&text).ok());
        let name = known.and_then(|known| known.name);
        sender_name = name.and_then(|name| name.split_whitespace().next().map(str::to_owned));
    }
    let contact = contact(caller, card, voice).await?;
    let view = PreviewView {
        object: "claim_preview",
        design: details.and_then(|details| details.design.as_ref()).map(AsRef::as_ref),
        sender_name,
        message,
        value: MoneyView::new(card.value, card.currency),
        expires_at: card.expires_at.map(Time),
        regions: Regions(details.map_or(&[], |details| &details.regions)),
        scope: details.and_then(|details| ScopeView::new(&details.scope)),
        claimed: card.owner().is_some(),
        reported: contact.as_ref().is_some_and(|contact| contact.report.is_some()),
        sender_blocked: contact.as_ref().is_some_and(|contact| contact.blocked_since.is_some()),
    };
    Ok(Reply::view(StatusCode::OK, &view))
}

/// What was said about the sender by whoever has that.
async fn contact(
    caller: &Caller,
    card: &Card,
    voice: &Voice,
) -> Result<Option<Arc<Contact>>, Problem> {
    // A card of the shop itself has no sender to speak of.
    let Ok(contact) = contact_heard(card, voice) else { return Ok(None) };
    let known = caller.book().ask(Query::Contact(contact)).await?;
    Ok(known.and_then(|known| match known {
        Answer::Contact(contact) => Some(contact),
        _ => None,
    }))
}
