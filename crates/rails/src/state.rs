//! What a rail says is true at the moment.

use base::{Amount, Instant, Money, Text};

use crate::{Challenge, FailureCode, Operation, Outcome, Reference};

/// A payment as the rail sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentState {
    /// The rail's id of it.
    pub reference: Reference,
    /// The operation that made it; none when it was not made by us.
    pub operation: Option<Operation>,
    /// How far it has come.
    pub stage: PaymentStage,
    /// What was asked for.
    pub amount: Money,
    /// What was taken, at most the amount; the rest went back to the payer unseen.
    pub captured: Amount,
    /// What went back or is on its way back; not what came home from a failed refund. None where
    /// the rail does not say, as in messages of Stripe.
    pub refunded: Option<Amount>,
    /// What the rail keeps for its service, in the currency of the payment; none while nothing is
    /// captured, and where the rail does not say.
    pub fee: Option<Amount>,
}

/// How far a payment has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentStage {
    /// The payer must act.
    RequiresAction(Challenge),
    /// The rail has not decided yet.
    Pending,
    /// The money is held for us and not taken.
    Authorized,
    /// The money was taken.
    Captured,
    /// It was given up, by us or because the authorization lapsed; nothing was taken.
    Voided,
    /// It was refused; nothing was taken.
    Failed(FailureCode),
}

/// A refund as the rail sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundState {
    /// The rail's id of it.
    pub reference: Reference,
    /// The rail's id of the payment.
    pub payment: Reference,
    /// The operation that made it; none when it was not made by us.
    pub operation: Option<Operation>,
    /// How much goes back.
    pub amount: Money,
    /// When it was begun, by the rail's clock; none where the rail does not say.
    pub created_at: Option<Instant>,
    /// How far it has come.
    pub stage: RefundStage,
}

/// How far a refund has come. Also one that has succeeded may fail days later, when the card it
/// went to turns out to be closed; the money is then with us again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundStage {
    /// On its way.
    Pending,
    /// The rail has sent it.
    Succeeded,
    /// It did not arrive, or was never sent; the money is with us.
    Failed(FailureCode),
}

/// A dispute as the rail sees it: the payer's bank has taken money back and asks for our side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeState {
    /// The rail's id of it.
    pub reference: Reference,
    /// The rail's id of the payment.
    pub payment: Reference,
    /// What was taken back; it may differ from the payment.
    pub amount: Money,
    /// The payer's ground in the words of the rail, such as `fraudulent`.
    pub ground: Text<64>,
    /// Until when evidence counts.
    pub due_at: Option<Instant>,
    /// How far it has come.
    pub stage: DisputeStage,
}

/// How far a dispute has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStage {
    /// A question of the bank before anything is taken back; no money moved.
    Inquiry,
    /// The money is with the bank until it has decided.
    Open,
    /// The money came back to us, or an inquiry ended without a dispute.
    Won,
    /// The money is gone.
    Lost,
    /// It is over, and the rail does not say who has the money. A person must look.
    Unclear,
}

/// A payment method as the rail describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodState {
    /// What payers know it by, such as `visa 4242`.
    pub label: Text<64>,
    /// From when on it is refused; none when the rail does not say.
    pub expires_at: Option<Instant>,
}

impl PaymentState {
    /// What a deed on the payment is answered when the rail shows it in this state.
    pub(crate) fn into_outcome(self) -> Outcome<PaymentState> {
        match &self.stage {
            PaymentStage::RequiresAction(challenge) => Outcome::RequiresAction(challenge.clone()),
            PaymentStage::Pending => Outcome::Pending { reference: self.reference },
            PaymentStage::Failed(code) => Outcome::Failed(*code),
            PaymentStage::Authorized | PaymentStage::Captured | PaymentStage::Voided => {
                Outcome::Succeeded(self)
            }
        }
    }
}

impl RefundState {
    /// What a refund is answered when the rail shows it in this state.
    pub(crate) fn into_outcome(self) -> Outcome<RefundState> {
        match self.stage {
            RefundStage::Pending => Outcome::Pending { reference: self.reference },
            RefundStage::Succeeded => Outcome::Succeeded(self),
            RefundStage::Failed(code) => Outcome::Failed(code),
        }
    }
}
