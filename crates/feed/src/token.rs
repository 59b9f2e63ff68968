//! Tokens: what the feed says of a selection, signed, for the client to bring back with its events.
//!
//! A token is 78 bytes as 104 characters of base64url (RFC 4648, section 5): 62 bytes that say what
//! was chosen, and the first 128 bits of an HMAC-SHA-256 (RFC 2104) over the book's name and those
//! bytes. The book is not in the text, so a token of another book is as unknown as a forged one.
//! Numbers are big-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | format, 1 |
//! | 1 | version of the key |
//! | 16 | promotion |
//! | 8 | slice |
//! | 8 | viewer, 0 when unknown |
//! | 6 | when, in milliseconds since 1970 |
//! | 8 | price, in millionths of a minor unit |
//! | 2 | serving process |
//! | 8 | nonce |
//! | 2 | country, 0 when unknown |
//! | 1 | device, 0 when unknown |
//! | 1 | goal |
//! | 16 | signature |

use std::fmt;

use base::{Instant, PromotionId, Region};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use promotions::{Device, Goal, Micros};
use sha2::Sha256;

use crate::slices::{SliceId, Sold};

const FORMAT: u8 = 1;
const SIGNATURE_BYTES: usize = 16;

/// Bytes of a selection without its key version and signature.
pub(crate) const SELECTION_BYTES: usize = 60;

const TOKEN_BYTES: usize = 2 + SELECTION_BYTES + SIGNATURE_BYTES;

/// Characters of every token.
pub const TOKEN_CHARACTERS: usize = TOKEN_BYTES / 3 * 4;

/// Neighboring nonces that are remembered together. Whoever counts nonces up gives each goal as
/// many at a time, from a multiple of it on: goals are remembered apart, for as long as each needs.
pub const NONCES_A_PAGE: u64 = 4_096;

/// A viewer as tokens and records know them: a keyed hash of the platform's name, never zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewerHash(u64);

impl ViewerHash {
    /// A viewer with these bits; zero, which stands for nobody, becomes one.
    pub const fn new(bits: u64) -> ViewerHash {
        ViewerHash(if bits == 0 { 1 } else { bits })
    }

    /// The bits.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

crate::saved::saved_as! {
    ViewerHash, u64, one => one.bits(), bits => Some(ViewerHash::new(bits));
}

/// That a promoted post was chosen for a viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Selection {
    /// The promotion.
    pub promotion: PromotionId,
    /// The slice of its escrow that pays, as the book numbers slices.
    pub slice: u32,
    /// The viewer, when known.
    pub viewer: Option<ViewerHash>,
    /// When it was chosen; whole milliseconds, the rest is cut off when it is sealed.
    pub at: Instant,
    /// What a billed unit costs; nothing that comes of this token costs more.
    pub price: Micros,
    /// The serving process, as far as its nonces are concerned: a process that starts again has
    /// another number, or goes on with its nonces.
    pub process: u16,
    /// Unlike every other of the same process and goal. Counting up keeps the memory of used
    /// tokens small ([`NONCES_A_PAGE`]); any other choice is as correct.
    pub nonce: u64,
    /// The country that the viewer looked from, when known; a subdivision counts as its country.
    pub country: Option<Region>,
    /// The device that the viewer looked on, when known.
    pub device: Option<Device>,
    /// What the promotion is to bring about.
    pub goal: Goal,
}

impl Selection {
    /// What it sold, as the slice that pays knows it.
    pub fn sold(&self) -> Sold {
        Sold { slice: SliceId(self.slice), price: self.price, at: self.at }
    }

    /// This selection as tokens and records keep it.
    pub(crate) fn to_bytes(self) -> [u8; SELECTION_BYTES] {
        let mut bytes = [0; SELECTION_BYTES];
        let millis = (self.at.micros() / 1_000).to_be_bytes();
        let country = self.country.map_or([0; 2], country_bytes);
        let parts: [&[u8]; 10] = [
            &self.promotion.to_bytes(),
            &u64::from(self.slice).to_be_bytes(),
            &self.viewer.map_or(0, ViewerHash::bits).to_be_bytes(),
            &millis[2..],
            &self.price.get().to_be_bytes(),
            &self.process.to_be_bytes(),
            &self.nonce.to_be_bytes(),
            &country,
            &[self.device.map_or(0, |device| device as u8)],
            &[self.goal as u8],
        ];
        let mut place = bytes.as_mut_slice();
        for part in parts {
            let (head, rest) = place.split_at_mut(part.len());
            head.copy_from_slice(part);
            place = rest;
        }
        bytes
    }

