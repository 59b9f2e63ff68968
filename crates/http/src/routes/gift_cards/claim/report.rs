//! `POST /v1/gift-cards/claim/report`: somebody says what is wrong with a gift.

use engine::{Command, GiftCardCommand};
use giftcards::{NewReport, ReportReason};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields::refuse;
use crate::guesses;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::gift_cards::claim::voice;
use crate::scope::Issue;
use crate::views::gift_sender::GiftContactView;
use crate::wire::{self, ClientBody};

/// What is wrong, and with which gift.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportGiftInput)]
pub(crate) struct ReportBody {
    /// The recipient token of the mail in which the gift came, `rcp_` and so on; or its claim link.
    #[schema(pattern = "^(clm_[0-9a-hjkmnp-tv-z]{52}|rcp_[0-9a-hjkmnp-tv-z]{78})$")]
    token: String,
    /// `unwanted`, `harassment`, `scam` or `other`.
    #[schema(pattern = "^(unwanted|harassment|scam|other)$")]
    reason: String,
    /// True to get no more mail of this sender; takes the recipient token.
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
/// Whoever got the mail of the gift may, before the claim and after it; looking at the gift reports
/// nothing. The card stays as it is. A recipient counts once, whatever they report later. A report
/// by the claim link, which whoever gave the card may have as well, is kept and does not count.
#[utoipa::path(post, path = "/v1/gift-cards/claim/report", operation_id = "report_gift",
    tag = "Gift cards", request_body = ReportBody,
    responses((status = 200, description = "Reported", body = GiftContactView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: ReportBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    let (card, voice) = voice(caller, &body.token)?;
    let reason = ReportReason::ALL.into_iter().find(|reason| reason.as_str() == body.reason);
    let words = "must be one of unwanted, harassment, scam, other";
    let reason = reason.ok_or_else(|| refuse("/reason", words))?;
    let asker = Some(guesses::admit(caller, body.client.as_ref())?);
    let report = NewReport { reason, blocks: body.block };
    let command = Command::GiftCards(GiftCardCommand::ReportSender { card, voice, report });
    Prepared { asker, ..Prepared::changing(command, operation) }.decide(caller).await
}
