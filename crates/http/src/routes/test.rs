//! `/v1/test`: what only test books can do.

pub(crate) mod challenges;
pub(crate) mod clock;
