//! `GET /v1/account-freezes`: accounts that are frozen, or were.

use store::List;

use crate::fields::refuse;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::ReviewClaims;
use crate::views::account_freeze::AccountFreezeView;
use crate::views::list::ListView;

query_parameters! {
    /// Which freezes.
    FreezesQuery {
        /// `frozen` for those that are in force; all when left out.
        #[param(pattern = "^frozen$")]
        status,
    }
}

/// The name of the answer in the documentation.
type AccountFreezeList = ListView<AccountFreezeView<'static>>;

/// List frozen accounts
///
/// Ordered by person, not by time. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/account-freezes", operation_id = "list_account_freezes",
    tag = "Claims",
    params(PageQuery, CreatedQuery, FreezesQuery),
    responses((status = 200, description = "Freezes", body = AccountFreezeList)))]
pub(crate) async fn handle(call: ReadCall<ReviewClaims>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, FreezesQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let only_frozen = match wanted.status.as_deref() {
        None => false,
        Some("frozen") => true,
        Some(_) => return Err(refuse("status", "must be frozen").into()),
    };
    let asked = Filtered { name: "account_freezes", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::AccountFreezes { only_frozen }).await
}
