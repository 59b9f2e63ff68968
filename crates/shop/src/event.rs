//! Events: what happened, in the words other systems subscribe to.

/// Kind of an event. The numbers are stored and never change or get reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum EventKind {
    /// A seller was created.
    SellerCreated = 300,
    /// A creator was created.
    CreatorCreated = 301,
    /// A product was created.
    ProductCreated = 302,
    /// A checkout was created.
    CheckoutCreated = 310,
    /// Every tender of a checkout has succeeded.
    CheckoutPaid = 311,
    /// An attempt to pay a checkout has failed; it may be tried again.
    CheckoutFailed = 312,
    /// A checkout was abandoned.
    CheckoutExpired = 313,
    /// The payer must do something before a payment can go on.
    CheckoutActionRequired = 314,
    /// An order was made of a paid checkout.
    OrderPaid = 320,
    /// Money of an order is on its way back.
    RefundCreated = 330,
    /// All of a refund has arrived.
    RefundSucceeded = 331,
    /// A part of a refund did not arrive.
    RefundFailed = 332,
    /// A part of a refund cannot go where it came from, and its payer must agree to another way.
    RefundConsentRequired = 333,
    /// Money owed was taken out of the books to be paid.
    PayoutCreated = 340,
    /// A payout arrived.
    PayoutPaid = 341,
    /// A payout did not arrive, and is owed again.
    PayoutFailed = 342,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 16] = [
        EventKind::SellerCreated,
        EventKind::CreatorCreated,
        EventKind::ProductCreated,
        EventKind::CheckoutCreated,
        EventKind::CheckoutPaid,
        EventKind::CheckoutFailed,
        EventKind::CheckoutExpired,
        EventKind::CheckoutActionRequired,
        EventKind::OrderPaid,
        EventKind::RefundCreated,
        EventKind::RefundSucceeded,
        EventKind::RefundFailed,
        EventKind::RefundConsentRequired,
        EventKind::PayoutCreated,
        EventKind::PayoutPaid,
        EventKind::PayoutFailed,
    ];

    /// Stable name: `noun.past_participle`.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::SellerCreated => "seller.created",
            EventKind::CreatorCreated => "creator.created",
            EventKind::ProductCreated => "product.created",
            EventKind::CheckoutCreated => "checkout.created",
            EventKind::CheckoutPaid => "checkout.paid",
            EventKind::CheckoutFailed => "checkout.failed",
            EventKind::CheckoutExpired => "checkout.expired",
            EventKind::CheckoutActionRequired => "checkout.action_required",
            EventKind::OrderPaid => "order.paid",
            EventKind::RefundCreated => "refund.created",
            EventKind::RefundSucceeded => "refund.succeeded",
            EventKind::RefundFailed => "refund.failed",
            EventKind::RefundConsentRequired => "refund.consent_required",
            EventKind::PayoutCreated => "payout.created",
            EventKind::PayoutPaid => "payout.paid",
            EventKind::PayoutFailed => "payout.failed",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u16) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| *kind as u16 == number)
    }
}
