//! Choosing promoted posts for a viewer, at speed, and judging what came of it.
//!
//! # Vocabulary
//!
//! * **Opportunity**: a moment at which a promoted post could have been shown.
//! * **Place**: where a page has room for a promoted post; a **selection** fills it.
//! * **Unit**: an event of the kind that a promotion pays for.
//! * **Slice**: money of a promotion that the book leased to one serving process.
//! * **Cause**: why a promotion was not served at an opportunity.
//! * **Token**: says, signed, that a post was chosen for a viewer.
//! * **Event**: what the viewer did with it, as reported with the token.
//! * **Verdict**: why an event is billed or not. A **late verdict** repays what was billed.
//! * **Record**: what the event log keeps of a verdict; numbered without gaps in its **stream**.
//! * **Segment**: a part of an audience, such as a country or an age.
//! * **Bill**: what consecutive records of a stream cost, a line for each promotion and slice.
//!
//! # Invariants
//!
//! * A slice never bills more than it was granted, whatever happens in whichever order.
//! * Nobody pays more for a unit than was quoted, or than is left.
//! * Each opportunity is served or has one cause: the outcomes of a promotion and minute add up.
//! * The same calls with the same arguments give the same answers; there is no clock in here.
//! * A token is billed at most once for its kind of event, and repaid at most once.
//! * Whatever is rebuilt from the log stands as if it had never stopped.
//! * What is told of a segment is of ten viewers or more, and so is what two reports differ by.
//! * Bills of a stream add up to the same amounts wherever they are cut.

mod auction;
pub mod billing;
pub mod bots;
mod candidates;
mod chance;
mod choose;
mod counters;
mod frequency;
mod history;
mod index;
mod pacing;
pub mod saved;
pub mod segments;
pub mod shortfall;
mod slices;
pub mod token;
pub mod verdict;

pub use auction::{Bid, Win, auction};
pub use candidates::Candidates;
pub use chance::Chance;
pub use choose::{
    Chooser, Offer, Page, PaidLabel, Payer, Pricing, Promoted, Reason, Returned, Slot, Standing,
    Standings, UnitRange, Want,
};
pub use counters::{Cause, CounterRecord, Counts, Gap, Outcome, Waterfall};
pub use frequency::{FrequencyCap, Seen, Sightings};
pub use history::{History, PageWorth};
pub use index::{AudienceIndex, Match, Mismatch};
pub use pacing::{
    CATCH_UP_MAX, Curves, Pacer, Plan, Share, TrafficCurve, URGENCY_MAX, Way, urgency,
};
pub use slices::{Delays, Lease, Settled, Slice, SliceId, Sold, Unbilled};
