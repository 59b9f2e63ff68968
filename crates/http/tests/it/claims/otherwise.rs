//! Claims that do not go the usual way: their order does not send them, or nobody can put their
//! facts together.

use serde_json::{Value, json};

use super::{BOB, CAL, claim, clock, ended, goes_to, on, rails_refund, read, tell};
use crate::promotions::read as read_promotion;
use crate::shop::{Shop, id};
use crate::world::{Ask, World, check_members, usd};

/// 3.00 of the 30.00 that were spent are granted by a person, and a day later nobody has sent them.
async fn unsent(world: &World) -> Value {
    let shop = Shop::open(world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    clock(world, "2026-12-05T00:00:00Z").await;
    rails_refund(world).await;
    let made = claim(world, &promotion, "other").await;
    assert_eq!(super::lead(world, &made).await["status"], "in_review");
    let granted = json!({
        "outcome": "partly_approve", "amount": usd(300), "reasons": ["goodwill"], "by": BOB,
    });
    let granted = on(world, &made, "decide", granted).await;
    check_members(&granted, json!({"status": "partly_approved", "payouts": []}));
    let early = ask(world, &made, "store-credit", &json!({"by": CAL}));
    early.await_problem(422, "not_due", None).await;
    clock(world, "2026-12-06T00:00:01Z").await;
    granted
}

fn ask<'a>(world: &'a World, claim: &Value, action: &str, body: &Value) -> Ask<'a> {
    world.post(&format!("/v1/claims/{}/{action}", id(claim)), body.clone()).fresh()
}

/// A person has it go on, once, and it is paid; others may not, and nobody can do it again.
async fn paid_by(world: &World, action: &str, body: Value) -> (Value, Value) {
    let made = unsent(world).await;
    let mut by_them = body.clone();
    by_them["by"] = json!("per_00000000000000000000000007");
    ask(world, &made, action, &by_them).await_problem(422, "own_claim", None).await;
    let status = if action == "store-credit" { 201 } else { 200 };
    let path = format!("/v1/claims/{}/{action}", id(&made));
    let once = || world.post(&path, body.clone()).key("once");
    let answer = once().await_status(status).await.json;
    // The same request again has the same answer: its payout is none for the next.
    assert_eq!(once().await_status(status).await.json, answer);
    for (other, body) in [
        ("send-again", json!({"by": BOB})),
        ("store-credit", json!({"by": BOB})),
        ("paid-by-hand", json!({"by": BOB, "rail": "bank", "reference": "t-1"})),
    ] {
        let again = ask(world, &made, other, &body);
        again.await_problem(422, "claim_not_approved", None).await;
    }
    rails_refund(world).await;
    let paid = super::lead(world, &made).await;
    check_members(&paid, json!({"status": "paid", "due_at": null}));
    (answer, paid)
}

async fn what_an_order_does_not_send_goes_on(open: fn() -> World) {
    let world = open();
    let (_, paid) = paid_by(&world, "send-again", json!({"by": CAL})).await;
    check_members(&paid["payout"]["resolved"], json!({"resolution": "sent_again"}));
    assert!(paid["payout"]["refund"].is_string(), "{paid:#}");
    let payments = world.get("/v1/payments").await_status(200).await.json;
    assert_eq!(payments["data"][0]["refunded"], usd(7_300));

    let world = open();
    let (card, paid) = paid_by(&world, "store-credit", json!({"by": CAL})).await;
    check_members(&card, json!({"object": "gift_card", "balance": usd(300)}));
    assert!(card["code"].is_string(), "{card:#}");
    check_members(&paid["payout"], json!({"refund": null, "amount": usd(300)}));
    check_members(
        &paid["payout"]["resolved"],
        json!({"resolution": "store_credit", "gift_card": id(&card), "resolved_by": CAL}),
    );
    let to = format!("gift card ending in {}", card["last4"].as_str().unwrap());
    assert_eq!(goes_to(&world, "claims", &paid).await, json!([{"to": to, "cents": 300}]));

    let world = open();
    let body = json!({"by": CAL, "rail": "bank", "reference": "transfer-7"});
    let (_, paid) = paid_by(&world, "paid-by-hand", body).await;
    check_members(
        &paid["payout"]["resolved"],
        json!({"resolution": "paid_by_hand", "gift_card": null, "reference": "transfer-7"}),
    );
    let to = "the payer (paid by hand)";
    assert_eq!(goes_to(&world, "claims", &paid).await, json!([{"to": to, "cents": 300}]));
    let payments = world.get("/v1/payments").await_status(200).await.json;
    assert_eq!(payments["data"][0]["refunded"], usd(7_000), "the order has sent nothing of it");
}

#[tokio::test]
async fn what_an_order_does_not_send_of_a_claim_goes_another_way() {
    what_an_order_does_not_send_goes_on(World::new).await;
}

#[tokio::test]
async fn slow_what_an_order_does_not_send_of_a_claim_goes_another_way_in_files() {
    what_an_order_does_not_send_goes_on(World::in_files).await;
}

/// Nobody can put its facts together: once it is late a person decides without them.
#[tokio::test]
async fn what_has_no_facts_is_decided_by_a_person_once_it_is_late() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = claim(&world, &promotion, "technical_error").await;
    let granted = json!({
        "outcome": "partly_approve", "amount": usd(200), "reasons": ["goodwill"], "by": BOB,
    });
    let early = ask(&world, &made, "decide", &granted);
    early.await_problem(422, "claim_not_in_review", None).await;
    clock(&world, "2026-12-15T00:00:00Z").await;
    let late = read(&world, &made).await;
    check_members(&late["next"], json!({"awaited": "facts", "is_late": true}));
    let decided = on(&world, &made, "decide", granted).await;
    check_members(&decided, json!({"status": "partly_approved"}));
    let path = format!("/v1/claims/{}/statement", id(&made));
    let stated = world.get(&path).await_status(200).await.json;
    check_members(&stated, json!({"amount": usd(200), "facts": [], "automated": false}));
    rails_refund(&world).await;
    super::lead(&world, &made).await;
    rails_refund(&world).await;
    assert_eq!(super::lead(&world, &made).await["status"], "paid");
}

/// What a guarantee lacks comes back by the settlement, and the statement says so: by when, and
/// once it has come to what.
#[tokio::test]
async fn what_comes_back_beside_a_claim_is_told_with_its_way_and_day() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({"promise": "guarantee"}), 1_000).await;
    let made = claim(&world, &promotion, "failure_to_deliver").await;
    tell(&world, &made, &super::missing(900, 600));
    super::lead(&world, &made).await;
    let path = format!("/v1/claims/{}/statement", id(&made));
    let told = async || world.get(&path).await_status(200).await.json["destinations"].clone();
    let before = told().await;
    check_members(
        &before[0],
        json!({"to": "what it was paid with, by the settlement of the promotion, with its tax",
            "amount": usd(6_000)}),
    );
    assert!(before[0]["by"].is_string() && before.as_array().unwrap().len() == 1, "{before:#}");
    clock(&world, "2026-12-05T00:00:00Z").await;
    rails_refund(&world).await;
    let paid = super::lead(&world, &made).await;
    assert_eq!(paid["status"], "paid", "{paid:#}");
    let after = told().await;
    check_members(
        &after[0],
        json!({"to": "visa ending in 4242, by the settlement of the promotion, with its tax",
            "amount": usd(6_000), "by": paid["payout"]["paid_at"]}),
    );
    check_members(&read_promotion(&shop, &promotion).await, json!({"status": "settled"}));
}
