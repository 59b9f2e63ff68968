//! What arrives at a real server, and what is made of its answers.

use std::net::TcpListener;
use std::time::Duration;

use mail::{
    Deferral, Mailer, Outcome, Refusal, Reply, Security, SmtpMailer, SmtpSettings,
    SmtpSettingsError, Step, Trouble,
};
use serde_json::{Value, json};

use super::server::{Server, login};
use super::{LINK, gift_content, mailbox, message};

fn refused(step: Step, code: u16, status: [u16; 3]) -> Outcome {
    Outcome::Refused(Refusal { step, reply: Reply { code, status: Some(status) } })
}

fn deferred(step: Step, code: u16, status: [u16; 3]) -> Outcome {
    let trouble = Trouble::Reply(Reply { code, status: Some(status) });
    Outcome::Deferred(Deferral { step, trouble })
}

fn troubled(step: Step, trouble: Trouble) -> Outcome {
    Outcome::Deferred(Deferral { step, trouble })
}

fn header<'a>(mail: &'a Value, name: &str) -> Vec<&'a str> {
    let fields = mail["headers"].as_array().unwrap().iter();
    fields.filter(|field| field[0] == name).map(|field| field[1].as_str().unwrap()).collect()
}

/// What the server read equals what was meant, to the letter.
fn check_arrives(server: &Server, sender: &str, greeting: &str, subject: &str, words: &[&str]) {
    let mut message = message("anna@example.org");
    message.content = gift_content(sender, greeting);
    assert_eq!(server.mailer().send(&message), Outcome::Sent);
    let mail = server.arrived();
    assert_eq!(mail["subject"], subject);
    let newlines = |part: &str| mail[part].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(newlines("text"), message.content.text);
    assert_eq!(newlines("html"), message.content.html);
    for words in words {
        assert!(newlines("text").contains(words), "{words:?} in {}", mail["text"]);
    }
    assert_eq!((&mail["defects"], &mail["ascii"]), (&json!([]), &json!(true)));
    assert!(mail["longest_line"].as_u64().unwrap() <= 100, "{}", mail["longest_line"]);
    assert_eq!(mail["bare_newlines"], 0);
}

#[test]
fn a_gift_arrives_as_it_was_meant() {
    let server = Server::start(&[]);
    let message = message("anna@example.org");
    assert_eq!(server.mailer().send(&message), Outcome::Sent);
    let mail = server.arrived();
    for (field, expected) in [
        ("return_path", json!("bounce+x-1@mail.shop.example")),
        ("recipients", json!(["anna@example.org"])),
        ("from", json!([["Café Łódź", "hello@shop.example"]])),
        ("to", json!([["Zoë Müller", "anna@example.org"]])),
        ("subject", json!("Anna sent you a gift card for Café Łódź")),
        ("message_id", json!("<gc_00000000000000000000000001-gift@shop.example>")),
        ("date", json!("2026-11-20T10:00:00+00:00")),
        ("types", json!(["multipart/alternative", "text/plain", "text/html"])),
        ("hello", json!("pay.shop.example")),
        ("encrypted", json!(false)),
    ] {
        assert_eq!(mail[field], expected, "{field}");
    }
    assert_eq!(header(&mail, "Auto-Submitted"), ["auto-generated"]);
    let names: Vec<&str> =
        mail["headers"].as_array().unwrap().iter().map(|f| f[0].as_str().unwrap()).collect();
    let expected = "Date From To Subject Message-ID Auto-Submitted MIME-Version Content-Type";
    assert_eq!(names.join(" "), expected);
    for part in ["text", "html"] {
        assert_eq!(mail[part].as_str().unwrap().matches(LINK).count(), 1, "{part}");
        assert!(!mail[part].as_str().unwrap().contains("<img"), "{part}");
    }
}

#[test]
fn names_and_words_of_all_scripts_hold() {
    let server = Server::start(&[]);
    let check = |sender, greeting, subject, words: &[&str]| {
        check_arrives(&server, sender, greeting, subject, words);
    };
    check(
        "דנה כהן",
        "יום הולדת שמח!\nمبروك",
        "\u{2068}דנה\u{2069} sent you a gift card for Café Łódź",
        &["> יום הולדת שמח!\n> مبروك\n"],
    );
    check(
        "👩🏽‍🚀 Zoë",
        "🎉🎂 ありがとう\n\n.\n..dots\nFrom me",
        "👩🏽‍🚀 sent you a gift card for Café Łódź",
        &["> 🎉🎂 ありがとう\n>\n> .\n> ..dots\n> From me\n"],
    );
    check(
        "<b>Bob</b>",
        "</blockquote><script>alert(1)</script>",
        "Somebody sent you a gift card for Café Łódź",
        &["> </blockquote><script>alert(1)</script>\n"],
    );
    check(
        "Anna",
        "--=_gc_00000000000000000000000001-gift\nContent-Type: text/html\n\nhttps://evil.example",
        "Anna sent you a gift card for Café Łódź",
        &["> --=_gc_00000000000000000000000001-gift\n", "> [link removed]\n"],
    );
    let long = "word ".repeat(390);
    check("Anna", &long, "Anna sent you a gift card for Café Łódź", &[long.trim_end()]);
}

#[test]
fn a_name_is_never_a_second_recipient() {
    let server = Server::start(&[]);
    for shown in ["a@x.example, b@y.example", "\"quoted\\\"", "Zoë <eve@evil.example>", "a;b:c,d"]
    {
        let mut message = message("anna@example.org");
        message.to = mailbox(Some(shown), "anna@example.org");
        assert_eq!(server.mailer().send(&message), Outcome::Sent);
        let mail = server.arrived();
        assert_eq!(mail["to"], json!([[shown, "anna@example.org"]]));
        assert_eq!(mail["recipients"], json!(["anna@example.org"]));
    }
}

