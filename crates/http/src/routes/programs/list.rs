//! `GET /v1/programs`: programs, newest first.

use giftcards::Program;

use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::Problem;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::program::ProgramView;

/// The name of the answer in the documentation.
type ProgramList = ListView<ProgramView<'static>>;

/// List programs
///
/// Newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/programs", operation_id = "list_programs", tag = "Programs",
    params(PageQuery, CreatedQuery),
    responses((status = 200, description = "Programs", body = ProgramList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "programs", &created);
    let wanted = Wanted::read(&cursors, &page, &created)?;
    let sight = caller.look_at_lists().await?;
    let found = caller.read(sight, move |reader| {
        let id = |program: &Program| program.id.bits();
        wanted.objects(id, |_| true, |page| reader.programs(page))
    });
    let found = found.await?;
    Ok(found.reply(&cursors, ProgramView::new))
}
