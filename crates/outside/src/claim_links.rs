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
const LETTERS: usize = 26;

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
        Some(ClaimLink { card: bits_of(card)?, secret: bits_of(secret)?.to_bytes() })
    }

    /// The card it names.
    pub fn card(&self) -> CardId {
        self.card
    }

    /// The text that a recipient gets. This is the only way to see the secret; every caller is a
    /// place to review.
    pub fn reveal(&self) -> String {
        let letters = |id: CardId| id.to_string()[CardId::PREFIX.len() + 1..].to_owned();
        format!("{PREFIX}{}{}", letters(self.card), letters(CardId::from_bytes(self.secret)))
    }

    pub(crate) fn secret(&self) -> &[u8; SECRET_BYTES] {
        &self.secret
    }
}

/// Both halves are written as ids are.
fn bits_of(letters: &str) -> Option<CardId> {
    format!("{}_{letters}", CardId::PREFIX).parse().ok()
}

impl fmt::Debug for ClaimLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ClaimLink({}, …)", self.card)
    }
}
