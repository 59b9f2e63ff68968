//! Personal text: sealed under the key of its person before the writer sees it, opened for
//! those who may read it.

use std::sync::Arc;

use base::PersonId;
use giftcards::{Sealed, limits};
use outside::people::{Opened, PeopleError, PlainText};

use crate::app::App;
use crate::problem::{Problem, catalog};

/// What recipients' text is sealed for.
pub(crate) const RECIPIENT: &str = "gift_card.recipient";

/// What senders' text is sealed for.
pub(crate) const SENDER: &str = "gift_card.sender";

/// How often a person may be erased and come back under the same e-mail address.
const LIVES_MAX: u32 = 100;

/// A text to be sealed, and whose it is.
pub(crate) struct Unsealed {
    pub(crate) purpose: &'static str,
    pub(crate) plain: String,
    person: Person,
}

/// What a person is recognized by.
enum Person {
    /// A hash of book and address: one person has one key, and one erasure is enough.
    Email([u8; 16]),
    /// A hash of the operation: somebody without address is somebody new, but the same one when
    /// the operation is repeated.
    Operation([u8; 16]),
}

impl Unsealed {
    /// A text about the person with this address, or about somebody without one.
    pub(crate) fn new(
        app: &App,
        book: &str,
        (purpose, plain): (&'static str, String),
        email: Option<&str>,
        operation: [u8; 16],
    ) -> Unsealed {
        let person = match email {
            Some(address) => {
                let text = format!("{book}\n{}", address.trim().to_lowercase());
                Person::Email(app.ring.short_hash("person", text.as_bytes()))
            }
            None => {
                let text = [operation.as_slice(), purpose.as_bytes()].concat();
                Person::Operation(app.ring.short_hash("person of operation", &text))
            }
        };
        Unsealed { purpose, plain, person }
    }

    /// The id under which the person's key is kept. An erased id is never used again, so somebody
    /// who comes back gets the next one.
    fn person_id(&self, app: &App, life: u32) -> PersonId {
        let (Person::Email(hash) | Person::Operation(hash)) = &self.person;
        if life == 0 {
            return PersonId::from_bytes(*hash);
        }
        let text = [hash.as_slice(), &life.to_le_bytes()].concat();
        PersonId::from_bytes(app.ring.short_hash("person again", &text))
    }
}

/// Seals texts, in order, with one disk sync at most.
///
/// # Errors
///
/// `unavailable` when the keys of persons cannot be used now.
pub(crate) async fn seal(app: &Arc<App>, texts: Vec<Unsealed>) -> Result<Vec<Sealed>, Problem> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let app = Arc::clone(app);
    let sealed = tokio::task::spawn_blocking(move || seal_now(&app, &texts)).await;
    sealed.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?.map_err(|error| unavailable(&error))
}

/// Opens a text; `None` when its person was erased.
///
/// # Errors
///
/// `unavailable`.
pub(crate) async fn open(
    app: &Arc<App>,
    purpose: &'static str,
    sealed: &Sealed,
) -> Result<Option<String>, Problem> {
    let (app, sealed) = (Arc::clone(app), sealed.clone());
    let open = move || app.people.open(sealed.person, purpose, &sealed.bytes);
    let opened = tokio::task::spawn_blocking(open).await;
    let opened = opened.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?;
    match opened.map_err(|error| unavailable(&error))? {
        Opened::Text(text) => Ok(Some(text)),
        Opened::Erased => Ok(None),
    }
}

fn seal_now(app: &App, texts: &[Unsealed]) -> Result<Vec<Sealed>, PeopleError> {
    let mut lives = vec![0; texts.len()];
    loop {
        let with_lives = texts.iter().zip(&lives);
        let persons: Vec<_> = with_lives.map(|(text, life)| text.person_id(app, *life)).collect();
        let plain: Vec<_> = texts
            .iter()
            .zip(&persons)
            .map(|(text, person)| PlainText {
                person: *person,
                purpose: text.purpose,
                plain: &text.plain,
            })
            .collect();
        let sealed = match app.people.seal_many(&plain) {
            Err(PeopleError::Erased(erased)) if lives.iter().all(|life| *life < LIVES_MAX) => {
                let of_erased = persons.iter().zip(&mut lives);
                of_erased.filter(|(id, _)| **id == erased).for_each(|(_, life)| *life += 1);
                continue;
            }
            sealed => sealed?,
        };
        let sealed = persons.into_iter().zip(sealed);
        return Ok(sealed.map(|(person, bytes)| Sealed { person, bytes: bytes.into() }).collect());
    }
}

/// Whether a text of so many bytes may be sealed: the seal itself adds less than 64 bytes.
pub(crate) fn fits(plain: &str) -> bool {
    plain.len() + 64 <= limits::SEALED_BYTES_MAX
}

fn unavailable(error: &PeopleError) -> Problem {
    tracing::error!(%error, "personal text cannot be sealed or opened");
    Problem::new(&catalog::UNAVAILABLE)
}
