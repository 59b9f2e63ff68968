//! `/v1/reports`: what people in finance ask for.

pub(crate) mod liability;
