//! `GET /v1/gift-senders/reports`: what recipients say about gifts.

use store::List;

use crate::fields::optional_id;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::gift_sender::GiftContactView;
use crate::views::list::ListView;

query_parameters! {
    /// Which reports.
    ReportsQuery {
        /// About whom.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        sender,
    }
}

/// The name of the answer in the documentation.
type GiftContactList = ListView<GiftContactView<'static>>;

/// List reports about senders of gifts
///
/// One entry for each sender and each recipient who has reported them, in no order of time. Shows
/// at least everything that this key has written.
#[utoipa::path(get, path = "/v1/gift-senders/reports", operation_id = "list_gift_reports",
    tag = "Gift cards", params(PageQuery, CreatedQuery, ReportsQuery),
    responses((status = 200, description = "Reports", body = GiftContactList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, ReportsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let sender = optional_id("sender", wanted.sender.as_deref())?;
    let asked = Filtered { name: "gift reports", page: &page, created, filters: &filters };
    reading::list(&call.caller, asked, List::Reported { sender }).await
}
