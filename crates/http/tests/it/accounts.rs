//! Signing in, sessions, what people sign in with, and their requests to the support, through the
//! router.

mod administration;
mod hand_over;
mod passkeys;
mod requests;
mod role_table;
mod sign_in;
mod strangers;
mod world;
