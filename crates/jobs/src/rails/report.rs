//! What somebody should know of the calls: told to the log, never with personal data.

use std::fmt;

use engine::Refusal;

use crate::JobError;

/// Something worth a line in the log. Ids of ours and names of rails, nothing else.
#[derive(Debug)]
pub enum RailReport {
    /// A rail says what cannot be true after what is known. Nothing was changed; a person must
    /// compare with the rail, for it may have moved money that nobody here knows of.
    Contradiction {
        /// Which rail.
        rail: String,
        /// The payment, refund or dispute.
        about: String,
        /// What is known and what was said.
        refusal: Refusal,
    },
    /// What a rail said could not be noted for another reason.
    Refused {
        /// Which rail.
        rail: String,
        /// The payment, refund or dispute.
        about: String,
        /// Why.
        refusal: Refusal,
    },
    /// A rail knows one of our operations with other arguments: a defect.
    OperationReused {
        /// Which rail.
        rail: String,
        /// The payment or refund.
        about: String,
    },
    /// A rail does not accept our key, or the key may not do this.
    NotPermitted {
        /// Which rail.
        rail: String,
    },
    /// Payments or refunds wait for a rail that is not set up.
    NoSuchRail {
        /// Which rail.
        rail: String,
    },
    /// A rail cannot be opened yet; it is tried again.
    NotYet {
        /// Why.
        why: String,
    },
    /// A refund waits that should go by another method than the money came; no rail can do that.
    AnotherMethod {
        /// The refund.
        about: String,
    },
    /// A rail has a refund under an operation as ours are, and this book has none of that id.
    /// Nothing was booked.
    Foreign {
        /// Which rail.
        rail: String,
        /// The rail's own name for the refund.
        about: String,
    },
    /// A rail says that a dispute is over, and not who has the money. It is left as it is, or
    /// opened.
    Unclear {
        /// Which rail.
        rail: String,
        /// The dispute.
        about: String,
    },
    /// An authorization was given up: its rail fails it again and again, or was away for hours.
    /// Nothing is reserved, and the attempt to pay fails.
    GivenUp {
        /// Which rail.
        rail: String,
        /// The payment.
        about: String,
    },
    /// A call failed on an assertion; it is tried again.
    Panicked {
        /// Which rail.
        rail: String,
    },
    /// A thread of the caller has; it goes on after a rest.
    WorkerPanicked,
    /// A run through what is due has failed; the next one tries again.
    Failed(JobError),
}

impl RailReport {
    /// True when a person must do something.
    pub fn is_error(&self) -> bool {
        !matches!(self, RailReport::Failed(error) if error.is_transient())
            && !matches!(
                self,
                RailReport::AnotherMethod { .. }
                    | RailReport::NotYet { .. }
                    | RailReport::GivenUp { .. }
            )
    }
}

impl fmt::Display for RailReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RailReport::Contradiction { rail, about, refusal } => {
                write!(f, "{about} must be compared with {rail} by a person: {refusal}")
            }
            RailReport::Refused { rail, about, refusal } => {
                write!(f, "what {rail} said of {about} could not be noted: {refusal}")
            }
            RailReport::OperationReused { rail, about } => {
                write!(f, "{rail} knows the operation of {about} with other arguments")
            }
            RailReport::NotPermitted { rail } => {
                write!(f, "{rail} does not accept our key, or it may not do this")
            }
            RailReport::NoSuchRail { rail } => {
                write!(f, "payments or refunds wait for the rail {rail}, which is not set up")
            }
            RailReport::NotYet { why } => write!(f, "a rail cannot be opened yet: {why}"),
            RailReport::AnotherMethod { about } => {
                write!(f, "{about} should go by another method, which no rail can do yet")
            }
            RailReport::Foreign { rail, about } => {
                write!(f, "{rail} has the refund {about}, whose operation this book does not know")
            }
            RailReport::Unclear { rail, about } => {
                write!(f, "{rail} says that {about} is over, and not who has the money")
            }
            RailReport::GivenUp { rail, about } => {
                write!(f, "{about} was given up: {rail} knows nothing of it")
            }
            RailReport::Panicked { rail } => write!(f, "a call of {rail} failed on an assertion"),
            RailReport::WorkerPanicked => write!(f, "what calls rails failed on an assertion"),
            RailReport::Failed(error) => write!(f, "rails could not be called: {error}"),
        }
    }
}
