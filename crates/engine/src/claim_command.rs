//! Commands about claims.

use base::{
    Amount, ClaimId, Instant, OrderId, PersonId, PromotionId, RefundId, RestitutionId, SuspectId,
};
use base::{Label, Token};
use claims::restitution_id;
use claims::{Facts, Fingerprint, Named, NewAttachment, NewClaim, RestitutionKind, Review};
use ledger::RailName;

use crate::{CommandKind, NewCredit, RefundIds};

/// Commands about claims, and about what is repaid without one. What rows of the book know is read
/// from them; what only the feed and other systems know is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimCommand {
    /// Makes a claim.
    File(Box<NewClaim>),
    /// Tells what a claim without an account is about.
    Match {
        /// The claim.
        claim: ClaimId,
        /// What was found: a promotion or a charge.
        found: Named,
        /// Who has found it.
        by: PersonId,
    },
    /// Puts the facts together.
    FreezeFacts {
        /// The claim.
        claim: ClaimId,
        /// Facts that no row tells. Losses among them are all that is known of, repaid or not.
        told: Box<Facts>,
    },
    /// Lets the rules decide on the facts that were frozen.
    Decide {
        /// The claim.
        claim: ClaimId,
    },
    /// Lets a person decide.
    Review {
        /// The claim.
        claim: ClaimId,
        /// What the person decides.
        review: Box<Review>,
    },
    /// Lets a second person agree to a proposal.
    Approve {
        /// The claim.
        claim: ClaimId,
        /// Who.
        by: PersonId,
    },
    /// Lets a person send a proposal back.
    SendBack {
        /// The claim.
        claim: ClaimId,
        /// Who.
        by: PersonId,
    },
    /// Has somebody else decide.
    Appeal {
        /// The claim.
        claim: ClaimId,
        /// Files beside those that are there.
        attachments: Vec<NewAttachment>,
    },
    /// Takes a claim, or its appeal, back.
    Withdraw {
        /// The claim.
        claim: ClaimId,
    },
    /// Attaches a file.
    Attach {
        /// The claim.
        claim: ClaimId,
        /// The file.
        new: NewAttachment,
    },
    /// Sends the money of a claim, by a refund of the order that has paid its promotion.
    StartPayout {
        /// The claim.
        claim: ClaimId,
        /// By what.
        back: Box<WayBack>,
    },
    /// Has the money of a claim set out that its order does not send.
    ResolvePayout {
        /// The claim.
        claim: ClaimId,
        /// The how manyth payout of it that will be, from 1.
        number: u32,
        /// Who.
        by: PersonId,
        /// How.
        way: ResolveBy,
    },
    /// Notes that the money of a claim has left.
    NotePaid {
        /// The claim.
        claim: ClaimId,
    },
    /// Tells that a step is late.
    Escalate {
        /// The claim.
        claim: ClaimId,
    },
    /// Lets an account pay and promote again.
    LiftFreeze {
        /// Whose account it is.
        person: PersonId,
        /// Who has made sure that they are its owner.
        by: PersonId,
    },
    /// Notes that somebody has looked at a suspect.
    LookAtSuspect {
        /// The suspect.
        suspect: SuspectId,
        /// Who.
        by: PersonId,
    },
    /// Repays a loss that the platform has found, without a claim.
    Restitute {
        /// The loss.
        loss: Box<FoundLoss>,
        /// By what it goes back, where it was spent.
        back: Box<WayBack>,
    },
    /// Notes that the money of a restitution has left.
    NoteRestitutionPaid {
        /// The restitution.
        restitution: RestitutionId,
    },
    /// Keeps a restitution that its order refuses to send, for a person.
    SetRestitutionAside {
        /// The loss.
        loss: Box<FoundLoss>,
        /// The refund that it would go by.
        refund: RefundId,
        /// The code of what was refused last.
        refusal: Token<40>,
    },
    /// Has a restitution go on that waits for a person.
    ResolveRestitution {
        /// The restitution.
        restitution: RestitutionId,
        /// Who.
        by: PersonId,
        /// How.
        way: ResolveBy,
    },
    /// Tells that the money of a restitution should have left.
    EscalateRestitution {
        /// The restitution.
        restitution: RestitutionId,
    },
    /// Notes that what the platform owes for a promotion was looked for, and was repaid.
    NoteSearched {
        /// The promotion.
        promotion: PromotionId,
        /// When the reason for looking came up.
        since: Instant,
    },
}

/// How money that was spent of a promotion goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// The order that has paid the promotion.
    pub order: OrderId,
    /// The id of its refund.
    pub refund: RefundId,
    /// Ids for the ways back.
    pub ids: RefundIds,
}

