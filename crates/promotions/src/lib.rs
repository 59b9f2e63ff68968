//! Paid promotions of posts: what is sold, to whom it is shown, what it costs and what comes back;
//! pure rules over explicit arguments.
//!
//! # Vocabulary
//!
//! * **Promotion**: a paid boost of a post: goal, audience, budget, dates, promise.
//! * **Audience**: whom it is for. A **viewer** is whoever looks at the feed.
//! * **Goal**: what it is to bring about; it says which **event** is the billed *unit*.
//!
//! # Invariants
//!
//! * Who belongs to an audience is said once, in [`Audience::admits`]; faster statements of it are
//!   held against that one.

mod audience;
mod goal;

pub use audience::{Audience, Device, Gender, Language, LanguageError, Viewer};
pub use goal::{EventKind, Goal};
