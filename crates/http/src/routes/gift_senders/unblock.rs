//! `POST /v1/gift-senders/{id}/unblock`: lets somebody send gifts again.

use engine::{Command, GiftCardCommand};

use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::scope::Issue;
use crate::views::gift_sender::GiftSenderView;

/// Let a sender of gifts send again
///
/// Blocks of recipients stay.
#[utoipa::path(post, path = "/v1/gift-senders/{id}/unblock", operation_id = "unblock_gift_sender",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The person")),
    request_body = EmptyBody,
    responses((status = 200, description = "May send", body = GiftSenderView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let sender = call.path_id(&catalog::SENDER_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let command = GiftCardCommand::UnblockSender { sender };
    Prepared::changing(Command::GiftCards(command), operation).decide(&call.caller).await
}
