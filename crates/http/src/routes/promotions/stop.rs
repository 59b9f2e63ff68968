//! `POST /v1/promotions/{id}/stop`: ends a promotion for good.

use axum::http::StatusCode;
use engine::PromotionCommand;
use promotions::{Role, StopCause};
use serde::{Deserialize, Serialize};

use super::{actor, decide};
use crate::call::Call;
use crate::fields;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::scope::{Promote, PromoteOrReview, Review};
use crate::views::promotion::PromotionView;

/// Why, and by whom.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionStop)]
pub(crate) struct StopBody {
    /// The rule that it breaks, when staff stop it, which needs the scope `promotions:review`. When
    /// left out its advertiser stops it, which needs `promotions:write`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 40, example = "misleading")]
    rule: Option<String>,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    by: Option<String>,
}

/// Stop a promotion
///
/// For good: nothing new is shown, what was shown before is still billed, and what is left goes
/// back at `settles_at`. A draft is thrown away.
#[utoipa::path(post, path = "/v1/promotions/{id}/stop", operation_id = "stop_promotion",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion")),
    request_body = StopBody,
    responses((status = 200, description = "Stopped", body = PromotionView)))]
pub(crate) async fn handle(mut call: Call<PromoteOrReview>) -> Result<Reply, Problem> {
    let promotion = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let body: StopBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let caller = &call.caller;
    let rule = body.rule.as_deref().map(|rule| fields::token("/rule", rule)).transpose()?;
    let role = if rule.is_some() { Role::Staff } else { Role::Advertiser };
    let actor = actor(role, body.by.as_deref())?;
    match &rule {
        Some(_) => caller.require::<Review>()?,
        None => caller.require::<Promote>()?,
    }
    let cause = rule.map_or(StopCause::Advertiser, StopCause::Policy);
    let command = PromotionCommand::Stop { promotion, cause, actor };
    decide(caller, command, operation, StatusCode::OK).await
}
