//! `POST /v1/promotions/{id}/approve`: allows a promotion.

use axum::http::StatusCode;
use engine::PromotionCommand;
use promotions::Role;
use serde::{Deserialize, Serialize};

use super::post_body::content_version;
use super::{actor, decide};
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Review;
use crate::views::promotion::PromotionView;

/// What was looked at, and by whom.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionApproval)]
pub(crate) struct ApproveBody {
    /// The state of the post's content that was looked at; the present one when left out. When the
    /// post shows another one by now, it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    content_version: Option<String>,
    /// The reviewer. Whoever has rejected a promotion does not decide on its appeal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Approve a promotion
///
/// It runs from its start on, at once when that has passed.
#[utoipa::path(post, path = "/v1/promotions/{id}/approve", operation_id = "approve_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = ApproveBody,
    responses((status = 200, description = "Approved", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<Review>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: ApproveBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let version = body.content_version.as_deref();
    let version = version.map(|text| content_version("/content_version", text)).transpose()?;
    let actor = actor(Role::Staff, body.by.as_deref())?;
    let command = PromotionCommand::Approve { promotion, version, actor };
    decide(&call.caller, command, operation, StatusCode::OK).await
}
