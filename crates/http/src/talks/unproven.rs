//! Requests of people who have not signed in, perhaps because they cannot: a mail address for the
//! answer, and words.
//!
//! Nobody has shown that the address is theirs. So a request of an address is of no account, not
//! even of the one that has it: it is kept under the id that gifts to the address have, staff are
//! told that it is unproven, and the first mail to the address is an answer that a person has
//! written. Whether the address has an account is not looked up.

use axum::http::StatusCode;
use mail::Address;
use outside::people::{AccountRows, PeopleError};
use serde::{Deserialize, Serialize};
use support::conversation::{Author, Beginning, Clocks, Conversation, Written};

use super::mine::{about_of, shown, topic_of, write as put};
use super::refused;
use super::sealing::{Words, Writing, seal_first, typed};
use crate::account::door::{Answer, Visitor, refused_at, transact};
use crate::account::{AddressHashes, Asking};
use crate::fields::refuse;
use crate::personal::{ids_at, recipient_at};
use crate::problem::{Problem, catalog};
use crate::views::Time;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WriteBody {
    /// Where the answer goes.
    email: String,
    topic: String,
    text: String,
    #[serde(default)]
    about: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    once: Option<String>,
}

/// What is told of it: nothing by which anybody could look at it.
#[derive(Serialize)]
struct WrittenView {
    number: String,
    due_at: Option<Time>,
}

/// Begins a request of somebody who tells an address. How often is limited as codes by mail are,
/// for the browser, the network and the address.
pub(crate) async fn write(visitor: Visitor) -> Result<Answer, Problem> {
    let WriteBody { email, topic, text, about, from, once } = visitor.read()?;
    let email = email.trim().to_lowercase();
    Address::new(&email).map_err(|_| refuse("/email", "must be a mail address"))?;
    let (topic, text) = (topic_of(&topic)?, typed(&text)?);
    let from = from.unwrap_or_default();
    let about = about_of(about, &from)?;
    let (app, site) = (&visitor.app, visitor.site());
    if site.post.is_none() {
        return Err(Problem::new(&catalog::UNAVAILABLE).detail("No mail can be sent here."));
    }
    let book = site.book.as_str();
    let by = recipient_at(&app.ring, book, &email);
    let writing = Writing { by, deed: "write", request: None, once: once.as_deref(), text: &text };
    let operation = writing.operation(app);
    let (asking, hashes) = (Asking::of(&visitor), AddressHashes::of(app, site, &email));
    // Before a key is made for the address, so that nobody can have any number of them made.
    let before = transact(app, move |app, _, rows| {
        if let Some(before) = written_before(rows, operation)? {
            return Ok(Ok(Some(before)));
        }
        let now = app.now();
        let standing = asking.asker(rows, &hashes, now)?;
        match standing.asker.write(now) {
            Ok(asker) => standing.keep(rows, &asker, now).map(|()| Ok(None)),
            Err(refusal) => Ok(Err(refusal)),
        }
    });
    if let Some(before) = before.await?.map_err(|refusal| refused_at(refusal, app))? {
        return Ok(told(&before));
    }
    let persons = ids_at(&app.ring, book, &email);
    let words = Words { from: shown(&from), email: Some(email), ..Words::of(&text) };
    let (person, sealed) = seal_first(app, persons, operation, words).await?;
    let id = app.new_id();
    let begun = transact(app, move |app, _, rows| {
        if let Some(before) = written_before(rows, operation)? {
            return Ok(Ok(before));
        }
        let now = app.now();
        let beginning = Beginning { id, person, topic, about, follows: None };
        // What others have written for the address keeps nobody from writing.
        let begun = Conversation::begin(beginning, Written::default(), &Clocks::of_house(), now);
        match begun {
            Ok(begun) => {
                put(rows, &begun, (Author::Customer, now), sealed)?;
                Ok(Ok(begun))
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    });
    Ok(told(&begun.await?.map_err(refused)?))
}

fn told(one: &Conversation) -> Answer {
    let view = WrittenView { number: one.number(), due_at: one.due_at.map(Time) };
    Answer::view(StatusCode::CREATED, &view)
}

/// The request that this form has begun before. The operation knows address, form and words.
fn written_before(
    rows: &AccountRows<'_>,
    operation: [u8; 16],
) -> Result<Option<Conversation>, PeopleError> {
    rows.written_by(operation)?.map_or(Ok(None), |(id, _)| rows.conversation(id))
}
