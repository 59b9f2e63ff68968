//! Events: what happened, in the words other systems subscribe to.

/// Kind of an event. The numbers are stored and never change or get reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum ClaimEvent {
    /// It was made.
    Filed = 500,
    /// It is known what it is about.
    Matched = 501,
    /// The facts are put together.
    Gathered = 502,
    /// Something was attached to it.
    Attached = 503,
    /// A person has to look at it.
    Referred = 504,
    /// It waits for the end of a dispute.
    Held = 505,
    /// It does not wait for a dispute any more.
    Released = 506,
    /// A sum waits for a second person.
    Proposed = 507,
    /// A second person has sent a proposal back.
    Returned = 508,
    /// There is a decision.
    Decided = 509,
    /// A second person has agreed, and so there is a decision.
    Approved = 510,
    /// The money has set out.
    PayoutStarted = 511,
    /// The money has left.
    Paid = 512,
    /// Somebody else is to decide.
    Appealed = 513,
    /// Whoever made it does not want it, or its appeal, any more.
    Withdrawn = 514,
    /// A step of it is late.
    Escalated = 515,
    /// Something was repaid without a claim.
    RestitutionMade = 520,
    /// What was repaid without a claim has left.
    RestitutionPaid = 521,
    /// The order has refused to send what is repaid without a claim: it waits for a person.
    RestitutionRefused = 522,
    /// A person has had it go on.
    RestitutionResolved = 523,
    /// What is repaid without a claim should have left by now.
    RestitutionLate = 524,
    /// An account can pay and promote nothing any more.
    AccountFrozen = 530,
    /// An account can pay and promote again.
    AccountUnfrozen = 531,
    /// There is a trace of somebody who may have used the account of another.
    SuspectFound = 532,
    /// Somebody has looked at it.
    SuspectReviewed = 533,
}

impl ClaimEvent {
    /// Every kind.
    pub const ALL: [ClaimEvent; 25] = [
        ClaimEvent::Filed,
        ClaimEvent::Matched,
        ClaimEvent::Gathered,
        ClaimEvent::Attached,
        ClaimEvent::Referred,
        ClaimEvent::Held,
        ClaimEvent::Released,
        ClaimEvent::Proposed,
        ClaimEvent::Returned,
        ClaimEvent::Decided,
        ClaimEvent::Approved,
        ClaimEvent::PayoutStarted,
        ClaimEvent::Paid,
        ClaimEvent::Appealed,
        ClaimEvent::Withdrawn,
        ClaimEvent::Escalated,
        ClaimEvent::RestitutionMade,
        ClaimEvent::RestitutionPaid,
        ClaimEvent::RestitutionRefused,
        ClaimEvent::RestitutionResolved,
        ClaimEvent::RestitutionLate,
        ClaimEvent::AccountFrozen,
        ClaimEvent::AccountUnfrozen,
        ClaimEvent::SuspectFound,
        ClaimEvent::SuspectReviewed,
    ];

    /// Stable name: `noun.past_participle`.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimEvent::Filed => "claim.filed",
            ClaimEvent::Matched => "claim.matched",
            ClaimEvent::Gathered => "claim.gathered",
            ClaimEvent::Attached => "claim.attached",
            ClaimEvent::Referred => "claim.referred",
            ClaimEvent::Held => "claim.held",
            ClaimEvent::Released => "claim.released",
            ClaimEvent::Proposed => "claim.proposed",
            ClaimEvent::Returned => "claim.returned",
            ClaimEvent::Decided => "claim.decided",
            ClaimEvent::Approved => "claim.approved",
            ClaimEvent::PayoutStarted => "claim.payout_started",
            ClaimEvent::Paid => "claim.paid",
            ClaimEvent::Appealed => "claim.appealed",
            ClaimEvent::Withdrawn => "claim.withdrawn",
            ClaimEvent::Escalated => "claim.escalated",
            ClaimEvent::RestitutionMade => "restitution.made",
            ClaimEvent::RestitutionPaid => "restitution.paid",
            ClaimEvent::RestitutionRefused => "restitution.refused",
            ClaimEvent::RestitutionResolved => "restitution.resolved",
            ClaimEvent::RestitutionLate => "restitution.escalated",
            ClaimEvent::AccountFrozen => "account.frozen",
            ClaimEvent::AccountUnfrozen => "account.unfrozen",
            ClaimEvent::SuspectFound => "suspect.found",
            ClaimEvent::SuspectReviewed => "suspect.reviewed",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u16) -> Option<ClaimEvent> {
        ClaimEvent::ALL.into_iter().find(|kind| *kind as u16 == number)
    }
}
