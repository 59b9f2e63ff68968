//! `GET /v1/creators`: creators, newest first.

use store::List;

use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::read_call::ReadCall;
use crate::reading;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::creator::CreatorView;
use crate::views::list::ListView;

/// The name of the answer in the documentation.
type CreatorList = ListView<CreatorView<'static>>;

/// List creators
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/creators", operation_id = "list_creators", tag = "Catalog",
    params(PageQuery, CreatedQuery),
    responses((status = 200, description = "Creators", body = CreatorList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    reading::whole_list(call, "creators", List::Creators).await
}
