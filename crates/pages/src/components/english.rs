use maud::{Markup, html};

use crate::{Language, Words};

/// A text of the rules themselves, which speak English: on another page it says so, and is read
/// out as what it is (WCAG 2.2, 3.1.2).
pub fn english(words: Words, text: &str) -> Markup {
    html! {
        @if words.language == Language::English { (text) }
        @else { span lang="en" dir="ltr" { (text) } }
    }
}
