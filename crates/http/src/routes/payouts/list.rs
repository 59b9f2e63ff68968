//! `GET /v1/payouts`: payouts, newest first.

use shop::PayoutState;
use store::List;

use crate::fields;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::payout::PayoutView;

query_parameters! {
    /// Which payouts.
    PayoutsQuery {
        /// `pending`, `paid` or `failed`.
        #[param(pattern = "^(pending|paid|failed)$")]
        status,
    }
}

/// The name of the answer in the documentation.
type PayoutList = ListView<PayoutView<'static>>;

/// List payouts
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/payouts", operation_id = "list_payouts", tag = "Payouts",
    params(PageQuery, CreatedQuery, PayoutsQuery),
    responses((status = 200, description = "Payouts", body = PayoutList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, PayoutsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let known = PayoutState::ALL;
    let state = fields::status(wanted.status.as_deref(), &known, PayoutState::as_str)?;
    let asked = Filtered { name: "payouts", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Payouts { state }).await
}
