//! Why an event is not billed, or is repaid.

/// Why an event is not billed, or is repaid. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Reason {
    /// Not a token of this book, or its promotion is not known.
    UnknownToken = 1,
    /// The token was already used for this kind of event.
    AlreadyUsed = 2,
    /// After the goal's attribution window, or reported too long after it.
    TooLate = 3,
    /// The software says that it is a program.
    DeclaredProgram = 4,
    /// The address belongs to a data centre.
    DataCentre = 5,
    /// From the platform's own people or machines.
    Internal = 6,
    /// From the advertiser.
    Own = 7,
    /// A view that did not last.
    TooShort = 8,
    /// The viewer had too much of it.
    ViewerLimit = 9,
    /// Too much from one address.
    AddressLimit = 10,
    /// Too much from one network.
    NetworkLimit = 11,
    /// Reported from another country than the post was shown in.
    Geography = 12,
    /// Reported from another device than the post was shown on.
    Device = 13,
    /// The viewer acts in concert with others.
    Lockstep = 14,
    /// The sale was returned.
    Returned = 15,
    /// A sale that was not billed was returned. It never enters the log.
    NotBilled = 16,
}

/// Reasons as an advertiser sums them up. Names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// Programs instead of people.
    AutomatedTraffic,
    /// The platform's own people and machines.
    Platform,
    /// The advertiser.
    Advertiser,
    /// Views that did not last.
    TooShort,
    /// The same again and again.
    Repetition,
    /// Another place or device.
    UnlikeSelection,
    /// Returned sales.
    Returned,
}

crate::saved::saved_as! {
    Cause, u8, one => *one as u8, number => Cause::ALL.into_iter().find(|one| *one as u8 == number);
}

impl Cause {
    /// Every cause.
    pub const ALL: [Cause; 7] = [
        Cause::AutomatedTraffic,
        Cause::Platform,
        Cause::Advertiser,
        Cause::TooShort,
        Cause::Repetition,
        Cause::UnlikeSelection,
        Cause::Returned,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Cause::AutomatedTraffic => "automated_traffic",
            Cause::Platform => "platform",
            Cause::Advertiser => "advertiser",
            Cause::TooShort => "too_short",
            Cause::Repetition => "repetition",
            Cause::UnlikeSelection => "unlike_selection",
            Cause::Returned => "returned",
        }
    }

    /// What follows a number of events: 212 views *from automated traffic*.
    pub fn phrase(self) -> &'static str {
        match self {
            Cause::AutomatedTraffic => "from automated traffic",
            Cause::Platform => "from the platform itself",
            Cause::Advertiser => "from yourself",
            Cause::TooShort => "that did not last",
            Cause::Repetition => "repeated too often",
            Cause::UnlikeSelection => "from another place or device than the post was shown on",
            Cause::Returned => "that were returned",
        }
    }
}

impl Reason {
    /// Every reason, in the order of the numbers.
    pub const ALL: [Reason; 16] = [
        Reason::UnknownToken,
        Reason::AlreadyUsed,
        Reason::TooLate,
        Reason::DeclaredProgram,
        Reason::DataCentre,
        Reason::Internal,
        Reason::Own,
        Reason::TooShort,
        Reason::ViewerLimit,
        Reason::AddressLimit,
        Reason::NetworkLimit,
        Reason::Geography,
        Reason::Device,
        Reason::Lockstep,
        Reason::Returned,
        Reason::NotBilled,
    ];

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| *reason as u8 == number)
    }

    /// Stable lower-case code.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::UnknownToken => "unknown_token",
            Reason::AlreadyUsed => "already_used",
            Reason::TooLate => "too_late",
            Reason::DeclaredProgram => "declared_program",
            Reason::DataCentre => "data_centre",
            Reason::Internal => "internal",
            Reason::Own => "own",
            Reason::TooShort => "too_short",
            Reason::ViewerLimit => "viewer_limit",
            Reason::AddressLimit => "address_limit",
            Reason::NetworkLimit => "network_limit",
            Reason::Geography => "geography",
            Reason::Device => "device",
            Reason::Lockstep => "lockstep",
            Reason::Returned => "returned",
            Reason::NotBilled => "not_billed",
        }
    }

    /// A sentence for the advertiser.
    pub fn sentence(self) -> &'static str {
        match self {
            Reason::UnknownToken => "It does not belong to a promotion of ours.",
            Reason::AlreadyUsed => "The same was already counted.",
            Reason::TooLate => "It came too long after your post was shown.",
            Reason::DeclaredProgram => "It came from a program that says it is one, not a person.",
            Reason::DataCentre => {
                "It came from a data centre, where programs run and nobody looks."
            }
            Reason::Internal => "It came from people or machines of the platform.",
            Reason::Own => "It came from you or somebody of your account.",
            Reason::TooShort => "Your post was on the screen for less than the time of a view.",
            Reason::ViewerLimit => "The same viewer did this more often than people do.",
            Reason::AddressLimit => "More came from one address than from a household or office.",
            Reason::NetworkLimit => "More came from one network than from its people.",
            Reason::Geography => "It came from another country than your post was shown in.",
            Reason::Device => "It came from another device than your post was shown on.",
            Reason::Lockstep => "It came from one of several accounts that act as one.",
            Reason::Returned => "What was bought was returned.",
            Reason::NotBilled => "No sale was billed, so there is nothing to repay.",
        }
    }

    /// Whether nothing can follow for the same token and kind of event. A view that was too short
    /// may become long enough; every other reason stands.
    pub fn is_final(self) -> bool {
        self != Reason::TooShort
    }

    /// How an advertiser sums it up; nothing for what never enters the log, because it belongs to
    /// no promotion, was counted already, or could be sent any number of times.
    pub fn cause(self) -> Option<Cause> {
        match self {
            Reason::UnknownToken | Reason::AlreadyUsed | Reason::TooLate | Reason::NotBilled => {
                None
            }
            Reason::DeclaredProgram | Reason::DataCentre | Reason::Lockstep => {
                Some(Cause::AutomatedTraffic)
            }
            Reason::Internal => Some(Cause::Platform),
            Reason::Own => Some(Cause::Advertiser),
            Reason::TooShort => Some(Cause::TooShort),
            Reason::ViewerLimit | Reason::AddressLimit | Reason::NetworkLimit => {
                Some(Cause::Repetition)
            }
            Reason::Geography | Reason::Device => Some(Cause::UnlikeSelection),
            Reason::Returned => Some(Cause::Returned),
        }
    }
}
