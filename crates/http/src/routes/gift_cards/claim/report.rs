//! `POST /v1/gift-cards/claim/report`: a recipient says what is wrong with a gift.

use engine::{Command, GiftCardCommand};
use giftcards::{NewReport, ReportReason};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields::refuse;
use crate::guesses;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::gift_cards::claim::{hashes_of, link};
use crate::scope::Issue;
use crate::views::gift_sender::GiftContactView;
use crate::wire::{self, ClientBody};

/// What is wrong, and the claim link of the gift.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportGiftInput)]
pub(crate) struct ReportBody {
    /// The claim link that the recipient got.
    #[schema(pattern = "^clm_[0-9a-hjkmnp-tv-z]{52}$")]
    token: String,
    /// `unwanted`, `harassment`, `scam` or `other`.
    #[schema(pattern = "^(unwanted|harassment|scam|other)$")]
    reason: String,
    /// True to get no more mail of this sender.
    #[serde(default)]
    block: bool,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// Report the sender of a gift card
///
/// Whoever has the claim link may, before the claim and after it; looking at the gift reports
/// nothing. The card stays as it is. A recipient counts once, whatever they report later.
#[utoipa::path(post, path = "/v1/gift-cards/claim/report", operation_id = "report_gift",
    tag = "Gift cards", request_body = ReportBody,
    responses((status = 200, description = "Reported", body = GiftContactView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: ReportBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    let link = link(&body.token)?;
    let reason = ReportReason::ALL.into_iter().find(|reason| reason.as_str() == body.reason);
    let words = "must be one of unwanted, harassment, scam, other";
    let reason = reason.ok_or_else(|| refuse("/reason", words))?;
    let asker = Some(guesses::admit(caller, body.client.as_ref())?);
    let report = NewReport { reason, blocks: body.block };
    let (card, hashes) = (link.card(), hashes_of(caller, &link));
    let command = Command::GiftCards(GiftCardCommand::ReportSender { card, hashes, report });
    Prepared { asker, ..Prepared::changing(command, operation) }.decide(caller).await
}
