//! Personal text of imported and demonstration cards, sealed in the form the API opens.

use giftcards::Sealed;
use http::{About, PersonalText, seal_personal};

use super::Installation;
use crate::failure::Done;

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

/// An owner's text to be sealed, and the work that brings it.
pub(crate) struct Seal<'a> {
    /// The text.
    pub(crate) text: &'a OwnerText,
    /// Tells persons without address apart, and stays the same when the work is repeated.
    pub(crate) operation: [u8; 16],
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
        let text = |seal: &Seal<'_>| {
            let (email, operation) = (seal.text.email.as_deref(), seal.operation);
            let about = About { book, email, operation };
            PersonalText::of_recipient(&self.ring, about, seal.text.plain())
        };
        let texts: Vec<PersonalText> = seals.iter().map(text).collect();
        Ok(seal_personal(&self.ring, &self.people, &texts)?)
    }
}
