//! What every decision comes to, whoever makes it.

use base::{Amount, Instant, Money, PersonId};

use crate::statement_id;
use crate::{
    ApprovalPolicy, Award, Causes, Claim, ClaimEvent, Clocks, Code, Decision, DecisionRecord,
    Effect,
};
use crate::{Facts, Funds, KeptStatement, Outcome, Refusal, Rows, Status, StepName, Subject};

/// What decisions are made with, beside the claim.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The sums of promotion and claimant.
    pub rows: Rows<'a>,
    /// The money of the promotion. Nothing is looked at when a claim that nobody has matched is
    /// denied.
    pub funds: &'a Funds,
    /// The facts that were frozen for it, if any were.
    pub facts: Option<&'a Facts>,
    /// The clocks of the day on which the claim was made.
    pub clocks: &'a Clocks,
    /// From which sum on, of all claims for the promotion, a second person has to agree.
    pub policy: &'a ApprovalPolicy,
}

/// A decision that was made and does not stand yet.
pub(crate) struct Draft {
    pub outcome: Outcome,
    pub award: Award,
    pub codes: Vec<Code>,
    pub automated: bool,
    pub reviewed_by: Option<PersonId>,
    pub decision: Option<Decision>,
}

/// Whether its facts, or whoever has proposed something without any, know of all that was paid for
/// its promotion.
///
/// # Errors
///
/// `FactsOutdated`.
pub(crate) fn check_facts(claim: &Claim, desk: Desk<'_>) -> Result<(), Refusal> {
    // Whoever decides without facts knows what is known now.
    let rests_on_nothing = claim.facts.is_none() && claim.proposal.is_none();
    let is_new = rests_on_nothing || claim.grants_known == desk.rows.grants();
    if claim.promotion.is_none() || is_new { Ok(()) } else { Err(Refusal::FactsOutdated) }
}

impl Draft {
    /// Whether outcome and award fit, and no more is granted than there is.
    ///
    /// # Errors
    ///
    /// In this order: `CurrencyMismatch`, `AmountMismatch`, `BelowFirst`, `AmountExceedsLeft`.
    pub fn check(&self, claim: &Claim, desk: Desk<'_>) -> Result<(), Refusal> {
        let approves = self.outcome.pays();
        if approves && desk.funds.currency != claim.currency {
            return Err(Refusal::CurrencyMismatch);
        }
        let total = self.award.total();
        if approves == total.is_zero() {
            return Err(Refusal::AmountMismatch);
        }
        let first = first_award(claim);
        if approves && claim.is_appealed() && total <= first.total() {
            let first = Money { amount: first.total(), currency: claim.currency };
            return Err(Refusal::BelowFirst { first });
        }
        let left = desk.funds.left(desk.rows.committed());
        if more(claim, self.award) > left {
            let amount = left.checked_add(first.refund).unwrap_or(Amount::MAX);
            let left = Money { amount, currency: claim.currency };
            return Err(Refusal::AmountExceedsLeft { left });
        }
        Ok(())
    }

    /// Whether what a person says comes back elsewhere can come by a settlement. What a rule says
    /// was read from the same rows a moment before.
    ///
    /// # Errors
    ///
    /// `ElsewhereExceedsUnspent`.
    pub fn check_elsewhere(&self, claim: &Claim, desk: Desk<'_>) -> Result<(), Refusal> {
        let told_before = first_award(claim).elsewhere;
        let more = self.award.elsewhere.saturating_sub(told_before);
        let unspent = desk.funds.still_to_settle(desk.rows.committed());
        if more > unspent {
            let unspent = Money { amount: unspent, currency: claim.currency };
            return Err(Refusal::ElsewhereExceedsUnspent { unspent });
        }
        Ok(())
    }

