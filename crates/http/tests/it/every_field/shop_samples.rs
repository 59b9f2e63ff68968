//! Things that are sold, for operations about them.

use base::{DisputeId, Span, Token};
use engine::PaymentCommand;
use payments::OpenDispute;
use serde_json::{Value, json};

use crate::fake_rails::FakeRails;
use crate::shop::{Shop, id};
use crate::world::{World, usd};

/// One of each, in the state in which the operation is accepted.
pub struct ShopSamples {
    seller: String,
    creator: String,
    product: String,
    method: String,
    checkout: String,
    order: String,
    payment: String,
    refund: String,
    rail_refund: String,
    dispute: String,
    payout: String,
    purchase: String,
    settlement: String,
}

impl ShopSamples {
    /// Whether paths like this are about what is sold.
    pub fn is_about(template: &str) -> bool {
        let lists = [
            "sellers",
            "creators",
            "products",
            "payment-methods",
            "checkouts",
            "orders",
            "refunds",
            "payments",
            "rail-refunds",
            "disputes",
            "payouts",
            "gift-card-purchases",
            "rails",
        ];
        lists.contains(&template.split('/').nth(2).unwrap_or(""))
            || ["/v1/test/challenges", "/v1/test/store-refunds"].contains(&template)
    }

    pub async fn new(world: &World, operation: &str) -> ShopSamples {
        let shop = Shop::open(world).await;
        let product = json!({"name": "Lamp", "seller": shop.seller, "kind": "goods",
            "price": usd(10)});
        let product = world.post("/v1/products", product).fresh().await_status(201).await.json;
        let method = shop.method("tok_ok").await;
        let checkout = shop.checkout(1_000).await;
        if operation != "add_tender" {
            shop.card_pays(&checkout, &world.issue(1_000).await).await;
        }
        if ["cancel_attempt", "answer_test_challenge"].contains(&operation) {
            shop.take_card_away(&checkout).await;
            shop.method_pays(&checkout, "tok_challenge").await;
            shop.pay(&checkout).await;
        }
        let order = match operation {
            "play_store_refund" => shop.order_at_store(1_000).await,
            _ => sell(&shop, "tok_ok").await,
        };
        let token = match operation {
            "replace_rail_refund" => "tok_refund_fails",
            _ => "tok_gone",
        };
        let refunded = sell(&shop, token).await;
        let mut refund = shop.refund(&refunded, json!({"reason": "r"})).await.json;
        let path = format!("/v1/rail-refunds?refund={}", id(&refund));
        let rail_refund = &shop.list(&path).await[0];
        let payment = order["tenders"][0]["payment"].as_str().unwrap().to_owned();
        if ["note_refund_paid_by_hand", "credit_refund"].contains(&operation) {
            refund = shop.refund_to_a_card_that_is_gone().await;
        }
        let method = match operation {
            "consent_to_rail_refund" => shop.method_of("bank", "tok_ok").await,
            _ => method,
        };
        ShopSamples {
            dispute: dispute(world, &sell(&shop, "tok_ok").await),
            payout: payout(world, &shop).await,
            purchase: id(&shop.buy(500, "tok_ok", json!({})).await),
            settlement: settlement(world).await,
            product: id(&product),
            method,
            checkout,
            order: id(&order),
            payment,
            refund: id(&refund),
            rail_refund: id(rail_refund),
            seller: shop.seller,
            creator: shop.creator,
        }
    }

    /// The id in paths like this.
    pub fn id_of(&self, template: &str) -> &str {
        match template.split('/').nth(2).unwrap_or("") {
            "sellers" => &self.seller,
            "creators" => &self.creator,
            "products" => &self.product,
            "payment-methods" => &self.method,
            "checkouts" => &self.checkout,
            "orders" => &self.order,
            "refunds" => &self.refund,
            "payments" => &self.payment,
            "rail-refunds" => &self.rail_refund,
            "disputes" => &self.dispute,
            "gift-card-purchases" => &self.purchase,
            "rails" => &self.settlement,
            _ => &self.payout,
        }
    }

    /// A text for a field that only some texts fit.
    pub fn text(&self, name: &str) -> Option<&str> {
        Some(match name {
            "seller" => &self.seller,
            "creator" => &self.creator,
            "product" => &self.product,
            "payment_method" => &self.method,
            "checkout" => &self.checkout,
            "payment" => &self.payment,
            "buyer" => "per_00000000000000000000000007",
            "rail" => "sandbox",
            "token" => "tok_ok",
            "until" => "2026-11-19T00:00:00Z",
            _ => return None,
        })
    }
}

/// An order of ten units, paid by a method of this token.
async fn sell(shop: &Shop<'_>, token: &str) -> Value {
    let mut line = shop.line(100);
    line["quantity"] = json!(10);
    let checkout = shop.checkout_with(json!([line]), json!({})).await;
    shop.method_pays(&checkout, token).await;
    let paid = shop.pay(&checkout).await;
    shop.read("orders", paid["order"].as_str().unwrap()).await
}

fn dispute(world: &World, order: &Value) -> String {
    let payment = order["tenders"][0]["payment"].as_str().unwrap().parse().unwrap();
    let id: DisputeId = outside::random::new_id(
        outside::clock::Clock::now(&world.clock),
        &mut outside::random::SystemRandomness,
    );
    let amount = base::Money::new(100, base::Currency::USD).unwrap();
    let reason = Token::new("fraudulent").unwrap();
    let new = OpenDispute { id, amount, reason, due_by: None, stage: 1, rail_reference: None };
    let rails = FakeRails::new(world.book.handle().clone());
    let rest = base::RailRefundId::from_bits(id.bits());
    rails.give(PaymentCommand::OpenDispute { payment, new: Box::new(new), rest });
    id.to_string()
}

async fn settlement(world: &World) -> String {
    let line = json!({"line": "l", "kind": "adjustment", "gross": 1, "at": "2026-11-19T00:00:00Z"});
    let body = json!({"reference": "po_1", "currency": "USD", "lines": [line]});
    let noted = world.post("/v1/rails/sandbox/settlements", body).fresh().await_status(200).await;
    id(&noted.json)
}

async fn payout(world: &World, shop: &Shop<'_>) -> String {
    // The clock of the book may have been moved.
    let Some(engine::Answer::Book { now, .. }) =
        world.book.handle().ask(engine::Query::Book).unwrap()
    else {
        panic!("a book knows its time")
    };
    let until = now.to_string();
    world.pass(Span::seconds(1));
    let run = json!({"currency": "USD", "until": until});
    let run = world.post("/v1/payouts/runs", run).fresh().await_status(201).await.json;
    let of_seller = |payout: &&Value| payout["seller"] == shop.seller;
    id(run["payouts"].as_array().unwrap().iter().find(of_seller).unwrap())
}
