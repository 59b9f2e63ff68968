//! Who takes mails in tests: one that says what it was told to say, and a real mail server.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mail::{
    Deferral, Domain, Mailer, Message, Outcome, Refusal, Reply, Security, SmtpMailer, SmtpSettings,
    Step, Trouble,
};
use testbed::Script;

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../mail/tests/servers/mail_server.py");

/// Nothing here takes long; this only ends a test that would hang.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Long enough for what must not happen to happen.
const A_WHILE: Duration = Duration::from_millis(300);

pub const LATER: Outcome =
    Outcome::Deferred(Deferral { step: Step::Connect, trouble: Trouble::Broken });

pub const GONE: Outcome = Outcome::Refused(Refusal {
    step: Step::Recipient,
    reply: Reply { code: 550, status: Some([5, 1, 1]) },
});

/// A mail as it was handed over.
#[derive(Debug)]
pub struct Mail {
    pub key: String,
    pub to: String,
    pub return_path: String,
    pub text: String,
    pub bytes: Vec<u8>,
}

/// What a mailer does with the next mail; afterwards it takes every mail.
pub enum Fate {
    Ends(Outcome),
    /// As if the process were killed at this moment.
    Kills,
}

/// A mailer that says what it was told to say.
pub struct Recorder {
    fates: Mutex<VecDeque<Fate>>,
    sender: Mutex<Sender<Mail>>,
}

impl Mailer for Recorder {
    fn send(&self, message: &Message) -> Outcome {
        let mail = Mail {
            key: message.key.as_str().to_owned(),
            to: message.to.address.as_str().to_owned(),
            return_path: message.return_path.as_str().to_owned(),
            text: message.content.text.clone(),
            bytes: message.reveal_bytes(),
        };
        self.sender.lock().unwrap().send(mail).unwrap();
        let fate = self.fates.lock().unwrap().pop_front();
        match fate {
            None => Outcome::Sent,
            Some(Fate::Ends(outcome)) => outcome,
            Some(Fate::Kills) => panic!("as if it were killed"),
        }
    }
}

pub fn recorder(outcomes: &[Outcome]) -> (Arc<Recorder>, Receiver<Mail>) {
    recorder_with(outcomes.iter().map(|outcome| Fate::Ends(*outcome)).collect())
}

pub fn recorder_with(fates: VecDeque<Fate>) -> (Arc<Recorder>, Receiver<Mail>) {
    let (sender, mails) = mpsc::channel();
    (Arc::new(Recorder { fates: Mutex::new(fates), sender: Mutex::new(sender) }), mails)
}

#[track_caller]
pub fn next(mails: &Receiver<Mail>) -> Mail {
    mails.recv_timeout(PATIENCE).expect("a mail comes")
}

#[track_caller]
pub fn nothing_more(mails: &Receiver<Mail>) {
    let more = mails.recv_timeout(A_WHILE);
    assert!(more.is_err(), "{more:?}");
}

/// A real mail server, and the way to it. It tells each mail that arrives, and refuses `gone` of
/// any domain.
pub fn mail_server() -> (Script, Arc<SmtpMailer>) {
    let (server, address) = Script::server(SERVER, &[]);
    let mailer = SmtpMailer::new(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: address.port(),
        security: Security::PlainOnLoopback,
        login: None,
        hello_name: Domain::new("shop.example").unwrap(),
        patience: PATIENCE,
        more_roots: Vec::new(),
    });
    (server, Arc::new(mailer.unwrap()))
}

/// What a mail server says of a mail.
pub fn report(action: &str) -> String {
    [
        "From: mailer-daemon@mx.example.org",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"",
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "It did not work.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        "Final-Recipient: rfc822; ada@example.org",
        &format!("Action: {action}"),
        "Status: 5.1.1",
        "",
        "--b--",
        "",
    ]
    .join("\r\n")
}
