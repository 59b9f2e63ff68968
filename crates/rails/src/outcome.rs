//! What became of a deed at a rail.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Reference;

/// What a rail's answer, or its absence, says about a deed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome<T> {
    /// It is done.
    Succeeded(T),
    /// It was refused, and no money moved.
    Failed(FailureCode),
    /// The payer must act first; the rail tells by a message, or when asked, how it ended.
    RequiresAction(Challenge),
    /// The rail has accepted it and will decide later.
    Pending {
        /// What it made; keep it.
        reference: Reference,
    },
    /// It may be done or not. Ask for the state, or repeat the very same operation; never start
    /// another one for the same money.
    Unknown(Unknown),
}

impl<T> Outcome<T> {
    /// The same outcome with another success.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        self.and_then(|value| Outcome::Succeeded(change(value)))
    }

    /// The same outcome, unless it is a success that turns out to be something else.
    pub fn and_then<U>(self, next: impl FnOnce(T) -> Outcome<U>) -> Outcome<U> {
        match self {
            Outcome::Succeeded(value) => next(value),
            Outcome::Failed(code) => Outcome::Failed(code),
            Outcome::RequiresAction(challenge) => Outcome::RequiresAction(challenge),
            Outcome::Pending { reference } => Outcome::Pending { reference },
            Outcome::Unknown(why) => Outcome::Unknown(why),
        }
    }
}

/// What the payer has to do before the payment goes on.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The payment that waits.
    pub reference: Reference,
    /// Where the payer's browser is to be sent. None when the rail's own component in the page
    /// asks the payer, which knows the payment already.
    pub url: Option<String>,
}

/// Hides the address: whoever has it may act for the payer.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge").field("reference", &self.reference).finish_non_exhaustive()
    }
}

/// Why nobody knows whether a deed was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No answer came in time.
    #[error("the rail did not answer in time")]
    TimedOut,
    /// The connection could not be made, or broke before the whole answer was there.
    #[error("the connection to the rail broke")]
    ConnectionLost,
    /// The rail says that it failed itself (HTTP 5xx).
    #[error("the rail had an error of its own")]
    RailError,
    /// The answer is not in the rail's format, or lacks what must be there.
    #[error("the answer of the rail cannot be read")]
    Unreadable,
    /// The same operation is being worked on at this moment.
    #[error("the rail is still busy with this operation")]
    InProgress,
    /// The rail knows the operation with other arguments. What it did then stays done, so this is
    /// no failure; it is a defect of the caller.
    #[error("the rail has done this operation with other arguments")]
    OperationReused,
}

/// Why a rail refused. The set is closed: what a rail says beyond it becomes the nearest of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The payer's bank refused and does not say why.
    Declined,
    /// The account behind the method has too little.
    InsufficientFunds,
    /// The card has expired.
    ExpiredMethod,
    /// The method does not exist, or not any longer.
    MethodGone,
    /// The payer did not pass the bank's check, or not in time.
    ChallengeFailed,
    /// The authorization has lapsed; nothing was captured.
    AuthorizationLapsed,
    /// Everything that was captured has been refunded, or is being refunded.
    AlreadyRefunded,
    /// More than what is authorized, or more than what is left to refund.
    AmountTooLarge,
    /// Less than the rail's minimum.
    AmountTooSmall,
    /// The rail counts this currency in steps that the amount is no multiple of.
    AmountNotPayable,
    /// The rail does not take this currency, or states its unit ambiguously.
    CurrencyUnsupported,
    /// The payment is too old to be refunded over this rail.
    RefundWindowClosed,
    /// The payer's bank has opened a dispute; the money is not ours to refund.
    Disputed,
    /// The payment is in a state in which this cannot be done, such as captured already.
    WrongState,
    /// The rail does not know the payment or refund.
    NotFound,
    /// Too many requests at once; nothing was done.
    RateLimited,
    /// The rail does not accept our key, or the key may not do this. The operator must act.
    NotPermitted,
    /// The rail refused the request as such; a defect of the adapter or of its configuration.
    InvalidRequest,
}

impl FailureCode {
    /// Every code.
    pub const ALL: [FailureCode; 18] = [
        FailureCode::Declined,
        FailureCode::InsufficientFunds,
        FailureCode::ExpiredMethod,
        FailureCode::MethodGone,
        FailureCode::ChallengeFailed,
        FailureCode::AuthorizationLapsed,
        FailureCode::AlreadyRefunded,
        FailureCode::AmountTooLarge,
        FailureCode::AmountTooSmall,
        FailureCode::AmountNotPayable,
        FailureCode::CurrencyUnsupported,
        FailureCode::RefundWindowClosed,
        FailureCode::Disputed,
        FailureCode::WrongState,
        FailureCode::NotFound,
        FailureCode::RateLimited,
        FailureCode::NotPermitted,
        FailureCode::InvalidRequest,
    ];

    /// The code as journal, API and logs write it. It never changes once released.
    pub const fn as_str(self) -> &'static str {
        match self {
            FailureCode::Declined => "declined",
            FailureCode::InsufficientFunds => "insufficient_funds",
            FailureCode::ExpiredMethod => "expired_method",
            FailureCode::MethodGone => "method_gone",
            FailureCode::ChallengeFailed => "challenge_failed",
            FailureCode::AuthorizationLapsed => "authorization_lapsed",
            FailureCode::AlreadyRefunded => "already_refunded",
            FailureCode::AmountTooLarge => "amount_too_large",
            FailureCode::AmountTooSmall => "amount_too_small",
            FailureCode::AmountNotPayable => "amount_not_payable",
            FailureCode::CurrencyUnsupported => "currency_unsupported",
            FailureCode::RefundWindowClosed => "refund_window_closed",
            FailureCode::Disputed => "disputed",
            FailureCode::WrongState => "wrong_state",
            FailureCode::NotFound => "not_found",
            FailureCode::RateLimited => "rate_limited",
            FailureCode::NotPermitted => "not_permitted",
            FailureCode::InvalidRequest => "invalid_request",
        }
    }

    /// The code as a token.
    ///
    /// # Panics
    ///
    /// Never: every code is one.
    pub fn token(self) -> base::Token<40> {
        base::Token::new(self.as_str()).expect("codes are tokens")
    }

    /// Whether the same operation would be refused again. The others may be repeated, the same
    /// operation after a while, or once the operator has put the key right.
    pub const fn is_final(self) -> bool {
        !matches!(self, FailureCode::RateLimited | FailureCode::NotPermitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_tokens_and_all_different() {
        let mut seen = std::collections::BTreeSet::new();
        for code in FailureCode::ALL {
            assert!(seen.insert(code.token()), "{code:?} shares its text");
            let written = serde_json::to_string(&code).unwrap();
            assert_eq!(written, format!("\"{}\"", code.as_str()));
        }
    }
}
