//! Several processes over one database: requests find the owner of their book.

mod reads;

use std::sync::Arc;
use std::time::Duration;

use base::Instant;
use http::{App, AppParts, Book, KeySecret, Limits, ReadSide, Scopes};
use outside::clock::{Clock, ManualClock};
use outside::keyring::KeyRing;
use outside::people::PeopleKeys;
use outside::random::{SeededRandomness, SystemRandomness};
use serde_json::{Value, json};
use store::{BookName, BookRecord, ControlStore, KeyKind, MemoryBook, MemoryControl, StoreError};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use writer::{BookSpec, Lease, Options, Running};

use crate::wire_client::{Reply, exchange};
use crate::world::redemption;

/// What the processes share.
struct Shared {
    book: MemoryBook,
    control: MemoryControl,
    ring: Arc<KeyRing>,
    people: Arc<PeopleKeys>,
    clock: ManualClock,
    limits: Limits,
    key: String,
    _folder: tempfile::TempDir,
}

/// A process: an app that listens, and the writer of the book while it owns it.
struct Process {
    app: Arc<App>,
    reads: Arc<ReadSide>,
    address: String,
    owned: Option<(Running, Lease)>,
    task: JoinHandle<()>,
}

impl Shared {
    fn new(limits: Limits) -> Shared {
        let start = Instant::parse("2026-11-20T10:00:00Z").unwrap();
        let clock = ManualClock::new(start);
        let ring = Arc::new(KeyRing::generate(start, &mut SeededRandomness::new(1)));
        let folder = tempfile::tempdir().unwrap();
        let people = PeopleKeys::open_or_create(&folder.path().join("keys"), &ring).unwrap();
        let mut control = MemoryControl::new();
        control.create_book(&record(&clock)).unwrap();
        Shared {
            book: MemoryBook::new(),
            control,
            ring,
            people: Arc::new(people),
            clock,
            limits,
            key: String::new(),
            _folder: folder,
        }
    }

    async fn process(&self) -> Process {
        self.process_reading(Ok(self.book.clone())).await
    }

    /// One whose readers find this book, or none.
    async fn process_reading(&self, found: Result<MemoryBook, StoreError>) -> Process {
        let app = App::new(AppParts {
            ring: Arc::clone(&self.ring),
            people: Arc::clone(&self.people),
            clock: Arc::new(self.clock.clone()),
            control: Box::new(self.control.clone()),
            limits: self.limits.clone(),
        });
        let app = Arc::new(app.among_processes());
        app.put_elsewhere(&name(), None);
        let open = move || found.clone().map(|book| Box::new(book.reader()) as _);
        let reads = app.read_here(ReadSide::opening(record(&self.clock), 4, open));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let serving = Arc::clone(&app);
        let task = tokio::spawn(async move {
            let _ = http::serve(serving, listener, std::future::pending()).await;
        });
        Process { app, reads, address, owned: None, task }
    }

    /// Two processes, the first of which owns the book, and a key of it.
    async fn two(limits: Limits) -> (Shared, Process, Process) {
        let mut shared = Shared::new(limits);
        let (mut one, two) = (shared.process().await, shared.process().await);
        let book = one.own(&shared).await;
        two.follow(&one);
        let secret = KeySecret::draw(KeyKind::Secret, true, &mut SystemRandomness);
        one.app.add_key(&secret, KeyKind::Secret, &book, Scopes::ALL).unwrap();
        shared.key = secret.reveal().to_owned();
        (shared, one, two)
    }
}

impl Process {
    /// Takes the book over.
    async fn own(&mut self, shared: &Shared) -> Arc<Book> {
        let (clock, store) = (shared.clock.clone(), shared.book.store());
        let times = Box::new(move || (clock.now(), clock.monotonic()));
        let lease = Lease::until(shared.clock.monotonic() + Duration::from_secs(60));
        let spec = BookSpec { is_test: true, ring: [7; 8] };
        let options = Options::default();
        let running = writer::spawn_leased(store, spec, options, times, lease.clone()).unwrap();
        let book = Book::over(Arc::clone(&self.reads), running.handle.clone());
        self.owned = Some((running, lease));
        self.app.add_book(book)
    }

