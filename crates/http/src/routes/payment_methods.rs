//! `/v1/payment-methods`: ways to pay that rails keep.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
