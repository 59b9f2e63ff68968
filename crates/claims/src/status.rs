//! Where a claim stands, and where it may go from there.

/// Where a claim stands. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Status {
    /// It was made. One without an account waits for somebody to find what it is about.
    Received = 1,
    /// The platform gathers what it knows, and decides.
    Gathering = 2,
    /// A person looks at it, or a second one at what is to be paid.
    InReview = 3,
    /// All of the loss is to be paid.
    Approved = 4,
    /// A part of the loss is to be paid.
    PartlyApproved = 5,
    /// Nothing is paid. It may be appealed against.
    Denied = 6,
    /// Whoever made it does not want it any more.
    Withdrawn = 7,
    /// Whoever made it has asked for somebody else to decide.
    Appealed = 8,
    /// The money is on its way.
    Paying = 9,
    /// The money has left. What was a part only may be appealed against.
    Paid = 10,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 10] = [
        Status::Received,
        Status::Gathering,
        Status::InReview,
        Status::Approved,
        Status::PartlyApproved,
        Status::Denied,
        Status::Withdrawn,
        Status::Appealed,
        Status::Paying,
        Status::Paid,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Received => "received",
            Status::Gathering => "gathering",
            Status::InReview => "in_review",
            Status::Approved => "approved",
            Status::PartlyApproved => "partly_approved",
            Status::Denied => "denied",
            Status::Withdrawn => "withdrawn",
            Status::Appealed => "appealed",
            Status::Paying => "paying",
            Status::Paid => "paid",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Status> {
        Status::ALL.into_iter().find(|status| *status as u8 == number)
    }

    /// Where a claim may go from here: the whole table of moves. Nothing leads anywhere else, and
    /// a status without moves is final.
    pub fn moves(self) -> &'static [Status] {
        use Status::{
            Appealed, Approved, Denied, Gathering, InReview, Paid, PartlyApproved, Paying,
            Withdrawn,
        };
        match self {
            // Without facts only where these cannot be put together, and it is late.
            Status::Received => &[Gathering, InReview, Approved, PartlyApproved, Denied, Withdrawn],
            Status::Gathering => &[InReview, Approved, PartlyApproved, Denied, Withdrawn],
            // After a dispute the facts are gathered anew.
            Status::InReview => &[Gathering, Approved, PartlyApproved, Denied, Withdrawn],
            // What was paid before an appeal stays paid when the rest is withdrawn.
            Status::Approved | Status::PartlyApproved => &[Paying, Withdrawn, Paid],
            Status::Denied => &[Appealed],
            Status::Withdrawn => &[],
            // An appeal in vain, or taken back, leaves what was decided before.
            Status::Appealed => &[Approved, PartlyApproved, Denied, Paid],
            Status::Paying => &[Paid],
            Status::Paid => &[Appealed],
        }
    }

    /// Whether a claim may go from here to there.
    pub fn may_become(self, other: Status) -> bool {
        self.moves().contains(&other)
    }

    /// True while the platform owes the claimant something: an answer, or money.
    pub fn is_open(self) -> bool {
        !matches!(self, Status::Denied | Status::Withdrawn | Status::Paid)
    }

    /// True while nothing was decided, or is to be decided again.
    pub fn is_undecided(self) -> bool {
        matches!(self, Status::Received | Status::Gathering | Status::InReview | Status::Appealed)
    }

    /// True while money is promised and has not set out.
    pub fn is_promised(self) -> bool {
        matches!(self, Status::Approved | Status::PartlyApproved)
    }
}