    /// Learns that another process owns the book.
    fn follow(&self, owner: &Process) {
        self.app.put_elsewhere(&name(), Some(&owner.address));
    }

    /// Hands the book over: what waits is answered, and then it is nobody's.
    async fn step_down(&mut self) {
        let (running, lease) = self.owned.take().unwrap();
        tokio::task::spawn_blocking(move || running.leave()).await.unwrap();
        lease.end();
        self.app.put_elsewhere(&name(), None);
    }

    async fn ask(&self, shared: &Shared, method: &str, path: &str, body: Option<Value>) -> Reply {
        exchange(&self.address, method, path, &[], &shared.key, body).await
    }

    async fn post(&self, shared: &Shared, path: &str, key: &str, body: Value) -> Reply {
        let headers = [("idempotency-key", key)];
        exchange(&self.address, "POST", path, &headers, &shared.key, Some(body)).await
    }

    async fn issue(&self, shared: &Shared, cents: i64) -> Value {
        let body = json!({
            "value": {"amount": cents, "currency": "USD"},
            "funding": {"kind": "promotional"},
        });
        let issued = self.post(shared, "/v1/gift-cards", &fresh(), body).await;
        assert_eq!(issued.status, 201, "{}", issued.text);
        issued.json()
    }

    async fn balance(&self, shared: &Shared, card: &str) -> i64 {
        let read = self.ask(shared, "GET", &format!("/v1/gift-cards/{card}"), None).await;
        assert_eq!(read.status, 200, "{}", read.text);
        read.json()["balance"]["amount"].as_i64().unwrap()
    }
}

fn name() -> BookName {
    BookName::new("test").unwrap()
}

fn record(clock: &ManualClock) -> BookRecord {
    BookRecord { name: name(), is_test: true, created_at: clock.now(), incarnation: 1 }
}

fn fresh() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("process-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn id(card: &Value) -> &str {
    card["id"].as_str().unwrap()
}

fn code(card: &Value) -> &str {
    card["code"].as_str().unwrap()
}

