//! Verdicts: which events are billed, and why the others are not.
//!
//! An event is judged in this order; the first reason that applies is the verdict. *Used* tells
//! whether the token is used up for this kind of event, so that no other verdict follows.
//!
//! | # | reason | applies to | verdict | used |
//! | --- | --- | --- | --- | --- |
//! | 1 | [`Reason::UnknownToken`] | forged, or of another book | unknown | no |
//! | 2 | [`Reason::AlreadyUsed`] | a kind of event that the token was used for | duplicate | – |
//! | 3 | [`Reason::TooLate`] | after the attribution window, or reported later | late | no |
//! | 4 | [`Reason::DeclaredProgram`] | software that says it is a program | invalid | yes |
//! | 5 | [`Reason::DataCentre`] | addresses in listed networks | invalid | yes |
//! | 6 | [`Reason::Internal`] | the platform's networks and people | invalid | yes |
//! | 7 | [`Reason::Own`] | the advertiser's networks and people | invalid | yes |
//! | 8 | [`Reason::TooShort`] | a view below its time; a longer one may follow | invalid | no |
//! | 9 | [`Reason::ViewerLimit`] | billed kinds, too often by a viewer | invalid | yes |
//! | 10 | [`Reason::AddressLimit`] | billed kinds, too often from an address | invalid | yes |
//! | 11 | [`Reason::NetworkLimit`] | billed kinds, too often from a network | invalid | yes |
//! | 12 | [`Reason::Geography`] | another country than the selection's | invalid | yes |
//! | 13 | [`Reason::Device`] | another device than the selection's | invalid | yes |
//! | 14 | [`Reason::Lockstep`] | a viewer known to act in concert with others | invalid | yes |
//! | – | none | the kind that the goal pays for, and its slice has the money | billed | yes |
//! | – | [`Unbilled`](crate::Unbilled) | the same without the money | counted | yes |
//! | – | none | all other kinds | counted | yes |
//!
//! Limits count what is billed: what is refused for whatever reason uses up nobody's limit. All
//! engagement is one kind: a viewer who likes, comments and shares is billed once.
//!
//! What was billed may be repaid later, once: when its viewer is found to act in concert, or when a
//! sale is returned. A returned sale ([`Judge::return_sale`]) is judged in this order:
//!
//! | reason | applies to | verdict |
//! | --- | --- | --- |
//! | [`Reason::UnknownToken`] | forged, or of another book | unknown |
//! | [`Reason::AlreadyUsed`] | a sale that is repaid, for whatever reason | duplicate |
//! | [`Reason::TooLate`] | no billed sale, and chosen longer ago than returns are repaid | late |
//! | [`Reason::NotBilled`] | no billed sale | invalid |
//! | none | a billed sale | repaid |
//!
//! # Time
//!
//! Nothing here reads a clock. Time that runs backward stands still: it counts as the latest seen.
//! When an event says that it happened at a time, that time decides whether it is within the
//! attribution window, but never one before the selection or after it was reported; and it must be
//! reported soon after the window ends ([`Goal::report_window`](promotions::Goal::report_window)).

mod judge;
mod limits;
mod lockstep;
mod policy;
mod reason;
mod record;
mod used;

pub use judge::{Event, Judge, Judgement, Lists, Overloaded, Own, ReplayError, Verdict};
pub use lockstep::{ChoicesPolicy, LockstepPolicy};
pub use policy::{Limit, Policy};
pub use reason::{Cause, Reason};
pub use record::{Body, Judged, Outcome, Record, RecordError, Repaid};
