//! `POST /v1/promotions/{id}/pause`: holds a promotion up.

use axum::http::StatusCode;
use engine::PromotionCommand;

use super::{RoleBody, actor_in_role, decide};
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::PromoteOrReview;
use crate::views::promotion::PromotionView;

/// Pause a promotion
///
/// For its advertiser, or as staff for the platform: each takes away only what it holds up itself.
/// What was shown before is still billed, and the end stays where it is.
#[utoipa::path(post, path = "/v1/promotions/{id}/pause", operation_id = "pause_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = RoleBody,
    responses((status = 200, description = "Paused", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<PromoteOrReview>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: RoleBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let actor = actor_in_role(&call.caller, &body)?;
    let command = PromotionCommand::Pause { promotion, actor };
    decide(&call.caller, command, operation, StatusCode::OK).await
}
