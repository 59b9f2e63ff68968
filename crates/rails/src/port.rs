//! The port: what every rail can be asked.

use base::{Instant, Money, Span};

use crate::{
    DisputeState, FailureCode, Header, MethodState, MethodToken, Operation, Outcome, PaymentState,
    RailEvent, Reference, RefundState, SettledLine, SettlementError, WebhookError, read_settlement,
};

/// A payment rail.
///
/// Calls block until the rail has answered or the time for it is over; they are made by jobs on
/// threads of their own, never while a book decides. Every deed carries our [`Operation`]: the
/// same operation with the same arguments is done at most once, however often it is called. With
/// other arguments it is [`crate::Unknown::OperationReused`].
///
/// A rail remembers operations only for so long ([`Capabilities::operations_last`]). Whoever
/// repeats an unknown deed later than that asks for the state first, and repeats it only when the
/// rail says that there is nothing.
pub trait Rail: Send + Sync {
    /// The machine name: `sandbox`, `sandbox_store`, `stripe`. Accounts of the ledger carry it.
    fn name(&self) -> &'static str;

    /// What this rail can do.
    fn capabilities(&self) -> Capabilities;

    /// Looks at a payment method before it is kept: [`FailureCode::MethodGone`] when the
    /// rail does not know it.
    fn method(&self, token: &MethodToken) -> Outcome<MethodState>;

