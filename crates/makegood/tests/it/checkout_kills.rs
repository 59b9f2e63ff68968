//! `kill -9` in the course of a split checkout and its refunds: whoever repeats the last request
//! ends where an undisturbed course ends, and the rail has charged and refunded once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base::{Instant, Span};
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::kill::let_run_for;
use crate::process::{KEY, Place, Server};
use crate::shop::{SandboxFile, accounts, checkout_body, list, method_body, method_tender, usd};

const PRICE: i64 = 10_000;

/// What is done, in this order. Each is a request under a key of its own.
const STEPS: [&str; 17] = [
    "seller",
    "card one",
    "card two",
    "method one",
    "method two",
    "checkout",
    "tender card one",
    "tender card two",
    "tender method one",
    "tender method two",
    "pay",
    "a minute later",
    "refund a part",
    "days later",
    "refund the rest",
    "days later again",
    "a month later",
];

/// Those in which money moves at the rail.
const MOVING: [&str; 6] =
    ["pay", "a minute later", "refund a part", "days later", "refund the rest", "days later again"];

/// Everything that must be the same whether or not the process was killed.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// Debits and credits by the names of accounts, with roles instead of ids.
    accounts: BTreeMap<String, (i64, i64)>,
    order: Value,
    /// Amount, captured, refunded and state of each payment.
    payments: Vec<Value>,
    refunds: Vec<Value>,
    rail_refunds: Vec<Value>,
    /// Payments that the rail was asked for, each of which reserves money of the payer's.
    asked: usize,
    captured: Vec<[i64; 3]>,
    sent: Vec<(i64, String)>,
}

/// When a server is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// So long after a request was sent.
    After(Duration),
    /// When the rail has written so many lines more, each of which is something it has done or
    /// told; or a little later, when it has nothing to do.
    RailWrote(usize),
}

