//! Deeds: what was done to a promotion, by whom and when. They are kept as evidence.

use base::{DeedId, Instant, Label, PersonId, PromotionId};

use crate::{RuleCode, Terms};

/// In which capacity somebody acts. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// As the advertiser.
    Advertiser = 1,
    /// As staff.
    Staff = 2,
    /// Nobody: a rule of the platform, or time.
    Platform = 3,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 3] = [Role::Advertiser, Role::Staff, Role::Platform];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Advertiser => "advertiser",
            Role::Staff => "staff",
            Role::Platform => "platform",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<Role> {
        Role::ALL.into_iter().find(|role| *role as u8 == number)
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// In which capacity.
    pub role: Role,
    /// The person, if it is known.
    pub person: Option<PersonId>,
}

impl Actor {
    /// A rule of the platform, or time.
    pub const PLATFORM: Actor = Actor { role: Role::Platform, person: None };
}

/// What was done. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum DeedKind {
    /// It was composed.
    Composed = 1,
    /// Its terms were changed.
    Edited = 2,
    /// Paying for it began.
    Submitted = 3,
    /// Paying for it has failed.
    PaymentFailed = 4,
    /// Its money is in escrow.
    Funded = 5,
    /// Post and terms were allowed.
    Approved = 6,
    /// Post or terms were not allowed.
    Rejected = 7,
    /// A rejection was appealed against.
    Appealed = 8,
    /// Its time had come.
    Started = 9,
    /// It was held up.
    Paused = 10,
    /// What held it up was taken away.
    Resumed = 11,
    /// The content of its post changed, so that it is reviewed again.
    ContentChanged = 12,
    /// Its post became private.
    PostHidden = 13,
    /// Its post became public again.
    PostShown = 14,
    /// It was ended before its time.
    Stopped = 15,
    /// Its time was over.
    Completed = 16,
    /// What was not spent went back.
    Settled = 17,
    /// Whoever paid has its bank take the money back.
    Disputed = 18,
    /// The money is not disputed any more.
    DisputeOver = 19,
    /// It has brought less than was to be expected.
    BehindPlan = 20,
    /// It has brought more than was to be expected.
    AheadOfPlan = 21,
    /// It has brought what was to be expected again, after one of these two.
    BackOnPlan = 22,
}

impl DeedKind {
    /// Every kind.
    pub const ALL: [DeedKind; 22] = [
        DeedKind::Composed,
        DeedKind::Edited,
        DeedKind::Submitted,
        DeedKind::PaymentFailed,
        DeedKind::Funded,
        DeedKind::Approved,
        DeedKind::Rejected,
        DeedKind::Appealed,
        DeedKind::Started,
        DeedKind::Paused,
        DeedKind::Resumed,
        DeedKind::ContentChanged,
        DeedKind::PostHidden,
        DeedKind::PostShown,
        DeedKind::Stopped,
        DeedKind::Completed,
        DeedKind::Settled,
        DeedKind::Disputed,
        DeedKind::DisputeOver,
        DeedKind::BehindPlan,
        DeedKind::AheadOfPlan,
        DeedKind::BackOnPlan,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            DeedKind::Composed => "composed",
            DeedKind::Edited => "edited",
            DeedKind::Submitted => "submitted",
            DeedKind::PaymentFailed => "payment_failed",
            DeedKind::Funded => "funded",
            DeedKind::Approved => "approved",
            DeedKind::Rejected => "rejected",
            DeedKind::Appealed => "appealed",
            DeedKind::Started => "started",
            DeedKind::Paused => "paused",
            DeedKind::Resumed => "resumed",
            DeedKind::ContentChanged => "content_changed",
            DeedKind::PostHidden => "post_hidden",
            DeedKind::PostShown => "post_shown",
            DeedKind::Stopped => "stopped",
            DeedKind::Completed => "completed",
            DeedKind::Settled => "settled",
            DeedKind::Disputed => "disputed",
            DeedKind::DisputeOver => "dispute_over",
            DeedKind::BehindPlan => "behind_plan",
            DeedKind::AheadOfPlan => "ahead_of_plan",
            DeedKind::BackOnPlan => "back_on_plan",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<DeedKind> {
        DeedKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// Something that was done to a promotion. It never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its id ([`deed_id`](crate::deed_id())).
    pub id: DeedId,
    /// To which.
    pub promotion: PromotionId,
    /// The how manyth it is, from 1, without a gap.
    pub number: u32,
    /// What was done.
    pub kind: DeedKind,
    /// By whom.
    pub actor: Actor,
    /// When.
    pub at: Instant,
    /// The rule it was done for, of what was rejected or stopped for one.
    pub rule: Option<RuleCode>,
    /// The state of the post's content, of what was approved, rejected or has changed; of
    /// rejections by former releases it is not known.
    pub content_version: Option<Label>,
    /// The terms from then on, of what was composed or edited. What was before stands in the
    /// deed of these kinds before it.
    pub terms: Option<Terms>,
}
