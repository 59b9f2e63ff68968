//! Codes that are shown once, and again to whoever lost the first answer.

use engine::Answer;
use giftcards::Card;
use outside::keyring::KeyNumber;
use writer::Decided;

use crate::call::Caller;
use crate::problem::{Problem, catalog};
use crate::scope::Scopes;

/// The code that belongs into the answer, if one does: the operation made a code of ours, the
/// key may see codes, and the operation is not long ago.
///
/// The code itself is stored nowhere: the key ring makes it again from the card's row.
pub(crate) async fn of(caller: &Caller, decided: &Decided) -> Result<Option<String>, Problem> {
    let Ok(Answer::Card { card, shows_code: true, .. }) = &decided.result else { return Ok(None) };
    if !caller.key.scopes.contains(Scopes::REVEAL) || card.code.nonce == 0 {
        return Ok(None);
    }
    if decided.replayed {
        let age = caller.book().time().await?.since(decided.at).unwrap_or_default();
        if age > caller.app.limits.code_shown_for {
            return Ok(None);
        }
    }
    reveal(caller, card).map(Some)
}

/// The present code of a card.
///
/// # Errors
///
/// `code_not_revealable` for codes from elsewhere, and for those of a retired key.
pub(crate) fn reveal(caller: &Caller, card: &Card) -> Result<String, Problem> {
    let not_revealable = || Problem::new(&catalog::CODE_NOT_REVEALABLE);
    let key = KeyNumber::new(u32::from(card.code.key)).filter(|_| card.code.nonce != 0);
    let key = key.ok_or_else(not_revealable)?;
    let code = caller.app.ring.code_for(card.id, card.code.nonce, key);
    code.map(|code| code.reveal()).map_err(|_| not_revealable())
}

/// The claim link of a card that works now, if it has one.
///
/// # Errors
///
/// `code_not_revealable` for one of a retired key.
pub(crate) fn claim_token(caller: &Caller, card: &Card) -> Result<Option<String>, Problem> {
    let Some(link) = card.gift.as_ref().and_then(|gift| gift.link) else { return Ok(None) };
    let made = KeyNumber::new(u32::from(link.key))
        .and_then(|key| caller.app.ring.link_for(card.id, link.nonce, key).ok());
    let made = made.ok_or_else(|| Problem::new(&catalog::CODE_NOT_REVEALABLE))?;
    Ok(Some(made.reveal()))
}
