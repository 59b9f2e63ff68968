//! Appeals, and taking claims back.

use base::Instant;

use crate::attachment::with_attachments;
use crate::conclude::standing;
use crate::{Appeal, Claim, ClaimEvent, Clocks, Effect, NewAttachment, Outcome, Refusal, Rows};
use crate::{Status, StepName};

/// Has somebody decide who had no part in the first decision. That one stands meanwhile. While a
/// dispute is open (`is_disputed`) it waits for that, as any claim does.
///
/// # Errors
///
/// In this order: `AlreadyAppealed`; `BeingPaid` while the money of a part is promised or on its
/// way; `NotAppealable` unless it was denied, or approved in part and paid; `AppealTooLate`;
/// `AttachmentTooLarge`, `AttachmentEmpty`, `TooManyAttachments`; `AlreadyOpen` when another claim
/// on the same ground is.
pub fn appeal(
    new: &[NewAttachment],
    claim: &Claim,
    rows: Rows<'_>,
    is_disputed: bool,
    clocks: &Clocks,
    now: Instant,
) -> Result<Effect, Refusal> {
    if claim.appeal.is_some() {
        return Err(Refusal::AlreadyAppealed);
    }
    let against = claim.decision.as_ref().ok_or(Refusal::NotAppealable)?;
    let is_partly = against.outcome == Outcome::PartlyApprove;
    if is_partly && (claim.status.is_promised() || claim.status == Status::Paying) {
        return Err(Refusal::BeingPaid);
    }
    let until = against.appeal_until.ok_or(Refusal::NotAppealable)?;
    if !claim.status.may_become(Status::Appealed) {
        return Err(Refusal::NotAppealable);
    }
    if until <= now {
        return Err(Refusal::AppealTooLate);
    }
    let attachments = with_attachments(&claim.attachments, new, now)?;
    let open = rows.promotion.and_then(|row| row.open(claim.ground));
    if let Some(claim) = open {
        return Err(Refusal::AlreadyOpen { claim });
    }
    let mut after = claim.clone();
    after.attachments = attachments;
    after.appeal = Some(Appeal { at: now, against: against.clone() });
    after.held_since = is_disputed.then_some(now);
    after.go_to(Status::Appealed);
    let due_at = clocks.step_due(StepName::AppealDecided, &claim.case(), now);
    after.steps.begin(StepName::AppealDecided, now, due_at);
    if claim.promotion.is_some() && claim.facts.is_none() {
        // It was decided without facts; they may be there by now.
        let due_at = clocks.step_due(StepName::Gathered, &claim.case(), now);
        after.steps.begin(StepName::Gathered, now, due_at);
    }
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Appealed))
}

/// Takes a claim back before its money sets out. An appeal that is taken back leaves what was
/// decided before, and what was paid before stays paid.
///
/// # Errors
///
/// In this order: `BeingPaid`; `Ended`.
pub fn withdraw(claim: &Claim, rows: Rows<'_>) -> Result<Effect, Refusal> {
    match claim.status {
        Status::Paying => return Err(Refusal::BeingPaid),
        status if !status.is_open() => return Err(Refusal::Ended),
        _ => {}
    }
    let mut after = claim.clone();
    after.steps.drop_all_open();
    after.proposal = None;
    after.held_since = None;
    let status = match &claim.appeal {
        Some(appeal) if claim.is_appealed() || standing(&appeal.against) == Status::Paid => {
            after.decision = Some(appeal.against.clone());
            standing(&appeal.against)
        }
        _ => Status::Withdrawn,
    };
    after.causes = claim.causes.at_most(claim.set_out());
    after.go_to(status);
    Ok(Effect::of(Some(claim), after, rows, ClaimEvent::Withdrawn))
}
