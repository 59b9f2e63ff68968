//! `/v1/creators`: who makes posts.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
