//! `POST /v1/rails/{rail}/webhooks/{book}`: what a rail tells is believed when it is signed.

use std::sync::Arc;
use std::time::Duration;

use base::{Currency, Money, Token};
use http::{Book, Limits, Scopes};
use jobs::{Connected, RailCaller, RailParts, SettlementFigures, SettlementWatch, SpareIds};
use outside::clock::{Clock, SystemClock};
use outside::random::SystemRandomness;
use rails::sandbox::{Message, Sandbox, Settings};
use rails::{Authorize, MethodToken, Outcome, Rail, Secret};
use serde_json::{Value, json};
use store::KeyKind;

use crate::world::{Answer, World, Written, check_members, usd};

/// A book with a sandbox that sends its messages by HTTP.
pub struct Told {
    pub world: World,
    pub sandbox: Sandbox,
    running: Option<writer::Running>,
    caller: Arc<RailCaller>,
    /// Counts what settlement files leave open.
    watch: Option<SettlementWatch>,
    /// A key of the book with every scope.
    pub secret: String,
}

impl Told {
    pub fn new() -> Told {
        // It waits for rails as long as a server does.
        let mut world = World::with_limits(Limits::default());
        let clock: Arc<dyn Clock> = Arc::new(world.clock.clone());
        let Written { record, kept, running, readers } = world.write_book("told");
        let secret = Secret::new("sandbox-secret");
        let sandbox = Sandbox::in_memory(Arc::clone(&clock), Settings::new(1, secret));
        let caller = RailCaller::spawn(RailParts {
            handle: running.handle.clone(),
            open_reader: kept.opener(),
            rails: vec![Connected::new(Arc::new(sandbox.clone()), Arc::clone(&clock))],
            late: Vec::new(),
            clock: Arc::new(SystemClock::new()),
            ids: SpareIds::new(clock, Box::new(SystemRandomness)),
            interval: Duration::from_secs(3_600),
            report: Box::new(|report| panic!("{report}")),
        });
        let caller = Arc::new(caller.unwrap());
        let figures = Arc::<SettlementFigures>::default();
        let watch = SettlementWatch::spawn(
            running.handle.clone(),
            kept.opener(),
            Duration::from_millis(20),
            Arc::clone(&figures),
            |error| panic!("{error}"),
        );
        let watch = Some(watch.unwrap());
        let book = Book::new(record, running.handle.clone(), readers);
        let work = Arc::clone(&caller) as Arc<dyn http::RailWork>;
        let book = world.app.add_book(book.with_rails(work).with_settlements(figures));
        let secret = world.key_of(&book, KeyKind::Secret, Scopes::ALL);
        Told { world, sandbox, running: Some(running), caller, watch, secret }
    }

    /// The writer of the book.
    pub fn handle(&self) -> &writer::Handle {
        &self.running.as_ref().unwrap().handle
    }

    pub async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        let ask = self.world.post(path, body).with(&self.secret).fresh();
        ask.await_status(status).await.json
    }

    pub async fn read(&self, path: &str) -> Value {
        self.world.get(path).with(&self.secret).await_status(200).await.json
    }

    /// A message about a payment that this book knows nothing of.
    fn message(&self) -> Message {
        let request = Authorize {
            operation: &Token::new("somebody-elses").unwrap(),
            method: &MethodToken::new("tok_ok").unwrap(),
            amount: Money::new(500, Currency::USD).unwrap(),
            return_url: None,
        };
        let authorized = self.sandbox.authorize(&request);
        assert!(matches!(authorized, Outcome::Succeeded(_)), "{authorized:?}");
        self.sandbox.messages().remove(0)
    }

    /// Sends what the rail has to say by now.
    pub async fn deliver(&self) {
        for message in self.sandbox.messages() {
            let answer = self.send(PATH, &message.headers[1].1, message.body).await;
            assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        }
    }

    async fn send(&self, path: &str, signature: &str, body: Vec<u8>) -> Answer {
        let ask = self.world.ask("POST", path).without("authorization").bytes(body);
        ask.header("sandbox-signature", signature).send().await
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        drop(self.watch.take());
        self.caller.stop();
        self.running.take().unwrap().stop();
    }
}

const PATH: &str = "/v1/rails/sandbox/webhooks/told";

