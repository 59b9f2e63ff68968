//! Grounds: what a claim says went wrong.

/// What a claim says went wrong. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Ground {
    /// Something of the platform did not work.
    TechnicalError = 1,
    /// The claimant did not agree to the charge.
    UnauthorizedCharge = 2,
    /// What was sold was not delivered, for reasons outside the claimant's control.
    FailureToDeliver = 3,
    /// It was delivered, and brought less than hoped for. No ground for money; it is answered.
    PoorOutcome = 4,
    /// Something else. No ground for money; it is answered.
    Other = 5,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Ground; 5] = [
        Ground::TechnicalError,
        Ground::UnauthorizedCharge,
        Ground::FailureToDeliver,
        Ground::PoorOutcome,
        Ground::Other,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Ground::TechnicalError => "technical_error",
            Ground::UnauthorizedCharge => "unauthorized_charge",
            Ground::FailureToDeliver => "failure_to_deliver",
            Ground::PoorOutcome => "poor_outcome",
            Ground::Other => "other",
        }
    }

    /// The ground of that name.
    pub fn parse(name: &str) -> Option<Ground> {
        Ground::ALL.into_iter().find(|ground| ground.as_str() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Ground> {
        Ground::ALL.into_iter().find(|ground| *ground as u8 == number)
    }
}
