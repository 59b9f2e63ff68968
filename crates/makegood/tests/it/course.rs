//! A course of requests through kills of the server: whoever repeats the last request goes on, and
//! in the end everything is as without the kills.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base::{Instant, Span};
use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::kill::let_run_for;
use crate::mailbox::Mailbox;
use crate::process::{KEY, Place, Server};
use crate::shop::{SandboxFile, accounts, list};

/// What is done in a course.
pub struct Plan {
    /// In this order. Each is a request under a key of its own.
    pub steps: &'static [&'static str],
    /// Those in which it is killed half way: money moves, a gift is sent or claimed.
    pub moving: &'static [&'static str],
    /// Path and body of a step.
    pub request: fn(&Course, &str) -> (String, Value),
    /// Notes what a step has brought.
    pub learn: fn(&mut Course, &'static str, &Answer),
    /// Whether somebody takes mails.
    pub has_mailbox: bool,
}

/// Everything that must be the same whether or not the process was killed.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// Debits and credits by the names of accounts, with roles instead of ids.
    pub accounts: BTreeMap<String, (i64, i64)>,
    pub orders: Vec<Value>,
    /// Amount, captured, refunded and state of each payment.
    pub payments: Vec<Value>,
    pub refunds: Vec<Value>,
    pub rail_refunds: Vec<Value>,
    /// Those that were bought.
    pub cards: Vec<Value>,
    /// Cards there are, also those of every test book.
    pub cards_in_all: usize,
    /// Payments that the rail was asked for, each of which reserves money of the payer's.
    pub asked: usize,
    pub captured: Vec<[i64; 3]>,
    pub sent: Vec<(i64, String)>,
}

/// When a server is killed.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// So long after a request was sent.
    After(Duration),
    /// When the rail has written so many lines more, each of which is something it has done or
    /// told; or a little later, when it has nothing to do.
    RailWrote(usize),
    /// When so many mails more have come, before the server hears that they have arrived.
    MailsCame(usize),
}

/// A server, and what a course has brought so far.
pub struct Course {
    plan: &'static Plan,
    pub place: Place,
    server: Option<Server>,
    pub mailbox: Option<Mailbox>,
    /// Of the payment methods.
    pub tokens: [&'static str; 2],
    /// Ids by role.
    ids: BTreeMap<String, String>,
    /// When the course began, by the book.
    pub began_at: Option<Instant>,
    pub kills: usize,
    /// Requests whose answer was lost, although they had happened.
    pub happened_unanswered: usize,
    /// How far the rail had come when the process was killed.
    pub reached: BTreeSet<String>,
}

impl Course {
    pub fn begin(place: Place, plan: &'static Plan, tokens: [&'static str; 2]) -> Course {
        let mut course = Course {
            plan,
            place,
            server: None,
            mailbox: plan.has_mailbox.then(Mailbox::open),
            tokens,
            ids: BTreeMap::new(),
            began_at: None,
            kills: 0,
            happened_unanswered: 0,
            reached: BTreeSet::new(),
        };
        course.serve();
        course
    }

    fn serve(&mut self) {
        let variables = self.mailbox.as_ref().map(Mailbox::variables).unwrap_or_default();
        let variables: Vec<_> = variables.iter().map(|(name, to)| (*name, to.as_str())).collect();
        self.server = Some(self.place.serve_with(&variables));
    }

    pub fn client(&self) -> Client {
        self.server.as_ref().unwrap().client()
    }

    pub fn id(&self, role: &str) -> String {
        self.ids[role].clone()
    }

    pub fn learn_id(&mut self, role: &str, id: String) {
        self.ids.insert(role.to_owned(), id);
    }

    /// Roles that begin so, with their ids.
    pub fn ids_of(&self, roles: &str) -> Vec<(String, String)> {
        let ids = self.ids.iter().filter(|(role, _)| role.starts_with(roles));
        ids.map(|(role, id)| (role.clone(), id.clone())).collect()
    }

    /// The request that moves the clock to so long after the course began.
    pub fn clock(&self, span: Span) -> (String, Value) {
        let to = self.began_at.unwrap().saturating_add(span);
        ("/v1/test/clock".to_owned(), json!({ "now": to.to_string() }))
    }

    pub fn kill(&mut self) {
        self.server.take().unwrap().kill();
        self.kills += 1;
        let at_sandbox = SandboxFile::read(&self.place);
        let (payments, captured) = (at_sandbox.payments(), at_sandbox.captured().len());
        let refunds = at_sandbox.refunds().len();
        self.reached.insert(format!("{payments} payments, {captured} captured, {refunds} refunds"));
        self.serve();
    }

    /// Sends the request of a step once more, or for the first time.
    pub fn repeat(&mut self, step: &'static str) -> Answer {
        let (path, body) = (self.plan.request)(self, step);
        let answer = self.client().post(&path, &key_of(step), &body).unwrap();
        assert!([200, 201].contains(&answer.status), "{step}: {}", answer.body);
        answer
    }

    /// Does a step, and learns what it has brought.
    pub fn take(&mut self, step: &'static str) {
        let answer = self.repeat(step);
        (self.plan.learn)(self, step, &answer);
    }

