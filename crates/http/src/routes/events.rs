//! `GET /v1/events`: what happened, oldest first.

use axum::http::StatusCode;
use engine::EventKind;

use crate::cursor::CursorMaker;
use crate::feed::{self, From, Position, Told, Wanted};
use crate::fields::{Checked, refuse};
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::tell::id_of;
use crate::views::event::EventView;
use crate::views::list::ListView;

query_parameters! {
    /// Which events.
    EventsQuery {
        /// One type, such as `gift_card.issued`; all when left out.
        #[param(pattern = "^[a-z_]+\\.[a-z_]+$", example = "gift_card.issued")]
        r#type,
    }
}

/// The name of the answer in the documentation.
type EventList = ListView<EventView<'static>>;

/// List events
///
/// Oldest first, in the order in which things happened. `next_cursor` is always there: keep it, and
/// ask with it again to get what has happened since. A page may have no entries and still say that
/// there is more, when few events are of the wanted type. Without a cursor the list begins with the
/// oldest event that was not archived; a cursor from before that is refused with `events_archived`.
#[utoipa::path(get, path = "/v1/events", operation_id = "list_events", tag = "Events",
    params(PageQuery, CreatedQuery, EventsQuery),
    responses((status = 200, description = "Events", body = EventList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, EventsQuery)) = call.query()?;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "events", &filters);
    let from = cursors.read(page.cursor.as_deref())?.map(Position::of_bits);
    let limit = page.limit()?;
    let created = filters.0.created()?;
    let kinds = filters.1.r#type.as_deref().map(kinds).transpose()?;
    // The journal alone tells of events, so the tables may be behind.
    let sight = caller.look(0).await?;
    let told = caller.read(sight, move |reader| {
        let (first, last) = created.records(reader)?;
        let start = Position::before_record(first);
        let from = from.map_or(From::Start(start), |from| From::Cursor(from.max(start)));
        feed::tell(reader, from, &Wanted { kinds, last, limit })
    });
    let archived = || Problem::new(&catalog::EVENTS_ARCHIVED).param("cursor");
    let Told { events, next, has_more } = told.await?.ok_or_else(archived)?;
    let (ring, book) = (&caller.app.ring, caller.book().name.as_str());
    let view = |event| EventView::new(id_of(ring, book, event), event);
    let list = ListView {
        data: events.iter().map(view).collect(),
        has_more,
        next_cursor: Some(cursors.write(next.bits())),
    };
    Ok(Reply::view(StatusCode::OK, &list))
}

/// The kinds of a name. Cards and orders both have refunds, so there may be several.
fn kinds(text: &str) -> Checked<Vec<EventKind>> {
    let named: Vec<_> = EventKind::all().filter(|kind| kind.as_str() == text).collect();
    match named.is_empty() {
        true => Err(refuse("type", "must be a type of event, such as gift_card.issued")),
        false => Ok(named),
    }
}
