//! The scan that the index is held against: every audience is asked.

use promotions::{Audience, Viewer};

/// The audiences that admit a viewer, by their places.
pub(super) fn scan(audiences: &[Audience], viewer: &Viewer) -> Vec<u32> {
    let numbered = (0..).zip(audiences);
    numbered.filter(|(_, audience)| audience.admits(viewer)).map(|(place, _)| place).collect()
}
