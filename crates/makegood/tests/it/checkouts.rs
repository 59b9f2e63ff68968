//! Mistakes that checkouts are known for, tried on the binary with its sandbox: charged twice,
//! refunded twice, refunded above what was paid, or one refund taken for another.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::process::{KEY, Place, Server};
use crate::shop::{SandboxFile, accounts, checkout_body, list, method_body, method_tender, usd};

/// Of what is bought, in cents.
const PRICE: i64 = 10_000;

/// The sandbox's fee for that.
const FEE: i64 = 320;

struct Shop {
    place: Place,
    server: Server,
    seller: String,
    method: String,
    keys: AtomicU32,
}

impl Shop {
    fn open() -> Shop {
        let place = Place::new();
        let server = place.serve();
        let mut client = server.client();
        let seller = json!({ "name": "Lamps & Co", "commission_basis_points": 1_000 });
        let seller = client.post("/v1/sellers", "seller", &seller).unwrap().expect(201);
        let method = client.post("/v1/payment-methods", "method", &method_body("tok_ok"));
        let method = method.unwrap().expect(201);
        let (seller, method) = (seller.text("/id"), method.text("/id"));
        Shop { place, server, seller, method, keys: AtomicU32::new(0) }
    }

    /// A key that was not used before.
    fn key(&self) -> String {
        format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.server.client().post(path, &self.key(), body).unwrap()
    }

    /// The path of a checkout that the method will pay.
    fn checkout(&self) -> String {
        let checkout = self.post("/v1/checkouts", &checkout_body(&self.seller, PRICE)).expect(201);
        let path = format!("/v1/checkouts/{}", checkout.text("/id"));
        let tender = method_tender(&self.method, PRICE);
        self.post(&format!("{path}/tenders"), &tender).expect(201);
        path
    }

    /// The path of the refunds of a paid order.
    fn refunds(&self) -> String {
        let checkout = self.checkout();
        let paid = self.post(&format!("{checkout}/pay"), &json!({})).expect(200);
        assert_eq!(paid.text("/status"), "paid", "{}", paid.body);
        format!("/v1/orders/{}/refunds", paid.text("/order"))
    }

    /// Sends the same request by as many connections as there are keys, all at once.
    fn at_once(&self, path: &str, keys: Vec<String>, body: &Value) -> Vec<Answer> {
        let together = Arc::new(Barrier::new(keys.len()));
        let send = |key: String| {
            let (path, body, together) = (path.to_owned(), body.clone(), Arc::clone(&together));
            let address = self.server.address.clone();
            std::thread::spawn(move || {
                let mut client = Client::connect(&address, KEY).unwrap();
                together.wait();
                client.post(&path, &key, &body).unwrap()
            })
        };
        let sent: Vec<_> = keys.into_iter().map(send).collect();
        sent.into_iter().map(|thread| thread.join().unwrap()).collect()
    }

    /// Ends it: the rail has charged and sent back so much, once, and our books say the same.
    #[track_caller]
    fn close(self, charged: &[i64], sent: &[i64]) {
        let mut client = self.server.client();
        let place = self.place;
        let orders = list(&mut client, "/v1/orders");
        assert_eq!(orders.len(), charged.len(), "{orders:#?}");
        // Asking for the time ends when everything that rails are to do by now is done.
        let at = orders[0]["created_at"].as_str().unwrap().parse::<base::Instant>();
        let at = at.unwrap().saturating_add(base::Span::days(1));
        let clock = json!({ "now": at.to_string() });
        client.post("/v1/test/clock", "clock", &clock).unwrap().expect(200);
        let accounts = accounts(&mut client);
        drop(client);
        assert_eq!(self.server.stop(), Some(0));
        place.run(&["verify"]).expect(0);
        let at_sandbox = SandboxFile::read(&place);
        let captured = at_sandbox.captured();
        let amounts: Vec<i64> = captured.iter().map(|[captured, ..]| *captured).collect();
        assert_eq!(amounts, charged, "the rail has charged something else");
        assert_eq!(at_sandbox.payments(), charged.len(), "the rail was asked more than once");
        let refunds: Vec<_> = sent.iter().map(|amount| (*amount, "succeeded".to_owned())).collect();
        assert_eq!(at_sandbox.refunds(), refunds, "the rail has sent something else");
        let balance = |name: &str| {
            let (debits, credits) = accounts.get(name).copied().unwrap_or_default();
            debits - credits
        };
        let (charged, sent): (i64, i64) = (charged.iter().sum(), sent.iter().sum());
        assert_eq!(balance("rail/sandbox/clearing"), at_sandbox.balance());
        let fees = FEE * i64::try_from(captured.len()).unwrap();
        assert_eq!(balance("rail/sandbox/fees"), fees);
        assert_eq!(balance("rail/sandbox/clearing"), charged - sent - fees);
        assert_eq!((balance("order/clearing"), balance("refund/payable")), (0, 0));
    }
}

