//! What a promotion is to bring about, and what of it is billed.

use base::Span;

use crate::limits;

/// What the advertiser wants. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Goal {
    /// That the post is watched.
    Views = 1,
    /// That people like, comment on or share it.
    Engagement = 2,
    /// That people look at the creator's page.
    ProfileViews = 3,
    /// That people follow the creator.
    Followers = 4,
    /// That people visit the website behind the post.
    WebsiteVisits = 5,
    /// That people write to the creator.
    Messages = 6,
    /// That people buy.
    Sales = 7,
}

impl Goal {
    /// Every goal.
    pub const ALL: [Goal; 7] = [
        Goal::Views,
        Goal::Engagement,
        Goal::ProfileViews,
        Goal::Followers,
        Goal::WebsiteVisits,
        Goal::Messages,
        Goal::Sales,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Goal::Views => "views",
            Goal::Engagement => "engagement",
            Goal::ProfileViews => "profile_views",
            Goal::Followers => "followers",
            Goal::WebsiteVisits => "website_visits",
            Goal::Messages => "messages",
            Goal::Sales => "sales",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Goal> {
        Goal::ALL.into_iter().find(|goal| *goal as u8 == number)
    }

    /// The one kind of event that is paid for; all others are counted only.
    pub fn billed(self) -> EventKind {
        match self {
            Goal::Views => EventKind::View,
            Goal::Engagement => EventKind::Engagement,
            Goal::ProfileViews => EventKind::ProfileView,
            Goal::Followers => EventKind::Follow,
            Goal::WebsiteVisits => EventKind::Click,
            Goal::Messages => EventKind::Message,
            Goal::Sales => EventKind::Sale,
        }
    }

    /// How long after the post was chosen for a viewer a billed event is still its doing: an hour
    /// for a view, a day for what is done at once, a week for what people sleep on.
    pub fn attribution_window(self) -> Span {
        match self {
            Goal::Views => Span::hours(1),
            Goal::Engagement | Goal::ProfileViews | Goal::Followers | Goal::WebsiteVisits => {
                Span::hours(24)
            }
            Goal::Messages | Goal::Sales => Span::days(7),
        }
    }

    /// How long after the post was chosen an event of the attribution window may still be
    /// reported.
    pub fn report_window(self) -> Span {
        let grace = limits::REPORT_GRACE.micros();
        Span::from_micros(self.attribution_window().micros().saturating_add(grace))
    }
}

/// What a viewer did with a promoted post. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum EventKind {
    /// It was on the screen.
    Impression = 1,
    /// It was watched for long enough.
    View = 2,
    /// It was liked, commented on or shared.
    Engagement = 3,
    /// The creator's page was looked at.
    ProfileView = 4,
    /// The creator was followed.
    Follow = 5,
    /// The link was opened.
    Click = 6,
    /// The creator was written to.
    Message = 7,
    /// Something was bought.
    Sale = 8,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [EventKind; 8] = [
        EventKind::Impression,
        EventKind::View,
        EventKind::Engagement,
        EventKind::ProfileView,
        EventKind::Follow,
        EventKind::Click,
        EventKind::Message,
        EventKind::Sale,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Impression => "impression",
            EventKind::View => "view",
            EventKind::Engagement => "engagement",
            EventKind::ProfileView => "profile_view",
            EventKind::Follow => "follow",
            EventKind::Click => "click",
            EventKind::Message => "message",
            EventKind::Sale => "sale",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}
