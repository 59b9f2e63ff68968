//! Lists.

use serde::Serialize;

/// A page of a list.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ListView<T> {
    /// The entries.
    pub(crate) data: Vec<T>,
    /// True when there is more after them.
    pub(crate) has_more: bool,
    /// Send it as `cursor`, with the same filters, to get what comes after.
    pub(crate) next_cursor: Option<String>,
}
