//! Claims wait while the payment is disputed.

use base::Instant;

use crate::{Claim, ClaimEvent, Clocks, Effect, Refusal, Rows, Status, StepName};

/// A dispute was opened: nothing of the claim is approved or sent until it is over, and none of
/// its clocks runs. Money that has set out is not stopped by this.
///
/// # Errors
///
/// `NothingToChange` when it waits already, or has nothing left to wait with.
pub fn hold(claim: &Claim, rows: Rows<'_>, now: Instant) -> Result<Effect, Refusal> {
    let can_wait = claim.status.is_undecided() || claim.status.is_promised();
    if claim.held_since.is_some() || !can_wait || claim.promotion.is_none() {
        return Err(Refusal::NothingToChange);
    }
    let mut after = claim.clone();
    after.held_since = Some(now);
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Held))
}

/// The dispute is over. Its steps have as much time as they had at first, and are never due earlier
/// than before.
///
/// What is promised goes on where it was. What is undecided begins again with its facts: those that
/// were frozen before do not know what the bank has paid, nor does a proposal that rests on them.
///
/// # Errors
///
/// `NothingToChange` when it does not wait.
pub fn release(
    claim: &Claim,
    rows: Rows<'_>,
    clocks: &Clocks,
    now: Instant,
) -> Result<Effect, Refusal> {
    if claim.held_since.is_none() {
        return Err(Refusal::NothingToChange);
    }
    let mut after = claim.clone();
    after.held_since = None;
    let case = claim.case();
    let due = |step: StepName| clocks.step_due(step, &case, now);
    // What a person has proposed without facts, or was to look at, begins again too.
    let rests_on_then = claim.facts.is_some() || claim.status == Status::InReview;
    if claim.status.is_undecided() && (rests_on_then || claim.proposal.is_some()) {
        after.facts = None;
        after.proposal = None;
        after.steps.drop_open(StepName::Approved);
        after.steps.begin(StepName::Gathered, now, due(StepName::Gathered));
        if claim.status == Status::InReview {
            after.go_to(Status::Gathering);
        }
    }
    after.steps.change_open(|step| {
        if step.name == StepName::Paid {
            // Only from now on sending is tried again.
            step.begun_at = now;
        }
        step.due_at = step.due_at.max(due(step.name));
        step.escalated_at = None;
    });
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Released))
}
