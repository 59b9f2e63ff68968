//! Gifts that nobody claims, over HTTP: what the program says, what the card shows, where the money
//! is in the end, and who is told.

use std::sync::Arc;

use mail::Mailer;
use serde_json::{Value, json};

use crate::mailer::{next, nothing_more, recorder};
use crate::shop::{Shop, id};
use crate::world::{World, all_pages, usd};

const ADA: &str = "per_00000000000000000000000007";

const BUYER: &str = "cb@example.com";

/// Buys two gifts by link of a program that gives back what nobody claims after 40 days.
async fn bought(world: &World, shop: &Shop<'_>) -> Value {
    let unclaimed = json!({"then": "return", "after_days": 40});
    let program = json!({"name": "P", "value_max": usd(10_000), "unclaimed": unclaimed});
    let program = world.post("/v1/programs", program).fresh().await_status(201).await.json;
    assert_eq!(program["unclaimed"], unclaimed);
    assert_eq!(shop.read("programs", &id(&program)).await["unclaimed"], unclaimed);
    let more = json!({
        "program": program["id"], "quantity": 2, "delivery": {"channel": "link"},
        "sender": {"name": "Charles Babbage", "email": BUYER},
    });
    shop.buy(2_500, "tok_ok", more).await
}

async fn clock(world: &World, now: &str) {
    world.post("/v1/test/clock", json!({"now": now})).fresh().await_status(200).await;
}

#[tokio::test]
async fn what_nobody_claims_goes_back_when_the_card_says_so() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let paid = bought(&world, &shop).await;
    let (claimed, other) = (&paid["gift_cards"][0], &paid["gift_cards"][1]);
    let unclaimed = &other["unclaimed"];
    assert_eq!(unclaimed["then"], "return");
    assert!(unclaimed["at"].as_str().unwrap().starts_with("2026-12-30T10:00:0"), "{unclaimed}");
    assert_eq!(shop.read("gift-cards", &id(other)).await["unclaimed"], *unclaimed);
    let reveal = format!("/v1/gift-cards/{}/reveal", id(other));
    let token = world.post(&reveal, json!({})).await_status(200).await.json["claim_token"].clone();
    let claim = json!({"code": claimed["code"], "person": ADA});
    let claimed = world.post("/v1/gift-cards/claim", claim).await_status(200).await.json;
    assert_eq!(claimed["unclaimed"], Value::Null);

    clock(&world, "2026-12-30T09:59:59Z").await;
    assert_eq!(shop.balance("refund/payable").await, 0);
    clock(&world, "2027-03-01T00:00:00Z").await;
    assert_eq!(shop.balance("refund/payable").await, 2_500);
    let card = shop.read("gift-cards", &id(other)).await;
    assert_eq!((&card["status"], &card["unclaimed"]), (&json!("canceled"), &Value::Null));
    assert_eq!(shop.read("gift-cards", &id(&claimed)).await["balance"], usd(2_500));
    let refunds =
        shop.list(&format!("/v1/orders/{}/refunds", paid["order"].as_str().unwrap())).await;
    let [refund] = &refunds[..] else { panic!("{refunds:#?}") };
    assert_eq!((&refund["amount"], &refund["reason"]), (&usd(2_500), &json!("unclaimed")));
    // No clock of a rail moves in these tests.
    assert_eq!(refund["status"], "pending");
    assert!(refund["created_at"].as_str().unwrap().starts_with("2026-12-30T10:00:"), "{refund}");
    let purchase = shop.read("gift-card-purchases", &id(&paid)).await;
    assert_eq!(purchase["status"], "paid");
    let events = all_pages(&world, "/v1/events?type=gift_card.canceled", 10).await;
    assert_eq!(events.len(), 1);
    let late = world.post("/v1/gift-cards/claim", json!({"token": token, "person": ADA}));
    let refused = late.await_problem(422, "gift_card_not_usable", None).await;
    assert_eq!(refused.json["reason"], "canceled");
}

#[tokio::test]
async fn a_buyer_is_told_that_a_gift_was_not_claimed() {
    let (world, (mailer, mails)) = (World::new(), recorder(&[]));
    let shop = Shop::open(&world).await;
    bought(&world, &shop).await;
    let _postman = world.postman(mailer as Arc<dyn Mailer>);
    assert!(next(&mails).text.contains("2 gift cards worth 25.00 USD each"));
    clock(&world, "2026-12-31T00:00:00Z").await;
    let told = next(&mails);
    assert_eq!(told.to, BUYER);
    for words in ["Nobody has claimed it in time", "50.00 USD goes back to"] {
        assert!(told.text.contains(words), "{words} in {}", told.text);
    }
    nothing_more(&mails);
}

#[tokio::test]
async fn terms_that_cannot_be_are_refused_by_field() {
    let world = World::new();
    let term = |then: &str, days: i64| json!({"then": then, "after_days": days});
    for (unclaimed, param) in [
        (json!({"then": "sell"}), "/unclaimed/then"),
        (json!({"after_days": 30}), "/unclaimed/then"),
        (json!({"then": "return"}), "/unclaimed/after_days"),
        (term("keep", 30), "/unclaimed/after_days"),
        (term("return", 29), "/unclaimed/after_days"),
        (term("return", 3_651), "/unclaimed/after_days"),
        (term("return", 65_566), "/unclaimed/after_days"),
        (term("return", 365), "/unclaimed/after_days"),
    ] {
        let body = json!({
            "name": "P", "value_max": usd(1), "validity_days": 365, "unclaimed": unclaimed,
        });
        let ask = world.post("/v1/programs", body);
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
    let body = json!({
        "name": "P", "value_max": usd(1), "validity_days": 40, "activation_s": 864_000,
        "unclaimed": term("return", 30),
    });
    let ask = world.post("/v1/programs", body);
    ask.await_problem(400, "invalid_request", Some("/unclaimed/after_days")).await;
    for (unclaimed, shown) in [
        (term("return", 364), term("return", 364)),
        (json!({"then": "keep"}), json!({"then": "keep", "after_days": null})),
        (Value::Null, json!({"then": "keep", "after_days": null})),
    ] {
        let body = json!({
            "name": "P", "value_max": usd(1), "validity_days": 365, "unclaimed": unclaimed,
        });
        let program = world.post("/v1/programs", body).await_status(201).await.json;
        assert_eq!(program["unclaimed"], shown);
    }
}
