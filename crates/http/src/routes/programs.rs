//! `/v1/programs`: the terms under which cards are issued.

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod read;
mod unclaimed;
