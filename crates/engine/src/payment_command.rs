//! Commands about payments. Most are given by jobs that have called a rail, or heard from one.

use base::{DisputeId, MethodId, Money, OrderId, PaymentId, RailRefundId, Text};
use ledger::RailName;
use payments::{AuthorizationNotice, CaptureNotice, FailureCode, NewMethod, NewSettlement};
use payments::{NextAction, OpenDispute, RefundNotice, Step, VoidNotice};

use crate::{CommandKind, NewCredit};

/// Commands about methods, payments, their refunds and disputes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentCommand {
    /// Keeps a way to pay.
    CreateMethod(Box<NewMethod>),
    /// Notes what a rail has said about an authorization.
    NoteAuthorization {
        /// The payment.
        payment: PaymentId,
        /// What it has said.
        notice: AuthorizationNotice,
        /// Ids for what may follow.
        spare: Box<Spare>,
    },
    /// Notes that the payer must do something first.
    NoteAction {
        /// The payment.
        payment: PaymentId,
        /// Where the payer must go.
        next_action: NextAction,
        /// The rail's own name for the payment, when it has told.
        reference: Option<Text<255>>,
    },
    /// Notes what a rail has said about a capture.
    NoteCapture {
        /// The payment.
        payment: PaymentId,
        /// What it has said.
        notice: Box<CaptureNotice>,
        /// Ids for what may follow.
        spare: Box<Spare>,
    },
    /// Notes what a rail keeps, told after the capture.
    NoteFee {
        /// The payment.
        payment: PaymentId,
        /// How much.
        fee: Money,
    },
    /// Notes what a rail has said about letting go.
    NoteVoid {
        /// The payment.
        payment: PaymentId,
        /// What it has said.
        notice: VoidNotice,
        /// Ids for what may follow.
        spare: Box<Spare>,
    },
    /// Notes that an answer was not heard.
    NoteUnknown {
        /// The payment.
        payment: PaymentId,
        /// What the rail was asked for.
        step: Step,
        /// The rail's own name for the payment, when it has told.
        reference: Option<Text<255>>,
    },
    /// Notes that a call has never arrived.
    NoteNotReceived {
        /// The payment.
        payment: PaymentId,
        /// What the rail was asked for.
        step: Step,
    },
    /// Notes that a rail is about to be called with a refund.
    BeginRefund {
        /// The refund.
        rail_refund: RailRefundId,
    },
    /// Notes what a rail has said about a refund.
    NoteRefund {
        /// The refund.
        rail_refund: RailRefundId,
        /// About which attempt.
        attempt: u32,
        /// What it has said.
        notice: RefundNotice,
    },
    /// Sends a refund by another method, by the payer's word.
    ConsentRefund {
        /// The refund.
        rail_refund: RailRefundId,
        /// The other method.
        method: MethodId,
        /// Whether its rail can send money there that did not come from it.
        can_receive: bool,
    },
    /// Sends a refund once more to where it was to go.
    RetryRefund {
        /// The refund.
        rail_refund: RailRefundId,
    },
    /// Gives up a refund that no rail can have.
    GiveUpRefund {
        /// The refund.
        rail_refund: RailRefundId,
        /// Why.
        code: FailureCode,
    },
    /// Gives a gift card instead of a refund that is stuck, by the payer's word.
    CreditRailRefund {
        /// The refund.
        rail_refund: RailRefundId,
        /// The card, which has the bits of the refund.
        credit: Box<NewCredit>,
    },
    /// Notes that a refund which is stuck was paid by hand.
    PayRailRefundByHand {
        /// The refund.
        rail_refund: RailRefundId,
        /// The rail over which it was paid.
        rail: RailName,
    },
    /// Notes that a refund which is stuck was made at the rail itself.
    NoteRefundAtRail {
        /// The refund.
        rail_refund: RailRefundId,
        /// The rail's own name for the one that was made there.
        reference: Text<255>,
    },
    /// Opens another refund in the place of one that has failed.
    ReplaceRefund {
        /// The one that has failed.
        rail_refund: RailRefundId,
        /// The id of the other.
        new: RailRefundId,
    },
    /// Notes that a dispute was opened, or goes on in a later stage.
    OpenDispute {
        /// The payment.
        payment: PaymentId,
        /// The dispute.
        new: Box<OpenDispute>,
        /// An id for what it cuts off a refund.
        rest: RailRefundId,
    },
    /// Notes that a dispute was decided for us.
    WinDispute {
        /// The dispute.
        dispute: DisputeId,
        /// The stage that was decided.
        stage: u8,
        /// An id for what can be sent of a refund that cannot go whole.
        rest: RailRefundId,
    },
    /// Notes that a dispute was decided against us.
    LoseDispute {
        /// The dispute.
        dispute: DisputeId,
        /// The stage that was decided.
        stage: u8,
    },
    /// Notes a part of a settlement file.
    NoteSettlement(Box<NewSettlement>),
}

/// Ids for what may follow from a notice: the order, when it was the last payment of a checkout;
/// refunds, when a payment was taken in vain. They are drawn anew for each command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spare {
    /// For the order.
    pub order: OrderId,
    /// For refunds of payments that were taken in vain: for each what can be sent, in the order of
    /// the tenders, then for each what a dispute keeps back.
    pub refunds: [RailRefundId; Spare::REFUNDS],
}

impl Spare {
    /// Ids for refunds.
    pub const REFUNDS: usize = 2 * shop::limits::METHOD_TENDERS_MAX;
}

impl PaymentCommand {
    pub(crate) fn kind(&self) -> CommandKind {
        match self {
            PaymentCommand::CreateMethod(_) => CommandKind::CreateMethod,
            PaymentCommand::NoteAuthorization { .. } => CommandKind::NoteAuthorization,
            PaymentCommand::NoteAction { .. } => CommandKind::NoteAction,
            PaymentCommand::NoteCapture { .. } => CommandKind::NoteCapture,
            PaymentCommand::NoteFee { .. } => CommandKind::NoteFee,
            PaymentCommand::NoteVoid { .. } => CommandKind::NoteVoid,
            PaymentCommand::NoteUnknown { .. } => CommandKind::NoteUnknown,
            PaymentCommand::NoteNotReceived { .. } => CommandKind::NoteNotReceived,
            PaymentCommand::BeginRefund { .. } => CommandKind::BeginRefund,
            PaymentCommand::NoteRefund { .. } => CommandKind::NoteRefund,
            PaymentCommand::ConsentRefund { .. } => CommandKind::ConsentRefund,
            PaymentCommand::RetryRefund { .. } => CommandKind::RetryRefund,
            PaymentCommand::GiveUpRefund { .. } => CommandKind::GiveUpRefund,
            PaymentCommand::ReplaceRefund { .. } => CommandKind::ReplaceRefund,
            PaymentCommand::CreditRailRefund { .. } => CommandKind::CreditRailRefund,
            PaymentCommand::PayRailRefundByHand { .. } => CommandKind::PayRailRefundByHand,
            PaymentCommand::NoteRefundAtRail { .. } => CommandKind::NoteRefundAtRail,
            PaymentCommand::OpenDispute { .. } => CommandKind::OpenDispute,
            PaymentCommand::WinDispute { .. } => CommandKind::WinDispute,
            PaymentCommand::LoseDispute { .. } => CommandKind::LoseDispute,
            PaymentCommand::NoteSettlement(_) => CommandKind::NoteSettlement,
        }
    }
}
