//! A build without the crate `a-tree`, which brings fifty others.

use std::time::Duration;

use promotions::{Audience, Viewer};

use super::report::TreeReport;
use crate::failure::Done;

/// Nothing: cargo's feature `a-tree` is off.
pub(super) fn measure(_: &[Audience], _: &[Viewer], _: Duration) -> Done<Option<TreeReport>> {
    Ok(None)
}