    /// Kills the server while it takes a step.
    pub fn kill_during(&mut self, step: &'static str, moment: Moment) {
        let lines = SandboxFile::lines(&self.place);
        let mails = self.mailbox.as_mut().map_or(0, Mailbox::count);
        let (path, body) = (self.plan.request)(self, step);
        let address = self.server.as_ref().unwrap().address.clone();
        let sent = std::thread::spawn(move || {
            let mut client = Client::connect(&address, KEY).ok()?;
            client.post(&path, &key_of(step), &body).ok()
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
            Moment::MailsCame(more) => {
                // Whoever sends them looks every second.
                let mailbox = self.mailbox.as_mut().expect("somebody takes mails");
                let mut patience = 4_000;
                while mailbox.count() < mails + more && patience > 0 {
                    let_run_for(Duration::from_micros(500));
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

    fn with_roles(&self, text: String) -> String {
        self.ids.iter().fold(text, |text, (role, id)| text.replace(id.as_str(), role))
    }

    /// Some members of an object, with roles instead of ids.
    fn pick(&self, object: &Value, names: &[&str]) -> Value {
        let picked = names.iter().map(|name| (*name, object[*name].clone()));
        let picked = Value::from_iter(picked).to_string();
        serde_json::from_str(&self.with_roles(picked)).unwrap()
    }

    fn picked(&self, all: &[Value], names: &[&str]) -> Vec<Value> {
        let mut all: Vec<Value> = all.iter().map(|object| self.pick(object, names)).collect();
        all.sort_by_key(ToString::to_string);
        all
    }

    fn accounts(&self, client: &mut Client) -> BTreeMap<String, (i64, i64)> {
        let mut by_role = BTreeMap::<String, (i64, i64)>::new();
        for (name, (debits, credits)) in accounts(client) {
            let name = self.with_roles(name);
            // Cards of every test book, whose ids are drawn.
            let name = if name.contains("/gc_") { "others' cards".to_owned() } else { name };
            let sums = by_role.entry(name).or_default();
            *sums = (sums.0 + debits, sums.1 + credits);
        }
        by_role
    }

    /// Ends the server, and looks at everything that is left. `bought` are the roles of the cards
    /// that were bought.
    pub fn end(mut self, bought: &str) -> (Outcome, Option<Mailbox>, Place) {
        let mut client = self.client();
        let accounts = self.accounts(&mut client);
        let orders = list(&mut client, "/v1/orders");
        let (mut payments, mut refunds, mut rail_refunds) = (Vec::new(), Vec::new(), Vec::new());
        for order in &orders {
            let text = |name: &str| order[name].as_str().unwrap().to_owned();
            let path = format!("/v1/payments?checkout={}", text("checkout"));
            payments.extend(list(&mut client, &path));
            refunds.extend(list(&mut client, &format!("/v1/orders/{}/refunds", text("id"))));
        }
        for refund in &refunds {
            let path = format!("/v1/rail-refunds?refund={}", refund["id"].as_str().unwrap());
            rail_refunds.extend(list(&mut client, &path));
        }
        let cards_in_all = list(&mut client, "/v1/gift-cards?limit=100").len();
        let mut read = |(_, id): (String, String)| {
            client.get(&format!("/v1/gift-cards/{id}")).unwrap().expect(200).json()
        };
        let cards: Vec<Value> = self.ids_of(bought).into_iter().map(&mut read).collect();
        drop(client);
        assert_eq!(self.server.take().unwrap().stop(), Some(0));
        self.place.run(&["verify"]).expect(0);
        let at_sandbox = SandboxFile::read(&self.place);
        let (debits, credits) = accounts["rail/sandbox/clearing"];
        assert_eq!(debits - credits, at_sandbox.balance(), "the rail has something else");
        let figures = ["status", "amount", "captured", "refunded", "refundable", "failure"];
        let outcome = Outcome {
            accounts,
            orders: self.picked(&orders, &["status", "total", "refunded", "receipt"]),
            payments: self.picked(&payments, &figures),
            refunds: self.picked(&refunds, &["status", "amount", "credit_note", "parts"]),
            rail_refunds: self.picked(&rail_refunds, &["status", "amount", "attempt"]),
            cards: self.picked(&cards, &["id", "status", "value", "available", "owner"]),
            cards_in_all,
            asked: at_sandbox.payments(),
            captured: at_sandbox.captured(),
            sent: at_sandbox.refunds(),
        };
        (outcome, self.mailbox, self.place)
    }
}

/// The idempotency key of a step.
fn key_of(step: &str) -> String {
    step.replace(' ', "-")
}

/// Moments within this time of a request, which follow from a seed. All requests of a course are
/// answered within milliseconds, unless a rail is silent.
pub struct Moments(pub u64);

impl Moments {
    const WITHIN_MICROS: u64 = 9_000;

    pub fn draw(&mut self) -> Moment {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Moment::After(Duration::from_micros((self.0 >> 33) % Self::WITHIN_MICROS))
    }
}