#[test]
fn answers_of_the_server_become_outcomes() {
    let server = Server::start(&[]);
    let mailer = server.mailer();
    for (recipient, expected) in [
        ("gone@example.org", refused(Step::Recipient, 550, [5, 1, 1])),
        ("later@example.org", deferred(Step::Recipient, 451, [4, 7, 1])),
        ("spam@example.org", refused(Step::Text, 554, [5, 7, 1])),
        ("full@example.org", deferred(Step::Text, 452, [4, 2, 2])),
        ("cut@example.org", troubled(Step::Recipient, Trouble::Broken)),
    ] {
        assert_eq!(mailer.send(&message(recipient)), expected, "{recipient}");
    }
    assert!(!server.has_more());
}

#[test]
fn an_answer_that_never_comes_is_unknown() {
    let server = Server::start(&[]);
    let message = message("drop@example.org");
    assert_eq!(server.mailer().send(&message), Outcome::Unknown);
    assert_eq!(server.mailer().send(&message), Outcome::Unknown);
    let (first, second) = (server.arrived(), server.arrived());
    assert_eq!(first, second, "the second is recognized as the first");

    let impatient = SmtpSettings { patience: Duration::from_millis(500), ..server.settings() };
    let impatient = SmtpMailer::new(impatient).unwrap();
    assert_eq!(impatient.send(&super::message("hang@example.org")), Outcome::Unknown);
    assert_eq!(server.arrived()["recipients"], json!(["hang@example.org"]));
}

#[test]
fn trouble_of_our_own_bounces_nobody() {
    let check = |arguments: &[&str], expected| {
        let server = Server::start(arguments);
        assert_eq!(server.mailer().send(&message("anna@example.org")), expected, "{arguments:?}");
    };
    check(&["--refuse", "connect"], deferred(Step::Connect, 421, [4, 3, 2]));
    check(&["--refuse", "sender"], deferred(Step::Sender, 550, [5, 7, 1]));
    check(&["--login", "shop:right"], deferred(Step::Sender, 530, [5, 7, 0]));

    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = SmtpSettings { port, ..Server::start(&[]).settings() };
    let outcome = SmtpMailer::new(nobody).unwrap().send(&message("anna@example.org"));
    assert_eq!(outcome, troubled(Step::Connect, Trouble::Broken));
}

#[test]
fn a_login_is_asked_for_and_checked() {
    let server = Server::start(&["--login", "shop:right"]);
    let send = |login| {
        let mailer = SmtpMailer::new(SmtpSettings { login, ..server.settings() }).unwrap();
        mailer.send(&message("anna@example.org"))
    };
    assert_eq!(send(login("shop", "wrong")), deferred(Step::Login, 535, [5, 7, 8]));
    assert_eq!(send(login("shop", "right")), Outcome::Sent);
    assert_eq!(server.arrived()["user"], "shop");

    let open = Server::start(&[]);
    let settings = SmtpSettings { login: login("shop", "right"), ..open.settings() };
    let outcome = SmtpMailer::new(settings).unwrap().send(&message("anna@example.org"));
    assert_eq!(outcome, troubled(Step::Login, Trouble::NotOffered));
}

#[test]
fn the_connection_is_encrypted_to_the_right_server_or_there_is_none() {
    for (how, security, encrypt) in
        [("--tls", Security::Tls, Step::Connect), ("--starttls", Security::StartTls, Step::Encrypt)]
    {
        let server = Server::encrypted(how);
        let settings = server.encrypted_settings(security);
        let send = |settings| SmtpMailer::new(settings).unwrap().send(&message("anna@example.org"));
        assert_eq!(send(settings.clone()), Outcome::Sent, "{how}");
        assert_eq!(server.arrived()["encrypted"], true, "{how}");

        let untrusted = SmtpSettings { more_roots: Vec::new(), ..settings.clone() };
        assert_eq!(send(untrusted), troubled(encrypt, Trouble::Security), "{how}, untrusted");
        let other_name = SmtpSettings { host: "127.0.0.1".to_owned(), ..settings };
        assert_eq!(send(other_name), troubled(encrypt, Trouble::Security), "{how}, other name");
        assert!(!server.has_more());
    }
    let plain = Server::start(&[]);
    let settings = plain.encrypted_settings(Security::StartTls);
    let outcome = SmtpMailer::new(settings).unwrap().send(&message("anna@example.org"));
    assert_eq!(outcome, troubled(Step::Encrypt, Trouble::NotOffered));
}

#[test]
fn without_encryption_mail_stays_on_this_machine() {
    let settings = Server::start(&[]).settings();
    for host in ["mail.shop.example", "192.0.2.1", "127.0.0.1.shop.example", ""] {
        let settings = SmtpSettings { host: host.to_owned(), ..settings.clone() };
        let refusal = SmtpMailer::new(settings).map(drop);
        assert_eq!(refusal, Err(SmtpSettingsError::PlainBeyondLoopback), "{host}");
    }
}

#[test]
fn secrets_are_not_shown_by_accident() {
    let server = Server::start(&[]);
    let settings = SmtpSettings { login: login("shop", "right-horse"), ..server.settings() };
    let mailer = SmtpMailer::new(settings).unwrap();
    let message = message("gone@example.org");
    let outcome = server.mailer().send(&message);
    let shown = format!("{message:?} {:?} {mailer:?} {outcome:?}", message.content);
    for secret in [LINK, "Zm9y", "right-horse", "gone@", "Anna", "birthday"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
