//! `POST /v1/gift-card-purchases/{id}/undo`: the buyer takes it back.

use axum::http::StatusCode;
use engine::{Command, ShopCommand};

use super::{Codes, order_of, shown};
use crate::call::Call;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::gift_cards::EmptyBody;
use crate::routes::orders::refunds::create::{nudge, refund_ids};
use crate::scope::Refund;
use crate::views::purchase::PurchaseView;

/// Undo a purchase of gift cards
///
/// Within ten minutes of its order, while no card of it is claimed, spent or held: all of its cards
/// are canceled, and what they cost goes back to whoever paid it; what the shop has added to them
/// since goes back to the shop. `GET /v1/orders/{id}/refunds` tells how far that is. Later, an
/// order is refunded as far as its cards are unspent.
#[utoipa::path(post, path = "/v1/gift-card-purchases/{id}/undo",
    operation_id = "undo_gift_card_purchase", tag = "Gift cards",
    params(("id" = String, Path, description = "The purchase")),
    request_body = EmptyBody,
    responses((status = 200, description = "The purchase as it is now", body = PurchaseView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PURCHASE_NOT_FOUND)?;
    let body: EmptyBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let order = order_of(caller, id).await?;
    let ids = refund_ids(&caller.app);
    let command =
        ShopCommand::UndoPurchase { order, refund: caller.app.new_id(), ids: ids.clone() };
    let undone = Prepared::changing(Command::Shop(command), operation).decide(caller).await?;
    if !undone.replayed {
        nudge(caller, &ids).await;
    }
    let body = shown(caller, id, Codes::Hidden).await?;
    Ok(Reply::json(StatusCode::OK, body).replayed(undone.replayed))
}
