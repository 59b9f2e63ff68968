//! `/v1/journal`: the records behind everything, for whoever runs the server.

pub(crate) mod prune;
