//! `POST /v1/gift-cards/claim/unblock-sender`: a recipient takes gifts of a sender again.

use crate::call::Call;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::gift_cards::claim::block_sender::LetterBody;
use crate::scope::Issue;
use crate::views::gift_sender::GiftContactView;

/// Take gifts of a sender again
///
/// By the recipient token of any mail that the recipient has got from them.
#[utoipa::path(post, path = "/v1/gift-cards/claim/unblock-sender",
    operation_id = "unblock_sender_of_gift", tag = "Gift cards", request_body = LetterBody,
    responses((status = 200, description = "No longer blocked", body = GiftContactView)))]
pub(crate) async fn handle(mut call: Call<Issue>) -> Result<Reply, Problem> {
    let body: LetterBody = call.json().await?;
    body.decide(call, false).await
}
