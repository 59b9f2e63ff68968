//! What cannot go back: store credit, and what is paid by hand.

use base::{DisputeId, Token};
use http::Scopes;
use payments::OpenDispute;
use serde_json::{Value, json};

use super::{Shop, id};
use crate::fake_rails::FakeRails;
use crate::world::{World, check_members, redemption, usd};

const BUYER: &str = "per_00000000000000000000000007";

/// An order of 10.00 whose refund is stuck: the order, its refund, and that over the rail.
async fn stuck(shop: &Shop<'_>) -> (Value, Value, Value) {
    let lines = json!([shop.line(1_000)]);
    let checkout = shop.checkout_with(lines, json!({"buyer": BUYER})).await;
    shop.method_pays(&checkout, "tok_gone").await;
    let paid = shop.pay(&checkout).await;
    let order = shop.read("orders", paid["order"].as_str().unwrap()).await;
    let refund = shop.refund(&order, json!({"reason": "r"})).await.json;
    let ways = shop.list(&format!("/v1/rail-refunds?refund={}", id(&refund))).await;
    assert_eq!(ways[0]["status"], "needs_consent");
    (order, refund, ways[0].clone())
}

/// Notes a dispute of everything.
fn dispute(world: &World, payment: &str) {
    let rails = FakeRails::new(world.book.handle().clone());
    rails.give(engine::PaymentCommand::OpenDispute {
        payment: payment.parse().unwrap(),
        new: Box::new(OpenDispute {
            id: DisputeId::from_bits(7),
            amount: base::Money::new(1_000, base::Currency::USD).unwrap(),
            reason: Token::new("fraudulent").unwrap(),
            due_by: None,
            stage: 1,
            rail_reference: None,
        }),
        rest: base::RailRefundId::from_bits(8),
    });
}

#[tokio::test]
async fn a_payer_takes_a_card_instead_of_money() {
    let mut world = World::new();
    let shop = Shop::open(&world).await;
    let (order, refund, way) = stuck(&shop).await;
    let path = format!("/v1/rail-refunds/{}/store-credit", id(&way));
    let unknown = json!({"program": "prog_01jd3q8v9ec4y8s5k1m0t2n7xz"});
    let ask = world.post(&path, unknown).fresh();
    ask.await_problem(404, "program_not_found", None).await;
    let ask = world.post(&path, json!({})).key("credit");
    let given = ask.clone().await_status(201).await.json;
    check_members(
        &given,
        json!({
            "object": "gift_card", "status": "active", "balance": usd(1_000), "owner": BUYER,
            "claimed": true, "expires_at": null,
            "funding": {"kind": "store_credit", "reference": null},
        }),
    );
    let code = given["code"].as_str().unwrap().to_owned();
    let again = ask.await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(again.json, given);
    world.post(&path, json!({})).fresh().await_problem(422, "consent_not_needed", None).await;
    // Whoever may not see codes is not shown it.
    let without = shop.read("gift-cards", &id(&given)).await;
    assert_eq!(without["code"], Value::Null);
    // The refund over the rail, the refund of the order and the payment tell it.
    let way = shop.read("rail-refunds", &id(&way)).await;
    let told = json!({"status": "succeeded", "gift_card": given["id"], "paid_by_hand": false});
    check_members(&way, told);
    assert_eq!(shop.read("refunds", &id(&refund)).await["status"], "succeeded");
    let payment = order["tenders"][0]["payment"].as_str().unwrap().to_owned();
    let payment = shop.read("payments", &payment).await;
    let counted = json!({"credited": usd(1_000), "refunding": usd(0), "refundable": usd(0)});
    check_members(&payment, counted);
    assert_eq!(shop.balance("refund/payable").await, 0);
    // It is spent as any other, also after a restart.
    world.restart();
    let spent = world.post("/v1/redemptions", redemption(&code, 400)).fresh();
    spent.await_status(201).await;
    let card = world.get(&format!("/v1/gift-cards/{}", id(&given))).await_status(200).await.json;
    assert_eq!(card["balance"], usd(600));
}

#[tokio::test]
async fn the_code_of_store_credit_is_shown_to_keys_that_may_see_codes() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    for (scopes, is_shown) in [(Scopes::REFUND, false), (Scopes::REFUND.with(Scopes::REVEAL), true)]
    {
        let (_, _, way) = stuck(&shop).await;
        let path = format!("/v1/rail-refunds/{}/store-credit", id(&way));
        let ask = world.post(&path, json!({})).fresh().with(&world.secret(scopes));
        let given = ask.await_status(201).await.json;
        assert_eq!(given["code"].is_string(), is_shown, "{given:#}");
    }
}

