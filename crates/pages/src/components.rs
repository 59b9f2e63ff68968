//! Pieces that pages share. Each is a function of what it shows; `/design` shows every one.

mod button;
mod english;
mod field;
mod form;
mod icon;
mod notice;
mod prose;
mod rows;
mod status;
mod steps;
mod table;
mod talk;

pub use button::{Button, Weight, acts, aside_button, link_button, loose_button};
pub use english::english;
pub use field::{Choice, Field, Input, choices, select, tick, tick_of, wrong_choices};
pub use form::form;
pub use icon::{Icon, icon};
pub(crate) use notice::notice_of;
pub use notice::{Tone, notice};
pub use prose::{Prose, Said, prose};
pub use rows::{panel, panel_link, rows};
pub use status::status;
pub use steps::{Step, StepState, steps};
pub use table::{Cell, Column, Table};
pub use talk::{Message, Writer, talk};

use maud::{Markup, html};

/// A text with an address in it, which may be broken behind its slashes.
pub(crate) fn breakable(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('/').enumerate() { @if place > 0 { "/" wbr; } (part) }
    }
}

/// A text as it may stand in the query of an address (RFC 3986, *unreserved* characters stay).
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}
