//! What a decision does beside money to an account that somebody else may have used: the account is
//! frozen, and somebody looks at who it was.

use base::{ClaimId, Instant, PersonId, PromotionId, SuspectId};
use sha2::{Digest as _, Sha256};

use crate::{Claim, ClaimEvent, Code, Effect, EventObject, Fingerprint, Refusal};

/// Who has looked at something, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Instant,
}

/// That the account of a person is frozen, or was: it can pay and promote nothing. One row a
/// person; the journal tells of earlier times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountFreeze {
    /// Whose account it is.
    pub person: PersonId,
    /// The claim by whose decision it was frozen last.
    pub claim: ClaimId,
    /// The main reason of that decision.
    pub code: Code,
    /// Since when.
    pub frozen_at: Instant,
    /// Who has lifted it, once somebody has.
    pub lifted: Option<LookedAt>,
    /// How often it was frozen.
    pub times: u32,
}

impl AccountFreeze {
    /// Whether it is frozen now.
    pub fn is_frozen(&self) -> bool {
        self.lifted.is_none()
    }
}

/// A trace of somebody who may have used the account of another. It accuses nobody and decides
/// nothing: a person looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The id of the row ([`suspect_id`]): one a claim.
    pub id: SuspectId,
    /// The claim by whose decision it was found.
    pub claim: ClaimId,
    /// What was bought.
    pub promotion: PromotionId,
    /// Whose account was used.
    pub person: PersonId,
    /// The device on which it was bought, if that is known: the keyed hash of its name.
    pub device: Option<Fingerprint>,
    /// The main reason of the decision.
    pub code: Code,
    /// When.
    pub found_at: Instant,
    /// Who has looked at it, once somebody has.
    pub looked_at: Option<LookedAt>,
}

/// The suspect of a claim.
pub fn suspect_id(claim: ClaimId) -> SuspectId {
    let digest: [u8; 32] =
        Sha256::new().chain_update(b"suspect").chain_update(claim.to_bytes()).finalize().into();
    SuspectId::from_bytes(std::array::from_fn(|place| digest[place]))
}

/// Freezes the account of whoever bought what a claim is about, by the decision on it. `None` when
/// it is frozen already, when nobody knows yet what the claim is about, and when somebody has
/// lifted a freeze since the claim was made, or what this claim had frozen: what it is about had
/// happened by then, and its owner has proved to be its owner since.
pub fn freeze_account(
    claim: &Claim,
    code: &Code,
    existing: Option<&AccountFreeze>,
    now: Instant,
) -> Option<Effect> {
    let person = claim.owner?;
    let was_lifted_since =
        |row: &AccountFreeze| row.lifted.is_some_and(|lifted| claim.filed_at < lifted.at);
    let stays =
        |row: &AccountFreeze| row.is_frozen() || row.claim == claim.id || was_lifted_since(row);
    if existing.is_some_and(stays) {
        return None;
    }
    let freeze = AccountFreeze {
        person,
        claim: claim.id,
        code: code.clone(),
        frozen_at: now,
        lifted: None,
        times: existing.map_or(0, |row| row.times).saturating_add(1),
    };
    let events = vec![(ClaimEvent::AccountFrozen, EventObject::Account(person))];
    Some(Effect { freezes: vec![freeze], events, ..Effect::default() })
}

/// Lifts what a claim has frozen, when its owner has proved to be its owner.
///
/// # Errors
///
/// In this order: `FreezeNotFound`; `NothingToChange` when it is not frozen; `OwnClaim`.
pub fn lift_freeze(
    by: PersonId,
    freeze: Option<&AccountFreeze>,
    now: Instant,
) -> Result<Effect, Refusal> {
    let freeze = freeze.ok_or(Refusal::FreezeNotFound)?;
    if !freeze.is_frozen() {
        return Err(Refusal::NothingToChange);
    }
    if by == freeze.person {
        return Err(Refusal::OwnClaim);
    }
    let lifted = AccountFreeze { lifted: Some(LookedAt { by, at: now }), ..freeze.clone() };
    let events = vec![(ClaimEvent::AccountUnfrozen, EventObject::Account(freeze.person))];
    Ok(Effect { freezes: vec![lifted], events, ..Effect::default() })
}

/// Whether the account may pay and promote.
///
/// # Errors
///
/// `AccountFrozen`.
pub fn check_not_frozen(freeze: Option<&AccountFreeze>) -> Result<(), Refusal> {
    match freeze.filter(|freeze| freeze.is_frozen()) {
        Some(_) => Err(Refusal::AccountFrozen),
        None => Ok(()),
    }
}

/// Keeps a trace of whoever used the account, by the decision on a claim. `None` when it is kept
/// already, or nobody knows yet what the claim is about.
pub fn find_suspect(
    claim: &Claim,
    code: &Code,
    device: Option<Fingerprint>,
    existing: Option<&Suspect>,
    now: Instant,
) -> Option<Effect> {
    let (person, promotion) = claim.owner.zip(claim.promotion)?;
    if existing.is_some() {
        return None;
    }
    let (id, code) = (suspect_id(claim.id), code.clone());
    let claim = claim.id;
    let suspect =
        Suspect { id, claim, promotion, person, device, code, found_at: now, looked_at: None };
    let events = vec![(ClaimEvent::SuspectFound, EventObject::Suspect(id))];
    Some(Effect { suspects: vec![suspect], events, ..Effect::default() })
}

/// Notes that a person has looked at it.
///
/// # Errors
///
/// In this order: `SuspectNotFound`; `NothingToChange` when somebody has; `OwnClaim` for whoever
/// owns the account.
pub fn look_at_suspect(
    by: PersonId,
    suspect: Option<&Suspect>,
    now: Instant,
) -> Result<Effect, Refusal> {
    let suspect = suspect.ok_or(Refusal::SuspectNotFound)?;
    if suspect.looked_at.is_some() {
        return Err(Refusal::NothingToChange);
    }
    if by == suspect.person {
        return Err(Refusal::OwnClaim);
    }
    let looked = Suspect { looked_at: Some(LookedAt { by, at: now }), ..suspect.clone() };
    let events = vec![(ClaimEvent::SuspectReviewed, EventObject::Suspect(suspect.id))];
    Ok(Effect { suspects: vec![looked], events, ..Effect::default() })
}
