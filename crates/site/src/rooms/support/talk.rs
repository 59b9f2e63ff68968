//! `/console/queue/{id}`: a conversation, and the money of whoever asks.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use pages::components::{Message, Writer};
use pages::console::{CannedView, TalkView, talk_page};
use people::Permission;
use serde::Deserialize;
use serde_json::{Value, json};

use super::panel::{self, Belongings, Card};
use crate::inside::{Refused, read};
use crate::page::{AnswerRequests, Page};
use crate::rooms::requests::{AboutTold, Told, told};
use crate::shown::Shown;
use crate::values::Time;

type Asked = Arc<Page<AnswerRequests>>;

#[derive(Deserialize)]
struct Request {
    #[serde(flatten)]
    told: Told,
    person: String,
    assigned: Option<String>,
    is_mine: bool,
    is_late: bool,
    is_proven: bool,
    first_answered_at: Option<Time>,
}

#[derive(Deserialize)]
struct Wrote {
    author: String,
    at: Time,
    text: Option<String>,
    from: Option<String>,
    by: Option<String>,
}

#[derive(Deserialize)]
struct Thread {
    request: Request,
    messages: Vec<Wrote>,
    email: Option<String>,
    recipient: Option<String>,
}

/// What a page shows beside what is kept.
#[derive(Default)]
struct Beside<'a> {
    text: &'a str,
    /// The name of a ready answer.
    reply: &'a str,
    refused: Option<&'a Refused>,
    found: Option<(&'a str, Vec<Card>)>,
}

pub(crate) async fn show(page: Asked) -> Result<Shown, Refused> {
    shown(&page, Beside::default()).await
}

/// `POST /console/queue/{id}/find`: it changes nothing, but what is looked for may be a mail
/// address, which stands in no address of a page. What is written of the answer comes back, with a
/// ready answer behind it where one was chosen.
pub(crate) async fn find(page: Asked) -> Result<Shown, Refused> {
    let (asked, text) = (page.field("find"), page.field("text"));
    let found = match asked {
        "" => None,
        asked => Some((asked, panel::find(&page, asked).await?)),
    };
    let reply = page.field("reply");
    shown(&page, Beside { text, reply, found, ..Beside::default() }).await
}

async fn shown(page: &Page<AnswerRequests>, beside: Beside<'_>) -> Result<Shown, Refused> {
    let path = format!("/account/queue/{}", page.part(3));
    let thread: Thread = read(page.as_browser(Method::GET, &path, None).await?)?;
    let request = &thread.request;
    let belongings = Belongings::of(page, &request.person, thread.recipient.as_deref()).await?;
    let found = beside.found.as_ref().map(|(find, cards)| (*find, &**cards));
    let number = &request.told.number;
    let all = support::canned();
    let ready = all.iter().find(|one| one.name == beside.reply).map(|one| one.text(number));
    let text = match (beside.text, ready) {
        ("", Some(ready)) => ready,
        (text, Some(ready)) => format!("{text}\n\n{ready}"),
        (text, None) => text.to_owned(),
    };
    let me = &page.me().person;
    let refused = beside.refused.map(|refused| (refused.code(), refused.detail()));
    let view = TalkView {
        id: &request.told.id,
        number,
        topic: &request.told.topic,
        state: &request.told.state,
        email: thread.email.as_deref(),
        is_proven: request.is_proven,
        person: &request.person,
        about: request.told.about.as_ref().map(AboutTold::pair),
        from: thread.messages.first().and_then(|first| first.from.as_deref()),
        follows: request.told.follows.as_deref(),
        due_at: request.told.due_at.map(Time::moment),
        is_late: request.is_late,
        is_answered: request.first_answered_at.is_some(),
        is_mine: request.assigned.as_ref().map(|_| request.is_mine),
        rating: request.told.rating.as_deref(),
        said: thread.messages.iter().map(|one| message(one, me)).collect(),
        canned: all.iter().map(|one| CannedView { name: &one.name, title: &one.title }).collect(),
        text: &text,
        done: page.done(),
        refused,
        panel: belongings.view(found, &request.told.id, page.me().may(Permission::ReadClaims)),
    };
    let status = beside.refused.map_or(StatusCode::OK, |refused| refused.status);
    Ok(Shown::Html(status, talk_page(&page.visit(), &view)))
}

fn message<'a>(one: &'a Wrote, me: &str) -> Message<'a> {
    let by = match (&*one.author, one.by.as_deref()) {
        ("customer", _) => Writer::Customer,
        ("note", _) => Writer::Note,
        (_, Some(by)) if by == me => Writer::Me,
        _ => Writer::Staff,
    };
    Message { by, at: one.at.moment(), text: one.text.as_deref() }
}

/// `POST /console/queue/{id}/answer`.
pub(crate) async fn answer(page: Asked) -> Result<Shown, Refused> {
    let text = page.field("text");
    act(&page, "answer", &json!({"text": text, "once": page.field("once")}), text).await
}

/// `POST /console/queue/{id}/note`.
pub(crate) async fn note(page: Asked) -> Result<Shown, Refused> {
    let body = json!({"text": page.field("note"), "once": page.field("once")});
    act(&page, "note", &body, "").await
}

/// `POST /console/queue/{id}/assign`.
pub(crate) async fn assign(page: Asked) -> Result<Shown, Refused> {
    act(&page, "assign", &json!({"to": page.field("to")}), "").await
}

/// `POST /console/queue/{id}/solve`.
pub(crate) async fn solve(page: Asked) -> Result<Shown, Refused> {
    act(&page, "solve", &json!({}), "").await
}

async fn act(
    page: &Page<AnswerRequests>,
    deed: &str,
    body: &Value,
    text: &str,
) -> Result<Shown, Refused> {
    let request = page.part(3);
    let path = format!("/account/queue/{request}/{deed}");
    match page.as_browser(Method::POST, &path, Some(body)).await {
        Ok(_) => Ok(Shown::To(format!("/console/queue/{request}?done={deed}"))),
        Err(refused) => {
            let refused = told(refused)?;
            shown(page, Beside { text, refused: Some(&refused), ..Beside::default() }).await
        }
    }
}
