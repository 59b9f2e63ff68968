//! `GET /v1/rails/{rail}/settlements/{id}/lines`: lines of a settlement file.

use payments::{LineState, SettlementLine, Standing};

use super::find;
use crate::cursor::CursorMaker;
use crate::fields;
use crate::lists::{CreatedQuery, Found, PageQuery, Wanted};
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::settlement::SettlementLineView;

query_parameters! {
    /// Which lines.
    LinesQuery {
        /// `matched`, `differs`, `unknown` or `booked`.
        #[param(pattern = "^(matched|differs|unknown|booked)$")]
        status,
    }
}

/// The name of the answer in the documentation.
type SettlementLineList = ListView<SettlementLineView<'static>>;

/// List lines of a settlement file
///
/// In order of their ids, which tell no time. A line stands in the list of the first file that told
/// it.
#[utoipa::path(get, path = "/v1/rails/{rail}/settlements/{id}/lines",
    operation_id = "list_settlement_lines", tag = "Settlements",
    params(("rail" = String, Path, description = "Name of the rail", example = "stripe"),
        ("id" = String, Path, description = "The settlement file"),
        PageQuery, CreatedQuery, LinesQuery),
    responses((status = 200, description = "Lines", body = SettlementLineList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (rail, id) = call.path_settlement()?;
    let (page, filters): (PageQuery, (CreatedQuery, LinesQuery)) = call.query()?;
    let known = [LineState::Matched, LineState::Differs, LineState::Unknown, LineState::Booked];
    let state = fields::status(filters.1.status.as_deref(), &known, LineState::as_str)?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, &format!("lines of {id}"), &filters);
    let wanted = Wanted::read(&cursors, &page, &filters.0)?;
    let sight = caller.look_at_lists().await?;
    type Line = (SettlementLine, Option<Standing>);
    let found = caller.read(sight, move |reader| {
        if find(reader, &rail, id)?.is_none() {
            return Ok(None);
        }
        let keep = |(line, standing): &Line| {
            state.is_none_or(|state| line.state(standing.as_ref()) == state)
        };
        let lines = wanted.objects(
            |(line, _): &Line| line.id.bits(),
            keep,
            |page| reader.settlement_lines(id, page),
        );
        lines.map(Some)
    });
    let found: Option<Found<Line>> = found.await?;
    let found = found.ok_or_else(|| Problem::new(&catalog::SETTLEMENT_NOT_FOUND))?;
    Ok(found.reply(&cursors, |(line, standing)| SettlementLineView::new(line, standing.as_ref())))
}
