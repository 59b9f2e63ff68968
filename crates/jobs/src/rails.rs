//! Calling rails: checkouts get paid, refunds are sent, and what rails say is noted.
//!
//! Payments and refunds say what they want of their rail ([`payments::Payment::next_call`],
//! `due_at`). A [`RailCaller`] looks at what is due, makes the call, and gives the command that
//! notes the outcome; the engine decides what follows. So nothing is kept here that is needed after
//! a restart: whoever calls next finds the same rows, and repeats or asks by the same operation.
//!
//! | file | what is in it |
//! | --- | --- |
//! | `caller` | start, stop, nudges; the threads' common things |
//! | `look`, `find` | the regular runs, and what is due by the tables |
//! | `desk`, `schedule` | what waits for one rail, and the threads that call it |
//! | `visit`, `payment_visit`, `refund_visit`, `taken_back` | one look at one object |
//! | `by_store` | which refunds of an app store are ours |
//! | `rounds` | captured payments are asked about when they are older |
//! | `payment_words`, `refund_words`, `dispute_words` | from what a rail says to commands; pure |
//! | `hear` | messages of rails |
//! | `settle` | the same at once, for test clocks |
//! | `settlement` | from a line of a settlement file to what is noted; pure |
//! | `operation`, `spare`, `rows`, `connected`, `report` | names, ids, rows, rails, the log |

mod by_store;
mod caller;
mod connected;
mod desk;
mod dispute_words;
mod find;
mod hear;
mod look;
mod nudge;
mod operation;
mod payment_visit;
mod payment_words;
mod refund_visit;
mod refund_words;
mod report;
mod rounds;
mod rows;
mod schedule;
mod settle;
mod settlement;
mod spare;
mod taken_back;
mod unheard;
mod visit;

pub use caller::{NoRail, OpenRail, RailCaller, RailParts, TellRail};
pub use connected::{BookClock, Connected};
pub use hear::HearError;
pub use report::RailReport;
pub(crate) use settle::Settling;
pub use settlement::{found_by_name, name_to_find, settled_line};
pub use spare::SpareIds;
