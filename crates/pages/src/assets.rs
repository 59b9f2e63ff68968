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

const FONT: &[u8] = include_bytes!("../assets/fonts/figtree.woff2");
const MORE_FONT: &[u8] = include_bytes!("../assets/fonts/figtree-more.woff2");

const CSS: &str = concat!(
    include_str!("../assets/fonts.css"),
    include_str!("../assets/tokens.css"),
    include_str!("../assets/base.css"),
    include_str!("../assets/components.css"),
);
const ICONS: &str = include_str!("../assets/icons.svg");

const PASSKEYS: &str = include_str!("../assets/passkeys.js");
const GIFT: &str = include_str!("../assets/gift.js");
const PRINT: &str = include_str!("../assets/print.css");

static ALL: LazyLock<[Asset; 7]> = LazyLock::new(|| {
    let font = asset("figtree", "woff2", "font/woff2", FONT);
    let more = asset("figtree-more", "woff2", "font/woff2", MORE_FONT);
    let css = CSS.replace("{figtree}", &font.path).replace("{figtree-more}", &more.path);
    [
        asset("makegood", "css", "text/css; charset=utf-8", lean(&css)),
        asset("icons", "svg", "image/svg+xml", ICONS.as_bytes()),
        asset("passkeys", "js", "text/javascript; charset=utf-8", PASSKEYS.as_bytes()),
        asset("gift", "js", "text/javascript; charset=utf-8", GIFT.as_bytes()),
        asset("print", "css", "text/css; charset=utf-8", lean(PRINT)),
        font,
        more,
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

    /// The script that speaks with passkeys. Pages work without it.
    pub(crate) fn passkeys() -> &'static str {
        &ALL[2].path
    }

    /// The script that opens a gift by its link. Pages work without it.
    pub(crate) fn gift() -> &'static str {
        &ALL[3].path
    }

    /// The styles of what is printed, for the pages that are.
    pub(crate) fn print() -> &'static str {
        &ALL[4].path
    }

    /// The font of what most pages say. Letters of Central Europe are in another, which browsers
    /// ask for where they meet one.
    pub(crate) fn font() -> &'static str {
        &ALL[5].path
    }
}

/// A style sheet as it is sent: without its comments and the blanks that indent its lines.
fn lean(css: &str) -> &'static [u8] {
    let mut lean = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, from)) = rest.split_once("/*") {
        lean.push_str(before);
        rest = from.split_once("*/").map_or("", |(_, after)| after);
    }
    lean.push_str(rest);
    let lines = lean.lines().map(str::trim).filter(|line| !line.is_empty());
    let lean: String = lines.collect();
    // Made once, and kept as long as the program runs, as what is part of it is.
    Box::leak(lean.into_boxed_str()).as_bytes()
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
