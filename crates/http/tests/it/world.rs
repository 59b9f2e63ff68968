//! A served test book, and requests to it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use base::{Instant, Span, Token};
use http::{App, AppParts, Book, KeySecret, Limits, Scopes};
use outside::clock::{Clock, ManualClock};
use outside::keyring::KeyRing;
use outside::people::PeopleKeys;
use outside::random::{SeededRandomness, SystemRandomness};
use serde_json::{Value, json};
use store::{BookRecord, ControlStore, KeyKind, MemoryBook, MemoryControl, Reader};
use tower::ServiceExt;

pub struct World {
    pub app: Arc<App>,
    pub router: Router,
    pub clock: ManualClock,
    pub people: Arc<PeopleKeys>,
    pub book: Arc<Book>,
    /// A secret key with every scope.
    pub all: String,
    control: MemoryControl,
    running: Vec<writer::Running>,
    _folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> World {
        World::with_limits(Limits {
            lookup_failure_delay: std::time::Duration::from_millis(1),
            ..Limits::default()
        })
    }

    pub fn with_limits(limits: Limits) -> World {
        let start = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let clock = ManualClock::new(start);
        let ring = Arc::new(KeyRing::generate(start, &mut SeededRandomness::new(1)));
        let folder = tempfile::tempdir().unwrap();
        let people = Arc::new(PeopleKeys::open_or_create(&folder.path().join("keys"), &ring));
        let people = Arc::new(Arc::into_inner(people).unwrap().unwrap());
        let control = MemoryControl::new();
        let app = Arc::new(App::new(AppParts {
            ring,
            people: Arc::clone(&people),
            clock: Arc::new(clock.clone()),
            control: Box::new(control.clone()),
            limits,
        }));
        let mut running = Vec::new();
        let book = open_book(&app, &clock, control.clone(), "test", &mut running);
        let router = http::router(Arc::clone(&app));
        let mut world = World {
            app,
            router,
            clock,
            people,
            book,
            all: String::new(),
            control,
            running,
            _folder: folder,
        };
        world.all = world.secret(Scopes::ALL);
        world
    }

    /// Another book of the same server.
    pub fn open_book(&mut self, name: &str) -> Arc<Book> {
        open_book(&self.app, &self.clock, self.control.clone(), name, &mut self.running)
    }

    /// A new secret key of the test book.
    pub fn secret(&self, scopes: Scopes) -> String {
        self.key_of(&self.book, KeyKind::Secret, scopes)
    }

    /// A new publishable key of the test book.
    pub fn publishable(&self) -> String {
        self.key_of(&self.book, KeyKind::Publishable, Scopes::default())
    }

    pub fn key_of(&self, book: &Book, kind: KeyKind, scopes: Scopes) -> String {
        let secret = KeySecret::draw(kind, book.is_test(), &mut SystemRandomness);
        self.app.add_key(&secret, kind, book, scopes).unwrap();
        secret.reveal().to_owned()
    }

    pub fn pass(&self, span: Span) {
        self.clock.advance(span);
    }

    pub fn post(&self, path: &str, body: Value) -> Ask<'_> {
        self.ask("POST", path).json(body)
    }

    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    pub fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let headers = vec![("authorization".to_owned(), format!("Bearer {}", self.all))];
        Ask { world: self, method: method.into(), path: path.into(), headers, body: Vec::new() }
    }

    /// Issues a card of so many cents and returns its answer, code included.
    pub async fn issue(&self, cents: i64) -> Value {
        self.issue_with(cents, json!({})).await
    }

    /// The same with further members.
    pub async fn issue_with(&self, cents: i64, more: Value) -> Value {
        let mut body = json!({
            "value": {"amount": cents, "currency": "USD"},
            "funding": {"kind": "promotional"},
        });
        let members = body.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        self.post("/v1/gift-cards", body).fresh().await_status(201).await.json
    }

    /// Redeems so many cents of a card by its code.
    pub async fn redeem(&self, code: &str, cents: i64) -> Answer {
        self.post("/v1/redemptions", redemption(code, cents)).fresh().send().await
    }

    /// Places a hold on a card by its code and returns its answer.
    pub async fn hold(&self, code: &str, cents: i64) -> Value {
        self.post("/v1/holds", redemption(code, cents)).fresh().await_status(201).await.json
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for running in self.running.drain(..) {
            running.stop();
        }
    }
}

