//! `/v1/signals`: what happened to the accounts of persons.

pub(crate) mod list;
pub(crate) mod note;
