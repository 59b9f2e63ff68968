//! Redemptions without end, by callers who repeat whatever was not answered, and the proof
//! afterwards that every answer still holds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use reports::VerifyReport;
use serde_json::Value;
use store::BookName;
use store::postgres::Database;

use crate::client::Client;
use crate::kill::let_run;
use crate::process::KEY;
use crate::serve::{issue_body, redeem_body};

const THREADS: usize = 3;
const CARD_VALUE: i64 = 10_000;
const REDEMPTIONS_PER_CARD: i64 = 8;
const PATIENCE: Duration = Duration::from_secs(60);

/// A command that was sent, and its answer once there was one.
pub struct Sent {
    path: &'static str,
    key: String,
    body: Value,
    answer: Option<String>,
}

impl Sent {
    /// Whether it makes a card.
    pub fn is_issue(&self) -> bool {
        self.path == "/v1/gift-cards"
    }
}

/// Callers at work.
pub struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<Vec<Sent>>>,
}

#[derive(Default)]
struct Shared {
    /// Changes when the server is another one.
    address: Mutex<String>,
    is_over: AtomicBool,
    answered: AtomicUsize,
    unavailable: AtomicUsize,
}

/// Waits for something to become true.
#[track_caller]
pub fn wait_for(what: &str, mut is_true: impl FnMut() -> bool) {
    for _ in 0..PATIENCE.as_millis() / 20 {
        if is_true() {
            return;
        }
        let_run(20);
    }
    panic!("not in time: {what}");
}

impl Load {
    /// Begins; no two loads of a test have the same name.
    pub fn start(address: &str, name: &str) -> Load {
        let shared = Arc::new(Shared::default());
        address.clone_into(&mut shared.address.lock().unwrap());
        let start = |number| {
            let (shared, name) = (Arc::clone(&shared), format!("{name}-{number}"));
            std::thread::spawn(move || Caller { shared, name, client: None, sent: vec![] }.run())
        };
        let threads = (0..THREADS).map(start).collect();
        Load { shared, threads }
    }

    /// From now on another server is asked.
    pub fn go_to(&self, address: &str) {
        address.clone_into(&mut self.shared.address.lock().unwrap());
    }

    /// Commands that were answered so far.
    pub fn answered(&self) -> usize {
        self.shared.answered.load(Ordering::SeqCst)
    }

    /// How often 503 was said so far.
    pub fn unavailable(&self) -> usize {
        self.shared.unavailable.load(Ordering::SeqCst)
    }

    /// Waits until that many more commands are answered.
    #[track_caller]
    pub fn wait_for_more(&self, count: usize) {
        let before = self.answered();
        wait_for("commands are answered", || self.answered() >= before + count);
    }

    /// Waits until 503 is said once more.
    #[track_caller]
    pub fn wait_for_unavailable(&self) {
        let before = self.unavailable();
        wait_for("503 is said", || self.unavailable() > before);
    }

    /// Ends it; what was under way may have happened or not.
    pub fn finish(self) -> Vec<Sent> {
        self.shared.is_over.store(true, Ordering::SeqCst);
        self.threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    }
}

struct Caller {
    shared: Arc<Shared>,
    name: String,
    client: Option<Client>,
    sent: Vec<Sent>,
}

impl Caller {
    fn run(mut self) -> Vec<Sent> {
        for number in 0.. {
            let key = format!("issue-{}-{number}", self.name);
            let Some(card) = self.send("/v1/gift-cards", key, issue_body(CARD_VALUE)) else {
                return self.sent;
            };
            let card: Value = serde_json::from_str(&card).unwrap();
            let code = card["code"].as_str().unwrap();
            for part in 0..REDEMPTIONS_PER_CARD {
                let key = format!("redeem-{}-{number}-{part}", self.name);
                if self.send("/v1/redemptions", key, redeem_body(code, 100 + part)).is_none() {
                    return self.sent;
                }
            }
        }
        unreachable!()
    }

    /// Sends one command until it is answered; none when all is over before that.
    fn send(&mut self, path: &'static str, key: String, body: Value) -> Option<String> {
        self.sent.push(Sent { path, key: key.clone(), body: body.clone(), answer: None });
        while !self.shared.is_over.load(Ordering::SeqCst) {
            let Some(client) = &mut self.client else {
                let address = self.shared.address.lock().unwrap().clone();
                self.client = Client::connect(&address, KEY).ok();
                if self.client.is_none() {
                    let_run(20);
                }
                continue;
            };
            match client.post(path, &key, &body) {
                Ok(answer) if answer.status == 503 => {
                    let code = answer.text("/code");
                    let is_known = ["unavailable", "outcome_unknown"].contains(&code.as_str());
                    assert!(is_known, "{}", answer.body);
                    self.shared.unavailable.fetch_add(1, Ordering::SeqCst);
                    let_run(20);
                }
                Ok(answer) => {
                    let body = answer.expect(201).body;
                    self.sent.last_mut().unwrap().answer = Some(body.clone());
                    self.shared.answered.fetch_add(1, Ordering::SeqCst);
                    return Some(body);
                }
                // The process is gone, for now.
                Err(_) => self.client = None,
            }
        }
        None
    }
}

/// Every answer is given again under its key, the commands without one are answered now, and each
/// card has what its redemptions left: nothing was lost, and nothing happened twice.
#[track_caller]
pub fn check(client: &mut Client, sent: &mut [Sent]) {
    let mut left: BTreeMap<String, i64> = BTreeMap::new();
    for sent in sent.iter_mut() {
        let again = client.post(sent.path, &sent.key, &sent.body).unwrap().expect(201);
        if let Some(answer) = &sent.answer {
            assert!(again.is_replayed, "{} was answered and is gone", sent.key);
            assert_eq!(again.body, *answer, "{}", sent.key);
        }
        let json = again.json();
        match sent.path {
            "/v1/gift-cards" => {
                *left.entry(json["id"].as_str().unwrap().to_owned()).or_default() += CARD_VALUE;
            }
            _ => {
                let card = json["gift_card"].as_str().unwrap().to_owned();
                *left.entry(card).or_default() -= json["captured"]["amount"].as_i64().unwrap();
            }
        }
        sent.answer = Some(again.body);
    }
    for (card, left) in left {
        let shown = client.get(&format!("/v1/gift-cards/{card}")).unwrap().expect(200);
        assert_eq!(shown.number("/available/amount"), left, "{card}");
    }
}

/// How many of these were answered, and are not there any more.
pub fn lost(client: &mut Client, sent: &[Sent]) -> usize {
    let is_lost = |sent: &&Sent| {
        let again = client.post(sent.path, &sent.key, &sent.body).unwrap();
        sent.answer.is_some() && !again.is_replayed
    };
    sent.iter().filter(is_lost).count()
}

/// The book in the database at this address is sound.
#[track_caller]
pub fn verify(address: &str) {
    let report = recompute(address);
    assert!(report.is_sound() && report.compared, "{report:#?}");
}

/// The book in the database at this address, recomputed from its journal.
pub fn recompute(address: &str) -> VerifyReport {
    let book = BookName::new("test").unwrap();
    let mut reader = Database::at(address).unwrap().reader(&book).unwrap();
    reports::verify(&mut reader, None, &mut |_| {}).unwrap()
}
