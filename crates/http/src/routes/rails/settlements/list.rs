//! `GET /v1/rails/{rail}/settlements`: settlement files of a rail.

use engine::Row;
use store::List;

use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
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
    let found = caller.read(sight, move |reader| {
        let file = |row: &Row| match row {
            Row::Settlement(file) => Some(std::sync::Arc::clone(file)),
            _ => None,
        };
        let id = |row: &Row| file(row).map_or(0, |file| file.id.bits());
        let keep = |row: &Row| file(row).is_some_and(|file| file.rail == rail);
        wanted.objects(id, keep, |page| reader.list(List::Settlements, page))
    });
    let found = found.await?;
    Ok(found.reply(&cursors, |row| match row {
        Row::Settlement(file) => Some(SettlementView::new(file, None)),
        _ => None,
    }))
}
