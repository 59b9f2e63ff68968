//! A world of claims: simulated promotions with what goes wrong, who claims for them, what the
//! platform's records say, and what is true. It tries rules that decide claims, and shares no
//! code with them but the words for facts and grounds.
//!
//! # Vocabulary
//!
//! * **Case**: a claim, the facts that the records give, and the truth: see [`Case`].
//! * **Story**: who claims, for what promotion, and which **faults** hit it.
//! * **Course**: what a promotion delivers, hour by hour.
//! * **Twin**: the same promotion with the same people, without some of its faults. What differs
//!   is those faults' doing: see [`Losses`].
//! * **Book**: what became of the money. It is exact.
//! * **Records**: what is written down. Measured things have noise, logs have holes.
//! * **Truth**: what a fair judge who knows everything would pay on the ground of the claim, and
//!   what comes back without it: see [`Truth`].
//!
//! # Invariants
//!
//! * The same seed and parameters give the same cases, bit for bit. No case depends on another.
//! * Chance depends on what it is for, never on what was drawn before: twins see the same people.
//! * Nothing of the truth reaches the facts but through the records.
//! * Whoever wrote it has not seen the rules, and it does not follow them.
//! * All shares and prices are ours; none was measured, but for the error of measured losses.

mod account;
mod book;
mod case;
mod course;
mod draws;
mod fault;
mod filing;
mod losses;
mod params;
mod promotion;
mod records;
mod story;
mod truth;
mod user;

pub use account::{Ago, Agreement, History};
pub use book::Book;
pub use case::{CURRENCY, Case, ClaimWorld};
pub use course::Course;
pub use fault::{Fault, Side, Trouble};
pub use filing::Filing;
pub use losses::Losses;
pub use params::Params;
pub use promotion::Promotion;
pub use truth::{Deserves, Truth};
pub use user::{User, UserKind};
