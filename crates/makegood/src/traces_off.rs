//! In place of traces, in a binary that was built without them.

use crate::failure::Done;

/// Does nothing.
pub(crate) struct Traces;

/// Begins nothing.
///
/// # Errors
///
/// None.
pub(crate) fn start() -> Done<Traces> {
    Ok(Traces)
}

impl Traces {
    /// Watches nothing.
    pub(crate) fn watch(&self, _app: &http::App) {}

    /// Watches nothing.
    pub(crate) fn watch_commits(&self, _options: &mut writer::Options) {}
}
