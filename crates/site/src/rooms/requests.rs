//! `/contact`, `/requests`: reaching a person, and what came of it. The endpoints under
//! `/account/requests` do it.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use pages::components::{Message, Writer};
use pages::customer::{
    ContactView, RequestRow, RequestView, WrittenView, contact_page, request_page, requests_page,
    written_page,
};
use people::Permission;
use serde::Deserialize;
use serde_json::{Value, json};
use support::conversation::About;
use support::{Article, Topic};

use crate::address::{local, with};
use crate::inside::{Refused, read};
use crate::page::{Anybody, OwnCards, Page};
use crate::shown::Shown;
use crate::values::{List, Time};

/// Bytes of a path that a form remembers.
const FROM_BYTES_MAX: usize = 200;

/// The articles that are offered before somebody writes.
const ANSWERS_MAX: usize = 3;

/// A request, as endpoints tell it.
#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) topic: String,
    pub(super) about: Option<AboutTold>,
    pub(super) state: String,
    pub(super) last_at: Time,
    pub(super) due_at: Option<Time>,
    pub(super) rating: Option<String>,
    takes_replies: bool,
    asks_for_rating: bool,
    pub(super) follows: Option<String>,
    pub(super) beginning: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct AboutTold {
    kind: String,
    id: String,
}

impl AboutTold {
    pub(super) fn pair(&self) -> (&str, &str) {
        (&self.kind, &self.id)
    }
}

#[derive(Deserialize)]
struct Wrote {
    author: String,
    at: Time,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Thread {
    request: Told,
    messages: Vec<Wrote>,
}

/// `GET /contact`.
pub(super) async fn contact(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    let typed = Typed { from: from(page.query("from")), ..Typed::default() };
    Ok(Shown::page(contact_page(&page.visit(), &contact_view(&page, &typed, None))))
}

/// What was filled in.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    from: &'a str,
    email: &'a str,
    topic: &'a str,
    text: &'a str,
}

/// What is told of a request that is of no account.
#[derive(Deserialize)]
struct Unproven {
    number: String,
    due_at: Option<Time>,
}

/// `POST /contact`.
pub(super) async fn send(page: Arc<Page<Anybody>>) -> Result<Shown, Refused> {
    let typed = Typed {
        from: from(Some(page.field("from"))),
        email: page.field("email"),
        topic: page.field("topic"),
        text: page.field("text"),
    };
    let is_known = page.who.as_ref().is_some_and(|who| who.may(Permission::OwnCards));
    let mut body = json!({
        "topic": typed.topic, "text": typed.text, "from": typed.from,
        "about": page.field("about"), "once": page.field("once"),
    });
    let path = match is_known {
        true => "/account/requests",
        false => {
            body["email"] = json!(typed.email);
            "/account/write"
        }
    };
    match page.as_browser(Method::POST, path, Some(&body)).await {
        Ok(begun) if is_known => {
            let id = begun["id"].as_str().unwrap_or("");
            Ok(Shown::To(format!("/requests/{id}?done=sent")))
        }
        // Told at once and not again: there is no address at which it could be looked at.
        Ok(begun) => {
            let Unproven { number, due_at } = read(begun)?;
            let due_at = due_at.map(Time::moment);
            let view = WrittenView { number: &number, due_at, email: typed.email };
            Ok(Shown::page(written_page(&page.visit(), &view)))
        }
        Err(refused) => {
            let refused = told(refused)?;
            let view = contact_view(&page, &typed, Some(&refused));
            Ok(Shown::Html(refused.status, contact_page(&page.visit(), &view)))
        }
    }
}

/// A refusal that the page shows above its form; others have a page of their own.
pub(super) fn told(refused: Refused) -> Result<Refused, Refused> {
    let is_shown = refused.status.is_client_error()
        && !matches!(refused.code(), "not_found" | "session_ended" | "foreign_request");
    if is_shown { Ok(refused) } else { Err(refused) }
}

/// Where somebody came from: a page of ours that is not this one.
fn from(from: Option<&str>) -> &str {
    let from = from.and_then(local).unwrap_or("");
    if from.len() <= FROM_BYTES_MAX && !from.starts_with("/contact") { from } else { "" }
}

