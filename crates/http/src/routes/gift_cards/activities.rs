//! `GET /v1/gift-cards/{id}/activities`: what happened on a card.

use giftcards::account_of;
use reports::{Activity, activities};

use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::{Problem, catalog};
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::activity::ActivityView;
use crate::views::list::ListView;

/// The name of the answer in the documentation.
type ActivityList = ListView<ActivityView>;

/// List the activities of a gift card
///
/// Newest first, each with the balance and the held amount after it. Shows at least everything that
/// this key has written.
#[utoipa::path(get, path = "/v1/gift-cards/{id}/activities",
    operation_id = "list_gift_card_activities", tag = "Gift cards",
    params(("id" = String, Path, description = "The card"), PageQuery, CreatedQuery),
    responses((status = 200, description = "Activities", body = ActivityList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, &format!("activities of {id}"), &created);
    let wanted = Wanted::read(&cursors, &page, &created)?;
    let sight = caller.look_at_lists().await?;
    // There is a card where there is its account.
    let account = caller.account(sight, account_of(id)).await?;
    let currency = account.ok_or_else(|| Problem::new(&catalog::CARD_NOT_FOUND))?.currency;
    let found = caller.read(sight, move |reader| {
        wanted.entries(
            reader,
            |activity: &Activity| activity.place,
            |reader, before, limit| activities(reader, id, before, limit),
        )
    });
    let found = found.await?;
    Ok(found.reply(&cursors, |activity| ActivityView::new(activity, currency)))
}
