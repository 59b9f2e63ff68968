//! `/v1/gift-cards`: cards and what is done to them.

pub(crate) mod activities;
pub(crate) mod adjust;
pub(crate) mod cancel;
pub(crate) mod extend;
pub(crate) mod freeze;
pub(crate) mod issue;
pub(crate) mod list;
pub(crate) mod lookup;
pub(crate) mod read;
pub(crate) mod replace_code;
pub(crate) mod reveal;
pub(crate) mod unfreeze;
pub(crate) mod update;

use crate::app::App;
use crate::problem::{Problem, catalog};
use base::CardId;
use giftcards::{Code, CodeHash};

/// A body without members. It may be left out.
#[derive(Debug, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoMembers)]
pub(crate) struct EmptyBody {}

/// Makes a code for a card: from the key ring, so that only its hash needs to be kept.
pub(crate) fn new_code(app: &App, book: &str, card: CardId) -> Result<Code, Problem> {
    let (key, nonce) = (app.ring.current(), app.nonce());
    let made = app.ring.code_for(card, nonce, key).and_then(|code| {
        let hash = app.ring.hash_code(book, &code, key)?;
        Ok((code, hash))
    });
    let (code, hash) = made.map_err(|error| {
        tracing::error!(%error, "the key ring cannot make a code");
        Problem::new(&catalog::UNAVAILABLE)
    })?;
    let mut last4 = [0; 4];
    last4.copy_from_slice(code.last4().as_bytes());
    let key = u16::try_from(key.get()).expect("a ring has at most a hundred versions");
    Ok(Code { hash: CodeHash(hash), key, nonce, last4 })
}
