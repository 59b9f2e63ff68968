//! `POST /v1/gift-cards/claim/block-sender`: a recipient wants no more mail of a sender.

use engine::{Command, GiftCardCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::guesses;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::gift_cards::claim::voice;
use crate::scope::Issue;
use crate::views::gift_sender::GiftContactView;
use crate::wire::{self, ClientBody};

/// What shows that somebody is the recipient of a gift.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BlockOfRecipientInput)]
pub(crate) struct LetterBody {
    /// The recipient token of the mail in which the gift came, `rcp_` and so on. A claim link is
    /// refused with `gift_not_mailed`.
    #[schema(pattern = "^(clm_[0-9a-hjkmnp-tv-z]{52}|rcp_[0-9a-hjkmnp-tv-z]{78})$")]
    token: String,
    #[serde(
        default,
        deserialize_with = "wire::object_option",
        skip_serializing_if = "wire::is_not_compared"
    )]
    client: Option<ClientBody>,
}

/// Block the sender of a gift card as its recipient
///
/// Later gifts from this sender to this recipient are not mailed: they are refused with
/// `gift_not_accepted` before anything is paid, and those that wait to be mailed come back. The
/// card stays as it is. The recipient token is good for ever, whomever the card is for by now.
#[utoipa::path(post, path = "/v1/gift-cards/claim/block-sender",
    operation_id = "block_sender_of_gift", tag = "Gift cards", request_body = LetterBody,
    responses((status = 200, description = "Blocked", body = GiftContactView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: LetterBody = call.json().await?;
    body.decide(call, true).await
}

impl LetterBody {
    /// Sets the block, or lifts it.
    pub(super) async fn decide(self, call: Call<Issue>, blocks: bool) -> Result<Reply, Problem> {
        let operation = call.operation_if_any(&self)?;
        let caller = &call.caller;
        let (card, voice) = voice(caller, &self.token)?;
        let asker = Some(guesses::admit(caller, self.client.as_ref())?);
        let command = Command::GiftCards(GiftCardCommand::BlockContact { card, voice, blocks });
        Prepared { asker, ..Prepared::changing(command, operation) }.decide(caller).await
    }
}
