//! `POST /v1/promotions/{id}/appeal`: has somebody else look at a rejected promotion.

use axum::http::StatusCode;
use engine::PromotionCommand;
use promotions::Role;

use super::{ActorBody, actor, decide};
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Promote;
use crate::views::promotion::PromotionView;

/// Appeal against a rejection
///
/// Once, and before the money has gone back. The promotion is in review again.
#[utoipa::path(post, path = "/v1/promotions/{id}/appeal", operation_id = "appeal_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = ActorBody,
    responses((status = 200, description = "In review again", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<Promote>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: ActorBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let actor = actor(Role::Advertiser, body.by.as_deref())?;
    let command = PromotionCommand::Appeal { promotion, actor };
    decide(&call.caller, command, operation, StatusCode::OK).await
}
