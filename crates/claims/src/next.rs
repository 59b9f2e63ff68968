//! What happens next to a claim, by when, and what is late.

use base::{ClaimId, Instant, Span};

use crate::{Claim, ClaimEvent, Effect, Refusal, Rows, Status, StepName};

/// What a claim waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Awaited {
    /// That somebody finds what it is about.
    Match,
    /// That the platform puts its facts together.
    Facts,
    /// That the rules decide.
    Decision,
    /// That a person decides.
    Review,
    /// That a second person agrees.
    SecondPerson,
    /// That somebody else decides on the appeal.
    AppealDecision,
    /// That the bank decides on the dispute.
    DisputeEnd,
    /// That the money sets out.
    PayoutStart,
    /// That the money has left.
    PayoutEnd,
    /// Nothing: the claimant may appeal.
    Appeal,
    /// Nothing: it is over.
    Nothing,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// The platform, by itself.
    Platform,
    /// A person of the platform.
    Staff,
    /// A bank or a rail.
    Bank,
    /// The claimant, who may.
    Claimant,
    /// Nobody.
    Nobody,
}

impl Awaited {
    /// Everything that can be waited for.
    pub const ALL: [Awaited; 11] = [
        Awaited::Match,
        Awaited::Facts,
        Awaited::Decision,
        Awaited::Review,
        Awaited::SecondPerson,
        Awaited::AppealDecision,
        Awaited::DisputeEnd,
        Awaited::PayoutStart,
        Awaited::PayoutEnd,
        Awaited::Appeal,
        Awaited::Nothing,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Awaited::Match => "match",
            Awaited::Facts => "facts",
            Awaited::Decision => "decision",
            Awaited::Review => "review",
            Awaited::SecondPerson => "second_person",
            Awaited::AppealDecision => "appeal_decision",
            Awaited::DisputeEnd => "dispute_end",
            Awaited::PayoutStart => "payout_start",
            Awaited::PayoutEnd => "payout_end",
            Awaited::Appeal => "appeal",
            Awaited::Nothing => "nothing",
        }
    }

    /// Who has to act for it.
    pub fn who(self) -> Who {
        match self {
            Awaited::Facts | Awaited::Decision | Awaited::PayoutStart => Who::Platform,
            Awaited::Match | Awaited::Review => Who::Staff,
            Awaited::SecondPerson | Awaited::AppealDecision => Who::Staff,
            Awaited::DisputeEnd | Awaited::PayoutEnd => Who::Bank,
            Awaited::Appeal => Who::Claimant,
            Awaited::Nothing => Who::Nobody,
        }
    }

    /// The step whose clock runs for it.
    fn step(self) -> Option<StepName> {
        match self {
            Awaited::Match => Some(StepName::Matched),
            Awaited::Facts => Some(StepName::Gathered),
            Awaited::Decision | Awaited::Review => Some(StepName::Decided),
            Awaited::SecondPerson => Some(StepName::Approved),
            Awaited::AppealDecision => Some(StepName::AppealDecided),
            Awaited::PayoutStart | Awaited::PayoutEnd => Some(StepName::Paid),
            Awaited::DisputeEnd | Awaited::Appeal | Awaited::Nothing => None,
        }
    }
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// What it waits for.
    pub awaited: Awaited,
    /// By when: of an appeal, until when it may be made; of a dispute, when it should be over,
    /// which is the bank's time and not ours. `None` when nothing more happens.
    pub by: Option<Instant>,
    /// True when that has passed. A bank is not late.
    pub is_late: bool,
}

/// What happens next to a claim, and by when, as its claimant is told at any time.
pub fn next(claim: &Claim, now: Instant) -> Next {
    let awaited = awaited(claim, now);
    let by = match awaited.step() {
        Some(step) => claim.steps.open().find(|open| open.name == step).map(|step| step.due_at),
        None if awaited == Awaited::Appeal => appeal_until(claim),
        None => claim.held_since.map(|since| dispute_over(since, now)),
    };
    let is_ours = awaited != Awaited::DisputeEnd;
    Next { awaited, by, is_late: is_ours && by.is_some_and(|by| by <= now) }
}

/// A dispute should be over after so long: card schemes give each side up to 45 days.
const DISPUTE_TAKES: Span = Span::days(90);

