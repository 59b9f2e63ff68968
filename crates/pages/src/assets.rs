//! Files that pages need. Their paths carry a hash of their content, so a browser may keep them
//! for ever, and a new binary never meets an old file.

use std::sync::LazyLock;

/// A file that a page needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Under which path it is served: `/assets/{name}.{hash}.{extension}`.
    pub path: String,
    /// Its `Content-Type`.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

const CSS: &str = concat!(
    include_str!("../assets/tokens.css"),
    include_str!("../assets/base.css"),
    include_str!("../assets/components.css"),
);
const ICONS: &str = include_str!("../assets/icons.svg");

static ALL: LazyLock<[Asset; 2]> = LazyLock::new(|| {
    [
        asset("makegood", "css", "text/css; charset=utf-8", CSS.as_bytes()),
        asset("icons", "svg", "image/svg+xml", ICONS.as_bytes()),
    ]
});

impl Asset {
    /// Every asset.
    pub fn all() -> &'static [Asset] {
        &*ALL
    }

    /// The style sheet.
    pub(crate) fn styles() -> &'static str {
        &ALL[0].path
    }

    /// The sprite of icons.
    pub(crate) fn icons() -> &'static str {
        &ALL[1].path
    }
}

fn asset(name: &str, extension: &str, media_type: &'static str, bytes: &'static [u8]) -> Asset {
    Asset { path: format!("/assets/{name}.{:016x}.{extension}", hash(bytes)), media_type, bytes }
}

/// FNV-1a with 64 bits (G. Fowler, L. C. Noll, K.-P. Vo): names versions of our own files, and
/// protects against nothing.
fn hash(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}
