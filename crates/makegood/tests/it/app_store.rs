//! An app store is paid, tried on the binary with its played store: its share is a line of its own,
//! and money goes back when the store gives it back, once.

use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::outgoing::pause;
use crate::process::{Place, Server};
use crate::shop::{accounts, checkout_body, list, method_tender, usd};

/// Of what is bought, in cents.
const PRICE: i64 = 10_000;

/// The store's share of that.
const SHARE: i64 = 3_000;

const ADA: &str = "per_00000000000000000000000007";

struct Shop {
    place: Place,
    server: Server,
    seller: String,
    method: String,
    keys: u32,
}

/// What was paid for, and by which payment.
struct Paid {
    order: String,
    payment: String,
}

impl Shop {
    fn open() -> Shop {
        let place = Place::new();
        let server = place.serve();
        let (seller, method) = (String::new(), String::new());
        let mut shop = Shop { place, server, seller, method, keys: 0 };
        let seller = json!({ "name": "Lamps & Co", "commission_basis_points": 1_000 });
        shop.seller = shop.post("/v1/sellers", &seller, 201).text("/id");
        let method = json!({ "rail": "sandbox_store", "token": "tok_ok", "person": ADA });
        let method = shop.post("/v1/payment-methods", &method, 201);
        assert_eq!(method.json()["store_mediated"], true, "{}", method.body);
        shop.method = method.text("/id");
        shop
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    #[track_caller]
    fn post(&mut self, path: &str, body: &Value, status: u16) -> Answer {
        self.keys += 1;
        self.client().post(path, &format!("key-{}", self.keys), body).unwrap().expect(status)
    }

    fn get(&self, path: &str) -> Value {
        self.client().get(path).unwrap().expect(200).json()
    }

    /// Buys something that the store is paid for.
    fn buy(&mut self) -> Paid {
        let body = checkout_body(&self.seller, PRICE);
        let path = format!("/v1/checkouts/{}", self.post("/v1/checkouts", &body, 201).text("/id"));
        let tender = method_tender(&self.method, PRICE);
        self.post(&format!("{path}/tenders"), &tender, 201);
        let paid = self.post(&format!("{path}/pay"), &json!({}), 200);
        assert_eq!(paid.text("/status"), "paid", "{}", paid.body);
        let order = paid.text("/order");
        let payment = self.get(&format!("/v1/orders/{order}"))["tenders"][0]["payment"].clone();
        Paid { order, payment: payment.as_str().unwrap().to_owned() }
    }

    /// The id of a refund of so much of the order; of everything that is left without an amount.
    fn refund(&mut self, paid: &Paid, minor: Option<i64>) -> String {
        let mut body = json!({ "reason": "damaged" });
        if let Some(minor) = minor {
            body["amount"] = usd(minor);
        }
        let refund = self.post(&format!("/v1/orders/{}/refunds", paid.order), &body, 201);
        assert_eq!(refund.text("/status"), "pending", "{}", refund.body);
        refund.text("/id")
    }

    /// The store makes a refund, or declines one, and is heard.
    fn play(&mut self, payment: &str, minor: i64, makes: bool) {
        let body = json!({ "payment": payment, "amount": usd(minor), "makes": makes });
        self.post("/v1/test/store-refunds", &body, 200);
    }

    /// The refund over the rail, once it is as it should be.
    #[track_caller]
    fn await_rail_refund(&self, refund: &str, status: &str) -> Value {
        for _ in 0..1_000 {
            let rows = list(&mut self.client(), &format!("/v1/rail-refunds?refund={refund}"));
            let row = rows.iter().find(|row| row["replaced_by"].is_null()).unwrap();
            if row["status"] == status {
                return row.clone();
            }
            pause();
        }
        panic!("{refund} is not {status}");
    }

    /// The first of a list, once there is one.
    #[track_caller]
    fn await_first(&self, path: &str) -> Value {
        for _ in 0..1_000 {
            if let Some(first) = list(&mut self.client(), path).into_iter().next() {
                return first;
            }
            pause();
        }
        panic!("{path} stays empty");
    }

    fn balance(&self, name: &str) -> i64 {
        let all = accounts(&mut self.client());
        let (debits, credits) = all.get(name).copied().unwrap_or_default();
        debits - credits
    }

    fn restart(mut self) -> Shop {
        assert_eq!(self.server.stop(), Some(0));
        self.server = self.place.serve();
        self
    }

    /// Asking for the time ends when everything that rails are to do by now is done.
    fn pass_days(&mut self, days: u64) {
        let now = self.post("/v1/creators", &json!({ "name": "Eve", "handle": "eve" }), 201);
        let now = now.text("/created_at").parse::<base::Instant>().unwrap();
        let to = now.saturating_add(base::Span::days(days)).to_string();
        self.post("/v1/test/clock", &json!({ "now": to }), 200);
    }

    fn close(self) {
        assert_eq!(self.server.stop(), Some(0));
        self.place.run(&["verify"]).expect(0);
    }
}

#[test]
fn slow_parts_and_the_rest_go_back_when_the_store_gives_them_back() {
    let mut shop = Shop::open();
    let paid = shop.buy();
    let shown = shop.get(&format!("/v1/payments/{}", paid.payment));
    assert_eq!((&shown["rail"], &shown["fee"]), (&json!("sandbox_store"), &usd(SHARE)));
    assert_eq!(shop.balance("rail/sandbox_store/fees"), SHARE);
    let part = shop.refund(&paid, Some(2_500));
    let rest = shop.refund(&paid, None);
    shop.pass_days(2);
    for refund in [&part, &rest] {
        assert_eq!(shop.await_rail_refund(refund, "pending")["rail_reference"], Value::Null);
    }
    assert_eq!(shop.balance("rail/sandbox_store/clearing"), PRICE - SHARE);
    shop.play(&paid.payment, 7_500, true);
    shop.await_rail_refund(&rest, "succeeded");
    shop.await_rail_refund(&part, "pending");
    shop = shop.restart();
    shop.await_rail_refund(&part, "pending");
    shop.play(&paid.payment, 2_500, false);
    let failed = shop.await_rail_refund(&part, "failed");
    assert_eq!(failed["failure"], "declined");
    let again = format!("/v1/rail-refunds/{}/replace", failed["id"].as_str().unwrap());
    shop.post(&again, &json!({}), 201);
    shop.await_rail_refund(&part, "pending");
    shop.play(&paid.payment, 2_500, true);
    shop.await_rail_refund(&part, "succeeded");
    assert_eq!(list(&mut shop.client(), "/v1/disputes"), [Value::Null; 0]);
    assert_eq!(shop.balance("refund/payable"), 0);
    assert_eq!(shop.balance("rail/sandbox_store/clearing"), -SHARE);
    shop.close();
}

#[test]
fn slow_what_the_store_gives_back_by_itself_is_no_refund_of_ours() {
    let mut shop = Shop::open();
    let paid = shop.buy();
    let refund = shop.refund(&paid, Some(2_500));
    shop.play(&paid.payment, 1_000, true);
    // The same request again does nothing again.
    let key = format!("key-{}", shop.keys);
    let body = json!({ "payment": paid.payment, "amount": usd(1_000), "makes": true });
    shop.client().post("/v1/test/store-refunds", &key, &body).unwrap().expect(200);
    let other = json!({ "payment": paid.payment, "amount": usd(2_500), "makes": true });
    let mismatch = shop.client().post("/v1/test/store-refunds", &key, &other).unwrap();
    assert_eq!(mismatch.expect(422).text("/code"), "idempotency_mismatch");
    shop.pass_days(2);
    let disputes = list(&mut shop.client(), "/v1/disputes");
    assert_eq!(disputes.len(), 1, "{disputes:#?}");
    let told = ["reason", "status", "amount"].map(|member| disputes[0][member].clone());
    assert_eq!(told, [json!("refunded_at_rail"), json!("lost"), usd(1_000)]);
    shop.await_rail_refund(&refund, "pending");
    shop.play(&paid.payment, 2_500, true);
    shop.await_rail_refund(&refund, "succeeded");
    assert_eq!(shop.balance("rail/sandbox_store/clearing"), PRICE - SHARE - 3_500);
    assert_eq!(shop.balance("chargeback/loss"), 1_000);
    shop.close();
}

#[test]
fn slow_a_promotion_that_a_store_was_paid_for_goes_back_over_the_store() {
    let mut shop = Shop::open();
    let creator = shop.post("/v1/creators", &json!({ "name": "Ada", "handle": "ada" }), 201);
    let now = creator.text("/created_at").parse::<base::Instant>().unwrap();
    let day = |days| now.saturating_add(base::Span::days(days)).to_string();
    let draft = json!({
        "advertiser": ADA,
        "post": {
            "id": "v-1", "url": "https://shop.example/v/1", "creator": creator.text("/id"),
            "kind": "video", "visibility": "public", "content_version": "first",
        },
        "goal": "views", "audience": { "automatic": true }, "budget": usd(PRICE),
        "starts_at": day(2), "ends_at": day(9), "promise": "estimate",
        "tenders": [{ "kind": "payment_method", "payment_method": shop.method }],
    });
    let path = format!("/v1/promotions/{}", shop.post("/v1/promotions", &draft, 201).text("/id"));
    let paid = shop.post(&format!("{path}/submit"), &json!({}), 200);
    assert_eq!(paid.text("/status"), "in_review", "{}", paid.body);
    shop.post(&format!("{path}/reject"), &json!({ "rule": "music" }), 200);
    // It could be appealed against until then.
    shop.pass_days(4);
    let order = shop.get(&path)["order"].as_str().unwrap().to_owned();
    let payment = shop.get(&format!("/v1/orders/{order}"))["tenders"][0]["payment"].clone();
    let refund = shop.await_first(&format!("/v1/orders/{order}/refunds"));
    assert_eq!((&refund["amount"], &refund["status"]), (&usd(PRICE), &json!("pending")));
    shop.play(payment.as_str().unwrap(), PRICE, true);
    shop.await_rail_refund(refund["id"].as_str().unwrap(), "succeeded");
    assert_eq!(list(&mut shop.client(), "/v1/disputes"), [Value::Null; 0]);
    assert_eq!(shop.balance("rail/sandbox_store/clearing"), -SHARE);
    assert_eq!(shop.balance("refund/payable"), 0);
    shop.close();
}