    /// Reads back what [`Selection::to_bytes`] wrote; `None` for anything else.
    pub(crate) fn from_bytes(bytes: &[u8; SELECTION_BYTES]) -> Option<Selection> {
        let mut rest = bytes.as_slice();
        let promotion = PromotionId::from_bytes(take(&mut rest)?);
        let slice = u32::try_from(u64::from_be_bytes(take(&mut rest)?)).ok()?;
        let viewer = u64::from_be_bytes(take(&mut rest)?);
        let [a, b, c, d, e, f] = take(&mut rest)?;
        let millis = i64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let price = Micros::new(u64::from_be_bytes(take(&mut rest)?));
        let process = u16::from_be_bytes(take(&mut rest)?);
        let nonce = u64::from_be_bytes(take(&mut rest)?);
        let country: [u8; 2] = take(&mut rest)?;
        let [device, goal] = take(&mut rest)?;
        Some(Selection {
            promotion,
            slice,
            viewer: (viewer != 0).then_some(ViewerHash(viewer)),
            at: Instant::try_from_micros(millis.checked_mul(1_000)?)?,
            price,
            process,
            nonce,
            country: match country {
                [0, 0] => None,
                letters => Some(Region::parse(std::str::from_utf8(&letters).ok()?).ok()?),
            },
            device: match device {
                0 => None,
                number => Some(Device::ALL.into_iter().find(|one| *one as u8 == number)?),
            },
            goal: Goal::from_number(goal)?,
        })
    }
}

/// The two letters of the country that a region is or lies in.
fn country_bytes(region: Region) -> [u8; 2] {
    region.as_str().as_bytes().first_chunk().copied().unwrap_or_default()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*taken)
}

/// The keys that sign the tokens of one book.
///
/// A new key is added under a new version and signs from then on; the former ones go when the last
/// token they signed is too old. Keys are 256 random bits, derived for this purpose alone.
#[derive(Clone)]
pub struct TokenKeys {
    /// The version that signs, and each version with the book already in its signature.
    newest: u8,
    states: Vec<(u8, Hmac<Sha256>)>,
}

impl TokenKeys {
    /// The keys of the book of that name; `newest` signs, `older` are good for reading only.
    pub fn new(book: &str, newest: (u8, &[u8; 32]), older: &[(u8, [u8; 32])]) -> TokenKeys {
        let mut keys =
            TokenKeys { newest: newest.0, states: vec![(newest.0, state(book, newest.1))] };
        let older = older.iter().filter(|(version, _)| *version != newest.0);
        keys.states.extend(older.map(|(version, key)| (*version, state(book, key))));
        keys
    }

    /// The token of a selection.
    pub fn seal(&self, selection: Selection) -> String {
        let mut bytes = [0; TOKEN_BYTES];
        bytes[..2].copy_from_slice(&[FORMAT, self.newest]);
        bytes[2..2 + SELECTION_BYTES].copy_from_slice(&selection.to_bytes());
        let (said, signature) = bytes.split_at_mut(2 + SELECTION_BYTES);
        // The newest version stands first.
        let mut mac = self.states[0].1.clone();
        mac.update(said);
        signature.copy_from_slice(&mac.finalize().into_bytes()[..SIGNATURE_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token and checks its signature, in a time that does not depend on how much of the
    /// signature is right.
    ///
    /// # Errors
    ///
    /// [`UnknownToken`] for what these keys did not sign, whatever is wrong with it.
    pub fn open(&self, token: &str) -> Result<Selection, UnknownToken> {
        let mut bytes = [0; TOKEN_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).map_err(|_| UnknownToken)?;
        let (said, signature) = bytes.split_at(2 + SELECTION_BYTES);
        let (&[format, version], selection) = said.split_first_chunk().ok_or(UnknownToken)?;
        if length != TOKEN_BYTES || format != FORMAT {
            return Err(UnknownToken);
        }
        let (_, state) =
            self.states.iter().find(|(known, _)| *known == version).ok_or(UnknownToken)?;
        let mut mac = state.clone();
        mac.update(said);
        mac.verify_truncated_left(signature).map_err(|_| UnknownToken)?;
        let selection = selection.first_chunk().and_then(Selection::from_bytes);
        selection.ok_or(UnknownToken)
    }
}

/// HMAC under a key, with the book already in it.
fn state(book: &str, key: &[u8; 32]) -> Hmac<Sha256> {
    let mut mac: Hmac<Sha256> = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(&(book.len() as u64).to_be_bytes());
    mac.update(book.as_bytes());
    mac
}

/// The versions; never a key.
impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions = self.states.iter().map(|(version, _)| version);
        f.write_str("TokenKeys").and_then(|()| f.debug_list().entries(versions).finish())
    }
}

/// The text is no token that this book has signed with a key that is still known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no token of this book; send it as it came from the selection")]
pub struct UnknownToken;
