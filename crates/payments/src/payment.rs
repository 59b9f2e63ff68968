//! The payment row: its states, and what it wants from its rail.

use std::fmt;

use base::{Amount, CheckoutId, Instant, MethodId, Money, PaymentId, RailRefundId, Text, Token};
use ledger::{RailName, Subject};

use crate::ReturnUrl;

/// Why a rail refused, in its own or our machine words: `card_declined`, `given_up`.
pub type FailureCode = Token<64>;

/// Where the payer must go to go on with a payment, usually an address of the payer's bank. Shown
/// to the payer only.
#[derive(Clone, PartialEq, Eq)]
pub struct NextAction(pub Text<2048>);

/// Hides the address.
impl fmt::Debug for NextAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextAction(..)")
    }
}

/// What a payment pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The rest of a checkout of goods and cards.
    Checkout(CheckoutId),
    /// The rest of a checkout of a promotion. What goes back of it is one running sum, so what its
    /// bank has given counts as having gone back, whatever it was asked for.
    Promotion(CheckoutId),
}

impl Purpose {
    /// The stored number of the kind; it never changes.
    pub fn kind(self) -> u8 {
        match self {
            Purpose::Checkout(_) => 1,
            Purpose::Promotion(_) => 2,
        }
    }

    /// The checkout that it pays for.
    pub fn checkout(self) -> CheckoutId {
        match self {
            Purpose::Checkout(id) | Purpose::Promotion(id) => id,
        }
    }

    /// The object of that kind.
    pub fn subject(self) -> Subject {
        Subject::of(self.checkout())
    }

    /// Reads the stored number and object back.
    pub fn from_parts(kind: u8, subject: Subject) -> Option<Purpose> {
        match kind {
            1 => Some(Purpose::Checkout(CheckoutId::from_bytes(subject.0))),
            2 => Some(Purpose::Promotion(CheckoutId::from_bytes(subject.0))),
            _ => None,
        }
    }
}

/// What a rail is asked to do with a payment. Together with the payment's id it is the operation
/// id of the call. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Step {
    /// Reserve the amount.
    Authorize = 1,
    /// Take what is reserved.
    Capture = 2,
    /// Let go of what is reserved.
    Void = 3,
}

impl Step {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Authorize => "authorize",
            Step::Capture => "capture",
            Step::Void => "void",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Step> {
        [Step::Authorize, Step::Capture, Step::Void].into_iter().find(|step| *step as u8 == number)
    }
}

/// How a rail is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Make the call. It may have been made before: the operation id keeps it from counting twice.
    Make,
    /// Ask what became of it.
    Ask,
}

/// The state of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// The rail is asked to reserve the amount.
    Authorizing,
    /// The payer must do something first.
    RequiresAction {
        /// Where.
        next_action: NextAction,
    },
    /// The rail has reserved the amount.
    Authorized,
    /// The rail is asked to take it.
    Capturing,
    /// The rail has taken it. Final.
    Captured,
    /// The rail is asked to let go of it.
    Voiding,
    /// The rail has let go of it, or never held it. Final.
    Voided,
    /// The rail has refused. Final.
    Failed {
        /// What it refused.
        step: Step,
        /// Why.
        code: FailureCode,
    },
}

impl PaymentState {
    /// Stable lower-case name.
    pub fn as_str(&self) -> &'static str {
        match self {
            PaymentState::Authorizing => "authorizing",
            PaymentState::RequiresAction { .. } => "requires_action",
            PaymentState::Authorized => "authorized",
            PaymentState::Capturing => "capturing",
            PaymentState::Captured => "captured",
            PaymentState::Voiding => "voiding",
            PaymentState::Voided => "voided",
            PaymentState::Failed { .. } => "failed",
        }
    }

    /// True when nothing can change it any more.
    pub fn is_final(&self) -> bool {
        matches!(self, PaymentState::Captured | PaymentState::Voided | PaymentState::Failed { .. })
    }
}

/// An amount taken, or to be taken, by one method over its rail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// By what.
    pub method: MethodId,
    /// Over which rail.
    pub rail: RailName,
    /// How much is asked for.
    pub amount: Money,
    /// For what.
    pub purpose: Purpose,
    /// Where the payer comes back to after a challenge, when the shop has said.
    pub return_url: Option<ReturnUrl>,
    /// What became of it.
    pub state: PaymentState,
    /// True while the answer to the last call was not heard.
    pub is_unknown: bool,
    /// The rail's own name for it.
    pub rail_reference: Option<Text<255>>,
    /// What the rail has taken, in minor units of `amount`, as all that follow.
    pub captured: Amount,
    /// What has gone back over a rail and stayed there.
    pub refunded: Amount,
    /// What is on its way back: refunds that are neither settled nor given up.
    pub refunding: Amount,
    /// The full amounts of disputes that are open or lost. They may be more than is left.
    pub disputed: Amount,
    /// The part of `disputed` that is lost.
    pub lost: Amount,
    /// What is owed to the payer and not on its way: refunds that have failed and were not
    /// replaced.
    pub owed: Amount,
    /// What lost disputes have paid of refunds: the payer's bank has given it to the payer.
    pub settled: Amount,
    /// What was given back in another form, and not taken back since.
    pub credited: Amount,
    /// What the rail keeps for its service; `None` until it has told.
    pub fee: Option<Amount>,
    /// Refunds that make up `refunding`, `owed` and `credited`, oldest first.
    pub open_refunds: Vec<RailRefundId>,
    /// Calls of the present step that have brought no final answer.
    pub calls: u32,
    /// When the rail is to be called next; `None` when nothing is wanted from it.
    pub due_at: Option<Instant>,
    /// When it was created.
    pub created_at: Instant,
}

impl Payment {
    /// Money of this payment's currency.
    pub fn money(&self, amount: Amount) -> Money {
        Money { amount, currency: self.amount.currency }
    }

    /// The step the rail is to take, or is taking.
    pub fn step(&self) -> Option<Step> {
        match self.state {
            PaymentState::Authorizing | PaymentState::RequiresAction { .. } => {
                Some(Step::Authorize)
            }
            PaymentState::Capturing => Some(Step::Capture),
            PaymentState::Voiding => Some(Step::Void),
            PaymentState::Authorized
            | PaymentState::Captured
            | PaymentState::Voided
            | PaymentState::Failed { .. } => None,
        }
    }

    /// What to call the rail with when the payment is due.
    pub fn next_call(&self) -> Option<(Step, Manner)> {
        let waits_for_payer = matches!(self.state, PaymentState::RequiresAction { .. });
        let manner = if self.is_unknown || waits_for_payer { Manner::Ask } else { Manner::Make };
        self.step().map(|step| (step, manner))
    }

    /// This payment, brought to a state in which it wants nothing from its rail.
    pub(crate) fn settled(&self, state: PaymentState) -> Payment {
        Payment { state, is_unknown: false, calls: 0, due_at: None, ..self.clone() }
    }

    /// This payment, about to take a new step.
    pub(crate) fn starting(&self, state: PaymentState, now: Instant) -> Payment {
        Payment { due_at: Some(now), ..self.settled(state) }
    }

    /// Keeps the newest reference that the rail has told.
    pub(crate) fn named(self, reference: Option<&Text<255>>) -> Payment {
        let rail_reference = reference.cloned().or(self.rail_reference);
        Payment { rail_reference, ..self }
    }
}
