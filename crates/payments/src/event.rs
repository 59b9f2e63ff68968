//! Events: what happened, in the words other systems subscribe to.

/// Kind of an event. The numbers are stored and never change or get reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum EventKind {
    /// A method was kept.
    MethodCreated = 200,
    /// The rail has reserved a payment.
    PaymentAuthorized = 210,
    /// The payer must do something, such as answer a challenge.
    PaymentActionRequired = 211,
    /// The rail has taken a payment.
    PaymentCaptured = 212,
    /// The rail has refused a payment.
    PaymentFailed = 213,
    /// A payment was given up before it was taken.
    PaymentVoided = 214,
    /// The rail's fee became known after the capture.
    PaymentFeeNoted = 215,
    /// A part of a payment was given back in another form.
    PaymentCredited = 216,
    /// A refund is to be sent.
    RefundCreated = 220,
    /// A refund has reached the payer, as far as the rail knows.
    RefundSucceeded = 221,
    /// A refund was refused by the rail, given up, or cancelled by a dispute.
    RefundFailed = 222,
    /// A refund that had succeeded came back: it is owed again.
    RefundReturned = 223,
    /// A refund cannot go back the way the money came; the payer must name another.
    RefundConsentNeeded = 224,
    /// The payer has named another method.
    RefundRedirected = 225,
    /// A refund is to be sent once more.
    RefundRetried = 226,
    /// The payer's bank has taken money back.
    DisputeOpened = 230,
    /// It was decided that the payment stands.
    DisputeWon = 231,
    /// It was decided that the payment does not stand.
    DisputeLost = 232,
    /// A decided dispute goes on in a later stage.
    DisputeReopened = 233,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 19] = [
        EventKind::MethodCreated,
        EventKind::PaymentAuthorized,
        EventKind::PaymentActionRequired,
        EventKind::PaymentCaptured,
        EventKind::PaymentFailed,
        EventKind::PaymentVoided,
        EventKind::PaymentFeeNoted,
        EventKind::PaymentCredited,
        EventKind::RefundCreated,
        EventKind::RefundSucceeded,
        EventKind::RefundFailed,
        EventKind::RefundReturned,
        EventKind::RefundConsentNeeded,
        EventKind::RefundRedirected,
        EventKind::RefundRetried,
        EventKind::DisputeOpened,
        EventKind::DisputeWon,
        EventKind::DisputeLost,
        EventKind::DisputeReopened,
    ];

    /// Stable name: `noun.past_participle`. Refunds of orders have the noun `refund`; these are
    /// their ways over a rail.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::MethodCreated => "payment_method.created",
            EventKind::PaymentAuthorized => "payment.authorized",
            EventKind::PaymentActionRequired => "payment.action_required",
            EventKind::PaymentCaptured => "payment.captured",
            EventKind::PaymentFailed => "payment.failed",
            EventKind::PaymentVoided => "payment.voided",
            EventKind::PaymentFeeNoted => "payment.fee_noted",
            EventKind::PaymentCredited => "payment.credited",
            EventKind::RefundCreated => "rail_refund.created",
            EventKind::RefundSucceeded => "rail_refund.succeeded",
            EventKind::RefundFailed => "rail_refund.failed",
            EventKind::RefundReturned => "rail_refund.returned",
            EventKind::RefundConsentNeeded => "rail_refund.consent_needed",
            EventKind::RefundRedirected => "rail_refund.redirected",
            EventKind::RefundRetried => "rail_refund.retried",
            EventKind::DisputeOpened => "dispute.opened",
            EventKind::DisputeWon => "dispute.won",
            EventKind::DisputeLost => "dispute.lost",
            EventKind::DisputeReopened => "dispute.reopened",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u16) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| *kind as u16 == number)
    }
}
