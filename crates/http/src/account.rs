//! Accounts: signing in, sessions, and what people sign in with.
//!
//! These endpoints are for browsers. They know cookies where the API knows keys, so they stand
//! apart from it: other admission, other headers, no place in the API document. Each takes JSON
//! or a form, and answers JSON; a form that names a page to go on to (`next`) is sent there.
//!
//! Who may call what is a type of the handler's argument, as it is for the API, and a list that a
//! test keeps: [`routes`] is made from one table with the permission of each.

mod administration;
mod asking;
mod begin;
mod cookies;
mod demo;
mod device;
pub(crate) mod door;
mod events;
mod factors;
mod hand_over;
mod loss;
mod outbox;
mod passkeys;
mod proofs;
mod reading;
mod sessions;
mod site;
mod step_up;
mod table;
mod web_authn;

pub(crate) use asking::{AddressHashes, Asking};
pub(crate) use begin::ADDRESS;
pub(crate) use events::AGAIN_AFTER;
pub(crate) use hand_over::{HAND_OVER_PAGE, hand_over_of};
pub(crate) use outbox::{Outbox, Place};
pub use reading::is_local;
pub use site::{SignInPost, Site};
pub(crate) use step_up::read_nonce;
pub(crate) use table::routes;
pub use table::{AccountRoute, account_routes};
