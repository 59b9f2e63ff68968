//! `GET /v1/gift-cards/{id}/activities`: what happened on a card.

use engine::{Answer, Query};
use reports::{Activity, activities};

use crate::call::Call;
use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::{Problem, catalog};
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
pub(crate) async fn handle(call: Call<Read>) -> Result<Reply, Problem> {
    let id = call.path_id(&catalog::CARD_NOT_FOUND)?;
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, &format!("activities of {id}"), &created);
    let wanted = Wanted::read(&cursors, &page, &created)?;
    let currency = match caller.book().ask(Query::Card(id)).await? {
        Some(Answer::Card { card, .. }) => card.currency,
        _ => return Err(Problem::new(&catalog::CARD_NOT_FOUND)),
    };
    caller.see_own_writes().await?;
    let found = caller.book().read(move |reader| {
        wanted.entries(
            reader,
            |activity: &Activity| activity.place,
            |reader, before, limit| activities(reader, id, before, limit),
        )
    });
    let found = found.await?;
    Ok(found.reply(&cursors, |activity| ActivityView::new(activity, currency)))
}
