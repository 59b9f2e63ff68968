use maud::{Markup, html};

use crate::Words;

/// After how many seconds a page is loaded again, for whoever asks for that.
pub(super) const FRESH_S: u32 = 60;

/// The way to a page that is loaded again by itself, or back. Nobody who reads a long page, or has
/// it read out, is thrown back to its top unasked (WCAG 2.2, 2.2.1).
pub(super) fn freshness(words: Words, path: &str, is_fresh: bool) -> Markup {
    let to = if is_fresh { path.to_owned() } else { format!("{path}?fresh=yes") };
    let name = if is_fresh { "frame.fresh_off" } else { "frame.fresh_on" };
    html! { p { a href=(to) { (words.text(name)) } } }
}
