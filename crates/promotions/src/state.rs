//! Where a promotion stands, what holds it up, and how it ended.

use base::{Instant, Label, PersonId, Token};

use crate::{Deed, DeedKind, Role};

/// A rule of content or conduct, in the words of whoever reviews: `music_licence`, `misleading`.
pub type RuleCode = Token<40>;

/// Where a promotion stands. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum State {
    /// Composed, and not paid yet.
    Draft = 1,
    /// Paid; somebody looks at post and terms, for the first time or again.
    InReview = 2,
    /// Not allowed. The money goes back unless an appeal comes first.
    Rejected = 3,
    /// Allowed; its time has not come.
    Scheduled = 4,
    /// Shown.
    Running = 5,
    /// Allowed, and held up: see [`Pauses`].
    Paused = 6,
    /// Its time is over.
    Completed = 7,
    /// Ended before its time: see [`EndCause`].
    Stopped = 8,
    /// What was not spent has gone back.
    Settled = 9,
}

impl State {
    /// Every state.
    pub const ALL: [State; 9] = [
        State::Draft,
        State::InReview,
        State::Rejected,
        State::Scheduled,
        State::Running,
        State::Paused,
        State::Completed,
        State::Stopped,
        State::Settled,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::InReview => "in_review",
            State::Rejected => "rejected",
            State::Scheduled => "scheduled",
            State::Running => "running",
            State::Paused => "paused",
            State::Completed => "completed",
            State::Stopped => "stopped",
            State::Settled => "settled",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<State> {
        State::ALL.into_iter().find(|state| *state as u8 == number)
    }

    /// True while it is paid and may yet be shown, now or later.
    pub fn is_under_way(self) -> bool {
        matches!(self, State::InReview | State::Scheduled | State::Running | State::Paused)
    }

    /// True once nothing new is shown for it: only an appeal leads back.
    pub fn is_ended(self) -> bool {
        matches!(self, State::Rejected | State::Completed | State::Stopped | State::Settled)
    }
}

/// What holds a promotion up. Several may at once; it goes on when none does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// Its advertiser.
    pub by_advertiser: bool,
    /// Staff, or a rule of the platform.
    pub by_platform: bool,
    /// A claim: the rules want it stopped, and nobody has decided yet.
    pub by_claim: bool,
    /// That the post is private.
    pub post_is_private: bool,
    /// That whoever paid has its bank take the money back. Nothing is settled meanwhile either.
    pub is_disputed: bool,
}

impl Pauses {
    /// Whether anything holds it up.
    pub fn any(self) -> bool {
        let by_us = self.by_platform || self.by_claim;
        self.by_advertiser || by_us || self.post_is_private || self.is_disputed
    }

    /// What holds it up after a deed. The role of whoever pauses tells for whom: the platform by
    /// itself only pauses for a claim. What staff resumes, no claim holds up any more either.
    pub fn follow(&mut self, deed: &Deed) {
        match (deed.kind, deed.actor.role) {
            (DeedKind::Paused, Role::Advertiser) => self.by_advertiser = true,
            (DeedKind::Paused, Role::Staff) => self.by_platform = true,
            (DeedKind::Paused, Role::Platform) => self.by_claim = true,
            (DeedKind::Resumed, Role::Advertiser) => self.by_advertiser = false,
            (DeedKind::Resumed, Role::Staff) => (self.by_platform, self.by_claim) = (false, false),
            (DeedKind::Resumed, Role::Platform) => self.by_claim = false,
            (DeedKind::PostHidden, _) => self.post_is_private = true,
            (DeedKind::PostShown, _) => self.post_is_private = false,
            (DeedKind::Disputed, _) => self.is_disputed = true,
            (DeedKind::DisputeOver, _) => self.is_disputed = false,
            _ => {}
        }
    }
}

/// Why a promotion ended. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum EndCause {
    /// Its time was over.
    TimeOver = 1,
    /// Its advertiser has stopped it.
    Advertiser = 2,
    /// The platform has stopped it for breaking a rule.
    Policy = 3,
    /// The post was deleted.
    PostDeleted = 4,
    /// Its payment does not stand.
    Payment = 5,
    /// It was rejected.
    Rejected = 6,
}

impl EndCause {
    /// Every cause.
    pub const ALL: [EndCause; 6] = [
        EndCause::TimeOver,
        EndCause::Advertiser,
        EndCause::Policy,
        EndCause::PostDeleted,
        EndCause::Payment,
        EndCause::Rejected,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            EndCause::TimeOver => "time_over",
            EndCause::Advertiser => "advertiser",
            EndCause::Policy => "policy",
            EndCause::PostDeleted => "post_deleted",
            EndCause::Payment => "payment",
            EndCause::Rejected => "rejected",
        }
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<EndCause> {
        EndCause::ALL.into_iter().find(|cause| *cause as u8 == number)
    }
}

/// The end of a promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Why.
    pub cause: EndCause,
    /// When.
    pub at: Instant,
}

/// What reviews have said so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// The state of the post's content that was allowed last.
    pub approved_version: Option<Label>,
    /// The rule that it was rejected or stopped for last.
    pub rule: Option<RuleCode>,
    /// Who rejected it last, if a person did.
    pub rejected_by: Option<PersonId>,
    /// True once an appeal was made against the last rejection.
    pub is_appealed: bool,
}
