//! `GET /v1/suspects`: those to look at.

use store::List;

use crate::fields::refuse;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::account_freeze::SuspectView;
use crate::views::list::ListView;

query_parameters! {
    /// Which suspects.
    SuspectsQuery {
        /// `open` for those that nobody has looked at; all when left out.
        #[param(pattern = "^open$")]
        status,
    }
}

/// The name of the answer in the documentation.
type SuspectList = ListView<SuspectView<'static>>;

/// List suspects
///
/// What decisions about unauthorized charges have found of whoever may have used an account of
/// somebody else, in no order of time. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/suspects", operation_id = "list_suspects", tag = "Claims",
    params(PageQuery, CreatedQuery, SuspectsQuery),
    responses((status = 200, description = "Suspects", body = SuspectList)))]
pub(crate) async fn handle(call: ReadCall<ReviewClaims>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, SuspectsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let only_open = match wanted.status.as_deref() {
        None => false,
        Some("open") => true,
        Some(_) => return Err(refuse("status", "must be open").into()),
    };
    let asked = Filtered { name: "suspects", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Suspects { only_open }).await
}
