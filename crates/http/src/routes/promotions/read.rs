//! `GET /v1/promotions/{id}`.

use axum::http::StatusCode;

use super::details;
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::promotion::PromotionView;

/// Read a promotion
///
/// Never stale: it shows every answer that anybody was given before. Of a draft with its `checks`.
#[utoipa::path(get, path = "/v1/promotions/{id}", operation_id = "read_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    responses((status = 200, description = "The promotion as it is now", body = PromotionView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let details = details(&call.caller, id).await?;
    let view = PromotionView::new(&details.promotion, details.now).with_details(&details);
    Ok(Reply::view(StatusCode::OK, &view))
}
