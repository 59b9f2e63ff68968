//! `/v1/disputes`: money that payers' banks take back.

pub(crate) mod list;
pub(crate) mod read;
