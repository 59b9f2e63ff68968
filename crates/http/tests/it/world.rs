//! A served test book, and requests to it.

mod inside;
mod kept;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use base::{Instant, Span, Token};
use http::{App, AppParts, Book, EventTeller, GiftWordsReader, KeySecret, Limits, Scopes};
use jobs::mail::{Letterhead, Postman, PostmanParts, ReadWords};
use jobs::webhooks::{Deliverer, DelivererParts, TellEvents, WebhookPace};
use mail::bounce::ReturnPaths;
use mail::{Address, Domain, Mailer, Name};
use outside::clock::{Clock, ManualClock};
use outside::keyring::KeyRing;
use outside::people::PeopleKeys;
use outside::random::{SeededRandomness, SystemRandomness};
use promotions::OperatorPolicy;
use serde_json::{Value, json};
use store::{BookName, BookRecord, ControlStore, EndpointStore, KeyKind, MemoryControl};
use tower::ServiceExt;
use webhooks::{Reach, SenderSettings};

use self::kept::Shelf;
pub use self::kept::Written;
use crate::fake_rails::FakeRails;

pub struct World {
    pub app: Arc<App>,
    pub router: Router,
    pub clock: ManualClock,
    pub people: Arc<PeopleKeys>,
    pub book: Arc<Book>,
    /// A secret key with every scope.
    pub all: String,
    pub ring: Arc<KeyRing>,
    limits: Limits,
    /// What the operator allows of promotions.
    allowed: Option<&'static OperatorPolicy>,
    control: MemoryControl,
    shelf: Shelf,
    running: Vec<writer::Running>,
    folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> World {
        World::with_limits(short_limits())
    }

    /// The same with books in files.
    pub fn in_files() -> World {
        World::in_files_with(short_limits())
    }

    pub fn in_files_with(limits: Limits) -> World {
        World::kept(limits, None, true)
    }

    pub fn with_limits(limits: Limits) -> World {
        World::kept(limits, None, false)
    }

    /// A server whose operator allows something else of promotions than the product.
    pub fn allowing(policy: OperatorPolicy) -> World {
        World::kept(short_limits(), Some(Box::leak(Box::new(policy))), false)
    }

    /// The same with books in files.
    pub fn allowing_in_files(policy: OperatorPolicy) -> World {
        World::kept(short_limits(), Some(Box::leak(Box::new(policy))), true)
    }

    fn kept(limits: Limits, allowed: Option<&'static OperatorPolicy>, in_files: bool) -> World {
        let start = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let clock = ManualClock::new(start);
        let ring = Arc::new(KeyRing::generate(start, &mut SeededRandomness::new(1)));
        let folder = tempfile::tempdir().unwrap();
        let people = Arc::new(PeopleKeys::open_or_create(&folder.path().join("keys"), &ring));
        let people = Arc::new(Arc::into_inner(people).unwrap().unwrap());
        let control = MemoryControl::new();
        let mut shelf = Shelf::new(in_files, folder.path());
        let app = new_app(&ring, &people, &clock, &control, &limits);
        let mut running = Vec::new();
        let record = new_book(&control, &clock, "test", true);
        let book = open_book(&app, &clock, &mut shelf, record, allowed, &mut running);
        let router = http::router(Arc::clone(&app));
        let mut world = World {
            app,
            router,
            clock,
            people,
            book,
            all: String::new(),
            ring,
            limits,
            allowed,
            control,
            shelf,
            running,
            folder,
        };
        world.all = world.secret(Scopes::ALL);
        world
    }

    /// Another book of the same server.
    pub fn open_book(&mut self, name: &str) -> Arc<Book> {
        self.open_book_of_kind(name, true)
    }

    /// Another book whose clock is that of the wall.
    pub fn open_live_book(&mut self, name: &str) -> Arc<Book> {
        self.open_book_of_kind(name, false)
    }

    fn open_book_of_kind(&mut self, name: &str, is_test: bool) -> Arc<Book> {
        let record = new_book(&self.control, &self.clock, name, is_test);
        let (shelf, running) = (&mut self.shelf, &mut self.running);
        open_book(&self.app, &self.clock, shelf, record, self.allowed, running)
    }

    /// Stops the server and starts another one on the test book.
    pub fn restart(&mut self) {
        self.restart_as(1);
    }

