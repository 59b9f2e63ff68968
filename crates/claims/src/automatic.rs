//! What the rules have decided.

use base::Instant;

use crate::conclude::{Draft, check_facts};
use crate::{Act, Award, Claim, ClaimEvent, Decided, Desk, Effect, Outcome, Refusal, Status};

/// Applies what the rules have decided on the facts that were frozen.
///
/// A person decides instead of a rule that wants to pay more than is left, contradicts itself, or
/// pays under a yearly cap of which nobody knows how much is used up: never does a rule pay
/// wrongly, and never is a claim stuck. What a rule wants to pay while the payment is disputed
/// waits. A large sum waits for a person, whatever the rule says. So does what would stop the
/// promotion, or freeze the account, of somebody else than the claimant, or of one who has not
/// signed in: nobody knows who asks for it.
///
/// # Errors
///
/// In this order: `NotGathering` unless it is gathering; `FactsMissing`; `PaymentDisputed` while
/// it is held; `NothingToWaitFor` when it would wait for a dispute that is over: nothing would ever
/// release it; `FactsOutdated` when it would pay, and something else was paid since.
pub fn decide(
    decided: &Decided,
    claim: &Claim,
    desk: Desk<'_>,
    now: Instant,
) -> Result<Effect, Refusal> {
    if claim.status != Status::Gathering {
        return Err(Refusal::NotGathering);
    }
    if claim.facts.is_none() {
        return Err(Refusal::FactsMissing);
    }
    if claim.held_since.is_some() {
        return Err(Refusal::PaymentDisputed);
    }
    let can_wait = desk.funds.is_disputed || decided.waits_for_extension;
    if decided.outcome == Outcome::Hold && !can_wait {
        return Err(Refusal::NothingToWaitFor);
    }
    if decided.outcome.pays() {
        check_facts(claim, desk)?;
    }
    let award = Award { refund: decided.amount, elsewhere: decided.elsewhere };
    let draft = Draft {
        outcome: decided.outcome,
        award,
        codes: decided.codes.clone(),
        automated: decided.automated,
        reviewed_by: None,
        decision: decided.decision.clone(),
    };
    let approves = decided.outcome.pays();
    let waits = approves && desk.funds.is_disputed;
    let harms = |act: &Act| matches!(act, Act::StopPromotion | Act::FreezeAccount);
    let is_harmful = decided.decision.as_ref().is_some_and(|it| it.acts.iter().any(harms));
    let is_strangers = is_harmful && !claim.is_by_owner();
    let is_linked = decided.outcome != Outcome::Link || claim.linked_to.is_some();
    let may_conclude = is_linked && !is_strangers && !decided.is_cap_unknown;
    let mut after = claim.clone();
    let event = match decided.outcome {
        Outcome::Hold => {
            after.held_since = Some(now);
            ClaimEvent::Held
        }
        _ if waits => {
            after.held_since = Some(now);
            ClaimEvent::Held
        }
        Outcome::Review => {
            after.go_to(Status::InReview);
            ClaimEvent::Referred
        }
        _ if may_conclude && draft.check(claim, desk).is_ok() => {
            return Ok(draft.conclude(claim, desk, now));
        }
        _ => {
            after.go_to(Status::InReview);
            ClaimEvent::Referred
        }
    };
    Ok(Effect::of(Some(claim), after, desk.rows, event))
}
