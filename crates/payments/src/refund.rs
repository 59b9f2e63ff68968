//! Refunds over rails: the row, how it begins, and the moment from which it cannot be called back.

use base::{Instant, MethodId, Money, PaymentId, RailRefundId, RefundId, Text};
use ledger::{Account, AccountName, Posted, RailName, Reason, Subject};

use crate::credit::check_part_of;
use crate::post::Sheet;
use crate::{Context, EventKind, FailureCode, Manner, Method, Outcome, Payment, Refusal};

/// Why a refund cannot go back the way the money came. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ConsentReason {
    /// The method had expired before the refund was sent.
    MethodExpired = 1,
    /// The rail says that the method does not exist any more.
    MethodGone = 2,
    /// It was sent, and came back.
    CameBack = 3,
}

impl ConsentReason {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            ConsentReason::MethodExpired => "method_expired",
            ConsentReason::MethodGone => "method_gone",
            ConsentReason::CameBack => "came_back",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<ConsentReason> {
        [ConsentReason::MethodExpired, ConsentReason::MethodGone, ConsentReason::CameBack]
            .into_iter()
            .find(|reason| *reason as u8 == number)
    }
}

/// The state of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// To be sent. It can still be called back.
    Waiting,
    /// The rail may have it. Only the rail can say how it ends.
    Sent,
    /// The money has left for the payer. It may still come back.
    Succeeded,
    /// It will not be sent, or was refused. Final, and what it held of the cap is free.
    Failed {
        /// Why.
        code: FailureCode,
    },
    /// It cannot go back the way the money came. It is still owed, and still counted.
    NeedsConsent {
        /// Why.
        reason: ConsentReason,
    },
}

impl RefundState {
    /// Stable lower-case name. People are not told whether a refund has left yet.
    pub fn as_str(&self) -> &'static str {
        match self {
            RefundState::Waiting | RefundState::Sent => "pending",
            RefundState::Succeeded => "succeeded",
            RefundState::Failed { .. } => "failed",
            RefundState::NeedsConsent { .. } => "needs_consent",
        }
    }

    /// True while it counts as being on its way.
    pub fn is_open(&self) -> bool {
        !matches!(self, RefundState::Succeeded | RefundState::Failed { .. })
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
    /// The attempt it is at, from 1.
    pub attempt: u32,
    /// The last attempt that had succeeded and came back.
    pub returned_attempt: Option<u32>,
    /// The refund that took its place after it had failed.
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
    /// How to call the rail when the refund is due. One that waits needs [`begin_refund`] first.
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
        RailRefund { state, is_unknown: false, calls: 0, due_at: None, ..self.clone() }
    }

    /// This refund, given up.
    pub(crate) fn failed(&self, code: FailureCode) -> RailRefund {
        self.settled(RefundState::Failed { code })
    }
}

/// Accounts on which a refund is posted, each when it was opened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct RefundAccounts<'a> {
    /// `rail/{rail}/clearing` of the refund's rail.
    pub clearing: Option<&'a Account>,
    /// `refund/payable`.
    pub payable: Option<&'a Account>,
}

impl RefundAccounts<'_> {
    /// Clearing and payable of a refund.
    pub(crate) fn of(self, refund: &RailRefund) -> (Account, Account) {
        let currency = refund.amount.currency;
        let clearing = AccountName::RailClearing(refund.rail.clone());
        let clearing = Account::or_open(self.clearing, clearing, currency);
        (clearing, Account::or_open(self.payable, AccountName::RefundPayable, currency))
    }
}

/// A refund to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRefund {
    /// Its id, drawn by the caller.
    pub id: RailRefundId,
    /// How much, above zero.
    pub amount: Money,
    /// The refund of an order that it is a part of; `None` for a payment that was in vain.
    pub order_refund: Option<RefundId>,
}

/// Accounts on which it is posted that money is owed, each when it was opened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwedAccounts<'a> {
    /// `order/clearing`.
    pub order: Option<&'a Account>,
    /// `refund/payable`.
    pub payable: Option<&'a Account>,
}

