//! Commands about promotions.

use base::{CheckoutId, IncidentId, Label, OrderId, PersonId, PromotionId, RefundId};
use promotions::{
    Actor, Alarm, Authorization, Bill, Happening, IncidentChange, Lease, NewIncident, NewPromotion,
    PayWith, Post, PostChange, Quote, Return,
};
use promotions::{RuleCode, StopCause, TermsChange};

use crate::{CommandKind, RefundIds};

/// Commands about promotions and the posts that they promote. Ids are drawn by the caller, also
/// those of what may or may not follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromotionCommand {
    /// Composes a draft, and keeps what is told of its post.
    Compose {
        /// The draft.
        new: Box<NewPromotion>,
        /// The post that it names.
        post: Box<Post>,
        /// Who.
        actor: Actor,
    },
    /// Changes terms.
    Edit {
        /// The promotion.
        promotion: PromotionId,
        /// What to change.
        change: Box<TermsChange>,
        /// What the changed terms will bring.
        quote: Box<Quote>,
        /// Who.
        actor: Actor,
    },
    /// Lets a draft be paid by a checkout that is open and for it.
    Submit {
        /// The promotion.
        promotion: PromotionId,
        /// The checkout.
        checkout: CheckoutId,
        /// What pays in place of the tenders of the draft.
        pay_with: Option<Vec<PayWith>>,
        /// Who agreed to pay.
        authorization: Option<Box<Authorization>>,
        /// Who submits.
        actor: Actor,
    },
    /// Allows a promotion.
    Approve {
        /// The promotion.
        promotion: PromotionId,
        /// The state of the post's content that was looked at; `None` is the present one.
        version: Option<Label>,
        /// Who.
        actor: Actor,
    },
    /// Does not allow a promotion.
    Reject {
        /// The promotion.
        promotion: PromotionId,
        /// For which rule.
        rule: RuleCode,
        /// The state of the post's content that was looked at; `None` is the present one.
        version: Option<Label>,
        /// Who.
        actor: Actor,
    },
    /// Has somebody else look at a rejected promotion.
    Appeal {
        /// The promotion.
        promotion: PromotionId,
        /// Who.
        actor: Actor,
    },
    /// Holds a promotion up.
    Pause {
        /// The promotion.
        promotion: PromotionId,
        /// Who.
        actor: Actor,
    },
    /// Takes away what the caller holds a promotion up with.
    Resume {
        /// The promotion.
        promotion: PromotionId,
        /// Who.
        actor: Actor,
    },
    /// Ends a promotion for good.
    Stop {
        /// The promotion.
        promotion: PromotionId,
        /// Why.
        cause: StopCause,
        /// Who.
        actor: Actor,
    },
    /// Books what time has done to a promotion: its start, or its end.
    Advance {
        /// The promotion.
        promotion: PromotionId,
    },
    /// Counts a promotion to its advertiser that is older than the rows of advertisers.
    Count {
        /// The promotion.
        promotion: PromotionId,
    },
    /// Notes that a promotion brings less or more than was quoted from now on, or goes as was
    /// quoted again; each change once.
    Alert {
        /// The promotion.
        promotion: PromotionId,
        /// Which of them; `None` when it goes as was quoted.
        alarm: Option<Alarm>,
    },
    /// Gives back what was not spent, by the order that has paid.
    Settle {
        /// The promotion.
        promotion: PromotionId,
        /// The order, once it was paid.
        order: Option<OrderId>,
        /// The id of the refund, if something goes back.
        refund: RefundId,
        /// Ids for the ways back.
        ids: Box<RefundIds>,
    },
    /// Tells what has become of a post; its promotions follow.
    ChangePost {
        /// The post, by the platform's name for it.
        post: Label,
        /// What has changed.
        change: PostChange,
    },
    /// Leases money to a process that serves a promotion.
    Lease {
        /// The promotion.
        promotion: PromotionId,
        /// The number of the slice that it holds.
        held: Option<u32>,
        /// What it wants.
        want: Lease,
    },
    /// Gives back what a process does not use of a slice, or closes it.
    ReturnSlice {
        /// The promotion.
        promotion: PromotionId,
        /// The number of its slice.
        slice: u32,
        /// What it keeps.
        back: Return,
    },
    /// Gives back what is left of a slice of which nothing can come any more.
    LapseSlice {
        /// The promotion.
        promotion: PromotionId,
        /// The number of its slice.
        slice: u32,
    },
    /// Turns deliveries into money.
    Bill(Box<Bill>),
    /// Keeps an incident that people tell of, or that was detected.
    DeclareIncident {
        /// The incident.
        new: Box<NewIncident>,
        /// Who tells; the platform is who detects.
        actor: Actor,
    },
    /// Tells something else of an incident from now on.
    CorrectIncident {
        /// The incident.
        incident: IncidentId,
        /// What is told.
        change: Box<IncidentChange>,
        /// Who tells.
        actor: Actor,
    },
    /// Keeps what happened to the account of a person.
    NoteSignal {
        /// Whose.
        person: PersonId,
        /// What happened.
        happened: Happening,
    },
}

impl PromotionCommand {
    pub(crate) fn kind(&self) -> CommandKind {
        match self {
            PromotionCommand::Compose { .. } => CommandKind::ComposePromotion,
            PromotionCommand::Edit { .. } => CommandKind::EditPromotion,
            PromotionCommand::Submit { .. } => CommandKind::SubmitPromotion,
            PromotionCommand::Approve { .. } => CommandKind::ApprovePromotion,
            PromotionCommand::Reject { .. } => CommandKind::RejectPromotion,
            PromotionCommand::Appeal { .. } => CommandKind::AppealPromotion,
            PromotionCommand::Pause { .. } => CommandKind::PausePromotion,
            PromotionCommand::Resume { .. } => CommandKind::ResumePromotion,
            PromotionCommand::Stop { .. } => CommandKind::StopPromotion,
            PromotionCommand::Advance { .. } => CommandKind::AdvancePromotion,
            PromotionCommand::Count { .. } => CommandKind::CountPromotion,
            PromotionCommand::Alert { .. } => CommandKind::AlertPromotion,
            PromotionCommand::Settle { .. } => CommandKind::SettlePromotion,
            PromotionCommand::ChangePost { .. } => CommandKind::ChangePost,
            PromotionCommand::Lease { .. } => CommandKind::LeaseSlice,
            PromotionCommand::ReturnSlice { .. } => CommandKind::ReturnSlice,
            PromotionCommand::LapseSlice { .. } => CommandKind::LapseSlice,
            PromotionCommand::Bill(_) => CommandKind::BillDelivery,
            PromotionCommand::DeclareIncident { .. } => CommandKind::DeclareIncident,
            PromotionCommand::CorrectIncident { .. } => CommandKind::CorrectIncident,
            PromotionCommand::NoteSignal { .. } => CommandKind::NoteSignal,
        }
    }
}
