//! `GET /v1/gift-senders/{id}`.

use engine::Query;

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::gift_sender::GiftSenderView;

/// Read a sender of gifts
///
/// Somebody is known as a sender once a gift of theirs was mailed or reported, or they were
/// blocked. Never stale: it shows every answer that anybody was given before.
#[utoipa::path(get, path = "/v1/gift-senders/{id}", operation_id = "read_gift_sender",
    tag = "Gift cards",
    params(("id" = String, Path, description = "The person")),
    responses((status = 200, description = "The sender", body = GiftSenderView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::SENDER_NOT_FOUND)?;
    reading::one(&call.caller, Query::Sender(id), &catalog::SENDER_NOT_FOUND).await
}
