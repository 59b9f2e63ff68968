//! `GET /v1/payments`: payments, newest first.

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
use crate::views::payment::PaymentView;

query_parameters! {
    /// Which payments.
    PaymentsQuery {
        /// The checkout that they pay.
        #[param(pattern = "^chk_[0-9a-hjkmnp-tv-z]{26}$")]
        checkout,
        /// As payments show it.
        #[param(
            pattern = "^(authoriz(ing|ed)|requires_action|captur(ing|ed)|void(ing|ed)|failed)$"
        )]
        status,
    }
}

const STATUSES: [&str; 8] = [
    "authorizing",
    "requires_action",
    "authorized",
    "capturing",
    "captured",
    "voiding",
    "voided",
    "failed",
];

/// The name of the answer in the documentation.
type PaymentList = ListView<PaymentView<'static>>;

/// List payments
///
/// Newest first. Shows at least everything that this key has written. A page may have fewer entries
/// than wanted, or none, and still say that there is more, when few have the wanted status.
#[utoipa::path(get, path = "/v1/payments", operation_id = "list_payments", tag = "Payments",
    params(PageQuery, CreatedQuery, PaymentsQuery),
    responses((status = 200, description = "Payments", body = PaymentList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, PaymentsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let checkout = optional_id("checkout", wanted.checkout.as_deref())?;
    let asked = Filtered { name: "payments", page: &page, created, filters: &filters };
    let status = fields::status(wanted.status.as_deref(), &STATUSES, |name| name)?;
    let keep = move |row: &Row, _: Instant| match (status, row) {
        (Some(status), Row::Payment(row)) => row.state.as_str() == status,
        _ => true,
    };
    reading::list_where(&call.caller, asked, List::Payments { checkout }, keep).await
}
