//! A simulated city that looks at a feed: people, programs, farms, competitors and faults, with
//! what is true of them. It tries a [`Platform`] and knows afterwards what the platform should
//! have found out.
//!
//! # Vocabulary
//!
//! * **World**: a city for some days, its campaigns, bots and faults: see [`World`].
//! * **Plan**: its size and seed.
//! * **Looker**: whoever looks at the feed: a **resident** or a **bot**.
//! * **Visit**: some pages, one after the other. A **page** has room for promoted posts.
//! * **Campaign**: a promotion that somebody in the city buys. Competitors are campaigns whose
//!   course nobody asks about.
//! * **Act**: what somebody does with a post that was shown to them.
//! * **Fault**: what goes wrong, and whose doing it is (its *side*).
//! * **Twin**: the same world without one of its faults. What differs is that fault's doing: the
//!   **truth**.
//! * **Held out**: a pattern of bots that builders of detectors do not look at.
//!
//! # Invariants
//!
//! * The same world over the same platform takes the same course, bit for bit.
//! * Chance depends on what it is for, never on what was drawn before. In twins the same people
//!   come at the same time, and do the same with the same post.
//! * The world does not know how a platform attributes what it lost.
//! * Rates, curves and prices are ours, of the order that platforms tell; none was measured.

mod behavior;
mod bots;
pub mod crowd;
mod curve;
mod draw;
mod fault;
mod plan;
mod platform;
mod post;
mod resident;
mod run;
mod score;

pub use bots::{Bot, Bots, DATA_CENTERS};
pub use curve::{busyness, visits_in};
pub use draw::{Draw, PPM};
pub use fault::{Fault, Side, Trouble, faults};
pub use plan::Plan;
pub use platform::{Component, Incident, News, Offer, Page, Platform, Report};
pub use post::{Campaign, CampaignNumber, campaigns};
pub use resident::{Looker, resident};
pub use run::{Truth, World, units_of};
pub use score::Score;
