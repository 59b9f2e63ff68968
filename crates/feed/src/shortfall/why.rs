use std::fmt;

/// Why something is missing. The order is that of reports; names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Nobody could be shown anything: requests did not arrive. Nobody could see these
    /// opportunities, so their number is an estimate.
    Outage,
    /// Pages failed with an error.
    Errors,
    /// Events did not arrive, so what was shown was not counted.
    Intake,
    /// It was held back, because people told of an incident.
    Incident,
    /// The review was not done when it should have begun.
    Review,
    /// The platform held it up.
    PlatformPause,
    /// What was billed turned out to be invalid, and was repaid.
    Invalid,
    /// It broke a rule.
    Policy,
    /// Its advertiser paused it.
    AdvertiserPause,
    /// Its post was private.
    PostPrivate,
    /// Its post was deleted.
    PostDeleted,
    /// Its advertiser stopped it.
    AdvertiserStop,
    /// Its payment was disputed.
    Disputed,
    /// Its advertiser asks for fewer people than when it was bought.
    Narrowed,
    /// Its advertiser allows less a day than the whole budget needs.
    DailyBudget,
    /// Others were worth more.
    Outbid,
    /// Pages were sold in other currencies.
    Currency,
    /// Its people had seen it as often as the frequency cap allows.
    Cap,
    /// Fewer people of its audience came than the budget is for.
    Audience,
    /// Its money was to last longer, or the chance of a unit was not yet known.
    Pacing,
    /// Its money was leased to other processes.
    Budget,
    /// Its money was there, and had not been leased in time.
    Lease,
}

/// Whose doing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The platform's.
    Platform,
    /// The market's: others, and how many people there are.
    Market,
    /// The advertiser's own.
    Advertiser,
    /// A rule's that was broken.
    Policy,
}

impl Why {
    /// Every cause, in their order.
    pub const ALL: [Why; 22] = [
        Why::Outage,
        Why::Errors,
        Why::Intake,
        Why::Incident,
        Why::Review,
        Why::PlatformPause,
        Why::Invalid,
        Why::Policy,
        Why::AdvertiserPause,
        Why::PostPrivate,
        Why::PostDeleted,
        Why::AdvertiserStop,
        Why::Disputed,
        Why::Narrowed,
        Why::DailyBudget,
        Why::Outbid,
        Why::Currency,
        Why::Cap,
        Why::Audience,
        Why::Pacing,
        Why::Budget,
        Why::Lease,
    ];

    /// How many there are.
    pub(super) const COUNT: usize = Why::ALL.len();

    /// Those that something happened for, and that would be gone had it not happened.
    pub(super) const EVENTS: [Why; 15] = [
        Why::Outage,
        Why::Errors,
        Why::Intake,
        Why::Incident,
        Why::Review,
        Why::PlatformPause,
        Why::Invalid,
        Why::Policy,
        Why::AdvertiserPause,
        Why::PostPrivate,
        Why::PostDeleted,
        Why::AdvertiserStop,
        Why::Disputed,
        Why::Narrowed,
        Why::DailyBudget,
    ];

    /// Its place in tables.
    pub(super) fn place(self) -> usize {
        self as usize
    }

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Outage => "outage",
            Why::Errors => "errors",
            Why::Intake => "intake",
            Why::Incident => "incident",
            Why::Review => "review",
            Why::PlatformPause => "platform_pause",
            Why::Invalid => "invalid",
            Why::Policy => "policy",
            Why::AdvertiserPause => "advertiser_pause",
            Why::PostPrivate => "post_private",
            Why::PostDeleted => "post_deleted",
            Why::AdvertiserStop => "advertiser_stop",
            Why::Disputed => "disputed",
            Why::Narrowed => "narrowed",
            Why::DailyBudget => "daily_budget",
            Why::Outbid => "outbid",
            Why::Currency => "currency",
            Why::Cap => "cap",
            Why::Audience => "audience",
            Why::Pacing => "pacing",
            Why::Budget => "budget",
            Why::Lease => "lease",
        }
    }

    /// What is the matter, for a sentence: "because …".
    pub fn phrase(self) -> &'static str {
        match self {
            Why::Outage => "the feed could not be reached",
            Why::Errors => "pages of the feed failed",
            Why::Intake => "events did not arrive",
            Why::Incident => "nothing was shown during an incident",
            Why::Review => "the review took its time",
            Why::PlatformPause => "the platform held it up",
            Why::Invalid => "invalid events were repaid",
            Why::Policy => "a rule held it back",
            Why::AdvertiserPause => "it was paused",
            Why::PostPrivate => "the post was private",
            Why::PostDeleted => "the post was deleted",
            Why::AdvertiserStop => "it was stopped",
            Why::Disputed => "its payment is disputed",
            Why::Narrowed => "its audience was made smaller",
            Why::DailyBudget => "its daily budget was used up",
            Why::Outbid => "others bid more",
            Why::Cap => "its people have seen it as often as they may",
            Why::Currency => "pages were sold in another currency",
            Why::Audience => "fewer people of its audience came than the budget is for",
            Why::Pacing => "its money is to last longer",
            Why::Budget => "other processes held its money",
            Why::Lease => "its money did not come in time",
        }
    }

    /// Whose doing it is.
    pub fn side(self) -> Side {
        match self {
            Why::Outage
            | Why::Errors
            | Why::Intake
            | Why::Incident
            | Why::Review
            | Why::PlatformPause
            | Why::Invalid
            | Why::Pacing
            | Why::Budget
            | Why::Lease => Side::Platform,
            Why::Outbid | Why::Currency | Why::Cap | Why::Audience => Side::Market,
            Why::Policy => Side::Policy,
            Why::AdvertiserPause
            | Why::PostPrivate
            | Why::PostDeleted
            | Why::AdvertiserStop
            | Why::Disputed
            | Why::Narrowed
            | Why::DailyBudget => Side::Advertiser,
        }
    }

    /// Whether the opportunities behind it were seen by nobody, and are estimated.
    pub fn is_estimate(self) -> bool {
        matches!(self, Why::Outage | Why::Errors | Why::Intake | Why::Narrowed)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
