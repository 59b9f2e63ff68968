//! Putting together what the platform knows, before a decision.

use base::Instant;

use crate::{Claim, ClaimEvent, Digest, Effect, Refusal, Rows, Status, StepName};

/// Freezes the facts of a claim: a decision rests on them from now on. They may be put together
/// again as long as nothing is decided, as after a dispute, and for an appeal.
///
/// # Errors
///
/// In this order: `NotGathering` unless it is received, gathering or appealed; `NotMatched`.
pub fn freeze_facts(
    facts: Digest,
    claim: &Claim,
    rows: Rows<'_>,
    now: Instant,
) -> Result<Effect, Refusal> {
    if !matches!(claim.status, Status::Received | Status::Gathering | Status::Appealed) {
        return Err(Refusal::NotGathering);
    }
    if claim.promotion.is_none() {
        return Err(Refusal::NotMatched);
    }
    let mut after = claim.clone();
    after.facts = Some(facts);
    after.steps.finish(StepName::Gathered, now);
    if !claim.is_appealed() {
        after.go_to(Status::Gathering);
    }
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Gathered))
}
