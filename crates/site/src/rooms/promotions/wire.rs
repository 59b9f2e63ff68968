//! Promotions as the API tells them, with the members that pages need.

use std::collections::BTreeMap;

use base::{Instant, Span};
use pages::Moment;
use serde::Deserialize;

use crate::values::{Amount, Time};

#[derive(Clone, Debug, Deserialize)]
pub(in crate::rooms) struct Promotion {
    pub(in crate::rooms) id: String,
    pub(in crate::rooms) advertiser: String,
    pub(in crate::rooms) status: String,
    pub(in crate::rooms) post: String,
    pub(in crate::rooms) goal: String,
    pub(super) target: Option<u64>,
    pub(super) audience: Audience,
    pub(in crate::rooms) budget: Amount,
    pub(super) incentive: Amount,
    pub(super) daily_budget: Option<Amount>,
    pub(in crate::rooms) starts_at: Time,
    pub(in crate::rooms) ends_at: Time,
    pub(super) promise: String,
    pub(in crate::rooms) quote: Quote,
    #[serde(default)]
    pub(super) checks: Option<Vec<Check>>,
    pub(super) being_paid: bool,
    pub(in crate::rooms) checkout: Option<String>,
    #[serde(default)]
    pub(super) failure: Option<String>,
    #[serde(default)]
    pub(super) next_action: Option<NextAction>,
    pub(super) paused_by: Vec<String>,
    pub(super) review: Review,
    pub(super) end: Option<End>,
    pub(super) escrow: Amount,
    pub(in crate::rooms) spent: Amount,
    pub(in crate::rooms) repaid: Amount,
    pub(in crate::rooms) returned: Amount,
    pub(in crate::rooms) delivered_units: u64,
    pub(super) invalid_units: u64,
    pub(super) settles_at: Option<Time>,
}

impl Promotion {
    pub(in crate::rooms) fn is_draft(&self) -> bool {
        self.status == "draft"
    }

    pub(super) fn is_guarantee(&self) -> bool {
        self.promise == "guarantee"
    }

    /// Its last moment: an end at midnight is the end of the day before.
    pub(in crate::rooms) fn last_moment(&self) -> Instant {
        self.ends_at.0.saturating_sub(Span::from_micros(1))
    }

    /// The same as people read it.
    pub(in crate::rooms) fn ends(&self) -> Moment<'static> {
        Moment::utc(self.last_moment())
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Audience {
    pub(super) automatic: bool,
    pub(super) countries: Vec<String>,
    pub(super) regions: Vec<String>,
    pub(super) languages: Vec<String>,
    pub(super) age_min: Option<u32>,
    pub(super) age_max: Option<u32>,
    pub(super) genders: Vec<String>,
    pub(super) interests: Vec<String>,
    pub(super) excluded_interests: Vec<String>,
    pub(super) devices: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(in crate::rooms) struct Quote {
    pub(in crate::rooms) unit: String,
    pub(super) unit_price_max: Price,
    pub(super) units_low: u64,
    pub(super) units_high: u64,
    pub(super) guaranteed_units: Option<u64>,
    pub(super) audience_size: u64,
    pub(super) quoted_at: Time,
    pub(super) expires_at: Time,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Price {
    pub(super) micros: u64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Check {
    pub(super) code: String,
    pub(super) severity: String,
    pub(super) message: String,
    pub(super) fix: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct NextAction {
    pub(super) url: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Review {
    pub(super) rule: Option<String>,
    pub(super) appealed: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct End {
    pub(super) cause: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Post {
    pub(super) url: String,
    pub(super) creator: String,
    pub(super) kind: String,
    pub(super) visibility: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Creator {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) handle: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deed {
    pub(super) kind: String,
    pub(super) created_at: Time,
}

#[derive(Debug, Deserialize)]
pub(super) struct Settlement {
    pub(super) created_at: Time,
    pub(super) paid: Amount,
    pub(super) spent: Amount,
    pub(super) returned: Amount,
}

#[derive(Debug, Deserialize)]
pub(super) struct Restitution {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) amount: Amount,
    pub(super) gross: Option<Amount>,
    pub(super) due_at: Time,
    pub(super) paid_at: Option<Time>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Statement {
    pub(super) reasons: Vec<Reason>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ClaimOf {
    pub(super) id: String,
    pub(super) status: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Report {
    pub(super) plan: Vec<PlanPoint>,
    pub(super) delivered: Vec<UnitsPoint>,
    pub(super) shortfall: Shortfall,
    pub(super) waterfall: Waterfall,
    pub(super) segments: Vec<Segment>,
    pub(super) is_day_known: bool,
    pub(super) alerts: Vec<Alert>,
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) rates: Rates,
    pub(super) events: Vec<Kind>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Rates {
    pub(super) shown: u64,
    pub(super) unit_cost_micros: Option<u64>,
    pub(super) thousand_shown_cost_micros: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PlanPoint {
    pub(super) at: Time,
    pub(super) units_low: u64,
    pub(super) units_high: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct UnitsPoint {
    pub(super) at: Option<Time>,
    pub(super) units: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Shortfall {
    pub(super) planned_micros: i64,
    pub(super) spent_micros: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Waterfall {
    pub(super) by_cause: Vec<CauseOf>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CauseOf {
    pub(super) cause: String,
    pub(super) side: String,
    pub(super) units: i64,
    pub(super) micros: i64,
    pub(super) is_estimate: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Segment {
    pub(super) by: String,
    pub(super) value: Option<String>,
    pub(super) shown: u64,
    pub(super) units: u64,
    pub(super) unit_price_micros: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Alert {
    pub(super) code: String,
    pub(super) since: Time,
    pub(super) units: u64,
    pub(super) units_low: u64,
    pub(super) units_high: u64,
    pub(super) cause: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Suggestion {
    pub(super) n: u64,
    pub(super) setting: String,
    pub(super) change: Change,
    pub(super) units_as_is: u64,
    pub(super) units_more: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Change {
    #[serde(default)]
    pub(super) ends_at: Option<Time>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Kind {
    pub(super) kind: String,
    pub(super) per_million_shown: Option<u64>,
    pub(super) invalid: Vec<Invalid>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Invalid {
    pub(super) cause: String,
    pub(super) events: u64,
}

/// Addresses of posts, by the platform's names for them.
pub(super) type Addresses = BTreeMap<String, String>;