/// A dispute that takes longer is in a later stage. What is expected then is put off by so much.
const STAGE_TAKES: Span = Span::days(30);

/// When a dispute should be over for which a claim waits since then: always later than now.
fn dispute_over(since: Instant, now: Instant) -> Instant {
    let first = since.saturating_add(DISPUTE_TAKES);
    let stages = now.since(first).map_or(0, |past| past.micros() / STAGE_TAKES.micros() + 1);
    first.saturating_add(Span::from_micros(STAGE_TAKES.micros().saturating_mul(stages)))
}

fn awaited(claim: &Claim, now: Instant) -> Awaited {
    if claim.held_since.is_some() {
        return Awaited::DisputeEnd;
    }
    if claim.proposal.is_some() {
        return Awaited::SecondPerson;
    }
    match claim.status {
        Status::Received if claim.promotion.is_none() => Awaited::Match,
        Status::Received => Awaited::Facts,
        Status::Gathering if claim.facts.is_none() => Awaited::Facts,
        Status::Appealed if claim.promotion.is_some() && claim.facts.is_none() => Awaited::Facts,
        Status::Gathering => Awaited::Decision,
        Status::InReview => Awaited::Review,
        Status::Appealed => Awaited::AppealDecision,
        Status::Approved | Status::PartlyApproved => Awaited::PayoutStart,
        Status::Paying => Awaited::PayoutEnd,
        Status::Denied | Status::Paid if appeal_until(claim).is_some_and(|until| now < until) => {
            Awaited::Appeal
        }
        Status::Denied | Status::Paid | Status::Withdrawn => Awaited::Nothing,
    }
}

/// When the platform has to look at a claim next: at once while it waits for the platform or for
/// money, else when the first step that nobody was told of is late. `None` when nothing comes of
/// time alone.
pub fn wakes_at(claim: &Claim) -> Option<Instant> {
    if !claim.status.is_open() || claim.held_since.is_some() {
        return None;
    }
    match awaited(claim, claim.filed_at) {
        Awaited::Facts | Awaited::Decision | Awaited::PayoutStart | Awaited::PayoutEnd => {
            Some(claim.filed_at)
        }
        _ => {
            let untold = claim.steps.open().filter(|step| step.escalated_at.is_none());
            untold.map(|step| step.due_at).min()
        }
    }
}

fn appeal_until(claim: &Claim) -> Option<Instant> {
    claim.decision.as_ref().filter(|_| claim.appeal.is_none())?.appeal_until
}

/// A step that is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Of which claim.
    pub claim: ClaimId,
    /// Which step.
    pub step: StepName,
    /// When it was due.
    pub due_at: Instant,
    /// By how much it is late.
    pub late_by: Span,
}

/// Every step of these claims that is late, the latest first. Those that wait for a dispute are
/// not late.
pub fn alerts<'a>(claims: impl IntoIterator<Item = &'a Claim>, now: Instant) -> Vec<Alert> {
    let of_claim = |claim: &'a Claim| {
        claim.steps.open().filter(|_| claim.held_since.is_none()).filter_map(move |step| {
            let late_by = step.late_by(now)?;
            Some(Alert { claim: claim.id, step: step.name, due_at: step.due_at, late_by })
        })
    };
    let mut alerts: Vec<Alert> = claims.into_iter().flat_map(of_claim).collect();
    alerts.sort_by_key(|alert| (alert.due_at, alert.claim, alert.step));
    alerts
}

/// Tells, once for each step, that it is late.
///
/// # Errors
///
/// In this order: `NothingDue` when no clock runs; `NotDue`; `NothingToChange` when it was told.
pub fn escalate(claim: &Claim, rows: Rows<'_>, now: Instant) -> Result<Effect, Refusal> {
    let due_at = claim.due_at().ok_or(Refusal::NothingDue)?;
    if now < due_at {
        return Err(Refusal::NotDue { due_at });
    }
    let mut after = claim.clone();
    after.steps.change_open(|step| {
        if step.late_by(now).is_some() && step.escalated_at.is_none() {
            step.escalated_at = Some(now);
        }
    });
    if after == *claim {
        return Err(Refusal::NothingToChange);
    }
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Escalated))
}