#[tokio::test]
async fn a_signed_message_is_received_and_no_other() {
    let told = Told::new();
    let message = told.message();
    let signature = message.headers[1].1.clone();
    let check = async |path: &str, signature: &str, body: &[u8], status: u16, code: &str| {
        let answer = told.send(path, signature, body.to_vec()).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert_eq!(answer.json["code"].as_str().unwrap_or(""), code, "{path}");
    };
    let body = message.body.as_slice();
    check(PATH, &signature, body, 200, "").await;
    // Twice is as good as once.
    check(PATH, &signature, body, 200, "").await;
    check(PATH, "", body, 401, "unauthorized").await;
    check(PATH, "t=1,v1=00", body, 401, "unauthorized").await;
    check(PATH, &signature, b"{}", 401, "unauthorized").await;
    let long = vec![b' '; (1 << 20) + 1];
    check(PATH, &signature, &long, 413, "body_too_large").await;
    check("/v1/rails/stripe/webhooks/told", &signature, body, 404, "not_found").await;
    check("/v1/rails/sandbox/webhooks/nobody", &signature, body, 404, "not_found").await;
    // A book for which nobody calls rails.
    check("/v1/rails/sandbox/webhooks/test", &signature, body, 404, "not_found").await;
}

#[tokio::test]
async fn a_payer_comes_back_to_where_the_shop_has_said() {
    let told = Told::new();
    let method = json!({"rail": "sandbox", "token": "tok_challenge"});
    let method = told.post("/v1/payment-methods", method, 201).await["id"].clone();
    let body = json!({
        "value": usd(500), "region": "US-CA", "payment_method": method,
        "return_url": "https://shop.example/done?a=1&b=2#c",
    });
    let waits = told.post("/v1/gift-card-purchases", body, 201).await;
    assert_eq!(waits["status"], "requires_action");
    let url = waits["next_action"]["url"].as_str().unwrap();
    let (_, back) = url.split_once("?return_url=").unwrap();
    assert_eq!(back, "https://shop.example/done?a=1%26b=2%23c");
}

#[tokio::test]
async fn a_message_that_is_sent_again_much_later_is_not_believed() {
    let told = Told::new();
    let message = told.message();
    told.world.pass(base::Span::minutes(6));
    let answer = told.send(PATH, &message.headers[1].1, message.body).await;
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.text());
}

#[tokio::test]
async fn a_message_is_sent_again_when_nobody_calls_rails_any_more() {
    let told = Told::new();
    let message = told.message();
    told.caller.stop();
    let answer = told.send(PATH, &message.headers[1].1, message.body).await;
    assert_eq!(answer.status.as_u16(), 503, "{}", answer.text());
}

#[tokio::test]
async fn gift_cards_are_bought_over_a_rail_and_taken_back() {
    let told = Told::new();
    let method = json!({"rail": "sandbox", "token": "tok_ok"});
    let method = told.post("/v1/payment-methods", method, 201).await;
    let body = json!({
        "value": usd(2_500), "quantity": 2, "region": "US", "payment_method": method["id"],
    });
    let buy = |key: &'static str| {
        let ask = told.world.post("/v1/gift-card-purchases", body.clone());
        ask.with(&told.secret).key(key).await_status(201)
    };
    // Two who ask the same at once, and one who asks again.
    let (one, two) = tokio::join!(buy("buy"), buy("buy"));
    let again = buy("buy").await;
    let bought = one.json;
    check_members(&bought, json!({"status": "paid", "quantity": 2}));
    assert_eq!((&bought, &bought), (&two.json, &again.json));
    let charged = told.read("/v1/payments").await["data"].clone();
    assert_eq!(charged.as_array().unwrap().len(), 1);
    check_members(&charged[0], json!({"status": "captured", "captured": usd(5_000)}));
    let path = format!("/v1/gift-card-purchases/{}/undo", bought["id"].as_str().unwrap());
    let undone = told.post(&path, json!({}), 200).await;
    assert_eq!(undone["status"], "undone");
    let cards = undone["gift_cards"].as_array().unwrap();
    assert!(cards.iter().all(|card| card["status"] == "canceled"), "{undone}");
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    let list = format!("/v1/orders/{}/refunds", bought["order"].as_str().unwrap());
    loop {
        let refund = told.read(&list).await["data"][0].clone();
        if refund["status"] == "succeeded" {
            break assert_eq!(refund["amount"], usd(5_000));
        }
        assert!(tokio::time::Instant::now() < deadline, "{refund}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let declined = json!({"rail": "sandbox", "token": "tok_declined"});
    let declined = told.post("/v1/payment-methods", declined, 201).await;
    let mut body = body.clone();
    body["payment_method"] = declined["id"].clone();
    let failed = told.post("/v1/gift-card-purchases", body, 201).await;
    check_members(&failed, json!({"status": "failed", "order": null, "gift_cards": []}));
    let figures = told.world.get("/metrics").await_status(200).await.text();
    let figure = |name: &str| {
        let line = figures.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in\n{figures}")).trim().parse::<u64>().unwrap()
    };
    // Authorized, captured and refunded, and once declined.
    assert!(figure("makegood_rail_calls_total{book=\"told\",rail=\"sandbox\"}") >= 4);
    assert_eq!(figure("makegood_rail_errors_total{book=\"told\"}"), 0);
}
