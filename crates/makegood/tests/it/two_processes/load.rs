//! Clients that talk to two processes as a shop behind a load balancer does.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::history::{Event, Kind, UNIT};
use super::pair::Addresses;
use crate::client::{Answer, Client};
use crate::kill::let_run;
use crate::process::KEY;

/// Time in which everything must be answered, whatever happens.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(90);

/// Pause before a request is repeated, in milliseconds.
const PAUSE: u64 = 20;

/// Stands for no process, and for both.
pub const NEITHER: usize = 2;
pub const BOTH: usize = 3;

/// The time, for histories.
#[expect(clippy::disallowed_methods, reason = "histories are about the time of clients")]
pub fn now() -> Instant {
    Instant::now()
}

/// What went wrong on the way to an answer: each was followed by another attempt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Nobody listened: a load balancer takes the next process.
    NobodyListens,
    /// A connection that had been used was closed before a byte of an answer: it rested.
    ClosedAtRest,
    /// A connection broke otherwise.
    Broken(ErrorKind),
    /// A request that may be repeated was not answered; the code says why.
    Unanswered(String),
    /// The same of one that may not be repeated.
    OnceUnanswered(String),
}

/// What all clients of a round share.
pub struct Shared<'a> {
    pub addresses: &'a Addresses,
    pub troubles: Mutex<Vec<Trouble>>,
    pub answers: Mutex<Vec<Answered>>,
    /// What was sent once only.
    pub once: Mutex<Vec<Once>>,
    /// The process that only those ask who ask no other; while it is both, everybody else waits.
    pub avoided: AtomicUsize,
    /// Set when the test has failed: nobody waits any more.
    pub is_over: AtomicBool,
}

impl<'a> Shared<'a> {
    /// Nothing asked yet.
    pub fn new(addresses: &'a Addresses) -> Shared<'a> {
        Shared {
            addresses,
            troubles: Mutex::default(),
            answers: Mutex::default(),
            once: Mutex::default(),
            avoided: AtomicUsize::new(NEITHER),
            is_over: AtomicBool::new(false),
        }
    }
}

/// An answer that counts.
pub struct Answered {
    /// Number of the card.
    pub card: usize,
    pub event: Event,
    /// What was sent, and its answer.
    pub redemption: Option<(String, Value, String)>,
}

/// A program made without an idempotency key, which nobody may repeat: money is never moved so.
pub struct Once {
    pub name: String,
    pub outcome: Outcome,
}

/// What is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    NothingDone,
    Unknown,
}

/// A card to be redeemed.
#[derive(Clone)]
pub struct Card {
    pub id: String,
    pub code: String,
    pub value: i64,
}

/// One client: a connection to each process.
pub struct Shopper<'a> {
    shared: &'a Shared<'a>,
    /// The process it asks first.
    home: usize,
    /// Whether it asks the other one too.
    is_faithful: bool,
    connections: [Option<Connection>; 2],
}

struct Connection {
    address: String,
    client: Client,
    is_used: bool,
}

