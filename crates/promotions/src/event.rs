//! Events: what happened, in the words other systems subscribe to.

/// Kind of an event. The numbers are stored and never change or get reused.
///
/// Slices and bills tell nothing: there are far more of them than anybody wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum PromotionEvent {
    /// It was composed.
    Created = 400,
    /// Its terms were changed.
    Updated = 401,
    /// It was paid and waits for its review.
    Submitted = 402,
    /// It was allowed.
    Approved = 403,
    /// It was not allowed.
    Rejected = 404,
    /// Its rejection was appealed against.
    Appealed = 405,
    /// It is shown from now on.
    Started = 406,
    /// It is held up.
    Paused = 407,
    /// It is not held up any more.
    Resumed = 408,
    /// The content of its post has changed, so it is reviewed again.
    Recalled = 409,
    /// It was ended before its time.
    Stopped = 410,
    /// Its time was over.
    Completed = 411,
    /// Delivery that was billed turned out to be invalid, and was repaid.
    Repaid = 412,
    /// What was not spent went back.
    Settled = 413,
    /// People told of an incident.
    IncidentDeclared = 414,
    /// An incident was detected.
    IncidentDetected = 415,
    /// Something else is told of an incident.
    IncidentUpdated = 416,
    /// An incident is over.
    IncidentEnded = 417,
    /// It has brought less than was to be expected.
    FallenBehind = 418,
    /// It has brought more than was to be expected.
    RunAhead = 419,
    /// It has brought what was to be expected again, after one of these two.
    BackOnPlan = 420,
}

impl PromotionEvent {
    /// Every kind.
    pub const ALL: [PromotionEvent; 21] = [
        PromotionEvent::Created,
        PromotionEvent::Updated,
        PromotionEvent::Submitted,
        PromotionEvent::Approved,
        PromotionEvent::Rejected,
        PromotionEvent::Appealed,
        PromotionEvent::Started,
        PromotionEvent::Paused,
        PromotionEvent::Resumed,
        PromotionEvent::Recalled,
        PromotionEvent::Stopped,
        PromotionEvent::Completed,
        PromotionEvent::Repaid,
        PromotionEvent::Settled,
        PromotionEvent::IncidentDeclared,
        PromotionEvent::IncidentDetected,
        PromotionEvent::IncidentUpdated,
        PromotionEvent::IncidentEnded,
        PromotionEvent::FallenBehind,
        PromotionEvent::RunAhead,
        PromotionEvent::BackOnPlan,
    ];

    /// Stable name: `noun.past_participle`.
    pub fn as_str(self) -> &'static str {
        match self {
            PromotionEvent::Created => "promotion.created",
            PromotionEvent::Updated => "promotion.updated",
            PromotionEvent::Submitted => "promotion.submitted",
            PromotionEvent::Approved => "promotion.approved",
            PromotionEvent::Rejected => "promotion.rejected",
            PromotionEvent::Appealed => "promotion.appealed",
            PromotionEvent::Started => "promotion.started",
            PromotionEvent::Paused => "promotion.paused",
            PromotionEvent::Resumed => "promotion.resumed",
            PromotionEvent::Recalled => "promotion.recalled",
            PromotionEvent::Stopped => "promotion.stopped",
            PromotionEvent::Completed => "promotion.completed",
            PromotionEvent::Repaid => "promotion.repaid",
            PromotionEvent::Settled => "promotion.settled",
            PromotionEvent::IncidentDeclared => "incident.declared",
            PromotionEvent::IncidentDetected => "incident.detected",
            PromotionEvent::IncidentUpdated => "incident.updated",
            PromotionEvent::IncidentEnded => "incident.ended",
            PromotionEvent::FallenBehind => "promotion.fallen_behind",
            PromotionEvent::RunAhead => "promotion.run_ahead",
            PromotionEvent::BackOnPlan => "promotion.back_on_plan",
        }
    }

    /// Whether it is about an incident, rather than a promotion.
    pub fn is_about_incident(self) -> bool {
        matches!(
            self,
            PromotionEvent::IncidentDeclared
                | PromotionEvent::IncidentDetected
                | PromotionEvent::IncidentUpdated
                | PromotionEvent::IncidentEnded
        )
    }

    /// Reads the stored number back.
    pub fn from_number(number: u16) -> Option<PromotionEvent> {
        PromotionEvent::ALL.into_iter().find(|kind| *kind as u16 == number)
    }
}
