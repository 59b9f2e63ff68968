//! A wallet pays: the cards that the buyer owns.

use base::Span;
use serde_json::{Value, json};

use super::{Shop, id};
use crate::world::{World, check_members, usd};

const BUYER: &str = "per_00000000000000000000000007";
const OTHER: &str = "per_00000000000000000000000008";

/// A card that this person has claimed.
async fn claimed(world: &World, cents: i64, person: &str, more: Value) -> Value {
    let card = world.issue_with(cents, more).await;
    let claim = json!({"code": card["code"], "person": person});
    world.post("/v1/gift-cards/claim", claim).await_status(200).await.json
}

async fn bought_by(shop: &Shop<'_>, cents: i64) -> String {
    shop.checkout_with(json!([shop.line(cents)]), json!({"buyer": BUYER})).await
}

#[tokio::test]
async fn every_card_that_can_pay_does() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let first = claimed(&world, 300, BUYER, json!({"expires_at": "2027-01-01T00:00:00Z"})).await;
    let second = claimed(&world, 200, BUYER, json!({})).await;
    // None of these pays.
    let frozen = claimed(&world, 1_000, BUYER, json!({})).await;
    let freeze = format!("/v1/gift-cards/{}/freeze", id(&frozen));
    world.post(&freeze, json!({})).fresh().await_status(200).await;
    claimed(&world, 1_000, OTHER, json!({})).await;
    claimed(&world, 1_000, BUYER, json!({"scope": {"kinds": ["digital"]}})).await;
    claimed(&world, 1_000, BUYER, json!({"regions": ["DE"]})).await;
    claimed(&world, 1_000, BUYER, json!({"expires_at": "2026-11-20T10:00:10Z"})).await;
    world.issue(1_000).await;
    world.pass(Span::seconds(60));
    let checkout = bought_by(&shop, 1_000).await;
    let path = format!("/v1/checkouts/{checkout}/tenders");
    let wallet = world.post(&path, json!({"kind": "wallet"})).key("wallet");
    let planned = wallet.clone().await_status(201).await;
    check_members(&planned.json, json!({"applied": usd(500), "remaining": usd(500)}));
    let tenders = planned.json["tenders"].as_array().unwrap();
    assert_eq!(tenders.len(), 2, "{tenders:#?}");
    check_members(&tenders[0], json!({"gift_card": first["id"], "amount": usd(300)}));
    check_members(&tenders[1], json!({"gift_card": second["id"], "amount": usd(200)}));
    // A card that came since is for another request.
    claimed(&world, 100, BUYER, json!({})).await;
    let again = wallet.await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(again.json, planned.json);
    assert_eq!(shop.read("checkouts", &checkout).await["applied"], usd(500));
    let more = shop.tender(&checkout, json!({"kind": "wallet"})).await;
    assert_eq!(more["applied"], usd(600));
    shop.method_pays(&checkout, "tok_ok").await;
    assert_eq!(shop.pay(&checkout).await["status"], "paid");
}

#[tokio::test]
async fn no_more_cards_than_are_needed() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    for _ in 0..16 {
        claimed(&world, 100, BUYER, json!({})).await;
    }
    let checkout = bought_by(&shop, 250).await;
    let planned = shop.tender(&checkout, json!({"kind": "wallet"})).await;
    assert_eq!(planned["remaining"], usd(0));
    assert_eq!(planned["tenders"].as_array().unwrap().len(), 3);
    let path = format!("/v1/checkouts/{checkout}/tenders");
    let again = world.post(&path, json!({"kind": "wallet"})).fresh();
    again.await_problem(422, "nothing_left_to_pay", None).await;
    // A checkout has room for twelve.
    let checkout = bought_by(&shop, 10_000).await;
    let planned = shop.tender(&checkout, json!({"kind": "wallet"})).await;
    assert_eq!(planned["tenders"].as_array().unwrap().len(), 12);
    assert_eq!(planned["applied"], usd(1_150));
}

#[tokio::test]
async fn a_wallet_without_anything_or_anybody_is_refused() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    claimed(&world, 1_000, OTHER, json!({})).await;
    let nobody = shop.checkout(100).await;
    let empty = bought_by(&shop, 100).await;
    for (checkout, code) in [(nobody, "checkout_without_buyer"), (empty, "tender_pays_nothing")] {
        let path = format!("/v1/checkouts/{checkout}/tenders");
        let ask = world.post(&path, json!({"kind": "wallet"})).fresh();
        ask.await_problem(422, code, None).await;
    }
}
