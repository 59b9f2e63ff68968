//! `GET /v1/checkouts`: checkouts, newest first.

use base::Instant;
use engine::Row;
use store::List;

use crate::fields::{self, optional_id};
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::checkout::{self, CheckoutView};
use crate::views::list::ListView;

query_parameters! {
    /// Which checkouts.
    CheckoutsQuery {
        /// Who buys.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        buyer,
        /// `open`, `requires_action`, `paying`, `paid`, `failed` or `expired`.
        #[param(pattern = "^(open|requires_action|paying|paid|failed|expired)$")]
        status,
    }
}

const STATUSES: [&str; 6] = ["open", "requires_action", "paying", "paid", "failed", "expired"];

/// The name of the answer in the documentation.
type CheckoutList = ListView<CheckoutView<'static>>;

/// List checkouts
///
/// Newest first. Shows at least everything that this key has written. A page may have fewer entries
/// than wanted, or none, and still say that there is more, when few have the wanted status.
#[utoipa::path(get, path = "/v1/checkouts", operation_id = "list_checkouts", tag = "Checkout",
    params(PageQuery, CreatedQuery, CheckoutsQuery),
    responses((status = 200, description = "Checkouts", body = CheckoutList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, CheckoutsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let buyer = optional_id("buyer", wanted.buyer.as_deref())?;
    let asked = Filtered { name: "checkouts", page: &page, created, filters: &filters };
    let status = fields::status(wanted.status.as_deref(), &STATUSES, |name| name)?;
    let keep = move |row: &Row, now: Instant| match (status, row) {
        (Some(status), Row::Checkout(row)) => checkout::status(row, now).as_str() == status,
        _ => true,
    };
    reading::list_where(&call.caller, asked, List::Checkouts { buyer }, keep).await
}
