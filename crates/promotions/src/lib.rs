//! Paid promotions of posts: what is sold, to whom it is shown, what it costs and what comes back;
//! pure rules over explicit arguments.
//!
//! It knows neither orders nor rails. A promotion is a line of a checkout, whose money arrives on
//! `order/clearing` and leaves by it. Choosing it for viewers, and telling valid events from
//! others, is the work of the feed; what that comes to arrives here as a [`Bill`].
//!
//! # Vocabulary
//!
//! * **Promotion**: a paid boost of a post: goal, audience, budget, dates, promise.
//! * **Advertiser**: whoever pays for it, with the sums of what they have *under way*.
//! * **Audience**: whom it is for. A **viewer** is whoever looks at the feed.
//! * **Goal**: what it is to bring about; it says which **event** is the billed *unit*.
//! * **Terms**: what is asked for. **Quote**: what they will bring, told before anything is paid.
//! * **Promise**: an *estimate* (pays for each delivered unit, never above the quoted maximum) or
//!   a *guarantee* (a number of views for a price).
//! * **Check**: a finding of the **preflight**, with what to do about it; a *blocker* must go.
//! * **Escrow**: the promotion's money between payment and delivery.
//! * **Incentive**: the part of the budget that the platform adds. It is spent first, and what is
//!   left of it is never paid out.
//! * **Slice**: money of the escrow, leased to one process that serves the promotion.
//! * **Bill**: deliveries of a range of one **stream**, as money.
//! * **Takeback**: late verdicts: what was charged and turned out to be invalid is *repaid*.
//! * **Settlement**: what was not spent goes back, after a *hold* for late verdicts.
//! * **Deed**: something that was done to a promotion, kept as evidence.
//! * **Incident**: a time at which a part of the platform, a **component**, did not work. It is
//!   *told* by people, or *detected*.
//! * **Signal**: something that happened to the account of a person, such as a new device.
//! * **Micros**: millionths of a minor unit; prices of units are that fine.
//!
//! # Invariants
//!
//! * Who belongs to an audience is said once, in [`Audience::admits`]; faster statements of it are
//!   held against that one.
//! * Paid + incentive = escrow + spent + returned + kept, always, to the minor unit; and escrow ≥
//!   all open slices.
//! * What is due for delivery is exact to the millionth, what was spent is never more, and equal
//!   but for less than one minor unit when all slices are closed: [`Spend`].
//! * Deliveries are billed by their place in a stream, so each counts once, however often it is
//!   told.
//! * A unit of an estimate never costs more than was quoted when it was sold; all units of a
//!   guarantee together cost its price, exactly, and never more.
//! * What was sold does not change: goal, budget, promise and the most that a unit costs.
//! * Every change by a person, by time or by the post leaves a deed.
//! * Nothing is charged once a promotion is settled.
//! * The row of an advertiser is the sum of the promotions that say they are counted; each says so
//!   exactly while it is being paid or under way, once it was changed since there are such rows.
//! * Whatever was told of an incident stays beside what is told later.
//!
//! # Order of checks
//!
//! Existence, state, time, currency, terms, limits, amounts: see [`Refusal`].

mod advertiser;
mod alarm;
mod audience;
mod authorization;
mod bill;
mod check;
mod compose;
mod deed;
mod dispute;
mod event;
mod goal;
mod ids;
mod incident;
mod life;
mod micros;
mod outcome;
mod pay_with;
mod post;
mod preflight;
mod promotion;
mod quote;
mod refusal;
mod review;
mod settle;
mod signal;
mod slice;
mod spend;
mod state;
mod suggestion;
mod terms;

pub use advertiser::{Advertiser, ToldAge, count, recount, tell_age};
pub use alarm::{Alarm, alert};
pub use audience::{Audience, Device, Gender, Language, LanguageError, Viewer};
pub use authorization::{Authorization, Factor, Fingerprint};
pub use bill::{Bill, BillLine, BillRows, BillingStream, Takeback, bill};
pub use check::{Check, CheckCode, Severity, first_blocker};
pub use compose::promotion_accounts;
pub use compose::{NewPromotion, Submission, compose, edit, fund, payment_failed, submit};
pub use deed::{Actor, Deed, DeedKind, Role};
pub use dispute::{DisputeNews, follow_dispute};
pub use event::PromotionEvent;
pub use goal::{EventKind, Goal};
pub use ids::{
    deed_id, detected_incident_id, post_id, settlement_id, signal_id, slice_id, stream_id,
};
pub use incident::{
    Affected, Component, Incident, IncidentChange, IncidentSeverity, IncidentTerms,
    IncidentVersion, NewIncident, correct_incident, declare_incident,
};
pub use ledger::Context;
pub use life::{StopCause, complete, follow_post, hold_for_claim, pause, resume, start, stop};
pub use micros::{Guarantee, Micros};
pub use outcome::Outcome;
pub use pay_with::PayWith;
pub use post::{Post, PostChange, PostKind, Visibility, change_post, tell_post};
pub use preflight::{
    AccountFacts, MethodFacts, OperatorPolicy, Policy, PreflightFacts, preflight, preflight_change,
};
pub use promotion::{Delivery, Promotion, SliceSums};
pub use quote::{Inventory, MarketPrices, Quote, guaranteeable, quote, quote_rest};
pub use refusal::Refusal;
pub use review::{appeal, approve, reject};
pub use settle::{Returning, Settlement, made_good_account, make_good, settle, settle_again};
pub use settle::{with_tax, without_tax};
pub use signal::{Happening, Signal, SignalKind, Signals, note_signal};
pub use slice::{
    Lease, Refused, Return, Slice, SliceState, lapse, lease, return_slice, slice_accounts,
};
pub use spend::Spend;
pub use state::{End, EndCause, Pauses, Review, RuleCode, State};
pub use suggestion::{SettingChange, SuggestionNumber, terms_deed};
pub use terms::{Promise, Terms, TermsChange};

