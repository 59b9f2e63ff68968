//! Purchases of gift cards, listed.

use base::Span;
use serde_json::{Value, json};

use super::{Shop, id};
use crate::world::{World, all_pages};

const ADA: &str = "per_00000000000000000000000007";

fn ids(purchases: &[Value]) -> Vec<String> {
    purchases.iter().map(id).collect()
}

/// Buys a second later than whatever was made before: ids of one instant come in any order.
async fn buy(world: &World, cents: i64, token: &str, more: Value) -> Value {
    world.pass(Span::seconds(1));
    Shop::open(world).await.buy(cents, token, more).await
}

/// As lists show it.
async fn read(shop: &Shop<'_>, purchase: &str) -> Value {
    let mut read = shop.read("gift-card-purchases", purchase).await;
    read["next_action"] = json!(null);
    read
}

async fn purchases_are_listed(world: &World) {
    let shop = Shop::open(world).await;
    let buyer = |buyer: &str| json!({"buyer": buyer, "quantity": 3});
    let paid = buy(world, 500, "tok_ok", buyer(ADA)).await;
    let undone = buy(world, 600, "tok_ok", json!({"quantity": 2})).await;
    let undo = format!("/v1/gift-card-purchases/{}/undo", id(&undone));
    world.post(&undo, json!({})).fresh().await_status(200).await;
    let expired = buy(world, 700, "tok_declined", json!({})).await;
    world.pass(Span::hours(1));
    let failed = buy(world, 800, "tok_declined", buyer(ADA)).await;
    let asked = buy(world, 900, "tok_challenge", json!({})).await;
    let silent = buy(world, 1_000, "tok_silent", json!({})).await;
    // A checkout that sells other things too, and one that sells no cards.
    let card = json!({"name": "Card", "kind": "gift_card", "quantity": 1,
        "unit_price": crate::world::usd(300), "gift_cards": [{}]});
    let mixed = json!([shop.line(1_000), card]);
    world.pass(Span::seconds(1));
    let mixed = shop.checkout_with(mixed, json!({"buyer": ADA})).await;
    shop.checkout_with(json!([shop.line(1_000)]), json!({"buyer": ADA})).await;
    let mixed = mixed.replace("chk_", "gcp_");
    let all = [&mixed, &id(&silent), &id(&asked), &id(&failed), &id(&expired), &id(&undone)];
    let all: Vec<&str> = all.into_iter().map(String::as_str).collect();
    let first = id(&paid);
    let everything: Vec<&str> = all.iter().copied().chain([first.as_str()]).collect();
    for limit in [1, 3, 100] {
        let listed = all_pages(world, "/v1/gift-card-purchases", limit).await;
        assert_eq!(ids(&listed), everything);
        for purchase in &listed {
            assert_eq!(*purchase, read(&shop, &id(purchase)).await);
        }
    }
    let check = async |query: &str, expected: &[&str]| {
        let path = format!("/v1/gift-card-purchases?{query}");
        assert_eq!(ids(&all_pages(world, &path, 2).await), expected, "{query}");
    };
    let [mixed, silent, asked, failed, expired, undone] = all[..] else { panic!() };
    check("status=paid", &[&first]).await;
    check("status=undone", &[undone]).await;
    check("status=expired", &[expired]).await;
    check("status=failed", &[failed]).await;
    check("status=requires_action", &[asked]).await;
    check("status=pending", &[mixed, silent]).await;
    check(&format!("buyer={ADA}"), &[mixed, failed, &first]).await;
    check(&format!("buyer={ADA}&status=failed"), &[failed]).await;
    check("buyer=per_00000000000000000000000008", &[]).await;
    check("created_before=2026-11-20T10:30:00Z", &[expired, undone, &first]).await;
    check("created_after=2026-11-20T10:30:00Z&status=failed", &[failed]).await;
    let wrong = world.get("/v1/gift-card-purchases?status=open");
    wrong.await_problem(400, "invalid_request", Some("status")).await;
}

#[tokio::test]
async fn purchases_are_listed_in_memory() {
    purchases_are_listed(&World::new()).await;
}

#[tokio::test]
async fn purchases_are_listed_in_files() {
    purchases_are_listed(&World::in_files()).await;
}

/// A page of many large purchases would be more than a list may take: it ends early, and nothing is
/// left out.
#[tokio::test]
async fn a_page_ends_after_a_thousand_cards() {
    let world = World::new();
    let mut bought = Vec::new();
    for _ in 0..12 {
        bought.insert(0, id(&buy(&world, 100, "tok_ok", json!({"quantity": 100})).await));
    }
    let page = world.get("/v1/gift-card-purchases?limit=100").await_status(200).await.json;
    assert_eq!(page["data"].as_array().unwrap().len(), 10);
    assert_eq!(page["has_more"], true);
    assert_eq!(ids(&all_pages(&world, "/v1/gift-card-purchases", 100).await), bought);
}
