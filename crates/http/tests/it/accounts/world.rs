//! A server with accounts, and browsers that remember cookies.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use base::{Instant, PersonId, Span};
use http::{App, AppParts, Limits, Peer, SignInPost, Site};
use mail::bounce::ReturnPaths;
use mail::{Address, Domain, Mailer, Message, Name, Outcome};
use outside::clock::{Clock, ManualClock};
use outside::keyring::KeyRing;
use outside::people::{Accounts, PeopleKeys};
use outside::random::SeededRandomness;
use serde_json::{Value, json};
use store::{BookName, MemoryControl};
use tower::ServiceExt;

pub const ORIGIN: &str = "https://shop.example";
pub const BOOK: &str = "shop";

/// A mailer that hands on what it was given.
struct Postbox(Mutex<Sender<Message>>);

impl Mailer for Postbox {
    fn send(&self, message: &Message) -> Outcome {
        self.0.lock().unwrap().send(message.clone()).unwrap();
        Outcome::Sent
    }
}

pub struct Place {
    pub accounts: Arc<Accounts>,
    pub people: Arc<PeopleKeys>,
    pub clock: ManualClock,
    router: axum::Router,
    mails: Receiver<Message>,
    /// Mails that came while another was waited for.
    put_aside: RefCell<VecDeque<Message>>,
    pub ring: Arc<KeyRing>,
    pub folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir();
        let start = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let ring = KeyRing::generate(start, &mut SeededRandomness::new(1));
        Place::open(folder.unwrap(), ring, ManualClock::new(start))
    }

    /// The same after a restart, with a fresh key in its ring.
    pub fn rotated(self) -> Place {
        let Place { folder, ring, clock, .. } = self;
        let ring = ring.rotate(clock.now(), &mut SeededRandomness::new(2)).unwrap();
        Place::open(folder, ring, clock)
    }

    fn open(folder: tempfile::TempDir, ring: KeyRing, clock: ManualClock) -> Place {
        let ring = Arc::new(ring);
        let people = Arc::new(PeopleKeys::open_or_create(folder.path(), &ring).unwrap());
        let accounts = Arc::new(Accounts::open_or_create(folder.path(), &ring).unwrap());
        let (sender, mails) = channel();
        let app = App::new(AppParts {
            ring: Arc::clone(&ring),
            people: Arc::clone(&people),
            clock: Arc::new(clock.clone()),
            control: Box::new(MemoryControl::default()),
            limits: Limits::default(),
        });
        let site = Site {
            book: BookName::new(BOOK).unwrap(),
            origin: ORIGIN.to_owned(),
            rp_id: "shop.example".to_owned(),
            shop: Name::new("Luna's").unwrap(),
            post: Some(SignInPost {
                mailer: Arc::new(Postbox(Mutex::new(sender))),
                from: Address::new("shop@shop.example").unwrap(),
                return_paths: ReturnPaths::new(Domain::new("shop.example").unwrap()).unwrap(),
            }),
            accounts: Arc::clone(&accounts),
            demo: Vec::new(),
        };
        let router = http::router(Arc::new(app.with_site(site)));
        let put_aside = RefCell::default();
        Place { accounts, people, clock, router, mails, put_aside, ring, folder }
    }

    pub fn browser(&self) -> Browser<'_> {
        let cookies = BTreeMap::new();
        Browser { place: self, cookies, csrf: None, origin: Some(ORIGIN), peer: None }
    }

    /// The code in the next mail with one, and to whom it went.
    pub async fn next_code(&self) -> (String, String) {
        let mail = self.next_mail(|mail| code_in(mail).is_some()).await;
        (code_in(&mail).unwrap(), mail.to.address.as_str().to_owned())
    }

    /// What the next mail to somebody says that has no code: subject, then text.
    pub async fn next_news(&self, email: &str) -> (String, String) {
        let is_theirs = |mail: &Message| mail.to.address.as_str() == email;
        let mail = self.next_mail(|mail| is_theirs(mail) && code_in(mail).is_none()).await;
        (mail.content.subject.as_str().to_owned(), mail.content.text)
    }

    /// Mails go by tasks of the server, so whoever waits for one must let them.
    async fn next_mail(&self, is_it: impl Fn(&Message) -> bool) -> Message {
        for _ in 0..2_000 {
            self.put_aside.borrow_mut().extend(self.mails.try_iter());
            let found = self.put_aside.borrow().iter().position(&is_it);
            if let Some(mail) = found.and_then(|at| self.put_aside.borrow_mut().remove(at)) {
                return mail;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no such mail came");
    }

    /// Whether no mail has come that nobody has read.
    pub async fn has_no_mail(&self) -> bool {
        tokio::time::sleep(Duration::from_millis(200)).await;
        self.put_aside.borrow_mut().extend(self.mails.try_iter());
        self.put_aside.borrow().is_empty()
    }

    pub fn pass(&self, span: Span) {
        self.clock.advance(span);
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// The person at an address, who has signed in before.
    pub async fn person(&self, email: &str) -> PersonId {
        let mut browser = self.browser();
        browser.sign_in(email).await;
        let session = browser.get("/account/session").await.expect(200);
        session["person"].as_str().unwrap().parse().unwrap()
    }
}

/// The digits that stand in a line of their own.
fn code_in(mail: &Message) -> Option<String> {
    let is_code = |line: &&str| {
        matches!(line.len(), 9 | 14) && line.bytes().all(|b| b.is_ascii_digit() || b == b' ')
    };
    mail.content.text.lines().find(is_code).map(str::to_owned)
}

pub struct Browser<'a> {
    pub place: &'a Place,
    pub cookies: BTreeMap<String, String>,
    pub csrf: Option<String>,
    pub origin: Option<&'static str>,
    /// Where it is, when that is known.
    pub peer: Option<&'static str>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.json);
        self.json
    }

    #[track_caller]
    pub fn refused(self, status: u16, code: &str) {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)));
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "", Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, "application/json", Body::from(body.to_string())).await
    }

    pub async fn submit(&mut self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        self.ask("POST", path, kind, Body::from(form.to_owned())).await
    }

    async fn ask(&mut self, method: &str, path: &str, kind: &str, body: Body) -> Answer {
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path);
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        if let Some(origin) = self.origin.filter(|_| method != "GET") {
            request = request.header("origin", origin);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        request = request.header("cookie", cookies.join("; "));
        request = request.header("user-agent", "Mozilla/5.0 (X11; Linux) Firefox/140.0");
        if let Some(peer) = self.peer {
            request = request.extension(Peer::new(peer.parse().unwrap()));
        }
        let response = self.place.router.clone().oneshot(request.body(body).unwrap()).await;
        let (head, body) = response.unwrap().into_parts();
        for cookie in head.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                _ => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let json: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if let Some(csrf) = json["csrf"].as_str() {
            self.csrf = Some(csrf.to_owned());
        }
        Answer { status: head.status.as_u16(), headers: head.headers, json }
    }

    /// Asks for a code by mail and enters it.
    pub async fn enter_mail_code(&mut self, email: &str) -> Value {
        self.post("/account/sign-in/mail", json!({"email": email})).await.expect(202);
        let (code, to) = self.place.next_code().await;
        assert_eq!(to, email);
        self.post("/account/sign-in/code", json!({"code": code})).await.expect(200)
    }

    /// Signs in by mail alone.
    pub async fn sign_in(&mut self, email: &str) {
        let answer = self.enter_mail_code(email).await;
        assert_eq!(answer["status"], "signed_in");
    }
}

/// A device of somebody who uses this site.
pub fn new_device(seed: u8) -> testbed::Device {
    testbed::Device::new(seed, ORIGIN, "shop.example")
}
