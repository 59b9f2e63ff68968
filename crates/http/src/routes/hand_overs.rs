//! `/v1/hand-overs`: the embedding shop says who somebody is.

pub(crate) mod create;
