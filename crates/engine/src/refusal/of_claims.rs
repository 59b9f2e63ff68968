//! Refusals of claims: their codes, and their numbers from 500 on.

use base::{ClaimId, Instant, Money};
use claims::Refusal;

use crate::StoredRefusal;

super::telling_refusals! {
    saying {
        ClaimNotFound = 500 => "claim_not_found",
        SubjectNotFound = 501 => "claim_subject_not_found",
        IdTaken = 502 => "id_taken",
        NotTheirs = 503 => "claim_not_theirs",
        NotPaid = 504 => "nothing_paid",
        AlreadyMatched = 505 => "claim_already_matched",
        NotMatched = 506 => "claim_not_matched",
        NotGathering = 507 => "claim_not_gathering",
        FactsMissing = 508 => "facts_missing",
        FactsOutdated = 509 => "facts_outdated",
        NothingToWaitFor = 510 => "nothing_to_wait_for",
        NotInReview = 511 => "claim_not_in_review",
        ProposalWaits = 512 => "proposal_waits",
        NoProposal = 513 => "no_proposal",
        Decided = 514 => "claim_decided",
        NotApproved = 515 => "claim_not_approved",
        NotPaying = 516 => "claim_not_paying",
        BeingPaid = 517 => "claim_being_paid",
        Ended = 518 => "claim_ended",
        NotAppealable = 519 => "claim_not_appealable",
        AlreadyAppealed = 520 => "already_appealed",
        AppealTooLate = 521 => "appeal_too_late",
        PaymentDisputed = 522 => "payment_disputed",
        NothingToChange = 523 => "nothing_to_change",
        NothingDue = 525 => "nothing_due",
        PeriodOutside = 527 => "period_outside",
        GroundNeedsPromotion = 528 => "ground_needs_promotion",
        AccountNeeded = 529 => "account_needed",
        DescriptionMissing = 530 => "description_missing",
        DescriptionTooLong = 531 => "description_too_long",
        AttachmentEmpty = 532 => "attachment_empty",
        AttachmentTooLarge = 533 => "attachment_too_large",
        TooManyAttachments = 534 => "too_many_attachments",
        TooManyOpen = 535 => "too_many_claims_open",
        TooManyClaims = 536 => "too_many_claims",
        AlreadyRepaid = 538 => "already_repaid",
        OwnClaim = 539 => "own_claim",
        SameReviewer = 540 => "same_reviewer",
        SecondPersonNeeded = 541 => "second_person_needed",
        OutcomeNotAllowed = 542 => "outcome_not_allowed",
        CodesMissing = 543 => "codes_missing",
        AmountMismatch = 544 => "award_mismatch",
        CurrencyMismatch = 547 => "currency_mismatch",
        NothingToRepay = 548 => "nothing_to_repay",
        TooManyDecisions = 550 => "too_many_decisions",
        AccountFrozen = 551 => "account_frozen",
        FreezeNotFound = 552 => "account_freeze_not_found",
        SuspectNotFound = 553 => "suspect_not_found",
        RestitutionNotFound = 554 => "restitution_not_found",
        NotStuck = 555 => "restitution_not_stuck",
        PaidByBank = 556 => "paid_by_bank",
    }
    telling {
        // The next three are never stored answers: time changes them.
        Refusal::NotDue { .. } = 524 => "not_due",
            |_| Some(Refusal::NotDue { due_at: Instant::MIN });
        Refusal::NotOver { .. } = 526 => "promotion_not_over",
            |_| Some(Refusal::NotOver { ends_at: Instant::MIN });
        Refusal::AlreadyOpen { .. } = 537 => "claim_already_open",
            |_| Some(Refusal::AlreadyOpen { claim: ClaimId::from_bits(0) });
        Refusal::AmountExceedsLeft { .. } = 545 => "amount_exceeds_left",
            |stored: StoredRefusal| Some(Refusal::AmountExceedsLeft { left: stored.money? });
        Refusal::ElsewhereExceedsUnspent { .. } = 549 => "elsewhere_exceeds_unspent",
            |it: StoredRefusal| Some(Refusal::ElsewhereExceedsUnspent { unspent: it.money? });
        Refusal::BelowFirst { .. } = 546 => "below_first_decision",
            |stored: StoredRefusal| Some(Refusal::BelowFirst { first: stored.money? });
    }
}

/// True when the same request may succeed later.
pub(super) fn is_transient(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::IdTaken
            | Refusal::NotDue { .. }
            | Refusal::NotOver { .. }
            | Refusal::AlreadyOpen { .. }
            | Refusal::PaymentDisputed
            | Refusal::BeingPaid
            | Refusal::FactsOutdated
            // Facts that are late lift these.
            | Refusal::NotInReview
            | Refusal::FactsMissing
            | Refusal::TooManyOpen
            | Refusal::AccountFrozen
    )
}

/// The amount that a refusal tells.
pub(super) fn money(refusal: &Refusal) -> Option<Money> {
    match refusal {
        Refusal::AmountExceedsLeft { left } => Some(*left),
        Refusal::ElsewhereExceedsUnspent { unspent } => Some(*unspent),
        Refusal::BelowFirst { first } => Some(*first),
        _ => None,
    }
}
