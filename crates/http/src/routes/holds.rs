//! `/v1/holds`: amounts of cards reserved for a checkout.

pub(crate) mod capture;
pub(crate) mod change;
pub(crate) mod list;
pub(crate) mod place;
pub(crate) mod read;
pub(crate) mod refund;
pub(crate) mod release;
