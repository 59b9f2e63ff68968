//! `POST /v1/orders/{id}/refunds`: gives money of an order back.

use engine::{Command, Query, RefundIds, ShopCommand};
use serde::{Deserialize, Serialize};
use shop::RefundOrder;

use crate::app::App;
use crate::call::{Call, Caller};
use crate::fields;
use crate::prepared::Prepared;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::routes::orders::refunds::{LineRefundBody, request};
use crate::scope::Refund;
use crate::views::order_refund::OrderRefundView;
use crate::wire::{self, MoneyBody};

/// What to refund, and why: `lines`, or an `amount` over all of them in proportion to what each has
/// left, or everything that is left when both are left out.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderRefundInput)]
pub(crate) struct RefundBody {
    #[serde(
        default,
        deserialize_with = "wire::object_list_said",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(min_items = 1, max_items = 101, nullable = false)]
    lines: Option<Vec<LineRefundBody>>,
    #[serde(
        default,
        deserialize_with = "wire::object_said",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(nullable = false)]
    amount: Option<MoneyBody>,
    /// A machine word.
    #[schema(min_length = 1, max_length = 40, example = "damaged")]
    reason: String,
}

/// Refund an order
///
/// Money goes back along its own way: to the tenders that paid each line, from whoever got a part
/// of it. What gift cards paid is on them at once; what payment methods paid is `pending` until
/// their rail says more, and may need the payer's consent to another way.
#[utoipa::path(post, path = "/v1/orders/{id}/refunds", operation_id = "refund_order",
    tag = "Orders",
    params(("id" = String, Path, description = "The order")),
    request_body = RefundBody,
    responses((status = 201, description = "On its way back", body = OrderRefundView)))]
pub(crate) async fn handle(mut call: Call<Refund>) -> Result<Reply, Problem> {
    let order = call.path_id(&catalog::ORDER_NOT_FOUND)?;
    let body: RefundBody = call.json().await?;
    let operation = call.operation(&body)?;
    let caller = &call.caller;
    let new = Box::new(RefundOrder {
        id: caller.app.new_id(),
        request: request(body.lines.as_deref(), body.amount.as_ref())?,
        reason: fields::token("/reason", &body.reason)?,
    });
    let ids = refund_ids(&caller.app);
    let command = ShopCommand::RefundOrder { order, new, ids: ids.clone() };
    let reply = Prepared::creating(Command::Shop(command), operation).decide(caller).await?;
    if !reply.replayed {
        nudge(caller, &ids).await;
    }
    Ok(reply)
}

/// Ids for the ways on which a refund goes back.
pub(crate) fn refund_ids(app: &App) -> Box<RefundIds> {
    Box::new(RefundIds {
        cards: std::array::from_fn(|_| app.new_id()),
        rails: std::array::from_fn(|_| app.new_id()),
    })
}

/// Has those of the drawn ids sent that became refunds. Whatever is missed here, regular runs find.
pub(crate) async fn nudge(caller: &Caller, ids: &RefundIds) {
    let Some(work) = caller.book().rails() else { return };
    for id in ids.rails {
        if let Ok(Some(_)) = caller.book().ask(Query::RailRefund(id)).await {
            work.nudge_refund(id);
        }
    }
}
