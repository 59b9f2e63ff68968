//! `GET /v1/incidents`: incidents, newest first.

use base::Instant;
use engine::Row;
use promotions::Component;
use store::List;

use crate::fields::refuse;
use crate::lists::{CreatedQuery, PageQuery};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reading::{self, Filtered};
use crate::reply::Reply;
use crate::routes::promotions::one_of;
use crate::scope::Read;
use crate::views::incident::IncidentView;
use crate::views::list::ListView;

query_parameters! {
    /// Which incidents.
    IncidentsQuery {
        /// `open` while it goes on, `ended` when it is over.
        #[param(pattern = "^(open|ended)$")]
        status,
        /// What does not work.
        #[param(pattern = "^(selection|intake|counters|billing|other)$")]
        component,
    }
}

/// The name of the answer in the documentation.
type IncidentList = ListView<IncidentView<'static>>;

/// List incidents
///
/// Newest first, by when people told of them, or from when on they were detected. Shows at least
/// everything that this key has written. A page may have fewer entries than wanted, or none, and
/// still say that there is more.
#[utoipa::path(get, path = "/v1/incidents", operation_id = "list_incidents", tag = "Promotions",
    params(PageQuery, CreatedQuery, IncidentsQuery),
    responses((status = 200, description = "Incidents", body = IncidentList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, IncidentsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let is_open = match wanted.status.as_deref() {
        None => None,
        Some("open") => Some(true),
        Some("ended") => Some(false),
        Some(_) => return Err(refuse("status", "must be one of open, ended").into()),
    };
    let component = wanted.component.as_deref();
    let component =
        component.map(|name| one_of("component", name, &Component::ALL, Component::as_str));
    let component = component.transpose()?;
    let asked = Filtered { name: "incidents", page: &page, created, filters: &filters };
    let keep = move |row: &Row, _: Instant| match row {
        Row::Incident(row) => {
            is_open.is_none_or(|is_open| is_open == row.is_open())
                && component.is_none_or(|component| component == row.component)
        }
        _ => false,
    };
    reading::list_where(&call.caller, asked, List::Incidents, keep).await
}
