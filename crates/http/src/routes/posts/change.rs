//! `PATCH /v1/posts/{id}`: tells what has become of a post.

use engine::{Command, PromotionCommand};
use promotions::PostChange;
use serde::{Deserialize, Serialize};

use super::post_name;
use crate::call::Call;
use crate::fields::refuse;
use crate::prepared::Prepared;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::promotions::post_body::{content_version, visibility};
use crate::scope::Promote;
use crate::views::post::PostView;

/// What has changed; at least one of them.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PostUpdate)]
pub(crate) struct PostUpdateBody {
    /// Who may see it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^(public|private)$")]
    visibility: Option<String>,
    /// True when it is gone, for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
    /// Which state of its content it shows now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64)]
    content_version: Option<String>,
}

/// Tell what has become of a post
///
/// Its promotions follow at once: a private post holds them up, other content brings them back into
/// review, a deleted one stops them.
#[utoipa::path(patch, path = "/v1/posts/{id}", operation_id = "change_post", tag = "Promotions",
    params(("id" = String, Path, description = "The platform's own name for it")),
    request_body = PostUpdateBody,
    responses((status = 200, description = "Changed", body = PostView)))]
pub(crate) async fn handle(mut call: Call<Promote>) -> Result<Reply, Problem> {
    let post = post_name(&call)?;
    let body: PostUpdateBody = call.json().await?;
    let operation = call.operation_if_any(&body)?;
    let seen = body.visibility.as_deref().map(|name| visibility("/visibility", name));
    let version = body.content_version.as_deref();
    let version = version.map(|text| content_version("/content_version", text));
    let change = PostChange {
        visibility: seen.transpose()?,
        is_deleted: body.deleted,
        content_version: version.transpose()?,
    };
    if change == PostChange::default() {
        return Err(refuse("", "give visibility, deleted or content_version").into());
    }
    let command = Box::new(PromotionCommand::ChangePost { post, change });
    Prepared::changing(Command::Promotions(command), operation).decide(&call.caller).await
}
