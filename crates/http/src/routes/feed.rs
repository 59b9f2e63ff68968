//! `/v1/feed`: pages with promoted posts, and what their viewers did.

pub(crate) mod events;
pub(crate) mod select;
