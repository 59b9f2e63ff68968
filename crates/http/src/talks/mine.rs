//! A customer's own requests. Those of others do not exist.

use axum::http::StatusCode;
use base::{ConversationId, Instant, PersonId};
use outside::people::{AccountRows, KnownMessage, PeopleError};
use serde::{Deserialize, Serialize};
use support::Topic;
use support::conversation::{
    About, Author, Beginning, Clocks, Conversation, Rating, Replied, TalkRefusal,
};

use super::sealing::{Addressed, Sealed, Words, Writing, open, seal, typed};
use super::views::{ListView, MessageView, RequestView, ThreadView};
use super::{PAGE, change, found, mails, named, place, refused};
use crate::account::door::{Answer, OwnCards, Signed, transact};
use crate::fields::{Checked, refuse};
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;
use crate::views::{Id, Time};

query_parameters! {
    /// What a list of one's own requests takes.
    MineQuery {
        /// `next_cursor` of the page before.
        cursor,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeginBody {
    topic: String,
    text: String,
    /// The thing that it is about, by its id.
    #[serde(default)]
    about: Option<String>,
    /// The path of the page from which they came; what it is about is read from it too.
    #[serde(default)]
    from: Option<String>,
    /// What the form sends along, so that it writes once however often it is sent.
    #[serde(default)]
    once: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyBody {
    text: String,
    #[serde(default)]
    once: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateBody {
    rating: String,
}

/// Where what was written went.
#[derive(Serialize)]
struct WrittenView {
    id: Id<ConversationId>,
    number: String,
    state: &'static str,
    due_at: Option<Time>,
}

impl WrittenView {
    fn new(one: &Conversation) -> WrittenView {
        WrittenView {
            id: Id(one.id),
            number: one.number(),
            state: one.state.name(),
            due_at: one.due_at.map(Time),
        }
    }
}

/// What came of writing: the same form again writes nothing.
enum Wrote {
    New(Conversation),
    Before(Conversation),
}

/// Begins a request.
pub(crate) async fn begin(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let BeginBody { topic, text, about, from, once } = call.visitor.read()?;
    let (topic, text) = (topic_of(&topic)?, typed(&text)?);
    let from = from.unwrap_or_default();
    let about = about_of(about, &from)?;
    let Signed { visitor, known, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    let words = Words { from: shown(&from), ..Words::of(&text) };
    let once = once.as_deref();
    let writing = Writing { by: person, deed: "begin", request: None, once, text: &text };
    let sealed = seal(app, person, writing.operation(app), words).await?;
    let id = app.new_id();
    let wrote = transact(app, move |app, _, rows| {
        if let Some(before) = written_before(rows, &sealed, person)? {
            return Ok(Ok(Wrote::Before(before)));
        }
        let now = app.now();
        let beginning = Beginning { id, person, topic, about, follows: None };
        let written = rows.written(person, now)?;
        let begun = match Conversation::begin(beginning, written, &Clocks::of_house(), now) {
            Ok(begun) => begun,
            Err(refusal) => return Ok(Err(refusal)),
        };
        write(rows, &begun, (Author::Customer, now), sealed)?;
        Ok(Ok(Wrote::New(begun)))
    });
    let view = match wrote.await?.map_err(refused)? {
        Wrote::New(begun) => {
            mails::received(app, known, &begun);
            WrittenView::new(&begun)
        }
        Wrote::Before(before) => WrittenView::new(&before),
    };
    Ok(Answer::view(StatusCode::CREATED, &view))
}

/// Reads what a request is listed under.
pub(super) fn topic_of(topic: &str) -> Checked<Topic> {
    Topic::parse(topic).ok_or_else(|| refuse("/topic", "must be a topic of help"))
}

/// The thing that a request is about: the one that is named, else that of the page.
pub(super) fn about_of(about: Option<String>, from: &str) -> Checked<Option<About>> {
    match about.filter(|about| !about.is_empty()) {
        Some(id) => {
            let about = About::parse(&id);
            about.map(Some).ok_or_else(|| refuse("/about", "must be the id of a thing of yours"))
        }
        None => Ok(About::of_path(from)),
    }
}

/// The page from which somebody came, as far as it may be kept.
pub(super) fn shown(from: &str) -> Option<String> {
    About::shown_path(from).filter(|path| *path != "/").map(str::to_owned)
}

/// Adds to a request. Too long after it was solved, another one begins that follows it.
pub(crate) async fn reply(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let request = named(&call.visitor)?;
    let ReplyBody { text, once } = call.visitor.read()?;
    let text = typed(&text)?;
    let Signed { visitor, known, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    let words = Words::of(&text);
    let once = once.as_deref();
    let writing = Writing { by: person, deed: "reply", request: Some(request), once, text: &text };
    let sealed = seal(app, person, writing.operation(app), words).await?;
    let next = app.new_id();
    let wrote = transact(app, move |app, _, rows| {
        if let Some(before) = written_before(rows, &sealed, person)? {
            return Ok(Some(Ok(Wrote::Before(before))));
        }
        let Some(one) = own(rows, request, person)? else { return Ok(None) };
        let now = app.now();
        let written = rows.written(person, now)?;
        Ok(Some(match one.reply(next, written, &Clocks::of_house(), now) {
            Ok(Replied::Here(after)) => {
                write(rows, &after, (Author::Customer, now), sealed)?;
                Ok(Wrote::Before(after))
            }
            Ok(Replied::Anew(begun)) => {
                write(rows, &begun, (Author::Customer, now), sealed)?;
                Ok(Wrote::New(begun))
            }
            Err(refusal) => Err(refusal),
        }))
    });
    let view = match found(wrote.await?)? {
        Wrote::New(begun) => {
            mails::received(app, known, &begun);
            WrittenView::new(&begun)
        }
        Wrote::Before(there) => WrittenView::new(&there),
    };
    Ok(Answer::view(StatusCode::CREATED, &view))
}

/// Their requests, the one in which something was done last first.
pub(crate) async fn list(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let after = place::read(call.visitor.query::<MineQuery>()?.cursor.as_deref())?;
    let Signed { visitor, known, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    let listed = transact(app, move |_, _, rows| {
        let page = rows.conversations_of(person, after, PAGE + 1)?;
        with_first_messages(rows, page)
    });
    let (page, firsts) = listed.await?;
    let is_more = page.len() > PAGE as usize;
    let mut firsts = open(app, firsts).await?.into_iter();
    let now = app.now();
    let data: Vec<RequestView> = page
        .iter()
        .take(PAGE as usize)
        .map(|one| RequestView::new(one, now).beginning_with(firsts.next().flatten().as_ref()))
        .collect();
    let last = page.get(data.len().saturating_sub(1)).filter(|_| is_more);
    let next_cursor = last.map(|one| place::write((one.last_at, one.id)));
    Ok(Answer::view(StatusCode::OK, &ListView { data, next_cursor }))
}

/// One of them with all that was written to and by the customer.
pub(crate) async fn read(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let request = named(&call.visitor)?;
    let Signed { visitor, known, .. } = call;
    let (app, person) = (&visitor.app, known.person.id);
    let there = transact(app, move |_, _, rows| {
        let Some(one) = own(rows, request, person)? else { return Ok(None) };
        let mut messages = rows.messages_of(one.id)?;
        messages.retain(|message| message.author.is_for_customer());
        Ok(Some((one, messages)))
    });
    let (one, messages) = there.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    let sealed = messages.iter().map(|message| (person, message.clone())).collect();
    let words = open(app, sealed).await?;
    let messages = messages.iter().zip(words);
    let messages = messages.map(|(one, words)| MessageView::new(one, words, false)).collect();
    let request = RequestView::new(&one, app.now());
    Ok(Answer::view(
        StatusCode::OK,
        &ThreadView { request, messages, email: None, recipient: None },
    ))
}

/// Says that one is solved.
pub(crate) async fn solve(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let person = call.known.person.id;
    changed(call, move |one, now| one.solve(person, now)).await
}

/// Says how one went.
pub(crate) async fn rate(call: Signed<OwnCards>) -> Result<Answer, Problem> {
    let RateBody { rating } = call.visitor.read()?;
    let rating = Rating::parse(&rating);
    let rating = rating
        .ok_or_else(|| refuse("/rating", "must be helped, helped_in_part or did_not_help"))?;
    changed(call, move |one, _| one.rate(rating)).await
}

async fn changed(
    call: Signed<OwnCards>,
    rule: impl FnOnce(&Conversation, Instant) -> Result<Conversation, TalkRefusal> + Send + 'static,
) -> Result<Answer, Problem> {
    let request = named(&call.visitor)?;
    let Signed { visitor, known, .. } = call;
    let person = known.person.id;
    let done = transact(&visitor.app, move |app, _, rows| {
        let Some(one) = own(rows, request, person)? else { return Ok(None) };
        change(rows, &one, |one| rule(one, app.now())).map(Some)
    });
    let after = found(done.await?)?;
    Ok(Answer::view(StatusCode::OK, &RequestView::new(&after, visitor.app.now())))
}

fn own(
    rows: &AccountRows<'_>,
    request: ConversationId,
    person: PersonId,
) -> Result<Option<Conversation>, PeopleError> {
    Ok(rows.conversation(request)?.filter(|one| one.person == person))
}

/// The conversation in which this form has written before.
pub(super) fn written_before(
    rows: &AccountRows<'_>,
    sealed: &Sealed,
    customer: PersonId,
) -> Result<Option<Conversation>, PeopleError> {
    let before = rows.written_by(sealed.operation)?.filter(|(_, whose)| *whose == customer);
    before.map_or(Ok(None), |(id, _)| rows.conversation(id))
}

/// Keeps a conversation as it is after its newest message, and that message.
pub(super) fn write(
    rows: &AccountRows<'_>,
    after: &Conversation,
    (author, at): (Author, Instant),
    sealed: Sealed,
) -> Result<(), PeopleError> {
    rows.put_conversation(after)?;
    rows.add_message(
        after.person,
        &KnownMessage {
            conversation: after.id,
            number: after.messages,
            author,
            at,
            operation: sealed.operation,
            sealed: sealed.bytes,
        },
    )
}

/// Conversations, each with its first message beside it.
pub(super) fn with_first_messages(
    rows: &AccountRows<'_>,
    page: Vec<Conversation>,
) -> Result<(Vec<Conversation>, Vec<Addressed>), PeopleError> {
    let mut firsts = Vec::with_capacity(page.len());
    for one in &page {
        if let Some(first) = rows.first_message(one.id)? {
            firsts.push((one.person, first));
        }
    }
    Ok((page, firsts))
}
