//! `GET /v1/rails/{rail}/settlements`: settlement files of a rail.

use engine::Row;
use store::List;

use super::{is_known, no_rail};
use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, Found, PageQuery, Wanted};
use crate::problem::Problem;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::settlement::SettlementView;

/// The name of the answer in the documentation.
type SettlementList = ListView<SettlementView<'static>>;

/// List settlement files of a rail
///
/// In order of their ids, which tell no time: use `created_after`. Shows at least everything that
/// this key has written.
#[utoipa::path(get, path = "/v1/rails/{rail}/settlements", operation_id = "list_settlements",
    tag = "Settlements",
    params(("rail" = String, Path, description = "Name of the rail", example = "stripe"),
        PageQuery, CreatedQuery),
    responses((status = 200, description = "Settlement files", body = SettlementList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let rail = call.path_rail()?;
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, &format!("settlements of {rail}"), &created);
    let wanted = Wanted::read(&cursors, &page, &created)?;
    let sight = caller.look_at_lists().await?;
    let is_set_up = caller.has_rail(rail.as_str());
    let found = caller.read(sight, move |reader| {
        if !is_known(reader, &rail, is_set_up)? {
            return Ok(None);
        }
        let id = |row: &Row| match row {
            Row::Settlement(file) => file.id.bits(),
            _ => 0,
        };
        let keep = |row: &Row| matches!(row, Row::Settlement(file) if file.rail == rail);
        wanted.objects(id, keep, |page| reader.list(List::Settlements, page)).map(Some)
    });
    let found: Option<Found<Row>> = found.await?;
    let found = found.ok_or_else(no_rail)?;
    Ok(found.reply(&cursors, |row| match row {
        Row::Settlement(file) => Some(SettlementView::new(file, None)),
        _ => None,
    }))
}
