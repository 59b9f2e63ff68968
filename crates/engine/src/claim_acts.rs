//! What decisions on claims do beside paying: a promotion is held up or ends, an account is frozen,
//! a trace is kept for people to look at. And what a frozen account may not do.

use std::sync::Arc;

use base::{ClaimId, PersonId, PromotionId, SuspectId};
use claims::{AccountFreeze, Act, Claim, Code, Decision, Fingerprint, Status, suspect_id};
use promotions::{Actor, StopCause};

use crate::composition::Composition;
use crate::gift_cards::Decided;
use crate::promoting::policy;
use crate::rows::{Stop, Walk};
use crate::{AnswerRef, Change, Context, Rows};

/// Names the rows that decisions on this claim may change.
pub(crate) fn name<R: Rows>(claim: &Claim, walk: &mut Walk<'_, R>) {
    if let Some(owner) = claim.owner {
        walk.account_freeze(owner);
        walk.advertiser(owner);
    }
    walk.suspect(suspect_id(claim.id));
}

/// Whether a decision wants its promotion stopped.
pub(crate) fn stops(decision: &Decision) -> bool {
    decision.acts.contains(&Act::StopPromotion)
}

/// Freezes and keeps what a decision asks for; what becomes of the promotion is said by
/// [`hold_or_stop`].
/// What was done before is not done again. What somebody else than its owner claims freezes nobody
/// before a person has granted it.
pub(crate) fn act<R: Rows>(
    decision: &Decision,
    id: ClaimId,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let claim = composed.claim(id)?.ok_or(claims::Refusal::ClaimNotFound)?;
    let Some(code) = decision.reasons.first() else { return Ok(()) };
    let may_freeze = claim.is_by_owner() && claim.status.is_open() || claim.status.is_promised();
    for act in &decision.acts {
        match (act, claim.promotion, claim.owner) {
            (Act::FreezeAccount, _, Some(owner)) if may_freeze => {
                freeze(&claim, owner, code, composed)?;
            }
            (Act::ReviewSuspect, Some(promotion), _) => suspect(&claim, promotion, code, composed)?,
            // What remains is told with the answer.
            _ => {}
        }
    }
    Ok(())
}

/// What becomes of a promotion that the rules want stopped for a claim, or wanted before: it is
/// held up while nobody has decided, ends when the claim is granted with that, and goes on when it
/// is not and no other claim is undecided.
pub(crate) fn hold_or_stop<R: Rows>(
    id: ClaimId,
    wants_stop: bool,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let claim = composed.claim(id)?.ok_or(claims::Refusal::ClaimNotFound)?;
    let Some(promotion) = claim.promotion else { return Ok(()) };
    let is_held = match claim.status {
        Status::Gathering | Status::InReview | Status::Appealed => wants_stop,
        status if status.is_promised() && wants_stop => return stop(promotion, composed),
        Status::Received => return Ok(()),
        // What is granted without an end of it holds nothing up any more.
        _ => false,
    };
    let row = composed.promotion_claims(promotion)?;
    let mut others = row.iter().flat_map(|row| &row.claims).filter(|entry| entry.claim != id);
    let is_undecided = |status: Status| {
        matches!(status, Status::Received | Status::Gathering | Status::InReview | Status::Appealed)
    };
    if !is_held && others.any(|entry| is_undecided(entry.status)) {
        return Ok(());
    }
    let Some(promotion) = composed.promotion(promotion)? else { return Ok(()) };
    let held = promotions::hold_for_claim(&promotion, is_held, composed.context());
    held.into_iter().for_each(|held| composed.add(held));
    Ok(())
}

/// Ends a promotion that a decision wants to go back whole, unless it has ended.
fn stop<R: Rows>(id: PromotionId, composed: &mut Composition<'_, '_, R>) -> Result<(), Stop> {
    let Some(promotion) = composed.promotion(id)? else { return Ok(()) };
    let hold = policy(&promotion).settlement_hold;
    let context = composed.context();
    match promotions::stop(&StopCause::Payment, &promotion, hold, Actor::PLATFORM, context) {
        Ok(stopped) => composed.add(stopped),
        Err(promotions::Refusal::Ended) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(())
}

fn freeze<R: Rows>(
    claim: &Claim,
    owner: PersonId,
    code: &Code,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let existing = composed.account_freeze(owner)?;
    let now = composed.circumstances().now;
    let frozen = claims::freeze_account(claim, code, existing.as_deref(), now);
    frozen.into_iter().for_each(|frozen| composed.add(frozen));
    Ok(())
}

fn suspect<R: Rows>(
    claim: &Claim,
    promotion: PromotionId,
    code: &Code,
    composed: &mut Composition<'_, '_, R>,
) -> Result<(), Stop> {
    let existing = composed.suspect(suspect_id(claim.id))?;
    let promotion = composed.promotion(promotion)?;
    let agreement = promotion.as_ref().and_then(|promotion| promotion.authorization.as_ref());
    let device = agreement.and_then(|agreement| agreement.device);
    let device = device.map(|device| Fingerprint(device.0));
    let now = composed.circumstances().now;
    let found = claims::find_suspect(claim, code, device, existing.as_deref(), now);
    found.into_iter().for_each(|found| composed.add(found));
    Ok(())
}

/// Lets an account pay and promote again.
pub(crate) fn lift<R: Rows>(
    person: PersonId,
    by: PersonId,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let freeze = walk.account_freeze(person);
    walk.ready()?;
    let lifted = claims::lift_freeze(by, freeze.map(Arc::as_ref), at.now)?;
    Ok(Change::from_outcome(lifted, AnswerRef::AccountFreeze(person)))
}

/// Notes that somebody has looked at a suspect.
pub(crate) fn look_at<R: Rows>(
    id: SuspectId,
    by: PersonId,
    walk: &mut Walk<'_, R>,
    at: Context,
) -> Decided {
    let suspect = walk.suspect(id);
    walk.ready()?;
    let looked = claims::look_at_suspect(by, suspect.map(Arc::as_ref), at.now)?;
    Ok(Change::from_outcome(looked, AnswerRef::Suspect(id)))
}

/// The accounts of those who would pay or promote, as far as they were ever frozen.
pub(crate) struct Accounts<'a>(Vec<&'a Arc<AccountFreeze>>);

impl<'a> Accounts<'a> {
    /// Names the rows of these persons.
    pub(crate) fn find<R: Rows>(
        persons: impl IntoIterator<Item = PersonId>,
        walk: &mut Walk<'a, R>,
    ) -> Accounts<'a> {
        let freezes = persons.into_iter().filter_map(|person| walk.account_freeze(person));
        Accounts(freezes.collect())
    }

    /// Whether none of them is frozen.
    pub(crate) fn check(&self) -> Result<(), Stop> {
        for freeze in &self.0 {
            claims::check_not_frozen(Some(freeze))?;
        }
        Ok(())
    }

    /// Whether one of them is.
    pub(crate) fn is_frozen(&self) -> bool {
        self.0.iter().any(|freeze| freeze.is_frozen())
    }
}
