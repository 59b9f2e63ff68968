//! The journal.

use serde::Serialize;

/// Where the journal of a book begins.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Journal)]
pub(crate) struct JournalView {
    /// Always `journal`.
    object: &'static str,
    /// The last record that was removed; zero when none was.
    removed_to: u64,
    /// False when more can be removed at once.
    done: bool,
}

impl JournalView {
    pub(crate) fn new(removed_to: u64, done: bool) -> JournalView {
        JournalView { object: "journal", removed_to, done }
    }
}
