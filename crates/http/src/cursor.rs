//! Cursors: where a list goes on, in a text that nobody but us can make.
//!
//! A cursor names the incarnation of its book. After a restore the journal has gone back, so a
//! place in it may be that of something else: a cursor from before is refused by name.

use crate::fields::refuse;
use crate::problem::{Problem, catalog};
use crate::query::{Query, hex_digit};
use crate::read_call::ReadCaller;

/// The first character of every cursor; another one when their contents change.
const VERSION: char = '2';

/// Bytes of position and incarnation, and of the seal on both.
const POSITION_BYTES: usize = 16;
const CONTENT_BYTES: usize = POSITION_BYTES + 8;
const SEAL_BYTES: usize = 8;

/// Position and incarnation.
type Content = [u8; CONTENT_BYTES];

/// What cursors of one list have in common: the book, the list and its filters. A cursor of
/// another one is refused, for its place would mean something else there.
pub(crate) struct CursorMaker<'a> {
    caller: &'a ReadCaller,
    place: Vec<u8>,
}

impl<'a> CursorMaker<'a> {
    /// For the list `name` with these filters; how many entries are wanted is none of them.
    pub(crate) fn new(caller: &'a ReadCaller, name: &str, filters: &impl Query) -> CursorMaker<'a> {
        let mut place = Vec::with_capacity(128);
        let mut add = |text: &str| {
            // With its length in front, no text can pass for two.
            place.extend_from_slice(&(text.len() as u64).to_le_bytes());
            place.extend_from_slice(text.as_bytes());
        };
        add(caller.book().name.as_str());
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
        let mut content = [0; CONTENT_BYTES];
        content[..POSITION_BYTES].copy_from_slice(&position.to_be_bytes());
        let incarnation = self.caller.book().incarnation;
        content[POSITION_BYTES..].copy_from_slice(&incarnation.to_be_bytes());
        let mut text = String::with_capacity(1 + 2 * (CONTENT_BYTES + SEAL_BYTES));
        text.push(VERSION);
        for byte in content.iter().chain(&self.seal(content)) {
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
    /// `invalid_request` about `cursor`; `cursor_from_another_incarnation` when it was made before
    /// the book was restored.
    pub(crate) fn read(&self, cursor: Option<&str>) -> Result<Option<u128>, Problem> {
        let Some(text) = cursor else { return Ok(None) };
        let Some(content) = self.opened(text) else {
            let text = "must be the next_cursor of a page with equal filters";
            return Err(refuse("cursor", text).into());
        };
        let (position, incarnation) = content.split_first_chunk().expect("it begins with sixteen");
        if *incarnation != self.caller.book().incarnation.to_be_bytes() {
            return Err(Problem::new(&catalog::CURSOR_FROM_ANOTHER_INCARNATION).param("cursor"));
        }
        Ok(Some(u128::from_be_bytes(*position)))
    }

    fn opened(&self, text: &str) -> Option<Content> {
        let (content, seal) = text.strip_prefix(VERSION)?.split_at_checked(2 * CONTENT_BYTES)?;
        let content: Content = from_hex(content)?;
        let seal: [u8; SEAL_BYTES] = from_hex(seal)?;
        (self.seal(content) == seal).then_some(content)
    }

    fn seal(&self, content: Content) -> [u8; SEAL_BYTES] {
        let text = [self.place.as_slice(), &content].concat();
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
