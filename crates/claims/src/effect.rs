//! What a rule leaves behind.

use base::{ClaimId, PersonId, RestitutionId, SuspectId};

use crate::{
    AccountFreeze, AutomaticPaid, Claim, ClaimEvent, ClaimantClaims, FrozenFacts, InstrumentClaims,
    KeptStatement, PromotionClaims,
};
use crate::{Restitution, Rows, Suspect, Words};

/// What was decided about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A claim.
    Claim(ClaimId),
    /// A restitution.
    Restitution(RestitutionId),
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventObject {
    /// A claim.
    Claim(ClaimId),
    /// A restitution.
    Restitution(RestitutionId),
    /// The freeze of the account of a person.
    Account(PersonId),
    /// A suspect.
    Suspect(SuspectId),
}

/// Rows after a rule, and what happened in words. Rows that did not change are not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Claims.
    pub claims: Vec<Claim>,
    /// What claims have to do with promotions.
    pub promotions: Vec<PromotionClaims>,
    /// What claimants have made.
    pub claimants: Vec<ClaimantClaims>,
    /// What payers were paid without anybody looking.
    pub automatic: Vec<AutomaticPaid>,
    /// Who has claimed over what was paid with, and on which device.
    pub instruments: Vec<InstrumentClaims>,
    /// Accounts that were frozen, or are no more.
    pub freezes: Vec<AccountFreeze>,
    /// Traces of those who may have used them.
    pub suspects: Vec<Suspect>,
    /// Restitutions.
    pub restitutions: Vec<Restitution>,
    /// What claimants have written.
    pub words: Vec<Words>,
    /// Facts that were frozen.
    pub facts: Vec<FrozenFacts>,
    /// Statements that were made.
    pub statements: Vec<KeptStatement>,
    /// Events, each with the object it is about.
    pub events: Vec<(ClaimEvent, EventObject)>,
}

impl Effect {
    /// A claim that has changed, with the sums that change with it: the one place where they do.
    pub(crate) fn of(
        before: Option<&Claim>,
        after: Claim,
        rows: Rows<'_>,
        event: ClaimEvent,
    ) -> Effect {
        let promotion = rows.promotion_after(before, &after);
        let promotion = promotion.filter(|row| rows.promotion != Some(row));
        let claimant = rows.claimant_after(before, &after);
        let claimant = Some(claimant).filter(|row| rows.claimant != Some(row));
        Effect {
            events: vec![(event, EventObject::Claim(after.id))],
            claims: vec![after],
            promotions: promotion.into_iter().collect(),
            claimants: claimant.into_iter().collect(),
            ..Effect::default()
        }
    }
}
