//! Recipient tokens as text: what the mail of a gift carries beside the claim link, so that
//! whoever got the mail can say something about its sender.
//!
//! A token is `rcp_`, the ids of the card and of the contact (sender and recipient), and a seal of
//! 128 bits, in the letters of ids. It claims nothing. It is written when the mail is, stands in no
//! answer and in no table, and nobody can make one without the key ring: whoever has it has the
//! letter. As claim links do, it belongs into the fragment of a page's address or into the body of
//! a request.

use std::fmt;

use base::{CardId, ContactId};

use crate::claim_links::{LETTERS, bytes_of, letters_of};

/// Bytes of the seal.
pub const SEAL_BYTES: usize = 16;

const PREFIX: &str = "rcp_";

/// A recipient token. It says nothing about whether its seal is ours:
/// [`crate::keyring::KeyRing::has_sealed`].
#[derive(Clone, Copy)]
pub struct RecipientToken {
    card: CardId,
    contact: ContactId,
    seal: [u8; SEAL_BYTES],
}

impl RecipientToken {
    /// Bytes of every token as text.
    pub const TEXT_BYTES: usize = PREFIX.len() + 3 * LETTERS;

    pub(crate) fn new(card: CardId, contact: ContactId, seal: [u8; SEAL_BYTES]) -> RecipientToken {
        RecipientToken { card, contact, seal }
    }

    /// Reads the text of a token; `None` when it is none. No look-up is needed for that, so it does
    /// not count as a guess.
    pub fn parse(text: &str) -> Option<RecipientToken> {
        let letters = text.strip_prefix(PREFIX).filter(|letters| letters.is_ascii())?;
        let (card, letters) = letters.split_at_checked(LETTERS)?;
        let (contact, seal) = letters.split_at_checked(LETTERS)?;
        Some(RecipientToken {
            card: CardId::from_bytes(bytes_of(card)?),
            contact: ContactId::from_bytes(bytes_of(contact)?),
            seal: bytes_of(seal)?,
        })
    }

    /// The card that was mailed.
    pub fn card(&self) -> CardId {
        self.card
    }

    /// Its sender and the recipient to whom it was mailed.
    pub fn contact(&self) -> ContactId {
        self.contact
    }

    /// The text that a recipient gets. This is the only way to see the seal; every caller is a
    /// place to review.
    pub fn reveal(&self) -> String {
        let parts = [self.card.to_bytes(), self.contact.to_bytes(), self.seal];
        let letters: Vec<String> = parts.into_iter().map(letters_of).collect();
        format!("{PREFIX}{}", letters.concat())
    }

    pub(crate) fn seal(&self) -> &[u8; SEAL_BYTES] {
        &self.seal
    }
}

impl fmt::Debug for RecipientToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RecipientToken({}, {}, …)", self.card, self.contact)
    }
}
