//! Named refusals of promotions.

use base::{Instant, Money};

use crate::CheckCode;

/// Why something about promotions was refused.
///
/// Checks run in this order: what is named exists, and its id is free; it is in a state that
/// allows the deed; its time has come; currencies; terms; limits; amounts. The first that fails is
/// the answer, and each function tells its own under *Errors*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such promotion.
    #[error("no such promotion")]
    PromotionNotFound,
    /// There is no such post.
    #[error("no such post")]
    PostNotFound,
    /// The promotion has no such slice.
    #[error("no such slice")]
    SliceNotFound,
    /// There is no such incident.
    #[error("no such incident")]
    IncidentNotFound,
    /// An object of this id exists.
    #[error("the id is taken")]
    IdTaken,
    /// Only a draft can be paid.
    #[error("it is no draft any more")]
    NotDraft,
    /// The promotion is being paid; wait for the outcome of its checkout.
    #[error("it is being paid")]
    BeingPaid,
    /// Nobody has begun to pay the promotion.
    #[error("it is not being paid")]
    NotBeingPaid,
    /// Nobody is asked to look at the promotion.
    #[error("it is not in review")]
    NotInReview,
    /// The promotion is neither scheduled nor running.
    #[error("it is neither scheduled nor running")]
    NotRunning,
    /// Nothing that this caller may take away holds the promotion up.
    #[error("it is not paused")]
    NotPaused,
    /// The platform holds the promotion up; ask the support.
    #[error("it is paused by the platform")]
    PausedByPlatform,
    /// The promotion is not rejected, or its money went back before: compose it again.
    #[error("it is not rejected")]
    NotRejected,
    /// The rejection that followed an appeal is final.
    #[error("an appeal was made before")]
    AlreadyAppealed,
    /// The promotion is over.
    #[error("it is over")]
    Ended,
    /// The promotion is not over: stop it first.
    #[error("it is not over")]
    NotEnded,
    /// Processes still hold slices of its money.
    #[error("slices of its money are still open")]
    SlicesOpen,
    /// The slice was given back before.
    #[error("the slice is closed")]
    SliceClosed,
    /// The post is gone.
    #[error("the post was deleted")]
    PostDeleted,
    /// The post is private; make it public first.
    #[error("the post is private")]
    PostPrivate,
    /// Whoever paid has its bank take the money back; wait until that is decided.
    #[error("its payment is disputed")]
    PaymentDisputed,
    /// The post shows something else than was looked at; look again.
    #[error("the content of the post has changed")]
    PostChanged,
    /// Whoever rejected it does not decide on the appeal.
    #[error("the appeal needs another reviewer")]
    SameReviewer,
    /// Time has not come.
    #[error("not due yet")]
    NotDue {
        /// When it will have.
        due_at: Instant,
    },
    /// It is told of something that has not happened yet.
    #[error("it lies in the future")]
    InFuture,
    /// It cannot end before it began.
    #[error("it ends before it starts")]
    EndsBeforeStart,
    /// As many newer signals of the person are kept as may be.
    #[error("newer signals are kept in its place")]
    SignalTooOld,
    /// It is so already.
    #[error("it is in that state already")]
    NothingToChange,
    /// These deliveries were billed before. Nothing is wrong: go on where the stream stands.
    #[error("these deliveries were billed before")]
    AlreadyBilled {
        /// Up to where the stream was billed.
        billed_to: u64,
    },
    /// The deliveries do not follow those that were billed before, without a gap and without an
    /// overlap.
    #[error("the deliveries do not follow those billed before")]
    BillingGap {
        /// Where the next bill has to begin.
        billed_to: u64,
    },
    /// Deliveries that the slice is to be charged for were not billed yet: bill them, then close
    /// it.
    #[error("deliveries of the slice were not billed yet")]
    BillsMissing {
        /// Up to where the stream of its holder was billed.
        billed_to: u64,
    },
    /// A sum is in another currency.
    #[error("a sum is in another currency")]
    CurrencyMismatch,
    /// The change was made for other terms; look at them as they are now.
    #[error("the terms have changed since")]
    TermsChanged,
    /// This was sold, and does not change: stop the promotion and compose another.
    #[error("what was sold does not change")]
    TermsFixed,
    /// The preflight has found a blocker.
    #[error("it cannot start like this: {}", .0.check().message)]
    Blocked(CheckCode),
    /// A limit of the product would be passed.
    #[error("a limit would be exceeded")]
    LimitExceeded,
    /// What was paid is not what the promotion costs.
    #[error("what was paid is not what it costs")]
    AmountMismatch {
        /// What it costs, tax not counted.
        expected: Money,
    },
    /// What may be spent today is leased or spent.
    #[error("the daily budget is spent")]
    DailyBudgetSpent,
    /// All its money is leased or spent.
    #[error("nothing is left")]
    NothingLeft,
    /// Everything that was not spent has gone back.
    #[error("there is nothing to settle")]
    NothingToSettle,
}
