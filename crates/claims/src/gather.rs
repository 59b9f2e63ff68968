//! Putting together what the platform knows, before a decision.

use base::Instant;

use crate::StepName;
use crate::{Claim, ClaimEvent, Digest, Effect, Facts, FrozenFacts, Refusal, Rows, Status};

/// Freezes the facts of a claim: a decision rests on them from now on. They may be put together
/// again as long as nothing is decided, as after a dispute, when something else was paid for the
/// promotion, and for an appeal.
///
/// # Errors
///
/// In this order: `NotGathering` unless it is received, gathering, in review or appealed;
/// `ProposalWaits`; `NotMatched`.
pub fn freeze_facts(
    facts: &Facts,
    claim: &Claim,
    rows: Rows<'_>,
    now: Instant,
) -> Result<Effect, Refusal> {
    if !claim.status.is_undecided() {
        return Err(Refusal::NotGathering);
    }
    if claim.proposal.is_some() {
        return Err(Refusal::ProposalWaits);
    }
    if claim.promotion.is_none() {
        return Err(Refusal::NotMatched);
    }
    let mut after = claim.clone();
    after.facts = Some(Digest(facts.digest()));
    after.grants_known = rows.grants();
    after.steps.finish(StepName::Gathered, now);
    if claim.status == Status::Received {
        after.go_to(Status::Gathering);
    }
    let effect = Effect::of(Some(claim), after, rows, ClaimEvent::Gathered);
    Ok(Effect { facts: vec![FrozenFacts::of(facts.clone())], ..effect })
}
