//! A mail server beside ours, which counts what arrives: it outlives the server that sends.

use std::collections::BTreeMap;

use serde_json::Value;
use store::{BookName, WaitingMail};
use testbed::Script;

use crate::process::Place;

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../mail/tests/servers/mail_server.py");

/// A mail server, and the mails that have arrived.
pub struct Mailbox {
    server: Script,
    port: u16,
    /// How often each has come, by its `Message-ID`, in which the card is named.
    came: BTreeMap<String, usize>,
}

impl Mailbox {
    pub fn open() -> Mailbox {
        let (server, address) = Script::server(SERVER, &[]);
        Mailbox { server, port: address.port(), came: BTreeMap::new() }
    }

    /// What a server must be told, so that its mails come here.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("MAKEGOOD_MAIL_SERVER", "localhost".to_owned()),
            ("MAKEGOOD_MAIL_PORT", self.port.to_string()),
            ("MAKEGOOD_MAIL_SECURITY", "none".to_owned()),
            ("MAKEGOOD_MAIL_FROM", "gifts@shop.example".to_owned()),
            ("MAKEGOOD_MAIL_CLAIM_PAGE", "https://shop.example/gift".to_owned()),
            // The books are test books.
            ("MAKEGOOD_MAIL_TEST_TO", "@example.org".to_owned()),
        ]
    }

    /// Mails that have come, each as often as it came.
    pub fn count(&mut self) -> usize {
        for line in self.server.lines_so_far() {
            let mail: Value = serde_json::from_str(&line).unwrap();
            *self.came.entry(mail["message_id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        self.came.values().sum()
    }

    /// How often the gift of a card has come.
    pub fn count_of(&mut self, card: &str) -> usize {
        self.count();
        self.came.iter().filter(|(id, _)| id.contains(card)).map(|(_, count)| count).sum()
    }
}

/// The mails that still wait in a place whose server has ended.
pub fn waiting_mails(place: &Place) -> Vec<WaitingMail> {
    let (book, mut control) = (BookName::new("test").unwrap(), place.control());
    control.due_mails(&book, base::Instant::MAX, 1_000).unwrap()
}