/// A request that may be sent again.
pub enum Request<'a> {
    Get(&'a str),
    Post(&'a str, &'a str, &'a Value),
}

impl<'a> Shopper<'a> {
    /// One that asks this process first and the other one next.
    pub fn new(shared: &'a Shared<'a>, home: usize) -> Shopper<'a> {
        Shopper { shared, home, is_faithful: false, connections: [None, None] }
    }

    /// One that asks this process only.
    pub fn only(shared: &'a Shared<'a>, home: usize) -> Shopper<'a> {
        Shopper { is_faithful: true, ..Shopper::new(shared, home) }
    }

    /// Repeats a request until it is answered. Returns when the attempt that was answered began.
    pub fn ask(&mut self, request: &Request<'_>) -> (Instant, Answer) {
        let first = now();
        for attempt in 0.. {
            let side = if self.is_faithful { self.home } else { self.other_than_avoided(attempt) };
            let sent = now();
            let trouble = match self.attempt(side, request) {
                Ok(answer) if answer.status < 500 => return (sent, answer),
                Ok(answer) => {
                    assert_eq!(answer.status, 503, "{}", answer.body);
                    Trouble::Unanswered(answer.text("/code"))
                }
                Err(trouble) => trouble,
            };
            self.shared.troubles.lock().unwrap().push(trouble);
            assert!(!self.shared.is_over.load(Ordering::Relaxed), "the test has failed elsewhere");
            assert!(first.elapsed() < ANSWER_TIME_MAX, "a request is never answered");
            let_run(PAUSE);
        }
        unreachable!("attempts never end")
    }

    fn other_than_avoided(&self, attempt: usize) -> usize {
        loop {
            match self.shared.avoided.load(Ordering::Relaxed) {
                NEITHER => return (self.home + attempt) % 2,
                BOTH if !self.shared.is_over.load(Ordering::Relaxed) => let_run(PAUSE),
                avoided => return 1 - avoided.min(1),
            }
        }
    }

    fn attempt(&mut self, side: usize, request: &Request<'_>) -> Result<Answer, Trouble> {
        let address = self.shared.addresses.read().unwrap()[side].clone();
        let kept = self.connections[side].take().filter(|it| it.address == address);
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let client = Client::connect(&address, KEY);
                let client = client.map_err(|_| Trouble::NobodyListens)?;
                Connection { address, client, is_used: false }
            }
        };
        let answer = match request {
            Request::Get(path) => connection.client.get(path),
            Request::Post(path, key, body) => connection.client.post(path, key, body),
        };
        let answer = answer.map_err(|error| trouble(&error, connection.is_used))?;
        connection.is_used = true;
        self.connections[side] = Some(connection);
        Ok(answer)
    }

    /// Makes a card.
    pub fn issue(&mut self, key: &str, value: i64) -> Card {
        let request = Request::Post("/v1/gift-cards", key, &crate::serve::issue_body(value));
        let answer = self.ask(&request).1.expect(201);
        Card { id: answer.text("/id"), code: answer.text("/code"), value }
    }

    /// Redeems one unit, and notes it; false when the card has not got it.
    pub fn redeem(&mut self, number: usize, card: &Card, key: &str) -> bool {
        let amount = json!({ "amount": UNIT, "currency": "USD" });
        let body = json!({ "code": card.code, "amount": amount, "reference": key });
        let called = now();
        let (_, answer) = self.ask(&Request::Post("/v1/redemptions", key, &body));
        let returned = now();
        if answer.status == 422 {
            assert_eq!(answer.text("/code"), "insufficient_balance");
            return false;
        }
        let answer = answer.expect(201);
        let left = answer.number("/card_available/amount");
        let event = Event { kind: Kind::Redemption, called, returned, left };
        self.note(number, event, Some((key.to_owned(), body, answer.body)));
        true
    }

    /// Makes a program without a key, on a fresh connection: sent once, whatever comes of it.
    pub fn make_program_once(&mut self, name: &str) {
        let body = json!({ "name": name, "value_max": { "amount": 100, "currency": "USD" } });
        let side = self.other_than_avoided(0);
        let address = self.shared.addresses.read().unwrap()[side].clone();
        let Ok(mut client) = Client::connect(&address, KEY) else { return };
        let (outcome, trouble) = match client.post_once("/v1/programs", &body) {
            Ok(answer) if answer.status == 201 => (Outcome::Done, None),
            Ok(answer) => {
                let code = answer.expect(503).text("/code");
                let outcome = match code.as_str() {
                    "unavailable" => Outcome::NothingDone,
                    _ => Outcome::Unknown,
                };
                (outcome, Some(Trouble::OnceUnanswered(code)))
            }
            Err(error) => (Outcome::Unknown, Some(trouble(&error, false))),
        };
        self.shared.troubles.lock().unwrap().extend(trouble);
        let once = Once { name: name.to_owned(), outcome };
        self.shared.once.lock().unwrap().push(once);
    }

    /// How many programs there are of each name that begins so, the newest of all.
    pub fn programs(&mut self, start: &str) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        let mut path = "/v1/programs?limit=100".to_owned();
        loop {
            let page = self.ask(&Request::Get(&path)).1.expect(200).json();
            for program in page["data"].as_array().unwrap() {
                let name = program["name"].as_str().unwrap();
                if !name.starts_with(start) {
                    return found;
                }
                *found.entry(name.to_owned()).or_default() += 1;
            }
            let Some(next) = page["next_cursor"].as_str() else { return found };
            path = format!("/v1/programs?limit=100&cursor={next}");
        }
    }

    /// Asks what a card has left, and notes it.
    pub fn look(&mut self, number: usize, card: &Card) {
        let (called, answer) = self.ask(&Request::Get(&format!("/v1/gift-cards/{}", card.id)));
        let returned = now();
        let left = answer.expect(200).number("/available/amount");
        self.note(number, Event { kind: Kind::Question, called, returned, left }, None);
    }

    /// Looks up in a list what a card has left, and notes it: its own entry in the list of cards,
    /// or the last line of its history. It is as much a question as any other.
    pub fn find(&mut self, number: usize, card: &Card, is_history: bool) {
        let path = match is_history {
            true => format!("/v1/gift-cards/{}/activities?limit=1", card.id),
            // The cards of a round are the newest there are.
            false => "/v1/gift-cards?limit=10".to_owned(),
        };
        let (called, answer) = self.ask(&Request::Get(&path));
        let returned = now();
        let list = answer.expect(200).json();
        let mut entries = list["data"].as_array().unwrap().iter();
        let left = match is_history {
            true => entries.next().map(|last| &last["balance"]),
            false => entries.find(|it| it["id"] == card.id).map(|it| &it["available"]),
        };
        let left = left.and_then(|left| left["amount"].as_i64());
        let left = left.unwrap_or_else(|| panic!("{} is not in {list}", card.id));
        self.note(number, Event { kind: Kind::Question, called, returned, left }, None);
    }

    /// How many lists its process has read that another one owned, since it was started.
    pub fn lists_of_others(&mut self) -> u64 {
        let metrics = self.ask(&Request::Get("/metrics")).1.expect(200).body;
        let name = "makegood_http_elsewhere_total{answer=\"read_here\"} ";
        let count = metrics.lines().find_map(|line| line.strip_prefix(name));
        count.expect(&metrics).parse().unwrap()
    }

    /// What a card has left.
    pub fn balance(&mut self, card: &Card) -> i64 {
        let (_, answer) = self.ask(&Request::Get(&format!("/v1/gift-cards/{}", card.id)));
        answer.expect(200).number("/available/amount")
    }

    /// Repeats a redemption that was answered: the answer is the same, and nothing happens again.
    pub fn repeat(&mut self, (key, body, former): &(String, Value, String)) {
        let (_, answer) = self.ask(&Request::Post("/v1/redemptions", key, body));
        let answer = answer.expect(201);
        assert!(answer.is_replayed, "{key} was answered and is gone");
        assert_eq!(answer.body, *former, "{key}");
    }

    fn note(&self, card: usize, event: Event, redemption: Option<(String, Value, String)>) {
        self.shared.answers.lock().unwrap().push(Answered { card, event, redemption });
    }
}

fn trouble(error: &io::Error, is_used: bool) -> Trouble {
    let closed = [ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    match error.kind() {
        kind if is_used && closed.contains(&kind) => Trouble::ClosedAtRest,
        kind => Trouble::Broken(kind),
    }
}