/// A server, and what a course has brought so far.
struct Course {
    place: Place,
    server: Option<Server>,
    tokens: [&'static str; 2],
    /// Ids by role.
    ids: BTreeMap<&'static str, String>,
    /// When the course began, by the book.
    began_at: Option<Instant>,
    kills: usize,
    /// Requests whose answer was lost, although they had happened.
    happened_unanswered: usize,
    /// How far the rail had come when the process was killed.
    reached: BTreeSet<String>,
}

impl Course {
    fn begin(tokens: [&'static str; 2]) -> Course {
        let place = Place::new();
        let server = Some(place.serve());
        Course {
            place,
            server,
            tokens,
            ids: BTreeMap::new(),
            began_at: None,
            kills: 0,
            happened_unanswered: 0,
            reached: BTreeSet::new(),
        }
    }

    fn client(&self) -> Client {
        self.server.as_ref().unwrap().client()
    }

    fn kill(&mut self) {
        self.server.take().unwrap().kill();
        self.kills += 1;
        let at_sandbox = SandboxFile::read(&self.place);
        let (payments, captured) = (at_sandbox.payments(), at_sandbox.captured().len());
        let refunds = at_sandbox.refunds().len();
        self.reached.insert(format!("{payments} payments, {captured} captured, {refunds} refunds"));
        self.server = Some(self.place.serve());
    }

    /// The request of a step.
    fn request(&self, step: &str) -> (String, Value) {
        let id = |role: &str| self.ids[role].clone();
        let card = |minor| json!({ "value": usd(minor), "funding": { "kind": "external" } });
        let card_tender = |role| json!({ "kind": "gift_card", "gift_card": id(role) });
        let tenders = || format!("/v1/checkouts/{}/tenders", id("checkout"));
        let refunds = || format!("/v1/orders/{}/refunds", id("order"));
        let clock = |span| {
            let to = self.began_at.unwrap().saturating_add(span);
            ("/v1/test/clock".to_owned(), json!({ "now": to.to_string() }))
        };
        match step {
            "seller" => {
                let seller = json!({ "name": "Lamps & Co", "commission_basis_points": 1_000 });
                ("/v1/sellers".to_owned(), seller)
            }
            "card one" => ("/v1/gift-cards".to_owned(), card(1_501)),
            "card two" => ("/v1/gift-cards".to_owned(), card(2_499)),
            "method one" => ("/v1/payment-methods".to_owned(), method_body(self.tokens[0])),
            "method two" => ("/v1/payment-methods".to_owned(), method_body(self.tokens[1])),
            "checkout" => ("/v1/checkouts".to_owned(), checkout_body(&id("seller"), PRICE)),
            "tender card one" => (tenders(), card_tender("card one")),
            "tender card two" => (tenders(), card_tender("card two")),
            "tender method one" => (tenders(), method_tender(&id("method one"), 2_345)),
            "tender method two" => (tenders(), method_tender(&id("method two"), 3_655)),
            "pay" => (format!("/v1/checkouts/{}/pay", id("checkout")), json!({})),
            "a minute later" => clock(Span::minutes(1)),
            "refund a part" => (refunds(), json!({ "amount": usd(4_001), "reason": "damaged" })),
            "days later" => clock(Span::days(5)),
            "refund the rest" => (refunds(), json!({ "reason": "returned" })),
            "days later again" => clock(Span::days(10)),
            "a month later" => clock(Span::days(40)),
            _ => panic!("{step} is no step"),
        }
    }

    /// Sends the request of a step once more, or for the first time.
    fn repeat(&mut self, step: &'static str) -> Answer {
        let (path, body) = self.request(step);
        let answer = self.client().post(&path, &step.replace(' ', "-"), &body).unwrap();
        assert!([200, 201].contains(&answer.status), "{step}: {}", answer.body);
        answer
    }

    /// Does a step, and learns what it has brought.
    fn take(&mut self, step: &'static str) {
        let answer = self.repeat(step);
        let json = answer.json();
        match step {
            "seller" => {
                let at = json["created_at"].as_str().unwrap();
                self.began_at = Some(Instant::parse(at).unwrap());
                self.ids.insert(step, answer.text("/id"));
            }
            "card one" | "card two" | "method one" | "method two" | "checkout" => {
                self.ids.insert(step, answer.text("/id"));
            }
            "a minute later" => {
                let path = format!("/v1/checkouts/{}", self.ids["checkout"]);
                let paid = self.client().get(&path).unwrap().expect(200);
                assert_eq!(paid.text("/status"), "paid", "{}", paid.body);
                self.ids.insert("order", paid.text("/order"));
            }
            _ => {}
        }
    }

    /// Kills the server while it takes a step.
    fn kill_during(&mut self, step: &'static str, moment: Moment) {
        let lines = SandboxFile::lines(&self.place);
        let (path, body) = self.request(step);
        let address = self.server.as_ref().unwrap().address.clone();
        let sent = std::thread::spawn(move || {
            let mut client = Client::connect(&address, KEY).ok()?;
            client.post(&path, &step.replace(' ', "-"), &body).ok()
        });
        match moment {
            Moment::After(time) => let_run_for(time),
            Moment::RailWrote(more) => {
                // Jobs go on for a while when the request is answered.
                let mut patience = 300;
                while SandboxFile::lines(&self.place) < lines + more && patience > 0 {
                    let_run_for(Duration::from_micros(20));
                    patience -= usize::from(sent.is_finished());
                }
            }
        }
        self.kill();
        let answered = sent.join().unwrap();
        let again = self.repeat(step);
        match answered {
            Some(answer) => {
                assert!(again.is_replayed, "{step} was answered and is gone: {}", answer.body);
            }
            None => self.happened_unanswered += usize::from(again.is_replayed),
        }
    }

    /// Ends the server, and looks at everything that is left.
    fn end(mut self) -> Outcome {
        let mut client = self.client();
        let with_roles = |text: String| {
            self.ids.iter().fold(text, |text, (role, id)| text.replace(id.as_str(), role))
        };
        let pick = |object: &Value, names: &[&str]| {
            let picked = names.iter().map(|name| (*name, object[*name].clone()));
            let picked = Value::from_iter(picked).to_string();
            serde_json::from_str::<Value>(&with_roles(picked)).unwrap()
        };
        let picked = |all: Vec<Value>, names: &[&str]| {
            let mut all: Vec<Value> = all.iter().map(|object| pick(object, names)).collect();
            all.sort_by_key(ToString::to_string);
            all
        };
        let mut by_role = BTreeMap::<String, (i64, i64)>::new();
        for (name, (debits, credits)) in accounts(&mut client) {
            let name = with_roles(name);
            // Cards of every test book, whose ids are drawn.
            let name = if name.contains("/gc_") { "others' cards".to_owned() } else { name };
            let sums = by_role.entry(name).or_default();
            *sums = (sums.0 + debits, sums.1 + credits);
        }
        let order = format!("/v1/orders/{}", self.ids["order"]);
        let orders = list(&mut client, "/v1/orders");
        assert_eq!(orders.len(), 1, "it was ordered once");
        let refunds = list(&mut client, &format!("{order}/refunds"));
        let payments =
            list(&mut client, &format!("/v1/payments?checkout={}", self.ids["checkout"]));
        let mut rail_refunds = Vec::new();
        for refund in &refunds {
            let path = format!("/v1/rail-refunds?refund={}", refund["id"].as_str().unwrap());
            rail_refunds.extend(list(&mut client, &path));
        }
        drop(client);
        assert_eq!(self.server.take().unwrap().stop(), Some(0));
        self.place.run(&["verify"]).expect(0);
        let at_sandbox = SandboxFile::read(&self.place);
        let (debits, credits) = by_role["rail/sandbox/clearing"];
        assert_eq!(debits - credits, at_sandbox.balance(), "the rail has something else");
        let figures = ["status", "amount", "captured", "refunded", "refundable", "failure"];
        Outcome {
            accounts: by_role,
            order: pick(&orders[0], &["status", "total", "refunded", "receipt"]),
            payments: picked(payments, &figures),
            refunds: picked(refunds, &["status", "amount", "credit_note", "parts"]),
            rail_refunds: picked(rail_refunds, &["status", "amount", "attempt"]),
            asked: at_sandbox.payments(),
            captured: at_sandbox.captured(),
            sent: at_sandbox.refunds(),
        }
    }
}

fn undisturbed(tokens: [&'static str; 2]) -> Outcome {
    let mut course = Course::begin(tokens);
    STEPS.into_iter().for_each(|step| course.take(step));
    let outcome = course.end();
    assert_eq!(outcome.order["status"], "refunded", "{outcome:#?}");
    assert_eq!((outcome.asked, outcome.captured.len()), (2, 2), "{outcome:#?}");
    assert_eq!(outcome.sent.len(), 4, "{outcome:#?}");
    assert_eq!(outcome.accounts["order/clearing"], (2 * PRICE, 2 * PRICE));
    outcome
}

#[test]
fn slow_killed_after_each_answer_it_ends_alike() {
    let tokens = ["tok_ok", "tok_timeout"];
    let expected = undisturbed(tokens);
    let mut course = Course::begin(tokens);
    for step in STEPS {
        course.take(step);
        course.kill();
        assert!(course.repeat(step).is_replayed, "{step} was answered and is gone");
    }
    assert_eq!(course.kills, STEPS.len());
    assert_eq!(course.end(), expected);
}

#[test]
fn slow_killed_at_each_deed_of_the_rail_it_ends_alike() {
    let tokens = ["tok_ok", "tok_refund_pending"];
    let expected = undisturbed(tokens);
    let mut reached = BTreeSet::new();
    for lines in 1..=6 {
        let mut course = Course::begin(tokens);
        for step in STEPS {
            if MOVING.contains(&step) {
                course.kill_during(step, Moment::RailWrote(lines));
            }
            course.take(step);
        }
        reached.append(&mut course.reached);
        assert_eq!(course.end(), expected, "killed after {lines} lines");
    }
    println!("the rail was left at {reached:#?}");
    // Whichever kill comes late, none of these is reached by requests alone.
    assert!(reached.iter().any(|told| told.contains("0 captured")), "{reached:?}");
    assert!(reached.len() > 3, "no kill came while money moved: {reached:?}");
}

/// All requests of a course are answered within milliseconds, unless a rail is silent.
const KILLED_WITHIN_MICROS: u64 = 9_000;

/// Kills at random moments while money moves, so many times a step.
fn kill_while_money_moves(tokens: [&'static str; 2], courses: u64, kills: u64, seed: u64) {
    let expected = undisturbed(tokens);
    let mut random = seed;
    let (mut happened_unanswered, mut reached) = (0, BTreeSet::new());
    for number in 0..courses {
        let mut course = Course::begin(tokens);
        for step in STEPS {
            if MOVING.contains(&step) {
                for _ in 0..kills {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let micros = (random >> 33) % KILLED_WITHIN_MICROS;
                    course.kill_during(step, Moment::After(Duration::from_micros(micros)));
                }
            }
            course.take(step);
        }
        happened_unanswered += course.happened_unanswered;
        reached.append(&mut course.reached);
        let killed = course.kills;
        assert_eq!(course.end(), expected, "{tokens:?}: seed {seed}, course {number}");
        println!("{tokens:?}, course {number}: {killed} kills");
    }
    println!("{tokens:?}: {happened_unanswered} had happened although nobody was answered");
    println!("the rail was left at {reached:#?}");
}

#[test]
fn slow_killed_while_it_pays_and_refunds_it_ends_alike() {
    kill_while_money_moves(["tok_ok", "tok_refund_pending"], 3, 4, 20_261_129);
}

#[test]
fn slow_killed_while_a_rail_is_silent_it_ends_alike() {
    kill_while_money_moves(["tok_ok", "tok_timeout"], 1, 2, 20_261_130);
}

#[test]
#[ignore = "a soak: run by ./test long"]
fn long_killed_2000_times_it_ends_alike() {
    kill_while_money_moves(["tok_ok", "tok_refund_pending"], 60, 5, 20_261_131);
    kill_while_money_moves(["tok_ok", "tok_timeout"], 30, 2, 20_261_132);
}
