//! Making a claim, and finding what it is about.

use base::{ClaimId, Currency, Day, Instant, Metadata, PersonId};

use crate::attachment::with_attachments;
use crate::duplicate::linked_to;
use crate::subject::is_allowed;
use crate::{Attachment, Causes, Claim, ClaimEvent, Claimant, Clocks, Effect, Ground, NewWords};
use crate::{
    Named, NewAttachment, Period, Purchase, Refusal, Rows, Status, StepName, Steps, Words, limits,
};

/// A claim to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClaim {
    /// Its id.
    pub id: ClaimId,
    /// Who makes it.
    pub claimant: Claimant,
    /// What it is about.
    pub named: Named,
    /// What they say went wrong.
    pub ground: Ground,
    /// The days it is about, if they say.
    pub period: Option<Period>,
    /// What they have written.
    pub words: NewWords,
    /// What they show.
    pub attachments: Vec<NewAttachment>,
    /// Strings of the integrating platform.
    pub metadata: Metadata,
}

/// What has to be known to make a claim, or to match it.
#[derive(Clone, Copy, Debug)]
pub struct Filing<'a> {
    /// The claim that has this id already.
    pub existing: Option<&'a Claim>,
    /// What is named or was found, if it exists.
    pub purchase: Option<&'a Purchase>,
    /// The sums of promotion and claimant.
    pub rows: Rows<'a>,
    /// The claims that [`PromotionClaims::decided`](crate::PromotionClaims::decided) names.
    pub decided: &'a [&'a Claim],
    /// The clocks of the day on which it is made.
    pub clocks: &'a Clocks,
}

/// Makes a claim. When it comes too late, that is a fact, and the claim is answered all the same.
///
/// # Errors
///
/// In this order: `IdTaken`; `AccountNeeded` when a contact names a promotion or charge;
/// `SubjectNotFound`; `NotTheirs`; `NotPaid`; `NotOver` when it is about delivery and the promotion
/// is under way; `GroundNeedsPromotion`; `PeriodOutside`; `DescriptionMissing`,
/// `DescriptionTooLong`; `AttachmentTooLarge`, `AttachmentEmpty`, `TooManyAttachments`;
/// `AlreadyOpen`; `TooManyClaims`, `TooManyOpen`.
pub fn file(new: &NewClaim, filing: Filing<'_>, now: Instant) -> Result<Effect, Refusal> {
    let claim = preview(new, filing, now)?;
    let NewWords { person, sealed, .. } = new.words.clone();
    let words = Words { claim: new.id, person, sealed };
    let effect = Effect::of(None, claim, filing.rows, ClaimEvent::Filed);
    Ok(Effect { words: vec![words], ..effect })
}

/// The claim that [`file()`] would make, and nothing is kept.
///
/// # Errors
///
/// Those of [`file()`].
pub fn preview(new: &NewClaim, filing: Filing<'_>, now: Instant) -> Result<Claim, Refusal> {
    if filing.existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    let (purchase, currency) = match new.named {
        Named::Hint(hint) => (None, hint.amount.currency),
        Named::Promotion(_) | Named::Charge(_) => {
            let purchase = named(new, filing)?;
            (Some(purchase), purchase.currency)
        }
    };
    if let Some(purchase) = purchase {
        check_purchase(new.claimant, new.ground, purchase, now)?;
    }
    if !is_allowed(new.ground, &new.named) {
        return Err(Refusal::GroundNeedsPromotion);
    }
    check_period(new.period, purchase, now)?;
    let attachments = check_evidence(new, now)?;
    if purchase.is_some() {
        check_open(new.ground, filing.rows)?;
    }
    if filing.rows.claimant.is_some_and(|row| row.is_full()) {
        return Err(Refusal::TooManyOpen);
    }
    let mut claim = received(new, currency, attachments, now);
    let case = claim.case();
    let due = |step| filing.clocks.step_due(step, &case, now);
    claim.steps.begin(StepName::Received, now, due(StepName::Received));
    claim.steps.finish(StepName::Received, now);
    match purchase {
        Some(purchase) => about(&mut claim, purchase, filing, now),
        None => claim.steps.begin(StepName::Matched, now, due(StepName::Matched)),
    }
    let case = claim.case();
    claim.steps.begin(
        StepName::Decided,
        now,
        filing.clocks.step_due(StepName::Decided, &case, now),
    );
    Ok(claim)
}

/// Staff has found what a claim without an account is about.
///
/// # Errors
///
/// In this order: `AlreadyMatched`; `Ended` unless it is undecided; `SubjectNotFound`; `NotPaid`;
/// `CurrencyMismatch` when the claimant has named another; `OwnClaim` when they
/// filed it, or bought what it is about; `AlreadyOpen`,
/// `TooManyClaims`: deny it then, and say why.
pub fn match_claim(
    by: PersonId,
    claim: &Claim,
    filing: Filing<'_>,
    now: Instant,
) -> Result<Effect, Refusal> {
    if claim.promotion.is_some() {
        return Err(Refusal::AlreadyMatched);
    }
    if !claim.status.is_undecided() {
        return Err(Refusal::Ended);
    }
    let purchase = filing.purchase.ok_or(Refusal::SubjectNotFound)?;
    if purchase.paid_at.is_none() {
        return Err(Refusal::NotPaid);
    }
    if purchase.currency != claim.currency {
        return Err(Refusal::CurrencyMismatch);
    }
    if [claim.claimant.person(), Some(purchase.owner)].contains(&Some(by)) {
        return Err(Refusal::OwnClaim);
    }
    check_open(claim.ground, filing.rows)?;
    let mut after = claim.clone();
    after.matched_by = Some(by);
    after.steps.finish(StepName::Matched, now);
    about(&mut after, purchase, filing, now);
    // Only now it is known of which region it is, and by when the law there wants a decision.
    let case = after.case();
    after.steps.change_open(|step| {
        if step.name == StepName::Decided {
            let due_at = filing.clocks.step_due(StepName::Decided, &case, step.begun_at);
            step.due_at = step.due_at.min(due_at);
        }
    });
    Ok(Effect::of(Some(claim), after, filing.rows, ClaimEvent::Matched))
}

