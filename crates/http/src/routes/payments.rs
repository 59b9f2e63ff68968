//! `/v1/payments`: money taken over rails.

pub(crate) mod list;
pub(crate) mod read;
