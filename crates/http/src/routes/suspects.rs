//! `/v1/suspects`: traces of those who may have used the account of somebody else.

pub(crate) mod list;
pub(crate) mod review;
