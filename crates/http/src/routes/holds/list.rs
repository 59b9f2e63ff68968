//! `GET /v1/holds`: holds and redemptions, newest first.

use giftcards::Hold;
use ledger::Account;

use crate::cursor::CursorMaker;
use crate::fields;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::hold::HoldView;
use crate::views::list::ListView;

query_parameters! {
    /// Which holds.
    HoldsQuery {
        /// The shop's own reference, usually its order.
        #[param(min_length = 1, max_length = 255)]
        reference,
    }
}

/// The name of the answer in the documentation.
type HoldList = ListView<HoldView<'static>>;

/// List holds
///
/// Holds and redemptions, newest first. Shows at least everything that this key has written.
#[utoipa::path(get, path = "/v1/holds", operation_id = "list_holds", tag = "Spending",
    params(PageQuery, CreatedQuery, HoldsQuery),
    responses((status = 200, description = "Holds", body = HoldList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, HoldsQuery)) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "holds", &filters);
    let wanted = Wanted::read(&cursors, &page, &filters.0)?;
    let reference = filters.1.reference.as_deref();
    let reference = reference.map(|text| fields::text::<255>("reference", text)).transpose()?;
    let sight = caller.look_at_lists().await?;
    let now = sight.now;
    let found = caller.read(sight, move |reader| {
        let reference = reference.as_ref().map(AsRef::as_ref);
        let id = |(hold, _): &(Hold, Account)| hold.id.bits();
        wanted.objects(id, |_| true, |page| reader.holds(reference, page))
    });
    let found = found.await?;
    Ok(found.reply(&cursors, |(hold, account)| HoldView::new(hold, account, now)))
}
