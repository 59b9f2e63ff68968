//! Why a refund waits for the payer's word.

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
    /// An app store holds the method, and nobody has asked it yet: the payment was in vain.
    HeldByStore = 4,
}

impl ConsentReason {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            ConsentReason::MethodExpired => "method_expired",
            ConsentReason::MethodGone => "method_gone",
            ConsentReason::CameBack => "came_back",
            ConsentReason::HeldByStore => "held_by_store",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<ConsentReason> {
        [
            ConsentReason::MethodExpired,
            ConsentReason::MethodGone,
            ConsentReason::CameBack,
            ConsentReason::HeldByStore,
        ]
        .into_iter()
        .find(|reason| *reason as u8 == number)
    }
}
