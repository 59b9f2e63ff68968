//! `POST /v1/gift-cards/claim/block-sender`: a recipient wants no more mail of a sender.

use engine::{Command, GiftCardCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::guesses;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::gift_cards::claim::{hashes_of, link};
use crate::scope::Issue;
use crate::views::gift_sender::GiftContactView;
use crate::wire::{self, ClientBody};

/// The claim link of a gift.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BlockOfRecipientInput)]
pub(crate) struct LinkBody {
    /// The claim link that the recipient got.
    #[schema(pattern = "^clm_[0-9a-hjkmnp-tv-z]{52}$")]
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
/// card of the link stays as it is.
#[utoipa::path(post, path = "/v1/gift-cards/claim/block-sender",
    operation_id = "block_sender_of_gift", tag = "Gift cards", request_body = LinkBody,
    responses((status = 200, description = "Blocked", body = GiftContactView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: LinkBody = call.json().await?;
    body.decide(call, true).await
}

impl LinkBody {
    /// Sets the block, or lifts it.
    pub(super) async fn decide(self, call: Call<Issue>, blocks: bool) -> Result<Reply, Problem> {
        let operation = call.operation_if_any(&self)?;
        let caller = &call.caller;
        let link = link(&self.token)?;
        let asker = Some(guesses::admit(caller, self.client.as_ref())?);
        let (card, hashes) = (link.card(), hashes_of(caller, &link));
        let command = Command::GiftCards(GiftCardCommand::BlockContact { card, hashes, blocks });
        Prepared { asker, ..Prepared::changing(command, operation) }.decide(caller).await
    }
}
