//! `/v1/mail`: what mail servers tell us.

pub(crate) mod reports;
