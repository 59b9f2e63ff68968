//! `/v1/restitutions`: what the platform repays for promotions without being asked.

pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod statement;
