use maud::{Markup, html};

use super::{Tone, icon};

/// A state as a sign and a word, for colours alone say nothing to many (WCAG 2.2, 1.4.1).
pub fn status(tone: Tone, word: &str) -> Markup {
    html! { span class=(tone.class("status")) { (icon(tone.icon())) (word) } }
}