fn quick() -> Limits {
    let forward_time_max = Duration::from_millis(400);
    Limits { forward_time_max, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_and_writes_go_through_either_process() {
    let (shared, one, two) = Shared::two(Limits::default()).await;
    let card = two.issue(&shared, 1_000).await;
    let spent = two.post(&shared, "/v1/redemptions", "k1", redemption(code(&card), 300)).await;
    assert_eq!(spent.status, 201, "{}", spent.text);
    let again = one.post(&shared, "/v1/redemptions", "k1", redemption(code(&card), 300)).await;
    assert_eq!((again.status, &again.text), (201, &spent.text), "the same bytes");
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(two.balance(&shared, id(&card)).await, 700);
    assert_eq!(one.balance(&shared, id(&card)).await, 700);
    for process in [&one, &two] {
        let list = process.ask(&shared, "GET", "/v1/holds?reference=order%201", None).await;
        assert_eq!(list.json()["data"].as_array().unwrap().len(), 1, "a query string too");
        let events = process.ask(&shared, "GET", "/v1/events?limit=50", None).await;
        assert!(events.json()["data"].as_array().unwrap().len() >= 2, "{}", events.text);
        let refused = process
            .post(&shared, "/v1/redemptions", &fresh(), redemption(code(&card), 5_000))
            .await;
        assert_eq!(refused.status, 422);
        let problem = refused.json();
        assert_eq!(problem["code"], "insufficient_balance");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        assert_eq!(refused.header("x-request-id"), problem["request_id"].as_str());
        let ready = process.ask(&shared, "GET", "/readyz", None).await;
        assert_eq!(ready.status, 200, "{}", ready.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_checked_before_anything_is_passed_on() {
    let (mut shared, _one, two) = Shared::two(quick()).await;
    shared.key = "mg_test_somebodyelseskey00".to_owned();
    let refused = two.ask(&shared, "GET", "/v1/gift-cards", None).await;
    assert_eq!((refused.status, refused.code()), (401, "unauthorized".to_owned()));
    // Another process may just have made it, so it is looked for once more after a second: once.
    let asked_at = tokio::time::Instant::now();
    let refused = two.post(&shared, "/v1/redemptions", "k", json!({})).await;
    assert_eq!(refused.status, 401);
    assert!(asked_at.elapsed() < Duration::from_secs(2), "{:?}", asked_at.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_one_process_made_is_good_at_the_other_at_once() {
    let (shared, one, two) = Shared::two(Limits::default()).await;
    assert_eq!(two.ask(&shared, "GET", "/v1/programs", None).await.status, 200);
    for process in [&one, &two] {
        let body = json!({"kind": "secret", "scopes": ["read"]});
        let made = process.post(&shared, "/v1/keys", &fresh(), body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json()["secret"].as_str().unwrap().to_owned();
        for process in [&one, &two] {
            let read = exchange(&process.address, "GET", "/v1/programs", &[], &made, None).await;
            assert_eq!(read.status, 200, "{}", read.text);
        }
        shared.clock.advance(base::Span::seconds(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_owns_the_book_requests_wait_and_then_say_so() {
    let (shared, mut one, two) = Shared::two(quick()).await;
    let card = one.issue(&shared, 1_000).await;
    one.step_down().await;
    two.app.put_elsewhere(&name(), None);
    let path = format!("/v1/gift-cards/{}", id(&card));
    let none = two.ask(&shared, "GET", &path, None).await;
    assert_eq!((none.status, none.code()), (503, "unavailable".to_owned()));
    assert_eq!(none.header("retry-after"), Some("1"));
    assert_eq!(two.ask(&shared, "GET", "/readyz", None).await.status, 503);
    assert_eq!(two.ask(&shared, "GET", "/healthz", None).await.status, 200);
    // Asked while nobody owns it, answered once somebody does.
    let (found, ()) = tokio::join!(two.balance(&shared, id(&card)), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        one.own(&shared).await;
        two.follow(&one);
    });
    assert_eq!(found, 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_is_ready_for_the_books_that_are_served() {
    let (shared, one, two) = Shared::two(quick()).await;
    let ready = async |process: &Process| {
        let told = process.ask(&shared, "GET", "/readyz", None).await;
        (told.status == 200).then(|| told.json()["unserved_books"].as_u64().unwrap())
    };
    let served = async |process: &Process, book: &str| {
        let metrics = process.ask(&shared, "GET", "/metrics", None).await.text;
        metrics.contains(&format!("makegood_book_served{{book=\"{book}\"}} 1\n"))
    };
    // A book that nobody can open does not take the others down.
    let sick = BookName::new("sick").unwrap();
    for process in [&one, &two] {
        assert_eq!(ready(process).await, Some(0));
        process.app.put_elsewhere(&sick, None);
        assert_eq!(ready(process).await, Some(1));
        assert!(served(process, "test").await && !served(process, "sick").await);
    }
    // An address that leads back here, or to one who does not own it, serves nothing.
    for wrong in [&two.address, &shared.process().await.address] {
        two.app.put_elsewhere(&name(), Some(wrong));
        assert_eq!(ready(&two).await, None, "{wrong}");
    }
    two.follow(&one);
    assert_eq!(ready(&two).await, Some(1));
    // What it knew before it was cut off may be long untrue.
    two.app.put_cut_off(true);
    assert_eq!(ready(&two).await, None);
    assert!(!served(&two, "test").await);
    two.app.put_cut_off(false);
    assert_eq!(ready(&two).await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_gone_is_not_the_end_of_a_request() {
    let (shared, one, mut two) = Shared::two(Limits::default()).await;
    let card = two.issue(&shared, 1_000).await;
    one.task.abort();
    let _ = one.task.await;
    // Without key a broken connection may have done it: nothing was sent here, so it is repeated.
    let freeze = format!("/v1/gift-cards/{}/freeze", id(&card));
    let third = shared.process().await;
    third.app.put_elsewhere(&name(), Some(&one.address));
    let (frozen, ()) = tokio::join!(third.ask(&shared, "POST", &freeze, Some(json!({}))), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        two.own(&shared).await;
        third.follow(&two);
    });
    assert_eq!(frozen.status, 200, "{}", frozen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_repeated_only_with_a_key() {
    let (shared, _one, two) = Shared::two(quick()).await;
    // Takes requests and answers none.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = [0; 1];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut bytes).await;
            counting.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    });
    two.app.put_elsewhere(&name(), Some(&address));
    let sent = || count.swap(0, std::sync::atomic::Ordering::Relaxed);
    let freeze = "/v1/gift-cards/gc_0/freeze";
    let lost = two.ask(&shared, "POST", freeze, Some(json!({}))).await;
    assert_eq!((lost.status, lost.code()), (503, "outcome_unknown".to_owned()));
    assert_eq!(sent(), 1);
    let lost = two.post(&shared, freeze, "k", json!({})).await;
    assert_eq!((lost.status, lost.code()), (503, "outcome_unknown".to_owned()));
    assert!(sent() > 1);
    let lost = two.ask(&shared, "GET", "/v1/programs", None).await;
    assert_eq!(lost.status, 503);
    assert!(sent() > 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_owner_answers_nothing_from_memory() {
    let (shared, one, mut two) = Shared::two(quick()).await;
    let card = one.issue(&shared, 1_000).await;
    // The first process sleeps through the end of its lease, and does not know yet.
    one.owned.as_ref().unwrap().1.end();
    two.own(&shared).await;
    let spent = two.post(&shared, "/v1/redemptions", "k", redemption(code(&card), 300)).await;
    assert_eq!(spent.status, 201, "{}", spent.text);
    let path = format!("/v1/gift-cards/{}", id(&card));
    let stale = one.ask(&shared, "GET", &path, None).await;
    assert_eq!((stale.status, stale.code()), (503, "unavailable".to_owned()), "{}", stale.text);
    one.follow(&two);
    assert_eq!(one.balance(&shared, id(&card)).await, 700);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_do_not_go_in_circles() {
    let (shared, mut one, two) = Shared::two(quick()).await;
    one.step_down().await;
    // Each believes the other.
    one.follow(&two);
    two.follow(&one);
    let before = std::time::Duration::from_secs(5);
    let asked = one.ask(&shared, "GET", "/v1/programs", None);
    let none = tokio::time::timeout(before, asked).await.unwrap();
    assert_eq!((none.status, none.code()), (503, "unavailable".to_owned()), "{}", none.text);
    // The first one had the request of the client and no other; the second one refused it.
    let counted = async |process: &Process, class: &str| {
        let metrics = process.ask(&shared, "GET", "/metrics", None).await.text;
        let wanted = format!("{{status=\"{class}\"}} ");
        let count = metrics.lines().find_map(|line| line.split_once(&wanted));
        count.expect(&metrics).1.parse::<u32>().unwrap()
    };
    assert_eq!((counted(&one, "4xx").await, counted(&one, "5xx").await), (0, 1));
    assert!(counted(&two, "4xx").await > 0);
    assert_eq!(counted(&two, "5xx").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_a_new_owner_show_what_the_former_one_wrote() {
    let (shared, mut one, mut two) = Shared::two(Limits::default()).await;
    let card = two.issue(&shared, 1_000).await;
    for _ in 0..3 {
        let body = redemption(code(&card), 100);
        let spent = two.post(&shared, "/v1/redemptions", &fresh(), body).await;
        assert_eq!(spent.status, 201, "{}", spent.text);
    }
    one.step_down().await;
    two.own(&shared).await;
    one.follow(&two);
    for process in [&two, &one] {
        let list = process.ask(&shared, "GET", "/v1/holds", None).await;
        assert_eq!(list.json()["data"].as_array().unwrap().len(), 3, "{}", list.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_batch_goes_to_the_next_owner() {
    let (shared, one, mut two) = Shared::two(Limits::default()).await;
    let card = one.issue(&shared, 1_000).await;
    let operation = |key: &str| {
        let body = redemption(code(&card), 100);
        json!({"idempotency_key": key, "path": "/v1/redemptions", "body": body})
    };
    let batch = json!({"operations": [operation("a"), operation("b")]});
    let first = one.ask(&shared, "POST", "/v1/batch", Some(batch.clone())).await;
    // The former owner does not know yet: it would answer repeated keys from its memory.
    one.owned.as_ref().unwrap().1.end();
    two.own(&shared).await;
    let (again, ()) = tokio::join!(one.ask(&shared, "POST", "/v1/batch", Some(batch)), async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        one.follow(&two);
    });
    assert_eq!((again.status, &again.text), (200, &first.text), "the same answers");
    assert_eq!(two.balance(&shared, id(&card)).await, 800);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_without_the_secret_is_passed_over() {
    let (shared, _one, two) = Shared::two(quick()).await;
    // Were it believed, the second process would answer 421.
    let headers = [("makegood-forwarded", "0123456789abcdef0123456789abcdef 127.0.0.1:1")];
    let read = exchange(&two.address, "GET", "/v1/programs", &headers, &shared.key, None).await;
    assert_eq!(read.status, 200, "{}", read.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_through_both_spend_what_there_is() {
    let (shared, one, two) = Shared::two(Limits::default()).await;
    let card = one.issue(&shared, 10_000).await;
    let mut all = JoinSet::new();
    for number in 0..200 {
        let address = if number % 2 == 0 { &one.address } else { &two.address };
        let (address, key) = (address.clone(), shared.key.clone());
        let body = redemption(code(&card), 100);
        all.spawn(async move {
            let own = fresh();
            let headers = [("idempotency-key", own.as_str())];
            exchange(&address, "POST", "/v1/redemptions", &headers, &key, Some(body)).await
        });
    }
    let answers = all.join_all().await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(422)), (100, 100));
    assert_eq!(two.balance(&shared, id(&card)).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_moves_under_load_loses_and_doubles_nothing() {
    const CLIENTS: usize = 8;
    const MOVES: usize = 6;
    let (shared, mut one, mut two) = Shared::two(Limits::default()).await;
    let card = one.issue(&shared, 1_000_000).await;
    let going = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let addresses = [one.address.clone(), two.address.clone()];
        let (key, going) = (shared.key.clone(), Arc::clone(&going));
        let body = redemption(code(&card), 1);
        clients.spawn(async move {
            let mut redeemed = 0;
            while going.load(std::sync::atomic::Ordering::Relaxed) {
                let own = format!("client-{client}-{redeemed}");
                let headers = [("idempotency-key", own.as_str())];
                let address = &addresses[(client + redeemed) % 2];
                let body = Some(body.clone());
                let answer =
                    exchange(address, "POST", "/v1/redemptions", &headers, &key, body).await;
                assert_eq!(answer.status, 201, "{}", answer.text);
                redeemed += 1;
            }
            redeemed
        });
    }
    let (from, to) = (&mut one, &mut two);
    let mut pair = (from, to);
    for _ in 0..MOVES {
        tokio::time::sleep(Duration::from_millis(120)).await;
        pair.0.step_down().await;
        // The other one does not know at once.
        tokio::time::sleep(Duration::from_millis(20)).await;
        pair.1.own(&shared).await;
        pair.0.follow(pair.1);
        pair = (pair.1, pair.0);
    }
    going.store(false, std::sync::atomic::Ordering::Relaxed);
    let redeemed: usize = clients.join_all().await.into_iter().sum();
    assert!(redeemed > CLIENTS * MOVES, "{redeemed} redemptions");
    let left = one.balance(&shared, id(&card)).await;
    assert_eq!(1_000_000 - left, i64::try_from(redeemed).unwrap());
}