    /// Makes it stand, or has a second person look at it first.
    pub fn conclude(self, claim: &Claim, desk: Desk<'_>, now: Instant) -> Effect {
        // What all claims for the promotion come to, so that many small ones are one large one.
        let others = desk.rows.committed().saturating_sub(claim.committed());
        let amount = others.checked_add(self.award.refund).unwrap_or(Amount::MAX);
        let sum = Money { amount, currency: claim.currency };
        let is_proposal = self.outcome.pays()
            && !self.award.refund.is_zero()
            && desk.policy.needs_second_person(sum);
        let mut after = claim.clone();
        after.decisions = claim.decisions.saturating_add(1);
        let record = DecisionRecord {
            statement: statement_id(claim.id, after.decisions),
            facts: claim.facts,
            outcome: self.outcome,
            award: self.award,
            lost: desk.funds.lost,
            codes: self.codes,
            automated: self.automated,
            reviewed_by: self.reviewed_by,
            approved_by: None,
            at: now,
            appeal_until: None,
        };
        let statement = KeptStatement {
            id: record.statement,
            about: Subject::Claim(claim.id),
            number: after.decisions,
            facts: claim.facts,
            decision: self.decision,
            at: now,
        };
        let statements = vec![statement];
        if !is_proposal {
            stand(&mut after, record, desk, now);
            let effect = Effect::of(Some(claim), after, desk.rows, ClaimEvent::Decided);
            return Effect { statements, ..effect };
        }
        if claim.facts.is_none() {
            after.grants_known = desk.rows.grants();
        }
        after.proposal = Some(record);
        if !claim.is_appealed() {
            after.go_to(Status::InReview);
        }
        let due_at = desk.clocks.step_due(StepName::Approved, &claim.case(), now);
        after.steps.begin(StepName::Approved, now, due_at);
        let effect = Effect::of(Some(claim), after, desk.rows, ClaimEvent::Proposed);
        Effect { statements, ..effect }
    }
}

/// What the decision that an appeal is against has granted.
pub(crate) fn first_award(claim: &Claim) -> Award {
    let first = claim.appeal.as_ref().filter(|_| claim.is_appealed());
    first.map_or(Award::NOTHING, |appeal| appeal.against.award)
}

/// What an award takes of what was spent beyond what was granted before.
pub(crate) fn more(claim: &Claim, award: Award) -> Amount {
    award.refund.saturating_sub(first_award(claim).refund)
}

/// A decision stands from now on.
pub(crate) fn stand(claim: &mut Claim, mut record: DecisionRecord, desk: Desk<'_>, now: Instant) {
    let clocks = desk.clocks;
    let more = more(claim, record.award);
    let was_appealed = claim.is_appealed();
    let made = if was_appealed { StepName::AppealDecided } else { StepName::Decided };
    claim.steps.finish(made, now);
    claim.steps.drop_all_open();
    claim.proposal = None;
    match record.outcome {
        Outcome::Approve | Outcome::PartlyApprove => {
            claim.causes = claim.causes.plus(Causes::split(more, desk.facts));
            // Of what it is granted itself it knows.
            claim.grants_known = claim.grants_known.saturating_add(u32::from(!more.is_zero()));
            let is_whole = record.outcome == Outcome::Approve;
            claim.go_to(if is_whole { Status::Approved } else { Status::PartlyApproved });
            let from = desk.funds.leaves_at(record.award.elsewhere, now);
            let due_at = clocks.step_due(StepName::Paid, &claim.case(), from);
            claim.steps.begin(StepName::Paid, now, due_at);
        }
        _ if was_appealed => {
            let against = claim.appeal.as_ref().map(|appeal| appeal.against.clone());
            let against = against.expect("an appeal is against something");
            claim.go_to(standing(&against));
            (record.outcome, record.award) = (against.outcome, against.award);
        }
        _ => claim.go_to(Status::Denied),
    }
    if !claim.status.is_open() {
        claim.held_since = None;
    }
    let may_be_appealed = claim.appeal.is_none() && record.outcome != Outcome::Approve;
    record.appeal_until = may_be_appealed.then(|| clocks.appeal_until(&claim.case(), now));
    claim.decision = Some(record);
}

/// Where a claim stands whose appeal is over and changes nothing: only what was paid, and what was
/// denied, can be appealed against.
pub(crate) fn standing(first: &DecisionRecord) -> Status {
    if first.outcome == Outcome::PartlyApprove { Status::Paid } else { Status::Denied }
}
