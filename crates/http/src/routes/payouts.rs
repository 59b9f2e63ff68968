//! `/v1/payouts`: what sellers and creators are owed, on its way out.

pub(crate) mod failed;
pub(crate) mod list;
pub(crate) mod paid;
pub(crate) mod read;
pub(crate) mod runs;
