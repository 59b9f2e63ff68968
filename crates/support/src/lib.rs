//! Help: articles and finding them, and what customers and staff write to each other.
//!
//! # Vocabulary
//!
//! * **Article**: the answer to one question, from a file under `articles/` ([`Article`]).
//! * **Topic**: what articles and requests are listed under ([`Topic`]).
//! * **Search**: articles by what somebody has typed, best first ([`search()`]).
//! * **Conversation**: one request of a customer and all that is written about it, in one thread
//!   ([`conversation::Conversation`]).
//! * **Note**: what staff write for staff.
//! * **Clock**: by when we answer ([`conversation::Clocks`]).
//!
//! # Invariants
//!
//! * Articles are part of the program, and are read when they are first asked for.
//! * A search costs a bounded amount of work, whatever is typed.
//! * An answer is due exactly while a conversation is open.
//! * Nobody of staff has a hand in their own request.
//! * What was written is no part of what decides, so it can be sealed.

mod article;
mod canned;
pub mod conversation;
mod library;
mod search;

pub use article::{Article, Block, Piece, Topic};
pub use canned::{Canned, canned};
pub use library::{article, articles};
pub use search::search;
