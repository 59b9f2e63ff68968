//! Accounts: signing in, sessions, and what people sign in with.
//!
//! These endpoints are for browsers. They know cookies where the API knows keys, so they stand
//! apart from it: other admission, other headers, no place in the API document. Each takes JSON
//! or a form, and answers JSON; a form that names a page to go on to (`next`) is sent there.
//!
//! Who may call what is a type of the handler's argument, as it is for the API, and a list that a
//! test keeps: [`routes`] is made from one table with the permission of each.

mod begin;
mod cookies;
mod device;
mod door;
mod factors;
mod passkeys;
mod proofs;
mod reading;
mod sessions;
mod site;
mod step_up;
mod table;
mod web_authn;

pub use site::{SignInPost, Site};
pub(crate) use table::routes;
pub use table::{AccountRoute, account_routes};