/// How a restitution, or the money of a claim, goes on that an order has refused to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResolveBy {
    /// The order refunds it after all.
    SendAgain(Box<WayBack>),
    /// The payer has agreed to a gift card instead.
    StoreCredit(Box<NewCredit>),
    /// It was paid by hand.
    PaidByHand {
        /// Over what.
        rail: RailName,
        /// What names the payment there.
        reference: Label,
    },
}

/// A loss that the platform has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundLoss {
    /// For which promotion.
    pub promotion: PromotionId,
    /// What it is.
    pub kind: RestitutionKind,
    /// What it was found by: an incident, a range of bills.
    pub cause: Fingerprint,
    /// How much, in minor units of the promotion's currency, tax not counted.
    pub loss: Amount,
    /// All losses of this kind that are known of, this one included.
    pub loss_so_far: Amount,
    /// Facts that no row tells.
    pub told: Facts,
}

impl FoundLoss {
    /// The id of the restitution that is made of it.
    pub(crate) fn id(&self) -> RestitutionId {
        restitution_id(self.promotion, self.kind, self.cause)
    }
}

impl ClaimCommand {
    /// The claim that it is about, if it is about one.
    pub fn claim(&self) -> Option<ClaimId> {
        match self {
            ClaimCommand::File(new) => Some(new.id),
            ClaimCommand::Match { claim, .. }
            | ClaimCommand::FreezeFacts { claim, .. }
            | ClaimCommand::Decide { claim }
            | ClaimCommand::Review { claim, .. }
            | ClaimCommand::Approve { claim, .. }
            | ClaimCommand::SendBack { claim, .. }
            | ClaimCommand::Appeal { claim, .. }
            | ClaimCommand::Withdraw { claim }
            | ClaimCommand::Attach { claim, .. }
            | ClaimCommand::StartPayout { claim, .. }
            | ClaimCommand::ResolvePayout { claim, .. }
            | ClaimCommand::NotePaid { claim }
            | ClaimCommand::Escalate { claim } => Some(*claim),
            ClaimCommand::Restitute { .. }
            | ClaimCommand::NoteRestitutionPaid { .. }
            | ClaimCommand::SetRestitutionAside { .. }
            | ClaimCommand::ResolveRestitution { .. }
            | ClaimCommand::EscalateRestitution { .. }
            | ClaimCommand::NoteSearched { .. }
            | ClaimCommand::LiftFreeze { .. }
            | ClaimCommand::LookAtSuspect { .. } => None,
        }
    }

    pub(crate) fn kind(&self) -> CommandKind {
        match self {
            ClaimCommand::File(_) => CommandKind::FileClaim,
            ClaimCommand::Match { .. } => CommandKind::MatchClaim,
            ClaimCommand::FreezeFacts { .. } => CommandKind::FreezeFacts,
            ClaimCommand::Decide { .. } => CommandKind::DecideClaim,
            ClaimCommand::Review { .. } => CommandKind::ReviewClaim,
            ClaimCommand::Approve { .. } => CommandKind::ApproveClaim,
            ClaimCommand::SendBack { .. } => CommandKind::SendBackClaim,
            ClaimCommand::Appeal { .. } => CommandKind::AppealClaim,
            ClaimCommand::Withdraw { .. } => CommandKind::WithdrawClaim,
            ClaimCommand::Attach { .. } => CommandKind::AttachToClaim,
            ClaimCommand::StartPayout { .. } => CommandKind::PayClaim,
            ClaimCommand::ResolvePayout { .. } => CommandKind::ResolveClaimPayout,
            ClaimCommand::NotePaid { .. } => CommandKind::NoteClaimPaid,
            ClaimCommand::Escalate { .. } => CommandKind::EscalateClaim,
            ClaimCommand::LiftFreeze { .. } => CommandKind::LiftFreeze,
            ClaimCommand::LookAtSuspect { .. } => CommandKind::LookAtSuspect,
            ClaimCommand::Restitute { .. } => CommandKind::Restitute,
            ClaimCommand::NoteRestitutionPaid { .. } => CommandKind::NoteRestitutionPaid,
            ClaimCommand::SetRestitutionAside { .. } => CommandKind::SetRestitutionAside,
            ClaimCommand::ResolveRestitution { .. } => CommandKind::ResolveRestitution,
            ClaimCommand::EscalateRestitution { .. } => CommandKind::EscalateRestitution,
            ClaimCommand::NoteSearched { .. } => CommandKind::NoteSearched,
        }
    }
}
