//! `GET /v1/checkouts`: checkouts, newest first.

use store::List;

use crate::fields::optional_id;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::checkout::CheckoutView;
use crate::views::list::ListView;

query_parameters! {
    /// Which checkouts.
    CheckoutsQuery {
        /// Who buys.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        buyer,
    }
}

/// The name of the answer in the documentation.
type CheckoutList = ListView<CheckoutView<'static>>;

/// List checkouts
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/checkouts", operation_id = "list_checkouts", tag = "Checkout",
    params(PageQuery, CreatedQuery, CheckoutsQuery),
    responses((status = 200, description = "Checkouts", body = CheckoutList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, CheckoutsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let buyer = optional_id("buyer", wanted.buyer.as_deref())?;
    let asked = Filtered { name: "checkouts", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Checkouts { buyer }).await
}
