//! `GET /v1/ledger/trial-balance`: whether everything adds up.

use axum::http::StatusCode;
use reports::{Detail, trial_balance};

use crate::cut::{AtQuery, Cut};
use crate::problem::Problem;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::trial_balance::TrialBalanceView;

/// Read the trial balance
///
/// Debits, credits and balance of every account; all cards together are the group `giftcard/*`, all
/// customers on invoice `receivable/*`. For a past time it stays the same for ever.
#[utoipa::path(get, path = "/v1/ledger/trial-balance", operation_id = "read_trial_balance",
    tag = "Ledger", params(AtQuery),
    responses((status = 200, description = "The trial balance", body = TrialBalanceView)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let query: AtQuery = call.query()?;
    let wanted = query.at()?;
    let (cut, sight) = Cut::find(&call.caller, wanted).await?;
    let made = call.caller.report(sight, move |reader| {
        trial_balance(reader, cut.seq, Detail::Groups).map_err(Problem::from)
    });
    Ok(Reply::view(StatusCode::OK, &TrialBalanceView::new(cut, &made.await?)))
}
