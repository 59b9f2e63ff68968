//! The queue of staff, and what they do with a request.

use axum::http::StatusCode;
use base::{Instant, PersonId};
use mail::Address;
use outside::people::{AssignedTo, KnownPerson, PeopleError, TalkFilter};
use serde::{Deserialize, Serialize};
use support::conversation::{Author, Conversation, TalkRefusal, TalkState};

use super::mine::{with_first_messages, write, written_before};
use super::sealing::{Words, Writing, open, seal, typed};
use super::views::{ListView, MessageView, RequestView, ThreadView};
use super::{PAGE, change, found, mails, named, place};
use crate::account::door::{Answer, AnswerRequests, FindPersons, Signed, in_background, transact};
use crate::account::{AddressHashes, Place};
use crate::fields::refuse;
use crate::personal::recipient_at;
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;
use crate::views::Id;

query_parameters! {
    /// Which requests staff want to see.
    QueueQuery {
        /// `open`, `waiting` or `solved`; open ones when left out.
        state,
        /// `me`, or `nobody`; anybody's when left out.
        assigned,
        /// `true` for those whose answer is overdue.
        late,
        /// `next_cursor` of the page before.
        cursor,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WriteBody {
    text: String,
    #[serde(default)]
    once: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignBody {
    /// `me`, `nobody`, or the id of somebody of staff.
    to: String,
}

/// The requests that wait, the one whose answer is due first first.
pub(crate) async fn list(call: Signed<AnswerRequests>) -> Result<Answer, Problem> {
    let query = call.visitor.query::<QueueQuery>()?;
    let Signed { visitor, known, .. } = call;
    let (app, me, now) = (&visitor.app, known.person.id, visitor.app.now());
    let (filter, after) = (filter(&query, me, now)?, place::read(query.cursor.as_deref())?);
    let wanted = TalkFilter { limit: PAGE + 1, ..filter };
    let listed = transact(app, move |_, _, rows| {
        let page = rows.talk_queue(&wanted, after)?;
        let of_accounts = page.iter().map(|one| Ok(rows.person(one.person)?.is_some()));
        let of_accounts: Vec<bool> = of_accounts.collect::<Result<_, PeopleError>>()?;
        Ok((of_accounts, with_first_messages(rows, page)?))
    });
    let (of_accounts, (page, firsts)) = listed.await?;
    let is_more = page.len() > PAGE as usize;
    let mut firsts = open(app, firsts).await?.into_iter();
    let view = |(one, is_proven): (&Conversation, bool)| {
        let first = firsts.next().flatten();
        let view = RequestView::new(one, now).beginning_with(first.as_ref()).proven(is_proven);
        view.for_staff(one, me, now)
    };
    let data: Vec<RequestView> =
        page.iter().zip(of_accounts).take(PAGE as usize).map(view).collect();
    let last = page.get(data.len().saturating_sub(1)).filter(|_| is_more);
    let next_cursor = last.map(|one| place::write(filter.place(one)));
    Ok(Answer::view(StatusCode::OK, &ListView { data, next_cursor }))
}

fn filter(query: &QueueQuery, me: PersonId, now: Instant) -> Result<TalkFilter, Problem> {
    let state = match query.state.as_deref() {
        None => TalkState::Open,
        Some(name) => TalkState::parse(name)
            .ok_or_else(|| refuse("state", "must be open, waiting or solved"))?,
    };
    let assigned = match query.assigned.as_deref() {
        None => AssignedTo::Anybody,
        Some("me") => AssignedTo::Person(me),
        Some("nobody") => AssignedTo::Nobody,
        Some(_) => return Err(refuse("assigned", "must be me or nobody").into()),
    };
    let late_at = match query.late.as_deref() {
        None | Some("false") => None,
        Some("true") => Some(now),
        Some(_) => return Err(refuse("late", "must be true or false").into()),
    };
    Ok(TalkFilter { state, assigned, late_at, limit: PAGE })
}

/// One request with all that was written, notes too, and the address of the customer.
pub(crate) async fn read(call: Signed<AnswerRequests>) -> Result<Answer, Problem> {
    let request = named(&call.visitor)?;
    let Signed { visitor, known, .. } = call;
    let (app, me) = (&visitor.app, known.person.id);
    let there = transact(app, move |_, _, rows| {
        let Some(one) = rows.conversation(request)? else { return Ok(None) };
        Ok(Some((rows.messages_of(one.id)?, rows.person(one.person)?, one)))
    });
    let there = there.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    let (messages, customer, one) = there;
    let sealed = messages.iter().map(|message| (one.person, message.clone())).collect();
    let words = open(app, sealed).await?;
    let is_proven = customer.is_some();
    let email = in_background(app, move |app| {
        let address = customer.as_ref().and_then(|known| mails::address_of(app, known));
        Ok(address.map(|address| address.as_str().to_owned()))
    });
    let typed = words.first().and_then(|first| first.as_ref()?.email.clone());
    let email = email.await?.or(typed);
    let book = visitor.site().book.as_str();
    let recipient = email.as_deref().map(|email| Id(recipient_at(&app.ring, book, email)));
    let messages = messages.iter().zip(words);
    let messages = messages.map(|(one, words)| MessageView::new(one, words, true)).collect();
    let now = app.now();
    let request = RequestView::new(&one, now).proven(is_proven).for_staff(&one, me, now);
    Ok(Answer::view(StatusCode::OK, &ThreadView { request, messages, email, recipient }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindBody {
    email: String,
}

#[derive(Serialize)]
struct FoundView {
    /// Who has an account with this address.
    person: Option<Id<PersonId>>,
    /// Under which id gifts to it are kept, whether there are any or not.
    recipient: Id<PersonId>,
}

/// Finds what belongs to a mail address. That somebody has an account is told to staff only.
pub(crate) async fn find(call: Signed<FindPersons>) -> Result<Answer, Problem> {
    let FindBody { email } = call.visitor.read()?;
    let normalized = email.trim().to_lowercase();
    Address::new(&normalized).map_err(|_| refuse("/email", "must be a mail address"))?;
    let (app, site) = (&call.visitor.app, call.visitor.site());
    let recipient = Id(recipient_at(&app.ring, site.book.as_str(), &normalized));
    let hashes = AddressHashes::of(app, site, &normalized);
    let person = transact(app, move |_, _, rows| hashes.person(rows)).await?;
    let person = person.map(|known| Id(known.person.id));
    Ok(Answer::view(StatusCode::OK, &FoundView { person, recipient }))
}

/// Answers the customer, who is told by mail that there is an answer. Whoever wrote without an
/// account cannot read it anywhere else, so theirs is in the mail.
pub(crate) async fn answer(call: Signed<AnswerRequests>) -> Result<Answer, Problem> {
    let me = call.known.person.id;
    let rule = move |one: &Conversation, now: Instant| one.answer(me, now);
    write_as(call, Author::Staff(me), rule).await
}

/// Notes something for staff.
pub(crate) async fn note(call: Signed<AnswerRequests>) -> Result<Answer, Problem> {
    let me = call.known.person.id;
    write_as(call, Author::Note(me), move |one: &Conversation, _| one.note(me)).await
}

/// Whom an answer is for.
enum Reader {
    Account(KnownPerson),
    /// Somebody who wrote without an account, and a place for the mail: it is the answer.
    Address(Address, Place),
}

async fn write_as(
    call: Signed<AnswerRequests>,
    author: Author,
    rule: impl FnOnce(&Conversation, Instant) -> Result<Conversation, TalkRefusal> + Send + 'static,
) -> Result<Answer, Problem> {
    let request = named(&call.visitor)?;
    let WriteBody { text, once } = call.visitor.read()?;
    let text = typed(&text)?;
    let Signed { visitor, known, .. } = call;
    let (app, me) = (&visitor.app, known.person.id);
    let there = transact(app, move |_, _, rows| {
        let Some(one) = rows.conversation(request)? else { return Ok(None) };
        Ok(Some((rows.first_message(one.id)?, rows.person(one.person)?, one.person)))
    });
    // Under whose key it is sealed never changes.
    let there = there.await?.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?;
    let (first, to, customer) = there;
    let reader = match (author.is_for_customer(), to) {
        (false, _) => None,
        (true, Some(known)) => Some(Reader::Account(known)),
        (true, None) => {
            let first = first.map(|first| (customer, first)).into_iter().collect();
            let words = open(app, first).await?.pop().flatten();
            let address = words.and_then(|words| Address::new(&words.email?).ok());
            match address {
                Some(address) => Some(Reader::Address(address, Place::take(app)?)),
                None => None,
            }
        }
    };
    let deed = if author.is_for_customer() { "answer" } else { "note" };
    let once = once.as_deref();
    let writing = Writing { by: me, deed, request: Some(request), once, text: &text };
    let words = Words::of(&text);
    let sealed = seal(app, customer, writing.operation(app), words).await?;
    let wrote = transact(app, move |app, _, rows| {
        if let Some(before) = written_before(rows, &sealed, customer)? {
            return Ok(Some(Ok((before, false))));
        }
        let Some(one) = rows.conversation(request)? else { return Ok(None) };
        let now = app.now();
        let after = match rule(&one, now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        write(rows, &after, (author, now), sealed)?;
        Ok(Some(Ok((after, true))))
    });
    let (after, is_new): (Conversation, bool) = found(wrote.await?)?;
    match reader.filter(|_| is_new) {
        Some(Reader::Account(known)) => mails::answered(app, known, &after),
        Some(Reader::Address(address, place)) => {
            mails::answered_at(place, address, &after, text.as_str());
        }
        None => {}
    }
    let now = app.now();
    let view = RequestView::new(&after, now).for_staff(&after, me, now);
    Ok(Answer::view(StatusCode::CREATED, &view))
}

/// Says who takes care of it.
pub(crate) async fn assign(call: Signed<AnswerRequests>) -> Result<Answer, Problem> {
    let AssignBody { to } = call.visitor.read()?;
    let me = call.known.person.id;
    let to = match to.as_str() {
        "me" => Some(me),
        "nobody" => None,
        id => {
            let id = id.parse::<PersonId>();
            Some(id.map_err(|_| refuse("/to", "must be me, nobody, or the id of a person"))?)
        }
    };
    if let Some(to) = to.filter(|to| *to != me) {
        let may = transact(&call.visitor.app, move |_, _, rows| {
            let known = rows.person(to)?.map(|known| known.person);
            let known = known.filter(|person| person.check_active().is_ok());
            Ok(known.is_some_and(|person| {
                person.roles.permissions().allows(people::Permission::AnswerRequests)
            }))
        });
        if !may.await? {
            return Err(refuse("/to", "must be somebody who answers requests").into());
        }
    }
    changed(call, move |one, _| one.assign(me, to)).await
}

/// Says that it is solved.
pub(crate) async fn solve(call: Signed<AnswerRequests>) -> Result<Answer, Problem> {
    let me = call.known.person.id;
    changed(call, move |one, now| match one.person == me {
        // As a customer they may, on their own page.
        true => Err(TalkRefusal::OwnRequest),
        false => one.solve(me, now),
    })
    .await
}

async fn changed(
    call: Signed<AnswerRequests>,
    rule: impl FnOnce(&Conversation, Instant) -> Result<Conversation, TalkRefusal> + Send + 'static,
) -> Result<Answer, Problem> {
    let request = named(&call.visitor)?;
    let Signed { visitor, known, .. } = call;
    let me = known.person.id;
    let done = transact(&visitor.app, move |app, _, rows| {
        let Some(one) = rows.conversation(request)? else { return Ok(None) };
        change(rows, &one, |one| rule(one, app.now())).map(Some)
    });
    let after = found(done.await?)?;
    let now = visitor.app.now();
    let view = RequestView::new(&after, now).for_staff(&after, me, now);
    Ok(Answer::view(StatusCode::OK, &view))
}
