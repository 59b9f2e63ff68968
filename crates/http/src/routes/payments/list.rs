//! `GET /v1/payments`: payments, newest first.

use store::List;

use crate::fields::optional_id;
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
    }
}

/// The name of the answer in the documentation.
type PaymentList = ListView<PaymentView<'static>>;

/// List payments
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/payments", operation_id = "list_payments", tag = "Payments",
    params(PageQuery, CreatedQuery, PaymentsQuery),
    responses((status = 200, description = "Payments", body = PaymentList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, PaymentsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let checkout = optional_id("checkout", wanted.checkout.as_deref())?;
    let asked = Filtered { name: "payments", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Payments { checkout }).await
}