#[tokio::test]
async fn store_credit_lives_as_its_program_says() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let program = json!({
        "name": "P", "value_min": usd(5_000), "value_max": usd(9_000), "validity_days": 30,
        "regions": ["US"],
    });
    let program = world.post("/v1/programs", program).fresh().await_status(201).await.json;
    let (_, _, way) = stuck(&shop).await;
    let path = format!("/v1/rail-refunds/{}/store-credit", id(&way));
    let ask = world.post(&path, json!({"program": program["id"]})).fresh();
    let given = ask.await_status(201).await.json;
    let expected = json!({"program": program["id"], "regions": ["US"], "balance": usd(1_000)});
    check_members(&given, expected);
    assert!(given["expires_at"].is_string(), "{given:#}");
}

#[tokio::test]
async fn a_dispute_of_what_became_store_credit_blocks_the_card() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (order, _, way) = stuck(&shop).await;
    let path = format!("/v1/rail-refunds/{}/store-credit", id(&way));
    let given = world.post(&path, json!({})).fresh().await_status(201).await.json;
    let payment = order["tenders"][0]["payment"].as_str().unwrap().to_owned();
    dispute(&world, &payment);
    let card = shop.read("gift-cards", &id(&given)).await;
    assert_eq!(card["blocks"][0]["kind"], "dispute", "{card:#}");
    let rails = FakeRails::new(world.book.handle().clone());
    rails.give(engine::PaymentCommand::LoseDispute { dispute: DisputeId::from_bits(7), stage: 1 });
    let card = shop.read("gift-cards", &id(&given)).await;
    check_members(&card, json!({"balance": usd(0), "blocks": []}));
    check_members(&shop.read("payments", &payment).await, json!({"credited": usd(0)}));
    let way = shop.read("rail-refunds", &id(&way)).await;
    check_members(&way, json!({"status": "succeeded", "gift_card": null}));
    assert_eq!(shop.balance("chargeback/loss").await, 0);
}

#[tokio::test]
async fn nothing_is_given_while_a_dispute_takes_the_money() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (order, _, way) = stuck(&shop).await;
    dispute(&world, order["tenders"][0]["payment"].as_str().unwrap());
    for (action, body) in [("store-credit", json!({})), ("paid-by-hand", json!({"rail": "bank"}))] {
        let path = format!("/v1/rail-refunds/{}/{action}", id(&way));
        let told = world.post(&path, body).fresh();
        let told = told.await_problem(422, "amount_exceeds_refundable", None).await;
        assert_eq!(told.json["refundable"], usd(0));
    }
}

#[tokio::test]
async fn a_refund_over_a_rail_is_paid_by_hand() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (_, refund, way) = stuck(&shop).await;
    let path = format!("/v1/rail-refunds/{}/paid-by-hand", id(&way));
    let body = json!({"rail": "bank"});
    let ask = world.post(&path, body.clone()).key("by-hand");
    let paid = ask.clone().await_status(200).await.json;
    check_members(
        &paid,
        json!({
            "object": "rail_refund", "status": "succeeded", "paid_by_hand": true,
            // The rail that has not sent it: should it say that it has, a person hears of it.
            "rail": "sandbox", "gift_card": null,
        }),
    );
    assert!(ask.await_status(200).await.is_replayed());
    world.post(&path, body).fresh().await_problem(422, "consent_not_needed", None).await;
    assert_eq!(shop.read("refunds", &id(&refund)).await["status"], "succeeded");
    assert_eq!(shop.balance("refund/payable").await, 0);
    assert_eq!(shop.balance("rail/bank/clearing").await, -1_000);
    assert_eq!(shop.balance("rail/sandbox/clearing").await, 1_000);
}

#[tokio::test]
async fn what_a_card_that_is_gone_had_paid_becomes_another_card() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let refund = shop.refund_to_a_card_that_is_gone().await;
    assert_eq!(refund["status"], "needs_consent");
    let path = format!("/v1/refunds/{}/store-credit", id(&refund));
    let other = world.post(&path, json!({"tender": "t2"})).fresh();
    other.await_problem(404, "tender_not_found", None).await;
    let body = json!({"tender": "t1"});
    let ask = world.post(&path, body.clone()).key("credit");
    let given = ask.clone().await_status(201).await.json;
    check_members(&given, json!({"status": "active", "balance": usd(1_000)}));
    assert!(given["code"].is_string());
    let again = ask.await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(again.json, given);
    world.post(&path, body).fresh().await_problem(422, "nothing_to_change", None).await;
    let refund = shop.read("refunds", &id(&refund)).await;
    check_members(&refund, json!({"status": "succeeded"}));
    let part = &refund["allocations"][0];
    check_members(part, json!({"status": "succeeded", "gift_card": given["id"]}));
    assert_eq!(shop.balance("refund/payable").await, 0);
}
