//! Making recipient tokens and telling whether one is ours.

use base::{CardId, ContactId};

use super::subkeys::{Prf, length_prefix};
use super::{KeyNumber, KeyRing, RingError};
use crate::recipient_tokens::{RecipientToken, SEAL_BYTES};

impl KeyRing {
    /// The token of a letter in which a card is mailed, within one book; always the same for the
    /// same card, contact and key.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`] or [`RingError::RetiredKey`].
    pub fn recipient_token(
        &self,
        book: &str,
        card: CardId,
        contact: ContactId,
        key: KeyNumber,
    ) -> Result<RecipientToken, RingError> {
        let keys = &self.usable(key)?.keys;
        let seal = seal(&keys.recipient_token, book, card, contact);
        Ok(RecipientToken::new(card, contact, seal))
    }

    /// Whether a usable key of this ring has made the token, in this book. Takes the same time
    /// wherever the difference is.
    pub fn has_sealed(&self, book: &str, token: &RecipientToken) -> bool {
        let is_seal = |seal: [u8; SEAL_BYTES]| {
            let pairs = seal.iter().zip(token.seal());
            pairs.fold(0, |sum, (ours, given)| sum | (ours ^ given)) == 0
        };
        self.candidates().any(|version| {
            is_seal(seal(&version.keys.recipient_token, book, token.card(), token.contact()))
        })
    }
}

fn seal(key: &Prf, book: &str, card: CardId, contact: ContactId) -> [u8; SEAL_BYTES] {
    let book = book.as_bytes();
    key.short(&[&length_prefix(book), book, &card.to_bytes(), &contact.to_bytes()])
}