fn open_book(
    app: &App,
    clock: &ManualClock,
    mut control: MemoryControl,
    name: &str,
    running: &mut Vec<writer::Running>,
) -> Arc<Book> {
    let name = Token::new(name).unwrap();
    let created_at = clock.now();
    control.create_book(&BookRecord { name: name.clone(), is_test: true, created_at }).unwrap();
    let memory = MemoryBook::new();
    let times = clock.clone();
    let writer = writer::spawn(
        memory.store(),
        writer::BookSpec { is_test: true, ring: [7; 8] },
        writer::Options::default(),
        Box::new(move || (times.now(), times.monotonic())),
    )
    .unwrap();
    let readers: Vec<Box<dyn Reader>> = vec![Box::new(memory.reader())];
    let book = app.add_book(Book::new(name, true, writer.handle.clone(), readers));
    running.push(writer);
    book
}

/// The body of a redemption or a hold.
pub fn redemption(code: &str, cents: i64) -> Value {
    json!({
        "code": code,
        "amount": {"amount": cents, "currency": "USD"},
        "reference": "order 1",
        "client": {"session": "s1"},
    })
}

/// A request in the making.
#[derive(Clone)]
pub struct Ask<'a> {
    world: &'a World,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// With another API key.
    pub fn with(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    /// With this idempotency key.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With an idempotency key that nobody else uses.
    pub fn fresh(self) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let key = format!("fresh-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.key(&key)
    }

    pub fn json(self, body: Value) -> Self {
        self.bytes(body.to_string().into_bytes())
    }

    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", "application/json")
    }

    pub async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(self.body)).unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let answer = Answer { status: head.status, headers: head.headers, bytes, json };
        answer.check_habits();
        answer
    }

    /// Sends and demands a status.
    pub async fn await_status(self, status: u16) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        let answer = self.send().await;
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
        answer
    }

    /// Sends and demands a problem: status, code and field.
    pub async fn await_problem(self, status: u16, code: &str, param: Option<&str>) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        let answer = self.await_status(status).await;
        assert_eq!(answer.json["code"], code, "{what}: {}", answer.text());
        assert_eq!(answer.json["param"].as_str(), param, "{what}: {}", answer.text());
        answer
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub json: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn is_replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// What holds for every answer whatever was asked.
    fn check_habits(&self) {
        let text = self.text();
        assert_ne!(self.status.as_u16(), 500, "{text}");
        let request = self.header("x-request-id").expect("every answer names its request");
        assert!(request.parse::<base::RequestId>().is_ok(), "{request}");
        assert_eq!(self.header("makegood-version"), Some("2026-11-20"));
        if self.status.is_success() {
            return;
        }
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{text}");
        assert_eq!(self.json["request_id"], request);
        assert_eq!(self.json["status"], self.status.as_u16());
        let code = self.json["code"].as_str().unwrap();
        assert_eq!(self.json["type"], format!("/docs#problem-{code}"));
        for member in ["title", "detail"] {
            assert!(!self.json[member].as_str().unwrap().is_empty(), "{text}");
        }
        assert!(self.json["transient"].is_boolean(), "{text}");
    }
}

/// Demands that `value` has at least these members with these values.
#[track_caller]
pub fn check_members(value: &Value, expected: Value) {
    for (member, expected) in expected.as_object().unwrap() {
        assert_eq!(&value[member], expected, "{member} of {value:#}");
    }
}

/// Dollars as JSON.
pub fn usd(cents: i64) -> Value {
    json!({"amount": cents, "currency": "USD"})
}
