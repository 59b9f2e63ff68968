//! Pieces that pages share. Each is a function of what it shows; `/design` shows every one.

mod button;
mod field;
mod icon;
mod notice;
mod prose;
mod status;
mod steps;
mod table;

pub use button::{Button, Weight, acts, link_button};
pub use field::{Choice, Field, Input, choices};
pub use icon::{Icon, icon};
pub use notice::{Tone, notice};
pub use prose::{Prose, Said, prose};
pub use status::status;
pub use steps::{Step, StepState, steps};
pub use table::{Cell, Column, Table};

/// A text as it may stand in the query of an address (RFC 3986, *unreserved* characters stay).
pub(crate) fn escaped(text: &str) -> String {
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
