//! `kill -9` under load: what was answered is there, nothing is half done, and a repeated key gets
//! the same answer.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::process::{KEY, Place, Server};
use crate::serve::{issue_body, redeem_body};

const THREADS: u64 = 4;
const CARD_VALUE: i64 = 10_000;
const REDEMPTIONS_PER_CARD: i64 = 8;

/// A command that was sent, and its answer if there was one.
#[derive(Clone)]
struct Sent {
    path: &'static str,
    key: String,
    body: Value,
    answer: Option<(u16, String)>,
}

/// Everything that was sent to an installation over all its lives.
#[derive(Default)]
struct History {
    sent: Vec<Sent>,
}

/// Sends commands until the connection breaks.
fn load(address: &str, thread: u64, round: u64, history: &Mutex<History>) {
    let Ok(mut client) = Client::connect(address, KEY) else { return };
    for number in 0.. {
        let name = format!("{round}-{thread}-{number}");
        let issue = Sent {
            path: "/v1/gift-cards",
            key: format!("issue-{name}"),
            body: issue_body(CARD_VALUE),
            answer: None,
        };
        let Some(answer) = send(&mut client, issue, history) else { return };
        let code = answer["code"].as_str().unwrap().to_owned();
        for part in 0..REDEMPTIONS_PER_CARD {
            let redeem = Sent {
                path: "/v1/redemptions",
                key: format!("redeem-{name}-{part}"),
                body: redeem_body(&code, 100 + part),
                answer: None,
            };
            if send(&mut client, redeem, history).is_none() {
                return;
            }
        }
    }
}

/// Sends one command and notes it before and after.
fn send(client: &mut Client, sent: Sent, history: &Mutex<History>) -> Option<Value> {
    let place = {
        let mut history = history.lock().unwrap();
        history.sent.push(sent.clone());
        history.sent.len() - 1
    };
    let answer = client.post(sent.path, &sent.key, &sent.body).ok()?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let json = answer.json();
    history.lock().unwrap().sent[place].answer = Some((answer.status, answer.body));
    Some(json)
}

fn start_load(server: &Server, round: u64, history: &Arc<Mutex<History>>) -> Vec<JoinHandle<()>> {
    let start = |thread| {
        let (address, history) = (server.address.clone(), Arc::clone(history));
        std::thread::spawn(move || load(&address, thread, round, &history))
    };
    (0..THREADS).map(start).collect()
}

/// Repeats every command since `from`: an answered one must be answered alike and as a repetition;
/// one whose answer was lost is answered now, whether it had happened or not.
fn repeat(server: &Server, history: &mut History, from: usize) -> (usize, usize) {
    let mut client = server.client();
    let (mut answered, mut happened_unanswered) = (0, 0);
    for sent in &mut history.sent[from..] {
        let again = client.post(sent.path, &sent.key, &sent.body).unwrap().expect(201);
        match &sent.answer {
            Some((status, body)) => {
                assert!(again.is_replayed, "{} was answered and is gone", sent.key);
                assert_eq!((again.status, &again.body), (*status, body), "{}", sent.key);
                answered += 1;
            }
            None => {
                happened_unanswered += usize::from(again.is_replayed);
                sent.answer = Some((again.status, again.body));
            }
        }
    }
    (answered, happened_unanswered)
}

/// Every card has what its redemptions left, and not a cent else.
fn check_balances(server: &Server, history: &History) {
    let mut spent: BTreeMap<String, i64> = BTreeMap::new();
    for sent in &history.sent {
        let answer: Value = serde_json::from_str(&sent.answer.as_ref().unwrap().1).unwrap();
        match sent.path {
            "/v1/gift-cards" => {
                spent.entry(answer["id"].as_str().unwrap().to_owned()).or_default();
            }
            _ => {
                let card = answer["gift_card"].as_str().unwrap().to_owned();
                *spent.entry(card).or_default() += answer["captured"]["amount"].as_i64().unwrap();
            }
        }
    }
    let mut client = server.client();
    for (card, spent) in spent {
        let shown = client.get(&format!("/v1/gift-cards/{card}")).unwrap().expect(200);
        assert_eq!(shown.number("/available/amount"), CARD_VALUE - spent, "{card}");
    }
}

/// Lets the load run for a while: nothing to be waited for says when a crash comes.
pub fn let_run(millis: u64) {
    let_run_for(Duration::from_millis(millis));
}

/// The same for shorter times.
pub fn let_run_for(time: Duration) {
    let (_sender, nothing) = mpsc::channel::<()>();
    let _ = nothing.recv_timeout(time);
}

fn kill_again_and_again(rounds: u64, seed: u64) {
    let place = Place::new();
    let history = Arc::new(Mutex::new(History::default()));
    let mut random = seed;
    let mut answered_in_all = 0;
    let mut server = place.serve();
    for round in 0..rounds {
        let from = history.lock().unwrap().sent.len();
        let threads = start_load(&server, round, &history);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let_run(50 + (random >> 33) % 700);
        server.kill();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        place.run(&["verify"]).expect(0);
        server = place.serve();
        let mut history = history.lock().unwrap();
        let (answered, unanswered) = repeat(&server, &mut history, from);
        println!("round {round}: {answered} answered, {unanswered} happened unanswered");
        answered_in_all += answered;
    }
    let mut history = Arc::into_inner(history).unwrap().into_inner().unwrap();
    repeat(&server, &mut history, 0);
    check_balances(&server, &history);
    assert_eq!(server.stop(), Some(0));
    place.run(&["verify"]).expect(0);
    assert!(answered_in_all > 20 * rounds as usize, "seed {seed}: the load was no load");
}

#[test]
fn alone_slow_ten_kills_lose_nothing() {
    kill_again_and_again(10, 20_261_120);
}

#[test]
#[ignore = "a soak: run by ./test long"]
fn long_kill_200() {
    kill_again_and_again(200, 20_261_121);
}
