//! `GET /v1/gift-senders/reports`: what recipients say about gifts.

use engine::Row;
use store::List;

use crate::fields::{instant, optional_id};
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
        /// Only what was reported at this time or later; a report whose reason was changed is
        /// reported anew.
        #[param(value_type = Option<String>, format = DateTime)]
        reported_after,
        /// Only what was reported before this time.
        #[param(value_type = Option<String>, format = DateTime)]
        reported_before,
    }
}

/// The name of the answer in the documentation.
type GiftContactList = ListView<GiftContactView<'static>>;

/// List reports about senders of gifts
///
/// One entry for each sender and each recipient who has reported them, in no order of time: whoever
/// asks for new ones gives the time of the last that they know as `reported_after`. `created_after`
/// and `created_before` are about when sender and recipient first met. Shows at least everything
/// that this key has written.
#[utoipa::path(get, path = "/v1/gift-senders/reports", operation_id = "list_gift_reports",
    tag = "Gift cards", params(PageQuery, CreatedQuery, ReportsQuery),
    responses((status = 200, description = "Reports", body = GiftContactList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, ReportsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let sender = optional_id("sender", wanted.sender.as_deref())?;
    let time = |name: &str, text: &Option<String>| {
        text.as_deref().map(|text| instant(name, text)).transpose()
    };
    let after = time("reported_after", &wanted.reported_after)?;
    let before = time("reported_before", &wanted.reported_before)?;
    let is_wanted = move |row: &Row, _| match row {
        Row::Contact(contact) => contact.report.is_some_and(|report| {
            after.is_none_or(|after| after <= report.at)
                && before.is_none_or(|before| report.at < before)
        }),
        _ => false,
    };
    let asked = Filtered { name: "gift reports", page: &page, created, filters: &filters };
    reading::list_where(&call.caller, asked, List::Reported { sender }, is_wanted).await
}