/// Limits of this capability, each with its unit in the name.
pub mod limits {
    use base::{Amount, Span};

    /// Minor units of a budget. It keeps prices in millionths within 64 bits.
    pub const BUDGET_MAX: Amount = Amount::new(1_000_000_000_000).expect("not negative");
    /// The shortest time a promotion runs.
    pub const DURATION_MIN: Span = Span::hours(1);
    /// The longest time a promotion runs.
    pub const DURATION_MAX: Span = Span::days(366);
    /// How long a review may take: a day, as on comparable platforms.
    pub const REVIEW_TIME: Span = Span::hours(24);
    /// How long a quote can be relied on.
    pub const QUOTE_LIFE: Span = Span::hours(1);
    /// People below which an audience is small.
    pub const AUDIENCE_SMALL: u64 = 1_000;
    /// Of fewer people no number is told: few could be told apart.
    pub const AUDIENCE_TOLD_MIN: u64 = 50;
    /// Entries of each list of an audience.
    pub const AUDIENCE_LIST_MAX: usize = 50;
    /// Age in years below which nobody is shown a promotion. Source: the age of 16 CFR 312.2.
    pub const AGE_FLOOR: u8 = 13;
    /// Age in years from which people are adults here.
    pub const ADULT_AGE: u8 = 18;
    /// How much of the forecast supply a range counts on at least, in percent. This and the next
    /// two were chosen by outcomes in the simulated city.
    pub const SUPPLY_LOW_PERCENT: u64 = 58;
    /// How much of a budget is surely spent where there is supply enough, in percent.
    pub const SPENT_PERCENT: u64 = 90;
    /// What a view costs when it is dear, in percent of the mean price before: others bid elsewhere
    /// for what the newcomer takes from them, which makes everything dearer.
    pub const DEAR_VIEW_PERCENT: u64 = 180;
    /// What any other unit costs when it is dear, in percent of the mean price of all posts: how
    /// many of those who see this one do what it is for, nobody knows before.
    pub const DEAR_UNIT_PERCENT: u64 = 220;
    /// People below which no range is told: what so few do is chance.
    pub const ESTIMATE_PEOPLE_MIN: u64 = 50;
    /// Units below which no range is told: some more or less are half of them.
    pub const ESTIMATE_UNITS_MIN: u64 = 10;
    /// How much of the forecast supply one guarantee may promise, in percent.
    pub const GUARANTEE_PERCENT: u64 = 40;
    /// People below which no guarantee is given: what so few do is chance.
    pub const GUARANTEE_PEOPLE_MIN: u64 = 500;
    /// How long it counts that a method was declined: a day later its bank is asked again.
    pub const DECLINE_COUNTS: Span = Span::days(1);
    /// Ways to pay for one promotion.
    pub const PAY_WITH_MAX: usize = 20;
    /// Tags of a post.
    pub const TAGS_PER_POST_MAX: usize = 50;
    /// Promotions of one post that are funded and not settled.
    pub const PROMOTIONS_PER_POST_MAX: usize = 100;
    /// Deeds after which people may only end a promotion.
    pub const DEEDS_MAX: u32 = 1_000;
    /// How long after an alarm of a promotion the same one may be noted again.
    pub const ALARMS_EVERY: Span = Span::days(1);
    /// Alarms of one promotion that are noted.
    pub const ALARMS_MAX: usize = 30;
    /// Slices of one promotion that are open at the same time.
    pub const OPEN_SLICES_MAX: u32 = 10_000;
    /// The longest time for which a process may choose a promotion with one slice.
    pub const SLICE_TERM_MAX: Span = Span::hours(1);
    /// How long after the attribution window an event that happened inside may be reported.
    pub const REPORT_GRACE: Span = Span::minutes(10);
    /// How long money of a slice waits for bills after the last event can have been reported.
    pub const BILL_LATENCY: Span = Span::hours(1);
    /// Promotions, and regions, that one incident names.
    pub const INCIDENT_AFFECTS_MAX: usize = 100;
    /// What is told of one incident: first, and by its changes.
    pub const INCIDENT_VERSIONS_MAX: usize = 100;
    /// Signals of one person that are kept: the newest.
    pub const SIGNALS_PER_PERSON_MAX: usize = 100;
    /// How far ahead an instant of the past may be: clocks of two machines differ.
    pub const CLOCKS_APART_MAX: Span = Span::minutes(1);
    /// Lines of one bill.
    pub const LINES_PER_BILL_MAX: usize = 1_000;
}