    /// Asks the payer's bank to hold the amount. [`Outcome::Succeeded`] is authorized, not
    /// captured.
    fn authorize(&self, request: &Authorize<'_>) -> Outcome<PaymentState>;

    /// Takes an authorized amount, or a part; what is not taken is released. Once a payment.
    fn capture(&self, request: &Capture<'_>) -> Outcome<PaymentState>;

    /// Gives up a payment of which nothing was captured.
    fn void(&self, request: &Void<'_>) -> Outcome<PaymentState>;

    /// Sends a captured amount, or a part, back to the method it came from; nowhere else.
    /// [`Outcome::Pending`] is a refund too: it may not be sent again.
    fn refund(&self, request: &Refund<'_>) -> Outcome<RefundState>;

    /// What became of a payment. Success with nothing means that the rail has no such payment:
    /// the request never arrived, and the same operation may be called again.
    fn payment(&self, query: &PaymentQuery<'_>) -> Outcome<Option<PaymentState>>;

    /// What became of a refund; nothing as for payments.
    fn refund_state(&self, query: &RefundQuery<'_>) -> Outcome<Option<RefundState>>;

    /// All refunds of a payment, also those that somebody has made at the rail itself.
    fn refunds(&self, payment: &Reference) -> Outcome<Vec<RefundState>>;

    /// All disputes about a payment.
    fn disputes(&self, payment: &Reference) -> Outcome<Vec<DisputeState>>;

    /// Checks that a message is the rail's and not older than [`crate::TOLERANCE`], and says what
    /// changed; nothing for messages that are about something else.
    ///
    /// Messages come twice, late, and in any order. The state in one is that of its time, so
    /// whoever acts on a message asks for the state first, or checks that nothing newer is known.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]; the message is to be ignored.
    fn verify_and_translate(
        &self,
        headers: &[Header<'_>],
        body: &[u8],
        now: Instant,
    ) -> Result<Vec<RailEvent>, WebhookError>;

    /// The payer answers a challenge, on a rail that is played: everywhere else payers answer their
    /// bank.
    ///
    /// # Errors
    ///
    /// [`FailureCode::NotPermitted`] on a rail that is not played; [`FailureCode::NotFound`];
    /// [`FailureCode::WrongState`] when no challenge is open.
    fn play_challenge(&self, payment: &Reference, passed: bool) -> Result<(), FailureCode> {
        let _ = (payment, passed);
        Err(FailureCode::NotPermitted)
    }

    /// An app store makes a refund, or declines one, on a rail that is played. Its name at the
    /// rail, also of one that was declined. The same operation does the same once.
    ///
    /// # Errors
    ///
    /// [`FailureCode::NotPermitted`] on any other rail; [`FailureCode::InvalidRequest`] when the
    /// operation had other arguments; else as for [`Rail::refund`].
    fn play_store(&self, asked: &Refund<'_>, does: StoreDoes) -> Result<Reference, FailureCode> {
        let _ = (asked, does);
        Err(FailureCode::NotPermitted)
    }

    /// Reads a settlement file of this rail, or a part of one with its header: what the rail has
    /// moved for us and paid out. Rails without a format of their own are given ours.
    ///
    /// # Errors
    ///
    /// [`SettlementError`]; nothing of the file is to be believed.
    fn settlement(&self, file: &str) -> Result<Vec<SettledLine>, SettlementError> {
        read_settlement(file)
    }
}

/// What an app store does about a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreDoes {
    /// It gives the money back to the payer.
    Refund,
    /// It says no: nothing is sent.
    Decline,
}

/// What a rail can do, so that nobody tries what must fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Authorizing and capturing are two steps.
    pub separate_capture: bool,
    /// How many days an authorization holds at least.
    pub authorization_days: u16,
    /// For how long a repeated operation is known to be the same; afterwards it would be done anew.
    pub operations_last: Span,
    /// A part of a captured payment can be refunded, and several parts one after the other.
    pub partial_refund: bool,
    /// How many days after the capture a refund can still be sent; none means no limit is known.
    pub refund_days: Option<u16>,
    /// Payers may have to act during a payment.
    pub challenge: bool,
    /// Payers' banks may take money back.
    pub disputes: bool,
    /// An app store holds the method and sells in its own name: it decides about refunds, makes
    /// them by itself, and takes no calls of [`Rail::refund`].
    pub store_mediated: bool,
    /// A refund can be sent to a method that the money did not come from. No rail here can: there
    /// is no call for it yet.
    pub refund_elsewhere: bool,
}

/// Asks for [`Rail::authorize`].
#[derive(Clone, Copy, Debug)]
pub struct Authorize<'a> {
    /// Our id of this deed.
    pub operation: &'a Operation,
    /// Whose money.
    pub method: &'a MethodToken,
    /// How much.
    pub amount: Money,
    /// Where the rail sends the payer's browser after a challenge; an address of ours.
    pub return_url: Option<&'a str>,
}

/// Asks for [`Rail::capture`].
#[derive(Clone, Copy, Debug)]
pub struct Capture<'a> {
    /// Our id of this deed.
    pub operation: &'a Operation,
    /// The authorized payment.
    pub payment: &'a Reference,
    /// How much of it, in its currency.
    pub amount: Money,
}

/// Asks for [`Rail::void`].
#[derive(Clone, Copy, Debug)]
pub struct Void<'a> {
    /// Our id of this deed.
    pub operation: &'a Operation,
    /// The payment to give up.
    pub payment: &'a Reference,
}

/// Asks for [`Rail::refund`].
#[derive(Clone, Copy, Debug)]
pub struct Refund<'a> {
    /// Our id of this deed.
    pub operation: &'a Operation,
    /// The captured payment.
    pub payment: &'a Reference,
    /// How much of it, in its currency.
    pub amount: Money,
}

/// Asks for [`Rail::payment`].
#[derive(Clone, Copy, Debug)]
pub struct PaymentQuery<'a> {
    /// The operation that authorized it.
    pub operation: &'a Operation,
    /// The rail's id, where it is known.
    pub reference: Option<&'a Reference>,
    /// When the operation was first called; a rail that can only be searched by time is searched
    /// from a little earlier on.
    pub since: Instant,
}

/// Asks for [`Rail::refund_state`].
#[derive(Clone, Copy, Debug)]
pub struct RefundQuery<'a> {
    /// The operation that refunded.
    pub operation: &'a Operation,
    /// The rail's id of the payment.
    pub payment: &'a Reference,
    /// The rail's id of the refund, where it is known.
    pub reference: Option<&'a Reference>,
}
