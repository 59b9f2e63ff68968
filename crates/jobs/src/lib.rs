//! Reconcilers: work that follows from what a book says, and from nothing else.
//!
//! # Vocabulary
//!
//! * **Due**: a hold or checkout whose time is over or a card past its date, not yet booked as
//!   such. Whoever uses it is treated as if it were; booking only writes it down. Also a payment or
//!   a refund that wants something of its rail.
//! * **Portion**: so many commands in one call that nobody behind them waits long.
//! * **Nudge**: a hint that there is something to do before the next regular run.
//!
//! * **Rail**: whoever takes and returns money; [`RailCaller`] calls them for a book.
//! * **Hint**: a message of a rail. What it is about is asked for, and the answer is noted.
//!
//! # Invariants
//!
//! * A job has no input and no memory: it looks at what is, does what is missing, and may be
//!   stopped and repeated at any point.
//! * A job decides nothing. It submits commands, and a refusal that says "not yet" or "no more"
//!   is an answer, not an error.
//! * A thread that panics is told of and begins anew (`worker.rs`): whatever it holds is in the
//!   book or in the control store.
//! * A rail is called about one object by one thread at a time, and by the same operation however
//!   often. A rail that hangs holds back nobody but itself.

mod advertisers;
mod claims;
mod due;
mod error;
mod expirer;
mod feed_keeper;
mod figures;
pub mod mail;
mod nudges;
mod rails;
mod settlement_watch;
mod test_clock;
pub mod webhooks;
mod worker;

pub use self::rails::{
    BookClock, Connected, HearError, NoRail, OpenRail, RailCaller, RailParts, RailReport, SpareIds,
    TellRail, found_by_name, name_to_find, settled_line,
};
pub use advertisers::count_older;
pub use claims::{Account, ClaimClerk, ClaimsLed, NotYet, Teller, Tells};
pub use claims::{UnfinishedFigures, deeds_of, lead_claims, told_facts};
pub use due::{Booked, DUE_PORTION_MAX, SYSTEM_ACTOR, run_due};
pub use error::JobError;
pub use expirer::{Expirer, OpenReader};
pub use feed_keeper::{FeedKeeper, FeedReport, OpenFeed};
pub use figures::{Figure, MailFigures, OutgoingFigures, WebhookFigures};
pub use settlement_watch::{SettlementFigures, SettlementWatch};
pub use test_clock::{Advanced, CLOCK_STEPS_MAX, advance_test_clock};