/// What a claimant with an account names.
fn named<'a>(new: &NewClaim, filing: Filing<'a>) -> Result<&'a Purchase, Refusal> {
    if new.claimant.person().is_none() {
        return Err(Refusal::AccountNeeded);
    }
    let is_it = |purchase: &&Purchase| match new.named {
        Named::Promotion(promotion) => purchase.promotion == promotion,
        Named::Charge(payment) => purchase.payment == Some(payment),
        Named::Hint(_) => false,
    };
    filing.purchase.filter(is_it).ok_or(Refusal::SubjectNotFound)
}

/// Whether the claimant may claim on this ground for what was bought, now.
fn check_purchase(
    claimant: Claimant,
    ground: Ground,
    purchase: &Purchase,
    now: Instant,
) -> Result<(), Refusal> {
    if claimant.person() != Some(purchase.owner) {
        return Err(Refusal::NotTheirs);
    }
    if purchase.paid_at.is_none() {
        return Err(Refusal::NotPaid);
    }
    let is_of_delivery = matches!(ground, Ground::FailureToDeliver | Ground::PoorOutcome);
    let ends_at = purchase.ends_at;
    if is_of_delivery && now < ends_at { Err(Refusal::NotOver { ends_at }) } else { Ok(()) }
}

fn check_period(
    period: Option<Period>,
    purchase: Option<&Purchase>,
    now: Instant,
) -> Result<(), Refusal> {
    let Some(period) = period else { return Ok(()) };
    let today = Day::of(now);
    let life = purchase.map_or(Period { starts_on: Day::MIN, ends_on: today }, Purchase::days);
    let life = Period { ends_on: life.ends_on.min(today), ..life };
    let is_inside = period.starts_on <= period.ends_on && life.contains(&period);
    if is_inside { Ok(()) } else { Err(Refusal::PeriodOutside) }
}

fn check_evidence(new: &NewClaim, now: Instant) -> Result<Vec<Attachment>, Refusal> {
    let NewWords { sealed, bytes, .. } = &new.words;
    if *bytes == 0 {
        return Err(Refusal::DescriptionMissing);
    }
    if *bytes > limits::DESCRIPTION_BYTES_MAX || sealed.len() > limits::SEALED_BYTES_MAX {
        return Err(Refusal::DescriptionTooLong);
    }
    with_attachments(&[], &new.attachments, now)
}

fn check_open(ground: Ground, rows: Rows<'_>) -> Result<(), Refusal> {
    let Some(row) = rows.promotion else { return Ok(()) };
    if let Some(claim) = row.open(ground) {
        return Err(Refusal::AlreadyOpen { claim });
    }
    if row.is_full() { Err(Refusal::TooManyClaims) } else { Ok(()) }
}

/// It is known what the claim is about: the facts can be gathered.
fn about(claim: &mut Claim, purchase: &Purchase, filing: Filing<'_>, now: Instant) {
    claim.promotion = Some(purchase.promotion);
    claim.owner = Some(purchase.owner);
    claim.payment = purchase.payment;
    claim.region = purchase.region;
    claim.rail = purchase.rail.clone();
    let case = claim.case();
    let from = purchase.window_from(claim.ground);
    claim.window_until = Some(filing.clocks.window_until(&case, from));
    claim.linked_to = linked_to(claim, filing.decided);
    let due_at = filing.clocks.step_due(StepName::Gathered, &case, now);
    claim.steps.begin(StepName::Gathered, now, due_at);
}

fn received(
    new: &NewClaim,
    currency: Currency,
    attachments: Vec<Attachment>,
    now: Instant,
) -> Claim {
    Claim {
        id: new.id,
        claimant: new.claimant,
        ground: new.ground,
        promotion: None,
        owner: None,
        payment: None,
        hint: match new.named {
            Named::Hint(hint) => Some(hint),
            Named::Promotion(_) | Named::Charge(_) => None,
        },
        matched_by: None,
        period: new.period,
        currency,
        region: None,
        rail: None,
        description: new.words.description(),
        attachments,
        status: Status::Received,
        held_since: None,
        window_until: None,
        linked_to: None,
        facts: None,
        grants_known: 0,
        decision: None,
        proposal: None,
        appeal: None,
        decisions: 0,
        causes: Causes::default(),
        payouts: Vec::new(),
        steps: Steps::default(),
        metadata: new.metadata.clone(),
        filed_at: now,
    }
}
