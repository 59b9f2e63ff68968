//! `GET /v1/restitutions`: restitutions.

use store::List;

use crate::fields::{optional_id, refuse};
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::claim::RestitutionView;
use crate::views::list::ListView;

query_parameters! {
    /// Which restitutions.
    RestitutionsQuery {
        /// For which promotion.
        #[param(pattern = "^promo_[0-9a-hjkmnp-tv-z]{26}$")]
        promotion,
        /// `stuck` for those that their order refuses to send, which wait for a person; all when
        /// left out.
        #[param(pattern = "^stuck$")]
        status,
    }
}

/// The name of the answer in the documentation.
type RestitutionList = ListView<RestitutionView>;

/// List restitutions
///
/// What the platform repays for promotions without being asked, in no order of time. Shows at least
/// everything that this key has written.
#[utoipa::path(get, path = "/v1/restitutions", operation_id = "list_restitutions", tag = "Claims",
    params(PageQuery, CreatedQuery, RestitutionsQuery),
    responses((status = 200, description = "Restitutions", body = RestitutionList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, RestitutionsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let promotion = optional_id("promotion", wanted.promotion.as_deref())?;
    let only_stuck = match wanted.status.as_deref() {
        None => false,
        Some("stuck") => true,
        Some(_) => return Err(refuse("status", "must be stuck").into()),
    };
    let asked = Filtered { name: "restitutions", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Restitutions { promotion, only_stuck }).await
}