    /// The same, with the book in an incarnation: another one than 1 is what a restore leaves.
    pub fn restart_as(&mut self, incarnation: u64) {
        self.running.drain(..).for_each(writer::Running::stop);
        self.app = new_app(&self.ring, &self.people, &self.clock, &self.control, &self.limits);
        let (name, created_at) = (Token::new("test").unwrap(), self.clock.now());
        let record = BookRecord { name, is_test: true, created_at, incarnation };
        let (shelf, running) = (&mut self.shelf, &mut self.running);
        self.book = open_book(&self.app, &self.clock, shelf, record, self.allowed, running);
        self.router = http::router(Arc::clone(&self.app));
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

    /// Starts what sends the events of the test book, to this machine too. `patience` is for each
    /// attempt.
    pub fn deliverer(&self, patience: Duration) -> Deliverer {
        self.deliverer_with(patience, Reach::PublicAndLoopback)
    }

    /// The same, to these addresses.
    pub fn deliverer_with(&self, patience: Duration, reach: Reach) -> Deliverer {
        self.deliverer_telling(patience, reach, Arc::new(self.teller()))
    }

    /// What tells the events of the test book.
    pub fn teller(&self) -> EventTeller {
        EventTeller::new(Arc::clone(&self.ring), Token::new("test").unwrap())
    }

    /// The same, which is told what happened by somebody else.
    pub fn deliverer_telling(
        &self,
        patience: Duration,
        reach: Reach,
        events: Arc<dyn TellEvents>,
    ) -> Deliverer {
        let settings = SenderSettings { reach, patience, ..SenderSettings::public() };
        let parts = DelivererParts {
            book: Token::new("test").unwrap(),
            handle: self.book.handle().clone(),
            open_reader: self.opener(),
            control: Box::new(self.control.clone()),
            events,
            sender: Arc::new(webhooks::Sender::new(&settings)),
            reach,
            ring: Arc::clone(&self.ring),
            clock: Arc::new(self.clock.clone()),
            figures: Arc::clone(self.book.outgoing()),
            pace: WebhookPace { look_every: Duration::from_millis(20), ..WebhookPace::default() },
        };
        Deliverer::spawn(parts, |news| println!("{news:?}")).unwrap()
    }

    /// Starts what sends the mails of the test book.
    pub fn postman(&self, mailer: Arc<dyn Mailer>) -> Postman {
        self.postman_reading(mailer, Arc::new(GiftWordsReader::new(Arc::clone(&self.people))))
    }

    /// The same, which opens the words of people in another way.
    pub fn postman_reading(&self, mailer: Arc<dyn Mailer>, words: Arc<dyn ReadWords>) -> Postman {
        let domain = Domain::new("shop.example").unwrap();
        let parts = PostmanParts {
            book: Token::new("test").unwrap(),
            handle: self.book.handle().clone(),
            open_reader: self.opener(),
            control: Box::new(self.control.clone()),
            events: Arc::new(EventTeller::new(Arc::clone(&self.ring), Token::new("test").unwrap())),
            words,
            mailer,
            letterhead: Letterhead {
                shop: Name::new("Corner Shop").unwrap(),
                from: Address::new("gifts@shop.example").unwrap(),
                return_paths: ReturnPaths::new(domain).unwrap(),
                claim_page: "https://shop.example/gift".to_owned(),
                purchase_page: Some("https://shop.example/purchase".to_owned()),
                pictures: |_| None,
            },
            ring: Arc::clone(&self.ring),
            clock: Arc::new(self.clock.clone()),
            figures: Arc::clone(self.book.outgoing()),
            look_every: Duration::from_millis(20),
        };
        Postman::spawn(parts, |news| println!("{news:?}")).unwrap()
    }

    /// Where failures of the first mail of a card are reported to.
    pub fn return_path(&self, card: base::CardId) -> String {
        let paths = ReturnPaths::new(Domain::new("shop.example").unwrap()).unwrap();
        let cause = store::MailCause::Gift { card, sending: 1 };
        paths.address(&jobs::mail::mail_key(cause), &self.ring).as_str().to_owned()
    }

    /// The control store.
    pub fn control(&self) -> MemoryControl {
        self.control.clone()
    }

    /// Endpoints of the test book as they are kept.
    pub fn kept_endpoints(&self) -> Vec<store::WebhookEndpoint> {
        self.control.clone().endpoints_of(&Token::new("test").unwrap()).unwrap()
    }

    /// Changes the one endpoint of the test book where it is kept.
    pub fn change_kept_endpoint(&self, change: impl FnOnce(&mut store::WebhookEndpoint)) {
        let mut endpoint = self.kept_endpoints().remove(0);
        change(&mut endpoint);
        assert!(self.control.clone().change_endpoint(&endpoint).unwrap());
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

fn short_limits() -> Limits {
    let lookup_failure_delay = std::time::Duration::from_millis(1);
    let pay_time_max = std::time::Duration::from_millis(30);
    Limits { lookup_failure_delay, pay_time_max, ..Limits::default() }
}

fn new_app(
    ring: &Arc<KeyRing>,
    people: &Arc<PeopleKeys>,
    clock: &ManualClock,
    control: &MemoryControl,
    limits: &Limits,
) -> Arc<App> {
    Arc::new(App::new(AppParts {
        ring: Arc::clone(ring),
        people: Arc::clone(people),
        clock: Arc::new(clock.clone()),
        control: Box::new(control.clone()),
        limits: limits.clone(),
    }))
}

fn new_book(control: &MemoryControl, clock: &ManualClock, name: &str, is_test: bool) -> BookRecord {
    let (name, created_at) = (BookName::new(name).unwrap(), clock.now());
    let record = BookRecord { name, is_test, created_at, incarnation: 1 };
    control.clone().create_book(&record).unwrap();
    record
}

fn open_book(
    app: &App,
    clock: &ManualClock,
    shelf: &mut Shelf,
    record: BookRecord,
    promoting: Option<&'static OperatorPolicy>,
    running: &mut Vec<writer::Running>,
) -> Arc<Book> {
    let journal_retention_days = Some(31);
    let options =
        writer::Options { journal_retention_days, promoting, ..writer::Options::default() };
    let kept = shelf.place(&record.name);
    let (writer, readers) = kept.write(record.is_test, options, clock);
    let rails = Arc::new(FakeRails::new(writer.handle.clone()));
    let book = Book::new(record, writer.handle.clone(), readers).with_rails(rails);
    let book = app.add_book(book);
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

/// All pages of a list, one after the other.
pub async fn all_pages(world: &World, path: &str, limit: usize) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = format!("{path}{mark}limit={limit}{cursor}");
        let page = world.get(&page).await_status(200).await.json;
        let data = page["data"].as_array().unwrap();
        assert!(data.len() <= limit, "{} entries", data.len());
        all.extend(data.iter().cloned());
        if page["has_more"] == false {
            return all;
        }
        cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
    }
}
