//! Checkouts, orders and what goes with them, bought over the API; rails are faked.

mod buying;
mod catalog;
mod checkouts;
mod documented;
mod events;
mod paying;
mod payouts;
mod purchases;
mod refunds;
mod store_credit;
mod unclaimed;
mod wallet;

use serde_json::{Value, json};

use crate::world::{Answer, World, usd};

/// A shop that sells.
pub struct Shop<'a> {
    pub world: &'a World,
    /// Leaves a tenth to the shop.
    pub seller: String,
    /// Gets a twentieth.
    pub creator: String,
}

/// A purchase of gift cards of so much.
pub fn purchase(cents: i64, method: &str, more: Value) -> Value {
    let mut body = json!({"value": usd(cents), "region": "US-CA", "payment_method": method});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The id of an object.
pub fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

impl<'a> Shop<'a> {
    pub async fn open(world: &'a World) -> Shop<'a> {
        let seller = json!({"name": "Lamps & Co", "commission_basis_points": 1_000});
        let seller = world.post("/v1/sellers", seller).fresh().await_status(201).await.json;
        let creator = json!({"name": "Ada", "handle": "ada", "share_basis_points": 500});
        let creator = world.post("/v1/creators", creator).fresh().await_status(201).await.json;
        Shop { world, seller: id(&seller), creator: id(&creator) }
    }

    /// A line of one unit.
    pub fn line(&self, cents: i64) -> Value {
        json!({
            "name": "Lamp", "seller": self.seller, "kind": "goods", "quantity": 1,
            "unit_price": usd(cents),
        })
    }

    /// A checkout of one unit.
    pub async fn checkout(&self, cents: i64) -> String {
        self.checkout_with(json!([self.line(cents)]), json!({})).await
    }

    /// A checkout of these lines, with further members.
    pub async fn checkout_with(&self, lines: Value, more: Value) -> String {
        let mut body = json!({"currency": "USD", "region": "US-CA", "lines": lines});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        id(&self.world.post("/v1/checkouts", body).fresh().await_status(201).await.json)
    }

    /// A payment method that the rail knows by this token.
    pub async fn method(&self, token: &str) -> String {
        self.method_of("sandbox", token).await
    }

    /// A payment method that this rail knows by this token.
    pub async fn method_of(&self, rail: &str, token: &str) -> String {
        let body = json!({"rail": rail, "token": token});
        id(&self.world.post("/v1/payment-methods", body).fresh().await_status(201).await.json)
    }

    /// Adds a tender and returns the checkout.
    pub async fn tender(&self, checkout: &str, tender: Value) -> Value {
        let path = format!("/v1/checkouts/{checkout}/tenders");
        self.world.post(&path, tender).fresh().await_status(201).await.json
    }

    /// Adds a card.
    pub async fn card_pays(&self, checkout: &str, card: &Value) -> Value {
        self.tender(checkout, json!({"kind": "gift_card", "gift_card": card["id"]})).await
    }

    /// Adds a payment method of this token, and returns its id.
    pub async fn method_pays(&self, checkout: &str, token: &str) -> String {
        let method = self.method(token).await;
        let tender = json!({"kind": "payment_method", "payment_method": method});
        self.tender(checkout, tender).await;
        method
    }

    /// Pays and returns the checkout.
    pub async fn pay(&self, checkout: &str) -> Value {
        let path = format!("/v1/checkouts/{checkout}/pay");
        self.world.post(&path, json!({})).fresh().await_status(200).await.json
    }

    /// An order of so much, of which a new card pays the first part and a method of this token the
    /// rest.
    pub async fn order(&self, cents: i64, by_card: i64, token: &str) -> Value {
        let checkout = self.checkout(cents).await;
        if by_card > 0 {
            let card = self.world.issue(by_card).await;
            self.card_pays(&checkout, &card).await;
        }
        if by_card < cents {
            self.method_pays(&checkout, token).await;
        }
        let paid = self.pay(&checkout).await;
        assert_eq!(paid["status"], "paid", "{paid:#}");
        self.read("orders", paid["order"].as_str().unwrap()).await
    }

    /// An order of so much that an app store was paid for.
    pub async fn order_at_store(&self, cents: i64) -> Value {
        let checkout = self.checkout(cents).await;
        let method = self.method_of("sandbox_store", "tok_ok").await;
        let tender = json!({"kind": "payment_method", "payment_method": method});
        self.tender(&checkout, tender).await;
        let paid = self.pay(&checkout).await;
        self.read("orders", paid["order"].as_str().unwrap()).await
    }

    /// Buys one gift card of so much with a method of this token, and returns the purchase.
    pub async fn buy(&self, cents: i64, token: &str, more: Value) -> Value {
        let method = self.method(token).await;
        let ask = self.world.post("/v1/gift-card-purchases", purchase(cents, &method, more));
        ask.fresh().await_status(201).await.json
    }

    /// Refunds and returns the answer.
    pub async fn refund(&self, order: &Value, body: Value) -> Answer {
        let path = format!("/v1/orders/{}/refunds", id(order));
        self.world.post(&path, body).fresh().send().await
    }

    /// Takes the first tender away.
    pub async fn take_card_away(&self, checkout: &str) {
        let path = format!("/v1/checkouts/{checkout}/tenders/t1");
        self.world.ask("DELETE", &path).fresh().await_status(200).await;
    }

    /// A refund of an order that a card has paid which is canceled since: it needs consent.
    pub async fn refund_to_a_card_that_is_gone(&self) -> Value {
        let checkout = self.checkout(1_000).await;
        let paid = json!({"funding": {"kind": "external"}});
        let card = self.world.issue_with(1_000, paid).await;
        self.card_pays(&checkout, &card).await;
        let paid = self.pay(&checkout).await;
        let cancel = format!("/v1/gift-cards/{}/cancel", id(&card));
        self.world.post(&cancel, json!({})).fresh().await_status(200).await;
        let order = self.read("orders", paid["order"].as_str().unwrap()).await;
        self.refund(&order, json!({"reason": "r"})).await.json
    }

    /// An object by its id.
    pub async fn read(&self, list: &str, id: &str) -> Value {
        self.world.get(&format!("/v1/{list}/{id}")).await_status(200).await.json
    }

    /// A page of a list.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        let page = self.world.get(path).await_status(200).await.json;
        page["data"].as_array().unwrap().clone()
    }

    /// Balance of an account by its name.
    pub async fn balance(&self, name: &str) -> i64 {
        let path = format!("/v1/ledger/accounts?prefix={}", name.replace('/', "%2F"));
        let accounts = self.list(&path).await;
        accounts.first().map_or(0, |account| account["balance"]["amount"].as_i64().unwrap())
    }
}
