//! Mails as files, read by Python's own mail library; and every template once.

use std::fs;

use mail::templates::{
    GiftNotDelivered, GiftReceipt, UndoPossible, gift_not_delivered, gift_receipt, undo_possible,
};
use mail::{Content, FolderMailer, Mailer, MessageKey, Outcome, SecretLink};
use serde_json::{Value, json};
use testbed::Script;

use super::{LINK, gift_content, message, money, name};

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/read_mail.py");

fn contents() -> [(&'static str, Content, &'static [&'static str]); 4] {
    let link = &SecretLink::new(LINK).unwrap();
    let shop = &name("Café Łódź");
    let receipt = GiftReceipt {
        shop,
        number: &name("R-2026-00017"),
        cards: 3,
        value: money("25.00"),
        paid: money("75.00"),
        link,
    };
    let undo = UndoPossible { shop, cards: 1, paid: money("25.00"), minutes: 10, link };
    let recipient = name("Zoë Müller");
    let lost = GiftNotDelivered { shop, recipient: Some(&recipient), value: money("25.00"), link };
    [
        ("gift", gift_content("Anna Lee", "Hello"), &["Anna sent you", "25.00 USD", "> Hello"]),
        ("receipt", gift_receipt(&receipt), &["3 gift cards", "25.00 USD each", "R-2026-00017"]),
        ("undo", undo_possible(&undo), &["a gift card for 25.00 USD", "10 minutes"]),
        ("lost", gift_not_delivered(&lost), &["Your gift to Zoë could not be delivered"]),
    ]
}

#[test]
fn every_template_reads_the_same_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(&folder.path().join("mails")).unwrap();
    let mut reader = Script::start(READER, &[]);
    for (key, content, expected) in contents() {
        let mut message = message("anna@example.org");
        message.key = MessageKey::new(key).unwrap();
        message.content = content;
        assert_eq!(mailer.send(&message), Outcome::Sent);
        reader.tell(mailer.file_of(&message).to_str().unwrap());
        let mail: Value = serde_json::from_str(&reader.line()).unwrap();
        assert_eq!(mail["message_id"], format!("<{key}@shop.example>"));
        assert_eq!(mail["subject"], message.content.subject.as_str());
        assert_eq!(mail["text"], message.content.text);
        assert_eq!(mail["html"], message.content.html);
        assert_eq!(mail["defects"], json!([]), "{key}");
        for words in expected {
            assert!(message.content.text.contains(words), "{words} in {}", message.content.text);
        }
        assert!(message.content.text.contains(LINK) && message.content.html.contains(LINK));
    }
}

#[test]
fn a_message_sent_again_replaces_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(folder.path()).unwrap();
    let message = message("anna@example.org");
    assert_eq!(mailer.send(&message), Outcome::Sent);
    let first = fs::read(mailer.file_of(&message)).unwrap();
    assert_eq!(mailer.send(&message), Outcome::Sent);
    assert_eq!(fs::read(mailer.file_of(&message)).unwrap(), first);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(folder.path()).unwrap();
    let message = message("anna@example.org");
    mailer.send(&message);
    let mode = fs::metadata(mailer.file_of(&message)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_folder_that_is_gone_defers() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(folder.path()).unwrap();
    folder.close().unwrap();
    let outcome = mailer.send(&message("anna@example.org"));
    assert!(matches!(outcome, Outcome::Deferred(_)), "{outcome:?}");
}