fn statuses(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// A hundred requests pay one checkout at once; of each key there are so many.
#[track_caller]
fn check_charged_once(requests_a_key: usize) {
    let shop = Shop::open();
    let checkout = shop.checkout();
    let keys = (0..100 / requests_a_key).flat_map(|_| vec![shop.key(); requests_a_key]).collect();
    let answers = shop.at_once(&format!("{checkout}/pay"), keys, &json!({}));
    let shown = shop.server.client().get(&checkout).unwrap().expect(200);
    assert_eq!(shown.text("/status"), "paid", "{}", shown.body);
    for answer in &answers {
        match answer.status {
            200 => assert_eq!(answer.text("/order"), shown.text("/order")),
            422 => {
                let code = answer.text("/code");
                assert!(["checkout_paying", "checkout_paid"].contains(&code.as_str()), "{code}");
            }
            _ => panic!("{}: {}", answer.status, answer.body),
        }
    }
    // Whoever holds the key that was first is answered, and nobody else.
    assert_eq!(statuses(&answers, 200), requests_a_key);
    let fresh = answers.iter().filter(|it| it.status == 200 && !it.is_replayed).count();
    assert_eq!(fresh, 1);
    shop.close(&[PRICE], &[]);
}

#[test]
fn slow_one_order_paid_a_hundred_times_at_once_charges_once() {
    check_charged_once(100);
    check_charged_once(5);
    check_charged_once(1);
}

#[test]
fn slow_a_refund_by_repeated_requests_returns_once() {
    let shop = Shop::open();
    let path = shop.refunds();
    let body = json!({ "amount": usd(2_500), "reason": "damaged" });
    let key = shop.key();
    let mut answers = shop.at_once(&path, vec![key.clone(); 50], &body);
    // And one by one, when it is long done.
    for _ in 0..3 {
        answers.push(shop.server.client().post(&path, &key, &body).unwrap());
    }
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.text("/id"), answers[0].text("/id"));
    }
    assert_eq!(answers.iter().filter(|answer| !answer.is_replayed).count(), 1);
    assert_eq!(list(&mut shop.server.client(), &path).len(), 1);
    shop.close(&[PRICE], &[2_500]);
}

#[test]
fn slow_concurrent_refunds_never_return_more_than_was_captured() {
    let shop = Shop::open();
    let path = shop.refunds();
    let body = json!({ "amount": usd(6_000), "reason": "damaged" });
    let answers = shop.at_once(&path, (0..2).map(|_| shop.key()).collect(), &body);
    assert_eq!((statuses(&answers, 201), statuses(&answers, 422)), (1, 1), "{answers:?}");
    let refused = answers.iter().find(|answer| answer.status == 422).unwrap();
    assert_eq!(refused.text("/code"), "amount_exceeds_refundable");
    assert_eq!(refused.number("/refundable/amount"), PRICE - 6_000);
    // Many of them, of which only one more fits.
    let body = json!({ "amount": usd(2_001), "reason": "damaged" });
    let answers = shop.at_once(&path, (0..20).map(|_| shop.key()).collect(), &body);
    assert_eq!((statuses(&answers, 201), statuses(&answers, 422)), (1, 19), "{answers:?}");
    shop.close(&[PRICE], &[2_001, 6_000]);
}

#[test]
fn slow_equal_refunds_are_as_many_refunds() {
    let shop = Shop::open();
    let path = shop.refunds();
    let body = json!({ "amount": usd(2_500), "reason": "damaged" });
    let answers = shop.at_once(&path, (0..2).map(|_| shop.key()).collect(), &body);
    assert_eq!(statuses(&answers, 201), 2, "{answers:?}");
    assert_ne!(answers[0].text("/id"), answers[1].text("/id"));
    // One after the other, too.
    shop.post(&path, &body).expect(201);
    assert_eq!(list(&mut shop.server.client(), &path).len(), 3);
    shop.close(&[PRICE], &[2_500, 2_500, 2_500]);
}
