//! Mails as files, read by Python's own mail library; and every template once.

use std::fs;

use base::Instant;
use mail::templates::{
    Gift, GiftNotDelivered, GiftReceipt, MoneyBack, WhyBack, gift, gift_not_delivered,
    gift_receipt, money_back,
};
use mail::{Content, FolderMailer, Mailer, MessageKey, Outcome, Picture, SecretLink};
use serde_json::{Value, json};
use testbed::Script;

use super::{LINK, gift_content, message, money, name};

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/read_mail.py");

type Written = (&'static str, Content, &'static [&'static str]);

fn contents(link: Option<&SecretLink>) -> Vec<Written> {
    let shop = &name("Café Łódź");
    let number = &name("17");
    let cards = [money("25.00"), money("10.00"), money("25.00")];
    let receipt = GiftReceipt {
        shop,
        number,
        cards: &cards,
        paid: money("60.00"),
        total: money("62.00"),
        undo_minutes: 10,
        undo_until: Instant::parse("2026-11-20T10:10:00Z").unwrap(),
        link,
    };
    let (recipient, address) = (name("Zoë Müller"), name("zoe@exmaple.org"));
    let lost = GiftNotDelivered {
        shop,
        recipient: Some(&recipient),
        address: Some(&address),
        value: money("25.00"),
        link,
    };
    let visa = [(money("50.00"), Some(name("visa ending in 4242"))), (money("10.00"), None)];
    let credit_note = &name("3");
    let why = WhyBack::Undone;
    let back = MoneyBack { shop, why, ways: &visa, receipt: number, credit_note, link };
    let unclaimed = MoneyBack { why: WhyBack::Unclaimed, ..back };
    let refunded = MoneyBack { why: WhyBack::Refunded, ..back };
    vec![
        ("gift", gift_content("Anna Lee", "Hello"), &["Anna sent you", "25.00 USD", "> Hello"]),
        (
            "receipt",
            gift_receipt(&receipt),
            &[
                "2 gift cards worth 25.00 USD each",
                "Paid: 60.00 USD",
                "62.00 USD",
                "number: 17",
                "within 10 minutes",
                "until 2026-11-20 10:10 (UTC)",
            ],
        ),
        (
            "lost",
            gift_not_delivered(&lost),
            &["Your gift to Zoë could not be delivered", "zoe@exmaple. org"],
        ),
        (
            "undone",
            money_back(&back),
            &[
                "was undone",
                "50.00 USD goes back to: visa ending in 4242.",
                "10.00 USD goes back to: the way you paid.",
                "Credit note: 3",
            ],
        ),
        ("unclaimed", money_back(&unclaimed), &["was not claimed", "50.00 USD goes back to"]),
        ("refunded", money_back(&refunded), &["Money comes back to you", "number: 17"]),
    ]
}

#[test]
fn without_a_page_mails_to_buyers_have_no_link() {
    for (key, content, _) in contents(None) {
        let has_link = content.text.contains("://") || content.html.contains("://");
        assert_eq!(has_link, key == "gift", "{key}: {}", content.text);
        assert!(key == "gift" || content.text.contains("Café Łódź"), "{}", content.text);
    }
}

#[test]
fn every_template_reads_the_same_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(&folder.path().join("mails")).unwrap();
    let mut reader = Script::start(READER, &[]);
    let link = SecretLink::new(LINK).unwrap();
    for (key, content, expected) in contents(Some(&link)) {
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

#[test]
fn a_picture_comes_along_and_is_fetched_from_nowhere() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nbytes like any others";
    let folder = tempfile::tempdir().unwrap();
    let mailer = FolderMailer::new(&folder.path().join("mails")).unwrap();
    let mut reader = Script::start(READER, &[]);
    let mut message = message("anna@example.org");
    let picture = Picture { id: "design-gc_1@shop.example".to_owned(), png: PNG };
    message.content = gift(&Gift {
        shop: &name("Shop"),
        sender: &name("Anna Lee"),
        value: money("25.00"),
        design: &name("waves"),
        picture: Some(&picture),
        greeting: None,
        link: &SecretLink::new(LINK).unwrap(),
        about_sender: None,
    });
    assert_eq!(mailer.send(&message), Outcome::Sent);
    assert_eq!(message.reveal_bytes(), message.reveal_bytes());
    reader.tell(mailer.file_of(&message).to_str().unwrap());
    let mail: Value = serde_json::from_str(&reader.line()).unwrap();
    let types = "multipart/alternative text/plain multipart/related text/html image/png";
    assert_eq!(mail["types"], json!(types.split(' ').collect::<Vec<_>>()));
    assert_eq!(mail["pictures"], json!([["<design-gc_1@shop.example>", "inline", PNG.len()]]));
    let html = mail["html"].as_str().unwrap();
    assert_eq!(html.matches("src=").count(), 1, "{html}");
    assert!(
        html.contains("<img src=\"cid:design-gc_1@shop.example\" width=\"600\" height=\"315\"")
    );
    assert_eq!((&mail["text"], &mail["defects"]), (&json!(message.content.text), &json!([])));
}
