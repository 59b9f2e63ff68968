//! Refunds over rails: the row.

use base::{Amount, Instant, MethodId, Money, PaymentId, RailRefundId, RefundId, Text};
use ledger::RailName;

use crate::owed::disputed;
use crate::{ConsentReason, Context, FailureCode, Manner, Payment};

/// The state of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// To be sent. It can still be called back.
    Waiting,
    /// The rail may have it. Only the rail can say how it ends.
    Sent,
    /// The money has left for the payer. It may still come back.
    Succeeded,
    /// It will not be sent, or was refused. What it held of the cap is free, and it is owed still:
    /// another refund may take its place, and one that a dispute has taken goes on when it is won.
    Failed {
        /// Why.
        code: FailureCode,
    },
    /// It cannot go back the way the money came. It is still owed, and still counted.
    NeedsConsent {
        /// Why.
        reason: ConsentReason,
    },
    /// A lost dispute has paid it: the payer has the money from the bank. Final.
    Settled,
    /// The payer has got it in another form, by their word. It stays listed: what a lost dispute
    /// has paid of it is taken back, as far as it is there.
    Credited,
    /// The shop has paid it outside of this refund. Final.
    PaidByHand,
}

impl RefundState {
    /// Stable lower-case name. People are not told whether a refund has left yet, nor who paid it;
    /// what it became instead is told beside it.
    pub fn as_str(&self) -> &'static str {
        match self {
            RefundState::Waiting | RefundState::Sent => "pending",
            RefundState::Succeeded
            | RefundState::Settled
            | RefundState::Credited
            | RefundState::PaidByHand => "succeeded",
            RefundState::Failed { .. } => "failed",
            RefundState::NeedsConsent { .. } => "needs_consent",
        }
    }

    /// True while it counts as being on its way.
    pub fn is_open(&self) -> bool {
        matches!(self, RefundState::Waiting | RefundState::Sent | RefundState::NeedsConsent { .. })
    }

    /// True when nobody sends it any more and it is owed, unless another took its place.
    pub fn is_failed(&self) -> bool {
        matches!(self, RefundState::Failed { .. })
    }

    /// True while no rail can have it, so that it can be called back.
    pub fn is_here(&self) -> bool {
        matches!(self, RefundState::Waiting | RefundState::NeedsConsent { .. })
    }
}

/// Where a refund goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The way the money came.
    Original,
    /// Another method, by the payer's word.
    Other {
        /// Which.
        method: MethodId,
        /// When the payer said so.
        consented_at: Instant,
    },
}

/// A part of a payment on its way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailRefund {
    /// Its id. Together with the attempt it is the operation id of the call.
    pub id: RailRefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// Over which rail: that of the payment, or that of the other method.
    pub rail: RailName,
    /// How much.
    pub amount: Money,
    /// The refund of an order that it is a part of; `None` for a payment that was in vain.
    pub order_refund: Option<RefundId>,
    /// Where to.
    pub destination: Destination,
    /// What became of it.
    pub state: RefundState,
    /// True when it has failed because of a dispute: it goes on when the dispute is won, unless
    /// another took its place.
    pub kept_back: bool,
    /// The attempt it is at, from 1.
    pub attempt: u32,
    /// The last attempt that had succeeded and came back.
    pub returned_attempt: Option<u32>,
    /// The refund that took its place after it had failed. One that took the place of a part of it
    /// has made its amount smaller.
    pub replaced_by: Option<RailRefundId>,
    /// True while the answer to the last call was not heard.
    pub is_unknown: bool,
    /// The rail's own name for this attempt.
    pub rail_reference: Option<Text<255>>,
    /// Calls of this attempt that have brought no final answer.
    pub calls: u32,
    /// When the rail is to be called next; `None` when nothing is wanted from it.
    pub due_at: Option<Instant>,
    /// When it was created.
    pub created_at: Instant,
}

impl RailRefund {
    /// How to call the rail when the refund is due. One that waits needs
    /// [`begin_refund`](crate::begin_refund) first.
    pub fn next_call(&self) -> Option<Manner> {
        let is_accepted = self.rail_reference.is_some();
        match self.state {
            RefundState::Waiting => Some(Manner::Make),
            RefundState::Sent if self.is_unknown || is_accepted => Some(Manner::Ask),
            RefundState::Sent => Some(Manner::Make),
            _ => None,
        }
    }

    /// This refund, brought to a state in which it wants nothing from a rail.
    pub(crate) fn settled(&self, state: RefundState) -> RailRefund {
        let kept_back = false;
        RailRefund { state, kept_back, is_unknown: false, calls: 0, due_at: None, ..self.clone() }
    }

    /// This refund, given up.
    pub(crate) fn failed(&self, code: FailureCode) -> RailRefund {
        self.settled(RefundState::Failed { code })
    }

    /// This refund, kept back by a dispute.
    pub(crate) fn kept_back(&self) -> RailRefund {
        RailRefund { kept_back: true, ..self.failed(disputed()) }
    }

    /// True while a dispute keeps it back: it goes on when the dispute is won.
    pub fn is_kept_back(&self) -> bool {
        self.kept_back && self.replaced_by.is_none()
    }

    /// This refund with another amount: the rest goes another way.
    pub(crate) fn of_amount(&self, amount: Amount) -> RailRefund {
        let amount = Money { amount, currency: self.amount.currency };
        RailRefund { amount, ..self.clone() }
    }

    /// A part of this refund that goes its own way.
    pub(crate) fn beside(&self, id: RailRefundId, part: Amount, context: Context) -> RailRefund {
        RailRefund {
            id,
            attempt: 1,
            returned_attempt: None,
            rail_reference: None,
            created_at: context.now,
            ..self.of_amount(part)
        }
    }

    /// A refund of a part of a payment, back the way it came.
    pub(crate) fn of_payment(
        payment: &Payment,
        id: RailRefundId,
        part: Amount,
        context: Context,
    ) -> RailRefund {
        RailRefund {
            id,
            payment: payment.id,
            rail: payment.rail.clone(),
            amount: payment.money(part),
            order_refund: None,
            destination: Destination::Original,
            state: RefundState::Waiting,
            kept_back: false,
            attempt: 1,
            returned_attempt: None,
            replaced_by: None,
            is_unknown: false,
            rail_reference: None,
            calls: 0,
            due_at: None,
            created_at: context.now,
        }
    }
}
