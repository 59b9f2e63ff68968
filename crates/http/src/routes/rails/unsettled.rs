//! `GET /v1/rails/{rail}/unsettled`: what was moved here and its rail tells otherwise, or not.

use engine::Row;
use payments::StandingState;
use store::List;

use crate::cursor::CursorMaker;
use crate::fields;
use crate::lists::{CreatedQuery, Found, PageQuery, Wanted};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::routes::rails::settlements::{is_known, no_rail};
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::settlement::UnsettledView;

query_parameters! {
    /// Which of them.
    UnsettledQuery {
        /// `missing`: in no settlement file; `differs`: files tell something else.
        #[param(pattern = "^(missing|differs)$")]
        status,
    }
}

/// The name of the answer in the documentation.
type UnsettledList = ListView<UnsettledView>;

/// List what a rail has not settled
///
/// Payments, refunds and disputes of which no settlement file tells, or of which files tell
/// something else than our books; newest first. `reconciliation` has the totals by age.
#[utoipa::path(get, path = "/v1/rails/{rail}/unsettled", operation_id = "list_unsettled",
    tag = "Settlements",
    params(("rail" = String, Path, description = "Name of the rail", example = "stripe"),
        PageQuery, CreatedQuery, UnsettledQuery),
    responses((status = 200, description = "What is not settled", body = UnsettledList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let rail = call.path_rail()?;
    let (page, filters): (PageQuery, (CreatedQuery, UnsettledQuery)) = call.query()?;
    let known = [StandingState::Missing, StandingState::Differs];
    let state = fields::status(filters.1.status.as_deref(), &known, StandingState::as_str)?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, &format!("unsettled of {rail}"), &filters);
    let wanted = Wanted::read(&cursors, &page, &filters.0)?;
    let sight = caller.look_at_lists().await?;
    let now = sight.now;
    let is_set_up = caller.has_rail(rail.as_str());
    let found = caller.read(sight, move |reader| {
        if !is_known(reader, &rail, is_set_up)? {
            return Ok(None);
        }
        let id = |row: &Row| match row {
            Row::Standing(row) => row.id.bits(),
            _ => 0,
        };
        let keep = |row: &Row| match row {
            Row::Standing(row) => {
                row.rail == rail && state.is_none_or(|state| row.state() == state)
            }
            _ => false,
        };
        wanted.objects(id, keep, |page| reader.list(List::Unsettled, page)).map(Some)
    });
    let found: Option<Found<Row>> = found.await?;
    let found = found.ok_or_else(no_rail)?;
    Ok(found.reply(&cursors, |row| match row {
        Row::Standing(row) => Some(UnsettledView::new(row, now)),
        _ => None,
    }))
}
