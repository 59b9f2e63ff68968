//! Signing in, sessions and what people sign in with, through the router.

mod device;
mod passkeys;
mod role_table;
mod sign_in;
mod world;
