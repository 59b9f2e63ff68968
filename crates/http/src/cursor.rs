//! Cursors: where a list goes on, in a text that nobody but us can make.

use crate::call::Caller;
use crate::fields::{Checked, refuse};
use crate::query::{Query, hex_digit};

/// The first character of every cursor; another one when their contents change.
const VERSION: char = '1';

/// Bytes of the position, and of the seal on it.
const POSITION_BYTES: usize = 16;
const SEAL_BYTES: usize = 8;

/// What cursors of one list have in common: the book, the list and its filters. A cursor of
/// another one is refused, for its place would mean something else there.
pub(crate) struct CursorMaker<'a> {
    caller: &'a Caller,
    place: Vec<u8>,
}

impl<'a> CursorMaker<'a> {
    /// For the list `name` with these filters; how many entries are wanted is none of them.
    pub(crate) fn new(caller: &'a Caller, name: &str, filters: &impl Query) -> CursorMaker<'a> {
        let mut place = Vec::with_capacity(128);
        let mut add = |text: &str| {
            // With its length in front, no text can pass for two.
            place.extend_from_slice(&(text.len() as u64).to_le_bytes());
            place.extend_from_slice(text.as_bytes());
        };
        add(caller.book().name());
        add(name);
        for (filter, text) in filters.texts() {
            if let Some(text) = text {
                add(filter);
                add(text);
            }
        }
        CursorMaker { caller, place }
    }

    /// The cursor of a position.
    pub(crate) fn write(&self, position: u128) -> String {
        let position = position.to_be_bytes();
        let mut text = String::with_capacity(1 + 2 * (POSITION_BYTES + SEAL_BYTES));
        text.push(VERSION);
        for byte in position.iter().chain(&self.seal(position)) {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
        }
        text
    }

    /// The position of a cursor, when there is one.
    ///
    /// # Errors
    ///
    /// `invalid_request` about `cursor`.
    pub(crate) fn read(&self, cursor: Option<&str>) -> Checked<Option<u128>> {
        let Some(text) = cursor else { return Ok(None) };
        let position = self.opened(text);
        let refused = || refuse("cursor", "must be the next_cursor of a page with equal filters");
        position.map(Some).ok_or_else(refused)
    }

    fn opened(&self, text: &str) -> Option<u128> {
        let (position, seal) = text.strip_prefix(VERSION)?.split_at_checked(2 * POSITION_BYTES)?;
        let position: [u8; POSITION_BYTES] = from_hex(position)?;
        let seal: [u8; SEAL_BYTES] = from_hex(seal)?;
        (self.seal(position) == seal).then(|| u128::from_be_bytes(position))
    }

    fn seal(&self, position: [u8; POSITION_BYTES]) -> [u8; SEAL_BYTES] {
        let text = [self.place.as_slice(), &position].concat();
        let hash = self.caller.app.ring.short_hash("cursor", &text);
        *hash.first_chunk().expect("a short hash has sixteen bytes")
    }
}

/// Lower-case digits only: each cursor has one text.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(bytes)
}
