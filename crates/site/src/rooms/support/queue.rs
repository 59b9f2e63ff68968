//! `GET /console/queue`.

use std::sync::Arc;

use axum::http::Method;
use pages::console::{Filter, QueueView, TalkRow, queue_page};
use serde::Deserialize;

use crate::address::with;
use crate::inside::{Refused, read};
use crate::page::{AnswerRequests, Page};
use crate::rooms::requests::Told;
use crate::shown::Shown;
use crate::values::{List, Time};

#[derive(Deserialize)]
struct Queued {
    #[serde(flatten)]
    told: Told,
    assigned: Option<String>,
    is_mine: bool,
    is_late: bool,
    is_proven: bool,
    first_answered_at: Option<Time>,
}

pub(crate) async fn show(page: Arc<Page<AnswerRequests>>) -> Result<Shown, Refused> {
    let filter = Filter {
        state: page.query("state").unwrap_or("open"),
        assigned: page.query("assigned").unwrap_or(""),
        is_late: page.query("late") == Some("true"),
    };
    let mut query = vec![("state", filter.state)];
    let cursor = page.query("cursor").map(|cursor| ("cursor", cursor));
    query.extend((!filter.assigned.is_empty()).then_some(("assigned", filter.assigned)));
    query.extend(filter.is_late.then_some(("late", "true")));
    query.extend(cursor);
    let path = with("/account/queue", &query);
    let list: List<Queued> = read(page.as_browser(Method::GET, &path, None).await?)?;
    let rows = list.data.iter().map(row).collect();
    let view = QueueView { filter, rows, next: list.next_cursor.as_deref() };
    Ok(Shown::page(queue_page(&page.visit(), &view)))
}

fn row(one: &Queued) -> TalkRow<'_> {
    TalkRow {
        id: &one.told.id,
        number: &one.told.number,
        topic: &one.told.topic,
        beginning: one.told.beginning.as_deref(),
        due_at: one.told.due_at.map(Time::moment),
        is_late: one.is_late,
        last_at: one.told.last_at.moment(),
        is_first: one.first_answered_at.is_none(),
        is_mine: one.assigned.as_ref().map(|_| one.is_mine),
        is_proven: one.is_proven,
    }
}
