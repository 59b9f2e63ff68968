//! What a row can decide, and what it can ask for beside money.

/// What is decided. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Outcome {
    /// Everything that is owed on the ground is paid.
    Approve = 1,
    /// A part is paid.
    PartlyApprove = 2,
    /// Nothing is paid, because of something that is on record.
    Deny = 3,
    /// A person decides.
    Review = 4,
    /// Nothing is decided while something else is open.
    Hold = 5,
    /// It is the same as an earlier claim, whose decision stands.
    Link = 6,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 6] = [
        Outcome::Approve,
        Outcome::PartlyApprove,
        Outcome::Deny,
        Outcome::Review,
        Outcome::Hold,
        Outcome::Link,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Approve => "approve",
            Outcome::PartlyApprove => "partly_approve",
            Outcome::Deny => "deny",
            Outcome::Review => "review",
            Outcome::Hold => "hold",
            Outcome::Link => "link",
        }
    }

    /// The outcome of that name.
    pub fn parse(name: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| *outcome as u8 == number)
    }

    /// True when money goes back.
    pub fn pays(self) -> bool {
        matches!(self, Outcome::Approve | Outcome::PartlyApprove)
    }

    /// How good it is for the claimant; more is better.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Outcome::Approve => 5,
            Outcome::PartlyApprove => 4,
            Outcome::Review => 3,
            Outcome::Hold => 2,
            Outcome::Link => 1,
            Outcome::Deny => 0,
        }
    }
}

/// What is done beside paying. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Act {
    /// The account can pay nothing more until its owner has proved to be its owner.
    FreezeAccount = 1,
    /// The promotion is stopped, so that what is not spent goes back.
    StopPromotion = 2,
    /// Somebody looks at who is suspected.
    ReviewSuspect = 3,
    /// The report is put right.
    CorrectReport = 4,
    /// The answer shows what became of every opportunity.
    ShowWaterfall = 5,
}

impl Act {
    /// Every act.
    pub const ALL: [Act; 5] = [
        Act::FreezeAccount,
        Act::StopPromotion,
        Act::ReviewSuspect,
        Act::CorrectReport,
        Act::ShowWaterfall,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::FreezeAccount => "freeze_account",
            Act::StopPromotion => "stop_promotion",
            Act::ReviewSuspect => "review_suspect",
            Act::CorrectReport => "correct_report",
            Act::ShowWaterfall => "show_waterfall",
        }
    }

    /// The act of that name.
    pub fn parse(name: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.as_str() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Act> {
        Act::ALL.into_iter().find(|act| *act as u8 == number)
    }
}
