//! `/v1/products`: what is sold.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
