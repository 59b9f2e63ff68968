//! `GET /v1/rails/{rail}/reconciliation`: a rail's clearing account, explained.

use axum::http::StatusCode;
use reports::{ReportError, reconciliation};

use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::routes::rails::settlements::{is_known, no_rail};
use crate::scope::Read;
use crate::views::settlement::ReconciliationView;

/// How often the tables are asked for whole, while others write.
const TRIES_MAX: usize = 8;

/// Reconcile a rail
///
/// The balance of `rail/{rail}/clearing` in each currency, and what it is made of: what settlement
/// files tell that the rail owes us, what no file tells, by age, what they tell otherwise, and what
/// they tell that is not known here. The amounts add up to the balance.
#[utoipa::path(get, path = "/v1/rails/{rail}/reconciliation", operation_id = "reconcile_rail",
    tag = "Settlements",
    params(("rail" = String, Path, description = "Name of the rail", example = "stripe")),
    responses((status = 200, description = "The account", body = ReconciliationView)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let rail = call.path_rail()?;
    let caller = &call.caller;
    let is_set_up = caller.has_rail(rail.as_str());
    for _ in 0..TRIES_MAX {
        let sight = caller.look(u64::MAX).await?;
        let (of, now) = (rail.clone(), sight.now);
        let made = caller.report(sight, move |reader| {
            if !is_known(reader, &of, is_set_up).map_err(ReportError::from)? {
                return Err(no_rail());
            }
            Ok(reconciliation(reader, &of, now)?)
        });
        if let Some(made) = made.await? {
            let view = ReconciliationView::new(rail.as_str(), &made);
            return Ok(Reply::view(StatusCode::OK, &view));
        }
    }
    Err(Problem::new(&catalog::BUSY))
}
