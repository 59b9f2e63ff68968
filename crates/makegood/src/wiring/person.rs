//! Personal text of imported and demonstration cards, sealed in the form the API opens.

use base::PersonId;
use giftcards::Sealed;
use outside::people::{PeopleError, PlainText};

use super::Installation;
use crate::failure::Done;

/// What recipients' text is sealed for; the API opens it under the same name.
const RECIPIENT: &str = "gift_card.recipient";

/// How often a person may be erased and come back under the same e-mail address.
const LIVES_MAX: u32 = 100;

/// What is known about the owner of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnerText {
    /// Their name.
    pub(crate) name: Option<String>,
    /// Their address; one address in one book is one person.
    pub(crate) email: Option<String>,
    /// A message to them.
    pub(crate) message: Option<String>,
    /// A note of the staff about their card; the API does not show it.
    pub(crate) note: Option<String>,
}

/// An owner's text to be sealed, and what somebody without address is recognized by.
pub(crate) struct Seal<'a> {
    /// The text.
    pub(crate) text: &'a OwnerText,
    /// Tells persons without address apart, and stays the same when the work is repeated.
    pub(crate) otherwise: [u8; 16],
}

impl OwnerText {
    /// True when nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        *self == OwnerText::default()
    }

    /// The form in which it is sealed.
    fn plain(&self) -> String {
        let OwnerText { name, email, message, note } = self;
        let text = serde_json::json!({
            "name": name, "email": email, "message": message, "note": note,
        });
        text.to_string()
    }
}

impl Installation {
    /// Seals texts, in order, with one disk sync at most.
    ///
    /// # Errors
    ///
    /// The keys of persons cannot be used.
    pub(crate) fn seal_owners(&self, book: &str, seals: &[Seal<'_>]) -> Done<Vec<Sealed>> {
        let plains: Vec<String> = seals.iter().map(|seal| seal.text.plain()).collect();
        let mut lives = vec![0; seals.len()];
        loop {
            let with_lives = seals.iter().zip(&lives);
            let persons: Vec<PersonId> =
                with_lives.map(|(seal, life)| self.person(book, seal, *life)).collect();
            let texts = persons.iter().zip(&plains);
            let texts: Vec<PlainText<'_>> = texts
                .map(|(person, plain)| PlainText { person: *person, purpose: RECIPIENT, plain })
                .collect();
            match self.people.seal_many(&texts) {
                Ok(sealed) => {
                    let both = persons.into_iter().zip(sealed);
                    let sealed = both.map(|(person, bytes)| Sealed { person, bytes: bytes.into() });
                    return Ok(sealed.collect());
                }
                // An erased id is never used again: somebody who comes back is somebody new.
                Err(PeopleError::Erased(erased)) if lives.iter().all(|life| *life < LIVES_MAX) => {
                    let erased = persons.iter().zip(&mut lives).filter(|(id, _)| **id == erased);
                    erased.for_each(|(_, life)| *life += 1);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The id under which a person's key is kept. The API derives it alike, so that one person
    /// has one key however their cards came here, and one erasure is enough.
    fn person(&self, book: &str, seal: &Seal<'_>, life: u32) -> PersonId {
        let hash = match &seal.text.email {
            Some(address) => {
                let text = format!("{book}\n{}", address.trim().to_lowercase());
                self.ring.short_hash("person", text.as_bytes())
            }
            None => self.ring.short_hash("person of import", &seal.otherwise),
        };
        if life == 0 {
            return PersonId::from_bytes(hash);
        }
        let text = [hash.as_slice(), &life.to_le_bytes()].concat();
        PersonId::from_bytes(self.ring.short_hash("person again", &text))
    }
}
