//! Making codes and hashing them.

use base::CardId;

use super::subkeys::{Prf, length_prefix};
use super::{HASH_BYTES, KeyNumber, KeyRing, RingError};
use crate::codes::{Code, CodeRef, RANDOM_LETTERS};

/// Bytes below this are drawn from evenly by taking the remainder modulo 31: 248 = 8 · 31.
const EVEN_BYTES: u8 = 248;

impl KeyRing {
    /// The code of a card, always the same for the same card, nonce and key.
    ///
    /// So the data needs to store neither the code nor an encrypted copy: whoever holds both the
    /// ring and the card's row can show it again, nobody with only one of them can. A replaced code
    /// gets another nonce.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`] or [`RingError::RetiredKey`].
    pub fn code_for(&self, card: CardId, nonce: u64, key: KeyNumber) -> Result<Code, RingError> {
        let keys = &self.usable(key)?.keys;
        Ok(Code::from_digits(&code_digits(&keys.code, &card.to_bytes(), nonce)))
    }

    /// The keyed hash under which a code is stored and looked up, within one book.
    ///
    /// The book is part of the message, so that equal codes of two books cannot be matched.
    ///
    /// # Errors
    ///
    /// [`RingError::UnknownKey`] or [`RingError::RetiredKey`].
    pub fn hash_code<'a>(
        &self,
        book: &str,
        code: impl Into<CodeRef<'a>>,
        key: KeyNumber,
    ) -> Result<[u8; HASH_BYTES], RingError> {
        Ok(hash_code(&self.usable(key)?.keys.code_hash, book, code.into()))
    }

    /// The hashes under which a typed code may be stored: of the current key first, then of the
    /// readable ones from the newest to the oldest. Usually one.
    pub fn hash_candidates<'a>(
        &'a self,
        book: &'a str,
        code: impl Into<CodeRef<'a>>,
    ) -> impl Iterator<Item = (KeyNumber, [u8; HASH_BYTES])> + 'a {
        let code = code.into();
        self.candidates()
            .map(move |version| (version.number, hash_code(&version.keys.code_hash, book, code)))
    }
}

fn hash_code(key: &Prf, book: &str, code: CodeRef<'_>) -> [u8; HASH_BYTES] {
    key.short(&[&length_prefix(book.as_bytes()), book.as_bytes(), code.hash_input()])
}

/// Sixteen digits, each of the 31 equally likely.
///
/// Bytes from 248 on are thrown away, because taking their remainder would favor the first eight
/// letters. One block of 32 bytes nearly always suffices; a counter makes more when it does not.
fn code_digits(key: &Prf, card: &[u8; 16], nonce: u64) -> [u8; RANDOM_LETTERS] {
    let mut digits = [0; RANDOM_LETTERS];
    let mut filled = 0;
    for block in 0_u32.. {
        let bytes = key.compute(&[b"code", card, &nonce.to_le_bytes(), &block.to_le_bytes()]);
        for byte in bytes.into_iter().filter(|byte| *byte < EVEN_BYTES) {
            digits[filled] = byte % 31;
            filled += 1;
            if filled == RANDOM_LETTERS {
                return digits;
            }
        }
    }
    unreachable!("a block without one usable byte in 2³² blocks does not happen")
}
