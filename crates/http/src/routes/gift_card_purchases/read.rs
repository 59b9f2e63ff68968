//! `GET /v1/gift-card-purchases/{id}`.

use axum::http::StatusCode;

use super::{Codes, shown};
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::purchase::PurchaseView;

/// Read a purchase of gift cards
///
/// Also of cards that a checkout sells among other things: the id of the purchase is that of its
/// checkout with another prefix. Never stale: it shows every answer that anybody was given before.
/// Codes are shown by the answer to the purchase, and by `POST /v1/gift-cards/{id}/reveal`.
#[utoipa::path(get, path = "/v1/gift-card-purchases/{id}",
    operation_id = "read_gift_card_purchase", tag = "Gift cards",
    params(("id" = String, Path, description = "The purchase")),
    responses((status = 200, description = "The purchase as it is now", body = PurchaseView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PURCHASE_NOT_FOUND)?;
    Ok(Reply::json(StatusCode::OK, shown(&call.caller, id, Codes::Hidden).await?))
}
