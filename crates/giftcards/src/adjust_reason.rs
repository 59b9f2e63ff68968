//! Why a person corrects the value of a card: a closed set of words.

use ledger::Reason;

/// Why a value is corrected. It is kept in the ledger, as the reason of the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdjustReason {
    /// To please a customer, or taken back from one.
    Goodwill,
    /// The value was wrong.
    Correction,
    /// To make a loss good.
    Compensation,
    /// Fraud had moved the value.
    Fraud,
    /// None of the others.
    Other,
}

impl AdjustReason {
    /// Every reason, in the order in which they are told.
    pub const ALL: [AdjustReason; 5] = [
        AdjustReason::Goodwill,
        AdjustReason::Correction,
        AdjustReason::Compensation,
        AdjustReason::Fraud,
        AdjustReason::Other,
    ];

    /// Stable lower-case word: the detail of its [`Reason`].
    pub fn as_str(self) -> &'static str {
        self.in_ledger().detail().expect("every adjustment written today has a detail")
    }

    /// The reason of its word.
    pub fn parse(word: &str) -> Option<AdjustReason> {
        AdjustReason::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// The reason under which the ledger keeps it.
    pub fn in_ledger(self) -> Reason {
        match self {
            AdjustReason::Goodwill => Reason::AdjustGoodwill,
            AdjustReason::Correction => Reason::AdjustCorrection,
            AdjustReason::Compensation => Reason::AdjustCompensation,
            AdjustReason::Fraud => Reason::AdjustFraud,
            AdjustReason::Other => Reason::AdjustOther,
        }
    }
}
