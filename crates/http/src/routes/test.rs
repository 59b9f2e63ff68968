//! `/v1/test`: what only test books can do.

pub(crate) mod challenges;
pub(crate) mod clock;
pub(crate) mod store_refunds;
