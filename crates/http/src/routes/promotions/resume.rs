//! `POST /v1/promotions/{id}/resume`: lets a paused promotion go on.

use axum::http::StatusCode;
use engine::PromotionCommand;

use super::{RoleBody, actor_in_role, decide};
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::PromoteOrReview;
use crate::views::promotion::PromotionView;

/// Resume a promotion
///
/// Takes away what this role holds it up with. It goes on unless something else holds it up: see
/// `paused_by`.
#[utoipa::path(post, path = "/v1/promotions/{id}/resume", operation_id = "resume_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = RoleBody,
    responses((status = 200, description = "Resumed", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<PromoteOrReview>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: RoleBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let actor = actor_in_role(&call.caller, &body)?;
    let command = PromotionCommand::Resume { promotion, actor };
    decide(&call.caller, command, operation, StatusCode::OK).await
}
