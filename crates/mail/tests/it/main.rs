//! Tests of the mail crate. The other side is written by others: a mail server from Python's
//! world, and Python's own library for reading and writing mails.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod bounces;
mod folder;
mod server;
mod smtp;

use base::{Currency, Instant, Money};
use mail::templates::{Gift, Greeting, gift};
use mail::{Address, Content, Mailbox, Message, MessageKey, Name, SecretLink};

/// What no log, error or `Debug` form may show.
const LINK: &str = "https://shop.example/claim?t=Zm9yYmlkZGVu_0123456789abcdefghijklmnopqrstuvw";

const ABOUT_SENDER: &str =
    "https://shop.example/claim#rcp_Zm9yYmlkZGVu_zyxwvutsrqponmlkjihgfedcba9876543210";

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn mailbox(shown: Option<&str>, address: &str) -> Mailbox {
    Mailbox { name: shown.map(name), address: Address::new(address).unwrap() }
}

fn money(text: &str) -> Money {
    Money::parse_decimal(text, Currency::parse("USD").unwrap()).unwrap()
}

/// A gift from `sender`, with these words.
fn gift_content(sender: &str, greeting: &str) -> Content {
    gift(&Gift {
        shop: &name("Café Łódź"),
        sender: &name(sender),
        value: money("25.00"),
        design: &name("Birthday"),
        picture: None,
        greeting: Some(&Greeting::multiline(greeting).unwrap()),
        link: &SecretLink::new(LINK).unwrap(),
        about_sender: Some(&SecretLink::new(ABOUT_SENDER).unwrap()),
    })
}

/// A gift to `recipient`, whose address says how the server treats it.
fn message(recipient: &str) -> Message {
    Message {
        key: MessageKey::new("gc_00000000000000000000000001-gift").unwrap(),
        from: mailbox(Some("Café Łódź"), "hello@shop.example"),
        to: mailbox(Some("Zoë Müller"), recipient),
        return_path: Address::new("bounce+x-1@mail.shop.example").unwrap(),
        written_at: Instant::parse("2026-11-20T10:00:00Z").unwrap(),
        content: gift_content("Anna Lee", "Happy birthday!"),
    }
}
