//! `/v1/account-freezes`: accounts that can pay and promote nothing.

pub(crate) mod lift;
pub(crate) mod list;
pub(crate) mod read;
