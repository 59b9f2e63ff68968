//! `POST /v1/orders/{id}/refunds/preview`: what a refund would be.

use engine::{Answer, Query};
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::routes::orders::refunds::{LineRefundBody, request};
use crate::scope::PreviewRefund;
use crate::views::order_refund::RefundPreviewView;
use crate::wire::{self, MoneyBody};

/// What would be refunded: `lines`, or an `amount` over all of them in proportion to what each has
/// left, or everything that is left when both are left out.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RefundPreviewInput)]
pub(crate) struct PreviewBody {
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
}

/// Preview a refund of an order
///
/// Stores nothing. It is computed by the same function as the refund, which does exactly this as
/// long as nothing else is refunded or disputed in between.
#[utoipa::path(post, path = "/v1/orders/{id}/refunds/preview",
    operation_id = "preview_order_refund", tag = "Orders",
    params(("id" = String, Path, description = "The order")),
    request_body = PreviewBody,
    responses((status = 200, description = "What it would be", body = RefundPreviewView)))]
pub(crate) async fn handle(mut call: Call<PreviewRefund>) -> Result<Reply, Problem> {
    let order = call.path_id(&catalog::ORDER_NOT_FOUND)?;
    call.idempotency_key()?;
    let body: PreviewBody = call.json().await?;
    let request = request(body.lines.as_deref(), body.amount.as_ref())?;
    let question = Query::RefundPreview { order, request };
    match call.caller.book().ask(question).await? {
        Some(Answer::RefundPreview(Err(refusal))) => Err(Problem::refused(&refusal, false)),
        Some(answer) => Ok(reading::shown(&answer)),
        None => Err(Problem::new(&catalog::ORDER_NOT_FOUND)),
    }
}
