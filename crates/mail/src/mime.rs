//! A message as bytes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base::Instant;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Attachment, Mailbox as TheirMailbox, MultiPart, SinglePart};

use crate::{Address, Mailbox, Message, Picture};

pub(crate) fn bytes(message: &Message) -> Vec<u8> {
    let content = &message.content;
    let parts = MultiPart::alternative()
        .boundary(boundary(message))
        .singlepart(part(ContentType::TEXT_PLAIN, &content.text));
    let html = part(ContentType::TEXT_HTML, &content.html);
    let parts = match &content.picture {
        None => parts.singlepart(html),
        Some(picture) => parts.multipart(with_picture(message, html, picture)),
    };
    lettre::Message::builder()
        .date(system_time(message.written_at))
        .from(mailbox(&message.from))
        .to(mailbox(&message.to))
        .subject(content.subject.as_str())
        .message_id(Some(message.message_id()))
        .header(AutoSubmitted)
        .multipart(parts)
        .expect("there is a sender and a recipient")
        .formatted()
}

/// The address in the form of the library that speaks to servers.
pub(crate) fn address(address: &Address) -> lettre::Address {
    lettre::Address::new(address.local(), address.domain())
        .expect("our rules for addresses are stricter")
}

fn mailbox(mailbox: &Mailbox) -> TheirMailbox {
    let name = mailbox.name.as_ref().map(|name| name.as_str().to_owned());
    TheirMailbox::new(name, address(&mailbox.address))
}

fn part(content_type: ContentType, text: &str) -> SinglePart {
    SinglePart::builder()
        .header(content_type)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(text.to_owned())
}

/// The HTML with what it shows (RFC 2387).
fn with_picture(message: &Message, html: SinglePart, picture: &Picture) -> MultiPart {
    let png = ContentType::parse("image/png").expect("a media type");
    // No boundary begins as the other does, for programs that look at the beginning only.
    MultiPart::related()
        .boundary(format!("=_picture-{}", message.key.as_str()))
        .singlepart(html)
        .singlepart(Attachment::new_inline(picture.id.clone()).body(picture.png.to_vec(), png))
}

/// What separates the parts. Quoted-printable text never has `=_`, so nobody can write it.
fn boundary(message: &Message) -> String {
    format!("=_{}", message.key.as_str())
}

fn system_time(instant: Instant) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(instant.micros()).unwrap_or_default())
}

/// Says that no person wrote this, so that absence notes are not answered to it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