/// Begins a refund of a part of a payment. From now on the part counts. `method` is the payment's.
///
/// The money is owed before it is sent: posts the amount, debit `order/clearing`, credit
/// `refund/payable`. What becomes of the refund moves it on, or leaves it owed.
///
/// It waits to be sent; when the method has expired it waits for consent instead. When an app store
/// holds the method it counts as sent: the store makes it, and nobody here can call it back.
///
/// # Errors
///
/// In this order: `IdTaken`; `NotCaptured`; `CurrencyMismatch`; `LimitExceeded` when nothing is to
/// be refunded, or too many refunds are open; `AmountExceedsRefundable`; `LimitExceeded` when a
/// total would overflow.
pub fn open_refund(
    new: &OpenRefund,
    payment: &Payment,
    method: &Method,
    existing: Option<&RailRefund>,
    accounts: OwedAccounts<'_>,
    context: Context,
) -> Result<Outcome, Refusal> {
    let opened = open(new, payment, method, existing, context)?;
    Ok(opened.with_posted(owe(new, accounts, context)?))
}

/// Opens another refund in the place of one that has failed. The money is owed since then, so
/// nothing is posted.
///
/// # Errors
///
/// In this order: `RefundNotFailed`; `NothingToChange` when another one took its place before; then
/// those of [`open_refund`].
pub fn replace_refund(
    id: RailRefundId,
    failed: &RailRefund,
    payment: &Payment,
    method: &Method,
    existing: Option<&RailRefund>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if !matches!(failed.state, RefundState::Failed { .. }) {
        return Err(Refusal::RefundNotFailed);
    }
    if failed.replaced_by.is_some() {
        return Err(Refusal::NothingToChange);
    }
    let new = OpenRefund { id, amount: failed.amount, order_refund: failed.order_refund };
    let opened = open(&new, payment, method, existing, context)?;
    Ok(opened.with_refund(RailRefund { replaced_by: Some(id), ..failed.clone() }))
}

/// Opens a refund whose money is owed, or will be by the caller.
fn open(
    new: &OpenRefund,
    payment: &Payment,
    method: &Method,
    existing: Option<&RailRefund>,
    context: Context,
) -> Result<Outcome, Refusal> {
    if existing.is_some() {
        return Err(Refusal::IdTaken);
    }
    check_part_of(payment, new.amount)?;
    let after = payment.reserve(new.id, new.amount.amount)?;
    let (state, due_at) = if method.is_store_mediated {
        (RefundState::Sent, None)
    } else if method.expires_before(context.now) {
        (RefundState::NeedsConsent { reason: ConsentReason::MethodExpired }, None)
    } else {
        (RefundState::Waiting, Some(context.now))
    };
    let needs_consent = matches!(state, RefundState::NeedsConsent { .. });
    let refund = RailRefund {
        id: new.id,
        payment: payment.id,
        rail: payment.rail.clone(),
        amount: new.amount,
        order_refund: new.order_refund,
        destination: Destination::Original,
        state,
        attempt: 1,
        returned_attempt: None,
        replaced_by: None,
        is_unknown: false,
        rail_reference: None,
        calls: 0,
        due_at,
        created_at: context.now,
    };
    let subject = Subject::of(new.id);
    let outcome = Outcome::of_payment(payment, after)
        .with_refund(refund)
        .with_event(EventKind::RefundCreated, subject);
    if needs_consent {
        return Ok(outcome.with_event(EventKind::RefundConsentNeeded, subject));
    }
    Ok(outcome)
}

/// Posts that the payer is owed what is to go back.
fn owe(new: &OpenRefund, accounts: OwedAccounts<'_>, context: Context) -> Result<Posted, Refusal> {
    let currency = new.amount.currency;
    let order = Account::or_open(accounts.order, AccountName::OrderClearing, currency);
    let payable = Account::or_open(accounts.payable, AccountName::RefundPayable, currency);
    let mut sheet = Sheet::new(context, Reason::RefundOwed, Subject::of(new.id));
    sheet.transfer(Reason::RefundOwed, &order, &payable, new.amount)?;
    Ok(sheet.finish())
}

/// Notes that the rail is about to be called with a refund. This is committed before the call:
/// afterwards the money may be on the wire whatever happens to us, and only the rail can say.
///
/// # Errors
///
/// In this order: `NothingToChange` when it was begun before; `RefundNotOpen`;
/// `AmountExceedsRefundable` while a dispute takes more than there is.
pub fn begin_refund(refund: &RailRefund, payment: &Payment) -> Result<Outcome, Refusal> {
    match refund.state {
        RefundState::Waiting => {}
        RefundState::Sent => return Err(Refusal::NothingToChange),
        _ => return Err(Refusal::RefundNotOpen),
    }
    payment.check_not_overdrawn()?;
    let refund = RailRefund { state: RefundState::Sent, ..refund.clone() };
    Ok(Outcome::default().with_refund(refund))
}
