//! Tables for other programs.

use crate::shown::Shown;

/// A sheet with a head.
pub(crate) fn sheet(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Shown {
    Shown::Made(http::SHEET, http::sheet(head, rows))
}
