//! `GET /v1/payment-methods`: payment methods, newest first.

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
use crate::views::payment_method::PaymentMethodView;

query_parameters! {
    /// Which payment methods.
    PaymentMethodsQuery {
        /// Whose they are.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        person,
    }
}

/// The name of the answer in the documentation.
type PaymentMethodList = ListView<PaymentMethodView<'static>>;

/// List payment methods
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/payment-methods", operation_id = "list_payment_methods",
    tag = "Checkout",
    params(PageQuery, CreatedQuery, PaymentMethodsQuery),
    responses((status = 200, description = "Payment methods", body = PaymentMethodList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, PaymentMethodsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let owner = optional_id("person", wanted.person.as_deref())?;
    let asked = Filtered { name: "payment_methods", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Methods { owner }).await
}
