//! Refusals of promotions: their codes, and their numbers from 400 on.

use base::{Instant, Money};
use promotions::{CheckCode, Refusal};

use crate::StoredRefusal;

super::telling_refusals! {
    saying {
        PromotionNotFound = 400 => "promotion_not_found",
        PostNotFound = 401 => "post_not_found",
        SliceNotFound = 402 => "slice_not_found",
        IdTaken = 403 => "id_taken",
        NotDraft = 404 => "promotion_not_draft",
        BeingPaid = 405 => "promotion_being_paid",
        NotBeingPaid = 406 => "promotion_not_being_paid",
        NotInReview = 407 => "promotion_not_in_review",
        NotRunning = 408 => "promotion_not_running",
        NotPaused = 409 => "promotion_not_paused",
        PausedByPlatform = 410 => "promotion_paused_by_platform",
        NotRejected = 411 => "promotion_not_rejected",
        AlreadyAppealed = 412 => "already_appealed",
        Ended = 413 => "promotion_ended",
        NotEnded = 414 => "promotion_not_ended",
        SlicesOpen = 415 => "slices_open",
        SliceClosed = 416 => "slice_closed",
        PostDeleted = 417 => "post_deleted",
        PostPrivate = 418 => "post_private",
        PostChanged = 419 => "post_changed",
        SameReviewer = 420 => "same_reviewer",
        NothingToChange = 422 => "nothing_to_change",
        CurrencyMismatch = 426 => "currency_mismatch",
        TermsFixed = 427 => "terms_fixed",
        LimitExceeded = 429 => "limit_exceeded",
        DailyBudgetSpent = 431 => "daily_budget_spent",
        NothingLeft = 432 => "nothing_left",
        NothingToSettle = 433 => "nothing_to_settle",
        PaymentDisputed = 434 => "payment_disputed",
        IncidentNotFound = 435 => "incident_not_found",
        InFuture = 436 => "in_future",
        EndsBeforeStart = 437 => "ends_before_start",
        SignalTooOld = 438 => "signal_too_old",
        TermsChanged = 439 => "terms_changed",
    }
    telling {
        // The next four are never stored answers: they are told to jobs, and counted by number.
        Refusal::NotDue { .. } = 421 => "not_due",
            |_| Some(Refusal::NotDue { due_at: Instant::MIN });
        Refusal::AlreadyBilled { .. } = 423 => "already_billed",
            |_| Some(Refusal::AlreadyBilled { billed_to: 0 });
        Refusal::BillingGap { .. } = 424 => "billing_gap",
            |_| Some(Refusal::BillingGap { billed_to: 0 });
        Refusal::BillsMissing { .. } = 425 => "bills_missing",
            |_| Some(Refusal::BillsMissing { billed_to: 0 });
        Refusal::Blocked(_) = 428 => "promotion_blocked",
            |stored: StoredRefusal| CheckCode::from_number(stored.why).map(Refusal::Blocked);
        Refusal::AmountMismatch { .. } = 430 => "amount_mismatch",
            |stored: StoredRefusal| Some(Refusal::AmountMismatch { expected: stored.money? });
    }
}

/// The amount that a refusal tells.
pub(super) fn money(refusal: &Refusal) -> Option<Money> {
    match refusal {
        Refusal::AmountMismatch { expected } => Some(*expected),
        _ => None,
    }
}
