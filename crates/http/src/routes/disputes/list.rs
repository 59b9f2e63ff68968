//! `GET /v1/disputes`: disputes, newest first.

use payments::DisputeState;
use store::List;

use crate::fields;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::dispute::DisputeView;
use crate::views::list::ListView;

query_parameters! {
    /// Which disputes.
    DisputesQuery {
        /// `open`, `won` or `lost`.
        #[param(pattern = "^(open|won|lost)$")]
        status,
    }
}

/// The name of the answer in the documentation.
type DisputeList = ListView<DisputeView<'static>>;

/// List disputes
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/disputes", operation_id = "list_disputes", tag = "Payments",
    params(PageQuery, CreatedQuery, DisputesQuery),
    responses((status = 200, description = "Disputes", body = DisputeList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, DisputesQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let known = [DisputeState::Open, DisputeState::Won, DisputeState::Lost];
    let state = fields::status(wanted.status.as_deref(), &known, DisputeState::as_str)?;
    let asked = Filtered { name: "disputes", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Disputes { state }).await
}
