//! `GET /v1/promotions`: promotions, newest first.

use base::Instant;
use engine::Row;
use promotions::State;
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
use crate::views::promotion::{self, PromotionView};

query_parameters! {
    /// Which promotions.
    PromotionsQuery {
        /// Who pays.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        advertiser,
        /// Where they stand.
        #[param(
            pattern = "^(draft|in_review|rejected|scheduled|running|paused|completed|stopped|\
                settled)$"
        )]
        status,
    }
}

/// The name of the answer in the documentation.
type PromotionList = ListView<PromotionView<'static>>;

/// List promotions
///
/// Newest first. Shows at least everything that this key has written. A page may have fewer entries
/// than wanted, or none, and still say that there is more, when few have the wanted status.
#[utoipa::path(get, path = "/v1/promotions", operation_id = "list_promotions", tag = "Promotions",
    params(PageQuery, CreatedQuery, PromotionsQuery),
    responses((status = 200, description = "Promotions", body = PromotionList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, PromotionsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let advertiser = optional_id("advertiser", wanted.advertiser.as_deref())?;
    let status = fields::status(wanted.status.as_deref(), &State::ALL, State::as_str)?;
    let asked = Filtered { name: "promotions", page: &page, created, filters: &filters };
    let list = List::Promotions { advertiser, state: status.filter(|status| is_booked(*status)) };
    let keep = move |row: &Row, now: Instant| match (status, row) {
        (Some(status), Row::Promotion(row)) => promotion::status(row, now) == status,
        _ => true,
    };
    reading::list_where(&call.caller, asked, list, keep).await
}

/// Whether whatever has this status is stored so; the others may be there by time alone.
fn is_booked(status: State) -> bool {
    !matches!(status, State::Running | State::Completed)
}
