//! Replacing what a shop keeps with a card: its metadata and its reference.

use base::Text;
use ledger::Account;

use crate::life::changed;
use crate::{Card, EventKind, Metadata, Outcome, Refusal};

/// What to replace on a card; what is `None` stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Strings of the shop, in place of all that were there.
    pub metadata: Option<Metadata>,
    /// The shop's own reference, in place of the one that was there; `Some(None)` takes it away.
    pub reference: Option<Option<Text<255>>>,
}

/// Replaces metadata and reference, whatever the state of the card: a shop keeps its books longer
/// than a card lives. What was so already is no event, for a shop that answers each event with an
/// update would never come to an end.
///
/// # Errors
///
/// `NothingToChange` when neither is given.
pub fn update(card: &Card, account: &Account, new: &Update) -> Result<Outcome, Refusal> {
    if new.metadata.is_none() && new.reference.is_none() {
        return Err(Refusal::NothingToChange);
    }
    let mut details = card.details.as_deref().cloned().unwrap_or_default();
    if let Some(metadata) = &new.metadata {
        details.metadata.clone_from(metadata);
    }
    if let Some(reference) = &new.reference {
        details.reference.clone_from(reference);
    }
    let updated = Card { details: details.kept(), ..card.clone() };
    let is_new = updated != *card;
    let mut outcome = changed(updated, account, EventKind::CardUpdated);
    if !is_new {
        outcome.events.clear();
    }
    Ok(outcome)
}
