//! Claiming: a card gets an owner, and no money moves.

use base::PersonId;
use ledger::Account;

use crate::life::changed;
use crate::spend::check_not_blocked;
use crate::{Card, Context, EventKind, LinkHash, Outcome, Owner, Refusal, Why};

/// What shows that somebody may claim a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof<'a> {
    /// They had its code, by which the card was found.
    Code,
    /// They had a link: the hashes of its secret under the current ring key, then under older ones.
    Link(&'a [LinkHash]),
}

/// Gives a card to the person who claims it. A card that is not active yet may be claimed.
///
/// # Errors
///
/// In this order: `NotUsable(Unknown)` for a link that is not the card's, or no longer;
/// `NothingToChange` when the person has it already; `AlreadyClaimed` when another has;
/// `NotUsable` for a canceled, expired, frozen or disputed card, so that a buyer who freezes it can
/// still keep it from whoever got hold of the link.
pub fn claim(
    card: &Card,
    account: &Account,
    proof: Proof<'_>,
    person: PersonId,
    context: Context,
) -> Result<Outcome, Refusal> {
    let mut gift = card.gift.clone().unwrap_or_default();
    if let Proof::Link(hashes) = proof
        && !card.has_link(hashes)
    {
        return Err(Refusal::NotUsable(Why::Unknown));
    }
    if let Some(owner) = gift.owner {
        let is_theirs = owner.person == person;
        return Err(if is_theirs { Refusal::NothingToChange } else { Refusal::AlreadyClaimed });
    }
    check_not_blocked(card, context.now)?;
    gift.owner = Some(Owner { person, since: context.now });
    let mut card = Card { gift: Some(gift), ..card.clone() };
    card.end_return_term();
    Ok(changed(card, account, EventKind::CardClaimed))
}

impl Card {
    /// Who owns it.
    pub fn owner(&self) -> Option<PersonId> {
        self.gift.as_ref().and_then(|gift| gift.owner).map(|owner| owner.person)
    }

    /// Whether one of these hashes is that of its link.
    pub(crate) fn has_link(&self, hashes: &[LinkHash]) -> bool {
        let link = self.gift.as_ref().and_then(|gift| gift.link);
        link.is_some_and(|link| hashes.contains(&link.hash))
    }

    /// Refuses a person on whose side the card is not: before the claim that of the sender, after
    /// it that of the owner. `None` is the shop itself, which may always.
    pub(crate) fn check_side(&self, by: Option<PersonId>) -> Result<(), Refusal> {
        let Some(person) = by else { return Ok(()) };
        let sender = || self.details.as_ref()?.sender.as_ref().map(|sender| sender.person);
        let side = self.owner().or_else(sender);
        if side == Some(person) { Ok(()) } else { Err(Refusal::NotTheOwner) }
    }

    pub(crate) fn refuse_claimed(&self) -> Result<(), Refusal> {
        if self.owner().is_some() { Err(Refusal::AlreadyClaimed) } else { Ok(()) }
    }
}
