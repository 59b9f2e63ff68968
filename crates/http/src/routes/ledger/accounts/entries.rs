//! `GET /v1/ledger/accounts/{id}/entries`: what moved in and out of an account.

use store::EntryRow;

use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::entry::EntryView;
use crate::views::list::ListView;

/// The name of the answer in the documentation.
type EntryList = ListView<EntryView>;

/// List the entries of a ledger account
///
/// Newest first, each with the totals after it. Shows at least everything that this key has
/// written.
#[utoipa::path(get, path = "/v1/ledger/accounts/{id}/entries",
    operation_id = "list_ledger_entries", tag = "Ledger",
    params(("id" = String, Path, description = "The account"), PageQuery, CreatedQuery),
    responses((status = 200, description = "Entries", body = EntryList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let id = call.path_id_at(4, &catalog::ACCOUNT_NOT_FOUND)?;
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, &format!("entries of {id}"), &created);
    let wanted = Wanted::read(&cursors, &page, &created)?;
    let sight = caller.look_at_lists().await?;
    let account = caller.account(sight, id).await?;
    let account = account.ok_or_else(|| Problem::new(&catalog::ACCOUNT_NOT_FOUND))?;
    let found = caller.read(sight, move |reader| {
        wanted.entries(
            reader,
            |row: &EntryRow| row.entry.place,
            |reader, before, limit| reader.entries(id, before, limit),
        )
    });
    let found = found.await?;
    Ok(found.reply(&cursors, |row| EntryView::new(row, &account)))
}
