//! `/v1/sellers`: who sells.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
