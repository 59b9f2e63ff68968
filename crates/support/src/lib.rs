//! Help: articles, and finding them.
//!
//! # Vocabulary
//!
//! * **Article**: the answer to one question, from a file under `articles/` ([`Article`]).
//! * **Topic**: what articles are listed under ([`Topic`]).
//! * **Search**: articles by what somebody has typed, best first ([`search()`]).
//!
//! # Invariants
//!
//! * Articles are part of the program, and are read when they are first asked for.
//! * A search costs a bounded amount of work, whatever is typed.

mod article;
mod library;
mod search;

pub use article::{Article, Block, Piece, Topic};
pub use library::{article, articles};
pub use search::search;
