//! `GET /v1/rail-refunds`: refunds over rails, newest first.

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
use crate::views::list::ListView;
use crate::views::rail_refund::RailRefundView;

query_parameters! {
    /// Which refunds over rails.
    RailRefundsQuery {
        /// The refund of an order that they are parts of.
        #[param(pattern = "^ref_[0-9a-hjkmnp-tv-z]{26}$")]
        refund,
        /// `pending`, `succeeded`, `failed` or `needs_consent`.
        #[param(pattern = "^(pending|succeeded|failed|needs_consent)$")]
        status,
    }
}

const STATUSES: [&str; 4] = ["pending", "succeeded", "failed", "needs_consent"];

/// The name of the answer in the documentation.
type RailRefundList = ListView<RailRefundView<'static>>;

/// List refunds over rails
///
/// Newest first. Shows at least everything that this key has written. A page may have fewer entries
/// than wanted, or none, and still say that there is more, when few have the wanted status.
#[utoipa::path(get, path = "/v1/rail-refunds", operation_id = "list_rail_refunds", tag = "Payments",
    params(PageQuery, CreatedQuery, RailRefundsQuery),
    responses((status = 200, description = "Refunds over rails", body = RailRefundList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, RailRefundsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let refund = optional_id("refund", wanted.refund.as_deref())?;
    let asked = Filtered { name: "rail_refunds", page: &page, created, filters: &filters };
    let status = fields::status(wanted.status.as_deref(), &STATUSES, |name| name)?;
    let keep = move |row: &Row, _: Instant| match (status, row) {
        (Some(status), Row::RailRefund(row)) => row.state.as_str() == status,
        _ => true,
    };
    reading::list_where(&call.caller, asked, List::RailRefunds { refund }, keep).await
}
