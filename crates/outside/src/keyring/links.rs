//! Making claim links and hashing them.

use base::CardId;

use super::subkeys::{Prf, length_prefix};
use super::{HASH_BYTES, KeyNumber, KeyRing, RingError};
use crate::claim_links::ClaimLink;

impl KeyRing {
    /// The claim link of a card, always the same for the same card, nonce and key; as with codes,
    /// ring and row together make it again, and neither does alone.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`] or [`RingError::RetiredKey`].
    pub fn link_for(
        &self,
        card: CardId,
        nonce: u64,
        key: KeyNumber,
    ) -> Result<ClaimLink, RingError> {
        let keys = &self.usable(key)?.keys;
        let secret = keys.claim_link.short(&[b"link", &card.to_bytes(), &nonce.to_le_bytes()]);
        Ok(ClaimLink::new(card, secret))
    }

    /// The keyed hash that a card keeps of its link, within one book.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`] or [`RingError::RetiredKey`].
    pub fn hash_link(
        &self,
        book: &str,
        link: &ClaimLink,
        key: KeyNumber,
    ) -> Result<[u8; HASH_BYTES], RingError> {
        Ok(hash(&self.usable(key)?.keys.claim_link_hash, book, link))
    }

    /// The hashes that a card may keep of a link: under the current key first, then under the
    /// readable ones from the newest to the oldest. Usually one.
    pub fn link_hashes<'a>(
        &'a self,
        book: &'a str,
        link: &'a ClaimLink,
    ) -> impl Iterator<Item = [u8; HASH_BYTES]> + 'a {
        self.candidates().map(move |version| hash(&version.keys.claim_link_hash, book, link))
    }
}

fn hash(key: &Prf, book: &str, link: &ClaimLink) -> [u8; HASH_BYTES] {
    let card = link.card().to_bytes();
    key.short(&[&length_prefix(book.as_bytes()), book.as_bytes(), &card, link.secret()])
}
