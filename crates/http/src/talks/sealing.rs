//! What was written, as it lies in rows: sealed under the customer's key, for one message each.

use std::sync::Arc;

use base::{ConversationId, PersonId};
use outside::people::{KnownMessage, Opened, PeopleError};
use outside::random::{Randomness, SystemRandomness};
use serde::{Deserialize, Serialize};
use support::conversation::MessageText;

use crate::account::door::in_background;
use crate::app::App;
use crate::fields::refuse;
use crate::problem::{Problem, catalog};

/// What is sealed of a message.
#[derive(Deserialize, Serialize)]
pub(super) struct Words {
    /// What was written.
    pub(super) text: String,
    /// The path of the page from which the customer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    /// The mail address for the answer, when whoever wrote had not signed in: as it was typed, and
    /// nobody has shown that it is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
}

impl Words {
    /// What was written, and nothing beside it.
    pub(super) fn of(text: &MessageText) -> Words {
        Words { text: text.as_str().to_owned(), from: None, email: None }
    }
}

/// A text that is not written yet, with the operation that writes it.
#[derive(Clone)]
pub(super) struct Sealed {
    pub(super) operation: [u8; 16],
    pub(super) bytes: Vec<u8>,
}

/// A message, and the customer under whose key it is sealed.
pub(super) type Addressed = (PersonId, KnownMessage);

/// Reads what somebody has typed. Forms send a carriage return before each newline.
pub(super) fn typed(text: &str) -> Result<MessageText, Problem> {
    let text = text.replace('\r', "");
    let text = MessageText::multiline(text.trim());
    text.map_err(|problem| refuse("/text", problem.to_string()).into())
}

/// What is written where, by whom, with what their form sends along.
pub(super) struct Writing<'a> {
    pub(super) by: PersonId,
    /// What is done, and with which request: the same form may do several things.
    pub(super) deed: &'static str,
    pub(super) request: Option<ConversationId>,
    pub(super) once: Option<&'a str>,
    pub(super) text: &'a MessageText,
}

impl Writing<'_> {
    /// The operation: the same for the same form with the same words, so that sending it twice
    /// writes once, and nobody's form can stand for another's. A form that sends nothing along is
    /// always another one.
    pub(super) fn operation(&self, app: &App) -> [u8; 16] {
        let Some(once) = self.once.filter(|once| !once.is_empty()) else {
            let mut bytes = [0; 16];
            SystemRandomness.fill(&mut bytes);
            return bytes;
        };
        let (by, request) = (self.by.to_bytes(), self.request.map(ConversationId::to_bytes));
        let parts: [&[u8]; 5] = [
            &by,
            self.deed.as_bytes(),
            request.as_ref().map_or(&[], |id| id),
            once.as_bytes(),
            self.text.as_str().as_bytes(),
        ];
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        app.ring.short_hash("request operation", &bytes)
    }
}

/// Seals a message under the key of the customer it is about, before any row is touched: the key
/// lies in the same file, which one writer changes at a time.
///
/// # Errors
///
/// `account_closed` when the customer was erased; `unavailable`.
pub(super) async fn seal(
    app: &Arc<App>,
    customer: PersonId,
    operation: [u8; 16],
    words: Words,
) -> Result<Sealed, Problem> {
    let (_, sealed) = seal_first(app, vec![customer], operation, words).await?;
    Ok(sealed)
}

/// The same under the key of the first of these persons who was not erased.
///
/// # Errors
///
/// As [`seal`].
pub(super) async fn seal_first(
    app: &Arc<App>,
    persons: Vec<PersonId>,
    operation: [u8; 16],
    words: Words,
) -> Result<(PersonId, Sealed), Problem> {
    let plain = serde_json::to_string(&words).expect("texts can be written");
    let purpose = purpose(operation);
    let sealed = in_background(app, move |app| {
        let sealed = persons.into_iter().find_map(|person| {
            match app.people.seal(person, &purpose, &plain) {
                Err(PeopleError::Erased(_)) => None,
                sealed => Some(sealed.map(|bytes| (person, Sealed { operation, bytes }))),
            }
        });
        sealed.transpose()
    });
    let closed = || Problem::new(&catalog::ACCOUNT_CLOSED).detail("The customer was erased.");
    sealed.await?.ok_or_else(closed)
}

/// Opens messages of a customer; those of somebody who was erased are gone.
pub(super) async fn open(
    app: &Arc<App>,
    messages: Vec<Addressed>,
) -> Result<Vec<Option<Words>>, Problem> {
    in_background(app, move |app| {
        let open = |(customer, message): &Addressed| {
            let opened =
                app.people.open(*customer, &purpose(message.operation), &message.sealed)?;
            match opened {
                Opened::Text(plain) => {
                    let words = serde_json::from_str(&plain);
                    words.map(Some).map_err(|_| PeopleError::Damaged(*customer))
                }
                Opened::Erased => Ok(None),
            }
        };
        messages.iter().map(open).collect()
    })
    .await
}

/// Bound to its message, so that sealed texts cannot change places.
fn purpose(operation: [u8; 16]) -> String {
    let digits: String = operation.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("request.message {digits}")
}
