//! `GET /v1/promotions/{id}/history`: what was done to a promotion, newest first.

use store::List;

use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::deed::DeedView;
use crate::views::list::ListView;

/// The name of the answer in the documentation.
type DeedList = ListView<DeedView<'static>>;

/// List what was done to a promotion
///
/// Newest first: who, in which role, when, for which rule, the content version, and the terms from
/// then on. Shows at least everything that this key has written. To a promotion that does not exist
/// nothing was done.
#[utoipa::path(get, path = "/v1/promotions/{id}/history", operation_id = "list_promotion_deeds",
    tag = "Promotions",
    params(("id" = String, Path, description = "The promotion"), PageQuery, CreatedQuery),
    responses((status = 200, description = "Deeds", body = DeedList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let promotion: base::PromotionId = call.path_id(&catalog::PROMOTION_NOT_FOUND)?;
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let name = format!("deeds of {promotion}");
    let asked = Filtered { name: &name, page: &page, created: &created, filters: &created };
    reading::list(&call.caller, asked, List::Deeds { promotion }).await
}
