//! Personal text: sealed under the key of its person before the writer sees it, opened for
//! those who may read it.

use std::sync::Arc;

use base::PersonId;
use giftcards::{Sealed, limits};
use outside::keyring::KeyRing;
use outside::people::{Opened, PeopleError, PeopleKeys, PlainText};

use crate::app::App;
use crate::blocking;
use crate::problem::{Problem, catalog};

/// What recipients' text is sealed for.
pub(crate) const RECIPIENT: &str = "gift_card.recipient";

/// What senders' text is sealed for.
pub(crate) const SENDER: &str = "gift_card.sender";

/// What is written in claims is sealed for.
pub(crate) const CLAIM: &str = "claim.description";

/// How often a person may be erased and come back under the same e-mail address.
const LIVES_MAX: u32 = 100;

/// A text to be sealed, and whose it is.
///
/// One person of a book has one key, and one erasure is enough, however their text came in: so
/// whoever issues cards without the API makes their text here too.
pub struct PersonalText {
    pub(crate) purpose: &'static str,
    plain: String,
    /// What the person is recognized by: a keyed hash.
    person: [u8; 16],
}

/// Who a text is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The book that knows them.
    pub book: &'a str,
    /// Their address; one address in one book is one person.
    pub email: Option<&'a str>,
    /// The operation that brings the text. Somebody without address is somebody new, but the same
    /// one when the operation is repeated.
    pub operation: [u8; 16],
}

impl PersonalText {
    /// What is known about the recipient of a card: a JSON object with `name`, `email` and
    /// `message`, each text or null.
    pub fn of_recipient(ring: &KeyRing, about: About<'_>, plain: String) -> PersonalText {
        PersonalText::new(ring, about, RECIPIENT, plain)
    }

    /// What is known about the sender of a card: a JSON object with `name` and `email`.
    pub(crate) fn of_sender(ring: &KeyRing, about: About<'_>, plain: String) -> PersonalText {
        PersonalText::new(ring, about, SENDER, plain)
    }

    /// What somebody has written in a claim.
    pub(crate) fn of_claimant(ring: &KeyRing, about: About<'_>, plain: String) -> PersonalText {
        PersonalText::new(ring, about, CLAIM, plain)
    }

    /// The same of somebody with an account: under the key of that person, so that it is erased
    /// with them.
    pub fn of_claimant_with_account(person: PersonId, plain: String) -> PersonalText {
        PersonalText { purpose: CLAIM, plain, person: person.to_bytes() }
    }

    fn new(ring: &KeyRing, about: About<'_>, purpose: &'static str, plain: String) -> PersonalText {
        let person = match about.email {
            Some(address) => at_address(ring, about.book, address),
            None => {
                let text = [about.operation.as_slice(), purpose.as_bytes()].concat();
                ring.short_hash("person of operation", &text)
            }
        };
        PersonalText { purpose, plain, person }
    }

    /// The id under which the person's key is kept. An erased id is never used again, so somebody
    /// who comes back gets the next one.
    fn person_id(&self, ring: &KeyRing, life: u32) -> PersonId {
        if life == 0 {
            return PersonId::from_bytes(self.person);
        }
        let text = [self.person.as_slice(), &life.to_le_bytes()].concat();
        PersonId::from_bytes(ring.short_hash("person again", &text))
    }
}

/// Under which id gifts to a mail address are kept, as long as whoever has it was never erased.
pub(crate) fn recipient_at(ring: &KeyRing, book: &str, email: &str) -> PersonId {
    PersonId::from_bytes(at_address(ring, book, email))
}

/// Every id under which texts of a mail address may be kept: the next one once a person was erased.
pub(crate) fn ids_at(ring: &KeyRing, book: &str, email: &str) -> Vec<PersonId> {
    let about = About { book, email: Some(email), operation: [0; 16] };
    let text = PersonalText::new(ring, about, RECIPIENT, String::new());
    (0..=LIVES_MAX).map(|life| text.person_id(ring, life)).collect()
}

fn at_address(ring: &KeyRing, book: &str, email: &str) -> [u8; 16] {
    let text = format!("{book}\n{}", email.trim().to_lowercase());
    ring.short_hash("person", text.as_bytes())
}

/// Seals texts, in order, with one disk sync at most. Blocks.
///
/// # Errors
///
/// [`PeopleError`] when the keys of persons cannot be used now.
pub fn seal_personal(
    ring: &KeyRing,
    people: &PeopleKeys,
    texts: &[PersonalText],
) -> Result<Vec<Sealed>, PeopleError> {
    let mut lives = vec![0; texts.len()];
    loop {
        let with_lives = texts.iter().zip(&lives);
        let persons: Vec<_> = with_lives.map(|(text, life)| text.person_id(ring, *life)).collect();
        let plain: Vec<_> = texts
            .iter()
            .zip(&persons)
            .map(|(text, person)| PlainText {
                person: *person,
                purpose: text.purpose,
                plain: &text.plain,
            })
            .collect();
        let sealed = match people.seal_many(&plain) {
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

/// Seals texts as [`seal_personal`] does, without blocking the other requests.
///
/// # Errors
///
/// `unavailable` when the keys of persons cannot be used now.
pub(crate) async fn seal(app: &Arc<App>, texts: Vec<PersonalText>) -> Result<Vec<Sealed>, Problem> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let app = Arc::clone(app);
    let seal = move || seal_personal(&app.ring, &app.people, &texts);
    let sealed = blocking::spawn(seal).await;
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
    let opened = blocking::spawn(open).await;
    let opened = opened.map_err(|_| Problem::new(&catalog::UNAVAILABLE))?;
    match opened.map_err(|error| unavailable(&error))? {
        Opened::Text(text) => Ok(Some(text)),
        Opened::Erased => Ok(None),
    }
}

/// Whether a text of so many bytes may be sealed: the seal itself adds less than 64 bytes.
pub(crate) fn fits(plain: &str) -> bool {
    plain.len() + 64 <= limits::SEALED_BYTES_MAX
}

pub(crate) fn unavailable(error: &PeopleError) -> Problem {
    tracing::error!(%error, "personal text cannot be sealed or opened");
    Problem::new(&catalog::UNAVAILABLE)
}
