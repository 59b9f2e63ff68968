//! Claim links as text: what a recipient follows to take a card into their hands.
//!
//! A link is `clm_`, the id of its card and 128 secret bits, in the letters of ids. It is a secret
//! of its own: it neither is the code of the card nor yields it, and a new link leaves printed
//! codes as they are. Its text belongs into the fragment of a page's address or into the body of a
//! request, never into a path or query, which servers write down.

use std::fmt;

use base::CardId;

/// Bytes of the secret.
pub const SECRET_BYTES: usize = 16;

/// Letters of an id, and of a secret.
pub(crate) const LETTERS: usize = 26;

const PREFIX: &str = "clm_";

/// A claim link. It says nothing about whether its card exists, or has this link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClaimLink {
    card: CardId,
    secret: [u8; SECRET_BYTES],
}

impl ClaimLink {
    /// The link of this card with this secret.
    pub(crate) fn new(card: CardId, secret: [u8; SECRET_BYTES]) -> ClaimLink {
        ClaimLink { card, secret }
    }

    /// Reads the text of a link; `None` when it is none. No look-up is needed for that, so it does
    /// not count as a guess.
    pub fn parse(text: &str) -> Option<ClaimLink> {
        let letters = text.strip_prefix(PREFIX).filter(|letters| letters.is_ascii())?;
        let (card, secret) = letters.split_at_checked(LETTERS)?;
        Some(ClaimLink { card: CardId::from_bytes(bytes_of(card)?), secret: bytes_of(secret)? })
    }

    /// The card it names.
    pub fn card(&self) -> CardId {
        self.card
    }

    /// The text that a recipient gets. This is the only way to see the secret; every caller is a
    /// place to review.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}{}", letters_of(self.card.to_bytes()), letters_of(self.secret))
    }

    pub(crate) fn secret(&self) -> &[u8; SECRET_BYTES] {
        &self.secret
    }
}

/// Sixteen bytes in the letters of ids.
pub(crate) fn letters_of(bytes: [u8; SECRET_BYTES]) -> String {
    CardId::from_bytes(bytes).to_string()[CardId::PREFIX.len() + 1..].to_owned()
}

/// Reads them back.
pub(crate) fn bytes_of(letters: &str) -> Option<[u8; SECRET_BYTES]> {
    let id: CardId = format!("{}_{letters}", CardId::PREFIX).parse().ok()?;
    Some(id.to_bytes())
}

impl fmt::Debug for ClaimLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ClaimLink({}, …)", self.card)
    }
}
