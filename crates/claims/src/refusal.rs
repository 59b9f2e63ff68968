//! Named refusals of claims.

use base::{ClaimId, Instant, Money};

use crate::limits;

/// Why something about claims was refused. Each text says what to do.
///
/// Checks run in this order: what is named exists, and its id is free; it is theirs; it is in a
/// state that allows the deed; its time has come; the ground; limits; duplicates; who acts;
/// amounts. The first that fails is the answer, and each function tells its own under *Errors*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such claim.
    #[error("no such claim")]
    ClaimNotFound,
    /// What the claim is about does not exist.
    #[error("no such promotion or charge; without its id, say what the bank statement shows")]
    SubjectNotFound,
    /// An object of this id exists.
    #[error("the id is taken; use a new one")]
    IdTaken,
    /// What the claim is about belongs to somebody else.
    #[error("it belongs to somebody else; say what the bank statement shows instead")]
    NotTheirs,
    /// Nothing was paid for it.
    #[error("nothing was paid for it, so there is nothing to claim")]
    NotPaid,
    /// It is known already what the claim is about.
    #[error("it is known what the claim is about; go on with its facts")]
    AlreadyMatched,
    /// Nobody has found yet what the claim is about.
    #[error("nobody has found the charge yet; find it, or deny the claim")]
    NotMatched,
    /// Facts are gathered before a decision, and then stay.
    #[error("its facts are not gathered at this point")]
    NotGathering,
    /// There are no facts to decide on.
    #[error("its facts are not frozen yet; gather them first")]
    FactsMissing,
    /// Its facts do not know what was paid since.
    #[error("something else was paid for it since its facts were gathered; gather them again")]
    FactsOutdated,
    /// Its facts tell of a dispute that is over.
    #[error("the dispute it would wait for is over; gather its facts anew")]
    NothingToWaitFor,
    /// The claim is not for a person to decide.
    #[error("it is not in review")]
    NotInReview,
    /// A proposal waits for a second person.
    #[error("a proposal waits for a second person: approve it, or send it back")]
    ProposalWaits,
    /// No proposal waits for a second person.
    #[error("no proposal waits for a second person")]
    NoProposal,
    /// The claim is decided: appeal, to have it decided again.
    #[error("it is decided; appeal to have it decided again")]
    Decided,
    /// Nothing is to be paid on the claim, or it is paid.
    #[error("nothing is to be paid on it")]
    NotApproved,
    /// No money of the claim is on its way.
    #[error("no money of it is on its way")]
    NotPaying,
    /// The money is on its way: wait until it has left.
    #[error("its money is on its way; wait until it has left")]
    BeingPaid,
    /// The claim is over.
    #[error("it is over")]
    Ended,
    /// There is no decision that left something out.
    #[error("only what was denied or approved in part can be appealed against")]
    NotAppealable,
    /// One appeal was made before, and its decision is final.
    #[error("an appeal was made before, and its decision is final")]
    AlreadyAppealed,
    /// The time for an appeal is over.
    #[error("the time to appeal is over")]
    AppealTooLate,
    /// Whoever paid has its bank take the money back: nothing is decided or paid meanwhile.
    #[error("its payment is disputed; it goes on by itself when the dispute is over")]
    PaymentDisputed,
    /// It is so already.
    #[error("it is in that state already")]
    NothingToChange,
    /// Time has not come.
    #[error("not due before {due_at}")]
    NotDue {
        /// When it will have.
        due_at: Instant,
    },
    /// No step of the claim has a clock that runs.
    #[error("no step of it has a clock that runs")]
    NothingDue,
    /// What was delivered is known when the promotion is over.
    #[error("the promotion is still under way; claim once it has ended, at {ends_at}")]
    NotOver {
        /// When it ends.
        ends_at: Instant,
    },
    /// The days lie outside the life of what is named, or end before they start.
    #[error("the days must lie between the payment and the end, and today, the first one first")]
    PeriodOutside,
    /// That ground needs a promotion, by its id.
    #[error("a claim on this ground needs the promotion")]
    GroundNeedsPromotion,
    /// Without an account, charges are named by what a bank statement shows.
    #[error("sign in, or say what the bank statement shows")]
    AccountNeeded,
    /// Nothing says what happened.
    #[error("say what happened")]
    DescriptionMissing,
    /// The description is too long.
    #[error("describe it in at most {} bytes", limits::DESCRIPTION_BYTES_MAX)]
    DescriptionTooLong,
    /// A file has nothing in it.
    #[error("the file is empty; attach it again")]
    AttachmentEmpty,
    /// A file is too large.
    #[error("attach files of at most {} bytes", limits::ATTACHMENT_BYTES_MAX)]
    AttachmentTooLarge,
    /// There are as many files as can be.
    #[error("attach at most {} files", limits::ATTACHMENTS_MAX)]
    TooManyAttachments,
    /// Too many claims of this claimant are open: wait for an answer, or withdraw one.
    #[error("{} claims are open; wait for an answer, or withdraw one", limits::OPEN_CLAIMS_MAX)]
    TooManyOpen,
    /// Too many claims were made for one promotion.
    #[error("{} claims were made for it; appeal instead", limits::CLAIMS_PER_PROMOTION_MAX)]
    TooManyClaims,
    /// A claim on the same ground for the same promotion is open.
    #[error("claim {claim} on this ground is open; add to that one")]
    AlreadyOpen {
        /// Which.
        claim: ClaimId,
    },
    /// The same was repaid before.
    #[error("it was repaid before")]
    AlreadyRepaid,
    /// Nobody decides on their own claim.
    #[error("nobody decides on a claim of their own; let somebody else do it")]
    OwnClaim,
    /// Whoever decided before does not decide on the appeal.
    #[error("an appeal is for somebody who had no part in the first decision")]
    SameReviewer,
    /// Whoever proposed a sum does not approve it.
    #[error("a second person has to approve it")]
    SecondPersonNeeded,
    /// A person approves, in whole or in part, or denies.
    #[error("approve it, approve a part of it, or deny it")]
    OutcomeNotAllowed,
    /// It was decided, and sent back, as often as can be.
    #[error("it was decided {} times; deny it, or have it claimed again", limits::DECISIONS_MAX)]
    TooManyDecisions,
    /// A decision gives one to four reasons.
    #[error("give 1 to {} reasons, the main one first", limits::CODES_MAX)]
    CodesMissing,
    /// Outcome and amount contradict each other.
    #[error("what is approved has an amount, what is denied has none")]
    AmountMismatch,
    /// More than is left of what was paid.
    #[error("at most {left} can be paid")]
    AmountExceedsLeft {
        /// What is left, tax not counted.
        left: Money,
    },
    /// More is said to come back elsewhere than settlements are still to return.
    #[error("at most {unspent} come back by settlement")]
    ElsewhereExceedsUnspent {
        /// What was not spent and has not gone back, tax not counted.
        unspent: Money,
    },
    /// An appeal does not end with less: to leave it at that, deny the appeal.
    #[error("{first} were decided before; deny the appeal to leave it at that")]
    BelowFirst {
        /// What was decided before, tax not counted.
        first: Money,
    },
    /// A sum is in another currency.
    #[error("a sum is in another currency")]
    CurrencyMismatch,
    /// An account is frozen: somebody else may have used it.
    #[error(
        "the account is frozen; once its owner is known again, whoever reviews claims lifts it"
    )]
    AccountFrozen,
    /// The account never was frozen.
    #[error("the account was never frozen")]
    FreezeNotFound,
    /// There is no such suspect.
    #[error("no such suspect")]
    SuspectNotFound,
    /// There is nothing to repay.
    #[error("there is nothing to repay")]
    NothingToRepay,
    /// There is no such restitution.
    #[error("no such restitution")]
    RestitutionNotFound,
    /// The restitution waits for nobody.
    #[error("it goes on by itself, or has: nobody has to resolve it")]
    NotStuck,
    /// The bank has given back a part of it.
    #[error("the payer's bank has given something back: send it again, its order counts that")]
    PaidByBank,
}