fn contact_view<'a>(
    page: &'a Page<Anybody>,
    typed: &Typed<'a>,
    refused: Option<&'a Refused>,
) -> ContactView<'a> {
    let Typed { from, email, topic, text } = *typed;
    let about = About::of_path(from);
    let article = from.strip_prefix("/help/").and_then(support::article);
    let guessed = match (article, about) {
        (Some(article), _) => article.topic.name(),
        (None, Some(about)) => topic_of(about),
        (None, None) => "help",
    };
    // Whoever comes from an article has read it.
    let of_topic = |one: &&Article| {
        let is_read = article.is_some_and(|read| read.name == one.name);
        about.is_some() && one.topic.name() == guessed && !is_read
    };
    let answers = support::articles().iter().filter(of_topic).take(ANSWERS_MAX);
    ContactView {
        is_signed_in: page.who.is_some(),
        email,
        topic: if topic.is_empty() { guessed } else { topic },
        text,
        from,
        // The form sends the id that the path has, so both name the same thing.
        about: about.and_then(|about| {
            let id = from.split('/').find(|part| About::parse(part) == Some(about))?;
            Some((about.kind(), id))
        }),
        answers: answers.map(|one| (one.name, one.title)).collect(),
        refused: refused.map(|refused| (refused.code(), refused.detail())),
        is_email_wrong: refused.is_some_and(|refused| refused.param() == "/email"),
    }
}

/// Under which topic things of a kind are.
fn topic_of(about: About) -> &'static str {
    let topic = match about {
        About::Card(_) => Topic::Cards,
        About::Purchase(_) => Topic::Gifts,
        About::Order(_) => Topic::Checkout,
        About::Promotion(_) => Topic::Promotions,
        About::Claim(_) => Topic::Claims,
        About::Charge(_) => Topic::Safety,
    };
    topic.name()
}

/// `GET /requests`.
pub(super) async fn list(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    let path = match page.query("cursor") {
        Some(cursor) => with("/account/requests", &[("cursor", cursor)]),
        None => "/account/requests".to_owned(),
    };
    let list: List<Told> = read(page.as_browser(Method::GET, &path, None).await?)?;
    let rows: Vec<RequestRow<'_>> = list.data.iter().map(row).collect();
    Ok(Shown::page(requests_page(&page.visit(), &rows, list.next_cursor.as_deref())))
}

fn row(told: &Told) -> RequestRow<'_> {
    RequestRow {
        id: &told.id,
        number: &told.number,
        topic: &told.topic,
        state: &told.state,
        beginning: told.beginning.as_deref(),
        last_at: told.last_at.moment(),
        due_at: told.due_at.map(Time::moment),
    }
}

/// `GET /requests/{id}`.
pub(super) async fn show(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    shown(&page, None).await
}

async fn shown(page: &Page<OwnCards>, refused: Option<(&Refused, &str)>) -> Result<Shown, Refused> {
    let path = format!("/account/requests/{}", page.part(2));
    let thread: Thread = read(page.as_browser(Method::GET, &path, None).await?)?;
    let told = &thread.request;
    let view = RequestView {
        row: row(told),
        about: told.about.as_ref().map(AboutTold::pair),
        follows: told.follows.as_deref(),
        said: thread.messages.iter().map(message).collect(),
        takes_replies: told.takes_replies,
        asks_for_rating: told.asks_for_rating,
        rating: told.rating.as_deref(),
        done: page.done(),
        refused: refused.map(|(refused, text)| (refused.code(), refused.detail(), text)),
    };
    let status = refused.map_or(StatusCode::OK, |(refused, _)| refused.status);
    Ok(Shown::Html(status, request_page(&page.visit(), &view)))
}

fn message(one: &Wrote) -> Message<'_> {
    let by = if one.author == "customer" { Writer::Me } else { Writer::Staff };
    Message { by, at: one.at.moment(), text: one.text.as_deref() }
}

/// `POST /requests/{id}/reply`.
pub(super) async fn reply(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    let text = page.field("text");
    let body = json!({"text": text, "once": page.field("once")});
    act(&page, "reply", &body, "replied").await
}

/// `POST /requests/{id}/solve`.
pub(super) async fn solve(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    act(&page, "solve", &json!({}), "solved").await
}

/// `POST /requests/{id}/rate`.
pub(super) async fn rate(page: Arc<Page<OwnCards>>) -> Result<Shown, Refused> {
    act(&page, "rate", &json!({"rating": page.field("rating")}), "rated").await
}

async fn act(
    page: &Page<OwnCards>,
    deed: &str,
    body: &Value,
    done: &str,
) -> Result<Shown, Refused> {
    let path = format!("/account/requests/{}/{deed}", page.part(2));
    match page.as_browser(Method::POST, &path, Some(body)).await {
        // A reply may have begun another request.
        Ok(after) => {
            let id = after["id"].as_str().unwrap_or("");
            Ok(Shown::To(format!("/requests/{id}?done={done}")))
        }
        Err(refused) => shown(page, Some((&told(refused)?, page.field("text")))).await,
    }
}
