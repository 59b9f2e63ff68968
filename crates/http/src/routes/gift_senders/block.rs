//! `POST /v1/gift-senders/{id}/block`: keeps somebody from sending gifts.

use engine::{Command, GiftCardCommand};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Issue;
use crate::views::gift_sender::GiftSenderView;

/// Why.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BlockSenderInput)]
pub(crate) struct BlockBody {
    /// A machine word.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9_.:-]+$", example = "spam")]
    reason: String,
}

/// Block a sender of gifts
///
/// Gifts of theirs that are to be sent are refused with `sender_blocked` before anything is paid;
/// those that wait to be mailed come back, and their buyer is told. Cards that arrived stay good.
#[utoipa::path(post, path = "/v1/gift-senders/{id}/block", operation_id = "block_gift_sender",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The person")),
    request_body = BlockBody,
    responses((status = 200, description = "Blocked", body = GiftSenderView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let sender = call.path_id(&catalog::SENDER_NOT_FOUND)?;
    let body: BlockBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let reason = fields::token("/reason", &body.reason)?;
    let command = GiftCardCommand::BlockSender { sender, reason };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
