//! `POST /v1/promotions/{id}/reject`: does not allow a promotion.

use axum::http::StatusCode;
use engine::PromotionCommand;
use promotions::Role;
use serde::{Deserialize, Serialize};

use super::post_body::content_version;
use super::{actor, decide};
use crate::call::Call;
use crate::fields;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::Review;
use crate::views::promotion::PromotionView;

/// For which rule, and by whom.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionRejection)]
pub(crate) struct RejectBody {
    /// A machine word for the rule.
    #[schema(min_length = 1, max_length = 40, example = "music_licence")]
    rule: String,
    /// The state of the post's content that was looked at; the present one when left out. When the
    /// post shows another one by now, it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    content_version: Option<String>,
    /// The reviewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Reject a promotion
///
/// What is left of its money goes back at `settles_at`, unless there is an appeal before.
#[utoipa::path(post, path = "/v1/promotions/{id}/reject", operation_id = "reject_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = RejectBody,
    responses((status = 200, description = "Rejected", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<Review>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: RejectBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let rule = fields::token("/rule", &body.rule)?;
    let version = body.content_version.as_deref();
    let version = version.map(|text| content_version("/content_version", text)).transpose()?;
    let actor = actor(Role::Staff, body.by.as_deref())?;
    let command = PromotionCommand::Reject { promotion, rule, version, actor };
    decide(&call.caller, command, operation, StatusCode::OK).await
}
