//! A whole life: composed, paid with a card and over the sandbox's rail, shown, stopped, settled by
//! the clock, and the money back where it came from.

use std::time::Duration;

use base::PromotionId;
use serde_json::{Value, json};

use super::serving::Server;
use super::{ADA, input};
use crate::rails::Told;
use crate::shop::id;
use crate::world::{check_members, usd};

async fn move_clock(told: &Told, now: &str) {
    told.post("/v1/test/clock", json!({"now": now}), 200).await;
}

/// Waits until an object is as wanted: what rails are asked for takes a moment.
async fn until(told: &Told, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        let read = told.read(path).await;
        if is_so(&read) {
            return read;
        }
        assert!(tokio::time::Instant::now() < deadline, "{read:#}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A card of 27 dollars and a method that pay for a promotion of a hundred.
struct Paid {
    /// Of the promotion.
    path: String,
    promotion: PromotionId,
    card: String,
    payment: String,
}

/// Composes, and pays once although twice is asked.
async fn pay(told: &Told) -> Paid {
    let creator = told.post("/v1/creators", json!({"name": "Ada", "handle": "ada"}), 201).await;
    let method = json!({"rail": "sandbox", "token": "tok_ok", "person": ADA});
    let method = told.post("/v1/payment-methods", method, 201).await;
    let card = json!({"value": usd(2_700), "funding": {"kind": "external"}});
    let card = told.post("/v1/gift-cards", card, 201).await;
    let tenders = json!([
        {"kind": "gift_card", "code": card["code"]},
        {"kind": "payment_method", "payment_method": method["id"]},
    ]);
    let body = input(creator["id"].as_str().unwrap(), json!({"tenders": tenders}));
    let draft = told.post("/v1/promotions", body, 201).await;
    assert!(draft["checks"].as_array().unwrap().iter().all(|it| it["severity"] != "blocker"));
    let path = format!("/v1/promotions/{}", id(&draft));
    let submit = || {
        let body = json!({"region": "US-CA", "tax": usd(800)});
        let ask = told.world.post(&format!("{path}/submit"), body).with(&told.secret);
        ask.key("pay").await_status(200)
    };
    let (one, two) = tokio::join!(submit(), submit());
    assert_eq!(one.json, two.json);
    check_members(&one.json, json!({"status": "in_review", "escrow": usd(10_000)}));
    let payments = told.read("/v1/payments").await["data"].clone();
    assert_eq!(payments.as_array().unwrap().len(), 1);
    check_members(&payments[0], json!({"status": "captured", "captured": usd(8_100)}));
    let promotion = id(&draft).parse().unwrap();
    Paid { path, promotion, card: id(&card), payment: id(&payments[0]) }
}

/// Shows it: 900 views at three cents that stay, a hundred that turn out to be invalid.
async fn serve(told: &Told, paid: &Paid) {
    let Paid { promotion, ref path, .. } = *paid;
    let mut server = Server::new(told.handle(), promotion);
    server.lease(5_000);
    server.show(1_000, 40);
    check_members(
        &told.read(path).await,
        json!({
            "delivered_units": 1_000, "invalid_units": 40, "spent": usd(3_000),
            "escrow": usd(7_000),
        }),
    );
    server.take_back(100);
    server.close();
}

/// 7,300 of 10,000 went back, and the 584 of 800 that are tax on it: a quarter of it to the card,
/// which had paid a quarter.
async fn check_back(told: &Told, paid: &Paid, order: &str) {
    let refunds = format!("/v1/orders/{order}/refunds");
    let is_back = |list: &Value| list["data"][0]["status"] == "succeeded";
    let refund = until(told, &refunds, is_back).await["data"][0].clone();
    check_members(&refund, json!({"amount": usd(7_884), "reason": "promotion_settled"}));
    let card = told.read(&format!("/v1/gift-cards/{}", paid.card)).await;
    let payment = told.read(&format!("/v1/payments/{}", paid.payment)).await;
    assert_eq!((&card["balance"], &payment["refunded"]), (&usd(1_971), &usd(5_913)));
    let clearing = told.read("/v1/ledger/accounts?prefix=order%2Fclearing").await;
    assert_eq!(clearing["data"][0]["balance"], usd(0));
}

#[tokio::test]
async fn what_is_not_spent_goes_back_where_it_came_from() {
    let told = Told::new();
    let paid = pay(&told).await;
    let path = &paid.path;
    let approved = told.post(&format!("{path}/approve"), json!({}), 200).await;
    assert_eq!(approved["status"], "scheduled");
    move_clock(&told, "2026-11-22T10:00:00Z").await;
    assert_eq!(told.read(path).await["status"], "running");
    serve(&told, &paid).await;
    let stopped = told.post(&format!("{path}/stop"), json!({"by": ADA}), 200).await;
    check_members(
        &stopped,
        json!({
            "status": "stopped", "delivered_units": 900, "invalid_units": 140,
            "spent": usd(2_700), "repaid": usd(300), "escrow": usd(7_300),
            "settles_at": "2026-11-25T11:00:00Z",
        }),
    );
    assert_eq!(told.read(&format!("{path}/settlements")).await["data"], json!([]));
    move_clock(&told, "2026-11-25T11:00:00Z").await;
    let settled = told.read(path).await;
    let expected = json!({
        "status": "settled", "returned": usd(7_300), "escrow": usd(0), "settles_at": null,
    });
    check_members(&settled, expected);
    let settlements = told.read(&format!("{path}/settlements")).await["data"].clone();
    assert_eq!(settlements.as_array().unwrap().len(), 1);
    check_members(
        &settlements[0],
        json!({
            "object": "promotion_settlement", "number": 1, "paid": usd(10_000),
            "spent": usd(2_700), "returned": usd(7_300), "returned_so_far": usd(7_300),
            "delivered_units": 900, "guaranteed_units": null,
        }),
    );
    check_back(&told, &paid, settled["order"].as_str().unwrap()).await;
    let deeds = told.read(&format!("{path}/history?limit=100")).await["data"].clone();
    let kinds: Vec<_> = deeds.as_array().unwrap().iter().rev().map(|it| &it["kind"]).collect();
    let expected = ["composed", "submitted", "funded", "approved", "started", "stopped", "settled"];
    assert_eq!(kinds, expected);
}
