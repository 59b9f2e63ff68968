//! `GET /v1/claims`: claims, newest first.

use base::{Instant, PromotionId};
use claims::Status;
use engine::Row;
use store::List;

use crate::fields::{self, optional_id, refuse};
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::claim::ClaimView;
use crate::views::list::ListView;

query_parameters! {
    /// Which claims.
    ClaimsQuery {
        /// Where they stand.
        #[param(
            pattern = "^(received|gathering|in_review|approved|partly_approved|denied|withdrawn|\
                appealed|paying|paid)$"
        )]
        status,
        /// Who has made them, of those with an account.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
        claimant,
        /// For which promotion.
        #[param(pattern = "^promo_[0-9a-hjkmnp-tv-z]{26}$")]
        promotion,
        /// `true` for those of which a step is late, `false` for the others.
        #[param(pattern = "^(true|false)$")]
        overdue,
    }
}

/// The name of the answer in the documentation.
type ClaimList = ListView<ClaimView<'static>>;

/// List claims
///
/// Newest first. Shows at least everything that this key has written. With `overdue`, or `claimant`
/// and something else, a page may have fewer entries than wanted, or none, and still say that there
/// is more.
#[utoipa::path(get, path = "/v1/claims", operation_id = "list_claims", tag = "Claims",
    params(PageQuery, CreatedQuery, ClaimsQuery),
    responses((status = 200, description = "Claims", body = ClaimList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, ClaimsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let status = fields::status(wanted.status.as_deref(), &Status::ALL, Status::as_str)?;
    let claimant = optional_id("claimant", wanted.claimant.as_deref())?;
    let promotion: Option<PromotionId> = optional_id("promotion", wanted.promotion.as_deref())?;
    let overdue = match wanted.overdue.as_deref() {
        None => None,
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => return Err(refuse("overdue", "must be one of true, false").into()),
    };
    let asked = Filtered { name: "claims", page: &page, created, filters: &filters };
    let list = match claimant {
        Some(claimant) => List::ClaimsOf { claimant },
        None => List::Claims { promotion, status },
    };
    let keep = move |row: &Row, now: Instant| match row {
        Row::Claim(claim) => {
            let is_late = claim.due_at().is_some_and(|due_at| due_at <= now);
            overdue.is_none_or(|overdue| overdue == is_late)
                && promotion.is_none_or(|promotion| claim.promotion == Some(promotion))
                && status.is_none_or(|status| claim.status == status)
        }
        _ => false,
    };
    reading::list_where(&call.caller, asked, list, keep).await
}
