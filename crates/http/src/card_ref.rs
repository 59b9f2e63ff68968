//! How a body names a card: by code or by id.

use engine::CardRef;
use giftcards::CodeHash;
use outside::codes::{CodeError, ParsedCode};
use risk::budget::Asker;

use crate::call::Caller;
use crate::fields::{self, refuse};
use crate::guesses;
use crate::problem::{Problem, catalog};
use crate::wire::ClientBody;

/// A named card, and who pays if the code leads nowhere.
pub(crate) struct NamedCard {
    pub(crate) card: CardRef,
    /// Present when the card is named by code.
    pub(crate) asker: Option<Asker>,
}

/// Reads the one way in which a body names a card.
///
/// # Errors
///
/// `invalid_request` unless exactly one is given and well-formed; `code_typo`;
/// `guess_budget_exhausted`.
pub(crate) fn named_card(
    caller: &Caller,
    code: Option<&str>,
    gift_card: Option<&str>,
    client: Option<&ClientBody>,
) -> Result<NamedCard, Problem> {
    match (code, gift_card) {
        (Some(code), None) => {
            let card = by_code(caller, code)?;
            let asker = guesses::admit(caller, client)?;
            Ok(NamedCard { card, asker: Some(asker) })
        }
        (None, Some(id)) => {
            guesses::client_identity(&caller.app, client)?;
            let id = fields::id("/gift_card", id)?;
            Ok(NamedCard { card: CardRef::Id(id), asker: None })
        }
        _ => Err(refuse("/code", "give either code or gift_card").into()),
    }
}

/// The hashes under which a typed code may be known.
///
/// # Errors
///
/// `code_typo`, `invalid_request`: neither needs a look-up, so neither counts as a guess.
pub(crate) fn by_code(caller: &Caller, typed: &str) -> Result<CardRef, Problem> {
    let code = ParsedCode::parse(typed).map_err(|error| match error {
        CodeError::Typo => Problem::new(&catalog::CODE_TYPO).param("/code"),
        CodeError::Malformed => {
            refuse("/code", "must have 8 to 40 letters and digits, in groups if you like").into()
        }
    })?;
    let hashes = caller.app.ring.hash_candidates(caller.book().name(), &code);
    Ok(CardRef::Code(hashes.map(|(_, hash)| CodeHash(hash)).collect()))
}
