//! People who decide: review, and approval by a second person.

use base::{Instant, PersonId};

use crate::conclude::{Draft, check_facts, stand};
use crate::limits;
use crate::{
    Award, Claim, ClaimEvent, Code, Desk, Effect, Outcome, Refusal, Rows, Status, StepName,
};

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Who.
    pub by: PersonId,
    /// Approve, approve in part, or deny; on an appeal, to deny leaves the first decision.
    pub outcome: Outcome,
    /// How much; on an appeal, the whole with what was granted before.
    pub award: Award,
    /// Why, the main reason first.
    pub codes: Vec<Code>,
}

/// A person decides. A large sum waits for a second one.
///
/// A claim whose charge nobody finds can be denied before it is matched, and appealed against. One
/// whose facts cannot be put together can be decided without them, once that is late: it would wait
/// for ever.
///
/// # Errors
///
/// In this order: `ProposalWaits`; `NotMatched` when anything but a denial is said of what was not
/// found; `NotInReview` unless it is in review, appealed, or late without facts; `FactsMissing`
/// while it has none and these are not late, or it is held; `PaymentDisputed`, while a dispute is
/// open, unless it is denied; `OwnClaim`; `SameReviewer` on an appeal; `OutcomeNotAllowed`;
/// `CodesMissing`;
/// `TooManyDecisions` ([`limits::DECISIONS_MAX`]) unless it is denied;
/// `CurrencyMismatch`, `AmountMismatch`, `BelowFirst`, `AmountExceedsLeft`,
/// `ElsewhereExceedsUnspent`; `FactsOutdated` when it pays, and something else was paid since.
pub fn review(
    review: &Review,
    claim: &Claim,
    desk: Desk<'_>,
    now: Instant,
) -> Result<Effect, Refusal> {
    if claim.proposal.is_some() {
        return Err(Refusal::ProposalWaits);
    }
    let is_denied = review.outcome == Outcome::Deny;
    let is_unmatched = claim.promotion.is_none();
    if is_unmatched && !is_denied && claim.status.is_undecided() {
        return Err(Refusal::NotMatched);
    }
    let is_received = claim.status == Status::Received && is_unmatched;
    let lacks_facts = !is_unmatched && claim.facts.is_none();
    let waits_in_vain = lacks_facts && claim.status.is_undecided() && are_facts_late(claim, now);
    let is_for_people = matches!(claim.status, Status::InReview | Status::Appealed);
    if !is_for_people && !is_received && !waits_in_vain {
        return Err(Refusal::NotInReview);
    }
    if lacks_facts && !waits_in_vain {
        return Err(Refusal::FactsMissing);
    }
    if !is_denied && is_disputed(claim, desk) {
        return Err(Refusal::PaymentDisputed);
    }
    check_person(review.by, claim)?;
    if !matches!(review.outcome, Outcome::Approve | Outcome::PartlyApprove | Outcome::Deny) {
        return Err(Refusal::OutcomeNotAllowed);
    }
    if review.codes.is_empty() || review.codes.len() > limits::CODES_MAX {
        return Err(Refusal::CodesMissing);
    }
    if !is_denied && claim.decisions >= limits::DECISIONS_MAX {
        return Err(Refusal::TooManyDecisions);
    }
    let draft = Draft {
        outcome: review.outcome,
        award: review.award,
        codes: review.codes.clone(),
        automated: false,
        reviewed_by: Some(review.by),
        decision: None,
    };
    draft.check(claim, desk)?;
    draft.check_elsewhere(claim, desk)?;
    if !is_denied {
        check_facts(claim, desk)?;
    }
    Ok(draft.conclude(claim, desk, now))
}

/// A second person agrees to a proposal, so it stands. What a rule has proposed counts as said by
/// nobody, so any person may agree.
///
/// # Errors
///
/// In this order: `NoProposal`; `PaymentDisputed`; `OwnClaim`; `SameReviewer` on an appeal;
/// `SecondPersonNeeded`; `AmountExceedsLeft` when less is left by now, `FactsOutdated` when
/// something else was paid since: send it back then.
pub fn approve(
    by: PersonId,
    claim: &Claim,
    desk: Desk<'_>,
    now: Instant,
) -> Result<Effect, Refusal> {
    let proposal = claim.proposal.as_ref().ok_or(Refusal::NoProposal)?;
    if is_disputed(claim, desk) {
        return Err(Refusal::PaymentDisputed);
    }
    check_person(by, claim)?;
    if proposal.reviewed_by == Some(by) {
        return Err(Refusal::SecondPersonNeeded);
    }
    let draft = Draft {
        outcome: proposal.outcome,
        award: proposal.award,
        codes: Vec::new(),
        automated: proposal.automated,
        reviewed_by: proposal.reviewed_by,
        decision: None,
    };
    draft.check(claim, desk)?;
    check_facts(claim, desk)?;
    let mut record = proposal.clone();
    record.approved_by = Some(by);
    let mut after = claim.clone();
    after.steps.finish(StepName::Approved, now);
    stand(&mut after, record, desk, now);
    Ok(Effect::of(Some(claim), after, desk.rows, ClaimEvent::Approved))
}

/// A second person does not agree: somebody has to review the claim again. Whoever proposed a sum
/// may also take it back so.
///
/// # Errors
///
/// In this order: `NoProposal`; `OwnClaim`; `SameReviewer` on an appeal.
pub fn send_back(by: PersonId, claim: &Claim, rows: Rows<'_>) -> Result<Effect, Refusal> {
    if claim.proposal.is_none() {
        return Err(Refusal::NoProposal);
    }
    check_person(by, claim)?;
    let mut after = claim.clone();
    after.proposal = None;
    after.steps.drop_open(StepName::Approved);
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Returned))
}

/// Whether its facts should have been put together by now. While it is held no clock runs.
fn are_facts_late(claim: &Claim, now: Instant) -> bool {
    let mut open = claim.steps.open().filter(|step| step.name == StepName::Gathered);
    claim.held_since.is_none() && open.any(|step| step.late_by(now).is_some())
}

fn is_disputed(claim: &Claim, desk: Desk<'_>) -> bool {
    claim.held_since.is_some() || desk.funds.is_disputed
}

/// Nobody decides on a claim of their own, also one filed as a contact about what they bought, nor
/// on an appeal against what they have decided.
fn check_person(by: PersonId, claim: &Claim) -> Result<(), Refusal> {
    if [claim.claimant.person(), claim.owner].contains(&Some(by)) {
        return Err(Refusal::OwnClaim);
    }
    let against = claim.appeal.as_ref().map(|appeal| &appeal.against);
    if against.is_some_and(|first| first.is_by(by)) { Err(Refusal::SameReviewer) } else { Ok(()) }
}
