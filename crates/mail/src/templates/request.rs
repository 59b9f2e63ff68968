//! Mails about requests to the support.
//!
//! They say that something is there, not what: words of customer and staff stay behind the sign-in.
//! Only whoever wrote without an account gets the answer itself, for they have no other place.

use base::Instant;

use super::blocks::Block;
use super::buyer::minute;
use super::content;
use super::words::{Clean, clean_lines};
use crate::{Content, Name, SecretLink};

/// To a customer: their request has arrived.
#[derive(Clone, Copy, Debug)]
pub struct RequestReceived<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// What the request is called.
    pub number: &'a Name,
    /// By when it is answered.
    pub due_at: Instant,
    /// Its page.
    pub link: &'a SecretLink,
}

/// The mail of a [`RequestReceived`].
pub fn request_received(mail: &RequestReceived<'_>) -> Content {
    let (shop, number) = (Clean::name(mail.shop), Clean::name(mail.number));
    let due = minute(mail.due_at);
    let blocks = [
        Block::Heading("We have got your request".to_owned()),
        Block::Words(format!("Its number is {number}. We answer by {due}.")),
        Block::Button("See your request", mail.link),
        Block::Note("You can add to it there. Answers to this mail are not read.".to_owned()),
        Block::Note("You did not ask for anything? You need not do anything.".to_owned()),
    ];
    content(&format!("{shop}: we have got your request {number}"), &blocks)
}

/// To a customer: there is an answer.
#[derive(Clone, Copy, Debug)]
pub struct RequestAnswered<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// What the request is called.
    pub number: &'a Name,
    /// Its page.
    pub link: &'a SecretLink,
}

/// The mail of a [`RequestAnswered`].
pub fn request_answered(mail: &RequestAnswered<'_>) -> Content {
    let (shop, number) = (Clean::name(mail.shop), Clean::name(mail.number));
    let blocks = [
        Block::Heading("There is an answer for you".to_owned()),
        Block::Words(format!("{shop} has answered your request {number}.")),
        Block::Button("Read the answer", mail.link),
        Block::Note("You can reply there. Answers to this mail are not read.".to_owned()),
    ];
    content(&format!("{shop}: an answer to your request {number}"), &blocks)
}

/// To somebody who has written without an account: the answer.
#[derive(Clone, Copy, Debug)]
pub struct RequestAnsweredInFull<'a> {
    /// The shop.
    pub shop: &'a Name,
    /// What the request is called.
    pub number: &'a Name,
    /// What somebody of the shop has written.
    pub answer: &'a str,
    /// Where they can write again.
    pub link: &'a SecretLink,
}

/// The mail of a [`RequestAnsweredInFull`].
pub fn request_answered_in_full(mail: &RequestAnsweredInFull<'_>) -> Content {
    let (shop, number) = (Clean::name(mail.shop), Clean::name(mail.number));
    let blocks = [
        Block::Heading("An answer to what you wrote".to_owned()),
        Block::Words(format!("{shop} has answered your request {number}:")),
        Block::Quote(clean_lines(mail.answer)),
        Block::Button("Write again", mail.link),
        Block::Note(format!("Name {number} there. Answers to this mail are not read.")),
        Block::Note(
            "You did not write to us? Somebody gave your address; you need not do anything."
                .to_owned(),
        ),
    ];
    content(&format!("{shop}: the answer to your request {number}"), &blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_about_requests_lead_to_their_page() {
        let (shop, number) = (Name::new("Luna's").unwrap(), Name::new("7K2M-9QXA").unwrap());
        let link = SecretLink::new("https://shop.example/requests/conv_1").unwrap();
        let due_at = Instant::parse("2026-11-20T18:00:00Z").unwrap();
        let (shop, number, link) = (&shop, &number, &link);
        let received = request_received(&RequestReceived { shop, number, due_at, link });
        assert!(received.text.contains("We answer by 2026-11-20 18:00 (UTC)."));
        let answered = request_answered(&RequestAnswered { shop, number, link });
        let answer = "It is frozen.\nSee https://elsewhere.example";
        let in_full = RequestAnsweredInFull { shop, number, answer, link };
        let in_full = request_answered_in_full(&in_full);
        assert!(in_full.text.contains("> It is frozen.\n> See [link removed]\n"));
        for mail in [received, answered, in_full] {
            assert!(mail.subject.as_str().contains("7K2M-9QXA"));
            assert!(mail.text.contains(link.reveal()) && mail.html.contains(link.reveal()));
        }
    }
}
