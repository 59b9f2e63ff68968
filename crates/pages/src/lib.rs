//! HTML as pure functions of views: no clock, no store, no request. Whoever serves a page makes its
//! view first, and so says all that the page may know.
//!
//! # Vocabulary
//!
//! * **View**: a struct with all that a page shows, ready to be shown.
//! * **Words**: the texts of one language, from a file under `messages/` ([`Words`]).
//! * **Frame**: what is around every page: head, ways, help at the same place ([`Frame`]).
//! * **Component**: a piece that pages share ([`components`]); `/design` shows each in every state.
//! * **Plot**: a picture of a table, as SVG, with the table beneath ([`plots`]).
//! * **Asset**: a file that a page needs, named by its content ([`Asset`]).
//!
//! # Invariants
//!
//! * Every page works without scripts, and asks nobody but its own server for anything.
//! * No page has inline scripts or styles, so a strict content policy holds.
//! * Whatever came from people is escaped; only this crate writes tags.
//! * Money is a figure with its currency, a time has its zone, a state a word beside its colour.
//! * Direction and language are those of the words; nothing says "left" or "right".

mod assets;
pub mod components;
pub mod console;
pub mod customer;
mod design;
mod frame;
pub mod gift;
pub mod plots;
mod qr;
mod show;
mod words;

pub use assets::Asset;
pub use design::design;
pub use frame::{Frame, LinkPreview, Visit, Width, Zone};
pub use maud::Markup;
pub use qr::qr;
pub use show::{Moment, count, date, figure, moment, money, part, price, signed};
pub use words::{Language, Words};
