//! `/v1/gift-cards`: cards and what is done to them.

pub(crate) mod activities;
pub(crate) mod adjust;
pub(crate) mod cancel;
pub(crate) mod card_body;
pub(crate) mod change_recipient;
pub(crate) mod claim;
pub(crate) mod claim_by_id;
pub(crate) mod extend;
pub(crate) mod freeze;
pub(crate) mod issue;
pub(crate) mod list;
pub(crate) mod lookup;
pub(crate) mod read;
pub(crate) mod replace_code;
pub(crate) mod resend;
pub(crate) mod reveal;
pub(crate) mod unfreeze;
pub(crate) mod update;

use crate::app::App;
use crate::fields::{self, Checked};
use crate::problem::{Problem, catalog};
use base::{CardId, PersonId};
use giftcards::{ClaimLink, Code, CodeHash, LinkHash};

/// A body without members. It may be left out.
#[derive(Debug, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoMembers)]
pub(crate) struct EmptyBody {}

/// In whose name something is asked. The body may be left out.
#[derive(Debug, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ByPersonInput)]
pub(crate) struct ByPersonBody {
    /// The person who asks the shop for it: before the claim the sender, afterwards the owner.
    /// Left out when the shop does it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$")]
    person: Option<String>,
}

impl ByPersonBody {
    fn person(&self) -> Checked<Option<PersonId>> {
        optional_person(self.person.as_deref())
    }
}

fn optional_person(text: Option<&str>) -> Checked<Option<PersonId>> {
    text.map(|text| fields::id("/person", text)).transpose()
}

/// Makes a claim link for a card, as [`new_code`] makes a code.
pub(crate) fn new_link(app: &App, book: &str, card: CardId) -> Result<ClaimLink, Problem> {
    let (key, nonce) = (app.ring.current(), app.nonce());
    let made = app.ring.link_for(card, nonce, key);
    let hash = made.and_then(|link| app.ring.hash_link(book, &link, key)).map_err(|error| {
        tracing::error!(%error, "the key ring cannot make a claim link");
        Problem::new(&catalog::UNAVAILABLE)
    })?;
    let key = u16::try_from(key.get()).expect("a ring has at most a hundred versions");
    Ok(ClaimLink { hash: LinkHash(hash), key, nonce })
}

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
