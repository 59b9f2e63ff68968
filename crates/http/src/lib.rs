//! The HTTP API: requests become commands that cannot be malformed, answers become JSON.
//!
//! # Vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | route | one file under `routes/`, found by its URL: `/v1/holds/{id}/capture` is `capture.rs` |
//! | body | what a caller sends, exactly as on the wire: `…Body` structs |
//! | view | what a caller gets, exactly as on the wire: structs under `views/` |
//! | call | an admitted request: its key is valid and has the scope that the handler names |
//! | read call | a call for a list or a report, which any process answers from the tables |
//! | sight | where the owner says that a book stands: what a reader must show at least |
//! | place | a book wherever it is served: here, in another process, or nowhere for a moment |
//! | prepared | a command with its operation, ready for the writer; the batch shares it |
//! | problem | any answer that is not a success, as RFC 9457 describes |
//!
//! # Invariants
//!
//! - A handler cannot be written without naming who may call it: it takes a `Call<Scope>`.
//! - Nothing reaches the writer that can be malformed; no rule about money is decided here.
//! - The body of an answer is a pure function of the answer and of the caller's scopes, so a
//!   repeated request gets the same bytes.
//! - Bodies, query strings and authorization never reach a log; errors never repeat a value that
//!   they refuse.
//! - What belongs to another book does not exist.
//! - A list shows at least what the owner of its book told after it was asked for, or nothing.
//! - A request is passed on to the owner of its book once at most, and never when this process is
//!   the only one.

mod account;
mod answered;
mod api_key;
mod app;
mod batch_operation;
mod blocking;
mod body;
mod book;
mod browsers;
mod call;
mod card_ref;
mod claim_rules;
mod client_address;
mod connections;
mod cursor;
mod cut;
mod docs_page;
mod endpoint;
mod feed;
mod fields;
mod forward;
mod gift_words;
mod guesses;
mod idempotency;
mod inventory;
mod keys;
mod lists;
mod metrics;
mod neighbors;
mod openapi;
mod personal;
mod place;
mod prepared;
mod problem;
mod query;
mod rail_places;
mod rail_work;
mod read_call;
mod read_side;
mod reading;
mod reply;
mod routes;
mod scope;
mod seldom;
mod serve;
mod sheet;
mod shown_code;
mod sight;
mod talks;
mod tell;
mod version;
mod views;
mod watch;
mod wire;
mod without_links;

pub use account::{AccountRoute, SignInPost, Site, account_routes, is_local};
pub use api_key::{KeySecret, NewKey};
pub use app::{App, AppParts, Limits};
pub use book::Book;
pub use browsers::{harden, is_of_our_page};
pub use claim_rules::{decide_claims_by, reasons_of_claim};
pub use client_address::of as client_address;
pub use gift_words::GiftWordsReader;
pub use guesses::Peer;
pub use inventory::AssumedFeed;
pub use openapi::document as openapi_document;
pub use personal::{About, PersonalText, seal_personal};
pub use problem::catalog::problem_codes;
pub use rail_work::RailWork;
pub use read_side::ReadSide;
pub use routes::router;
pub use scope::Scopes;
pub use serve::{serve, serve_router};
pub use sheet::{SHEET, sheet};
pub use tell::EventTeller;
pub use watch::AnswerSeen;
pub use without_links::without_links;
