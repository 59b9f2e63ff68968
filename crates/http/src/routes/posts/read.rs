//! `GET /v1/posts/{id}`.

use engine::Query;
use promotions::post_id;

use super::post_name;
use crate::call::Call;
use crate::problem::{Problem, catalog};
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::post::PostView;

/// Read a post
///
/// A post is known from its first promotion on. Never stale: it shows every answer that anybody was
/// given before.
#[utoipa::path(get, path = "/v1/posts/{id}", operation_id = "read_post", tag = "Promotions",
    params(("id" = String, Path, description = "The platform's own name for it")),
    responses((status = 200, description = "The post", body = PostView)))]
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let post = post_id(&post_name(&call)?);
    reading::one(&call.caller, Query::Post(post), &catalog::POST_NOT_FOUND).await
}
