//! What is repaid without a claim: found by the platform, told once, and explained.

use serde_json::{Value, json};

use super::{claim, clock, ended, lead, missing, on, rails_refund, tell};
use crate::promotions::read as read_promotion;
use crate::promotions::serving::Server;
use crate::shop::{Shop, id};
use crate::world::{World, check_members, usd};

/// Restitutions for a promotion, the last one first.
async fn restitutions(world: &World, promotion: &str) -> Vec<Value> {
    world.flush();
    let path = format!("/v1/restitutions?promotion={promotion}&limit=100");
    world.get(&path).await_status(200).await.json["data"].as_array().unwrap().clone()
}

/// Leads on what is due, as often as there is something to do.
async fn repay(world: &World) {
    for _ in 0..3 {
        let led = world.lead_claims();
        assert_eq!(led.refused, [], "{led:?}");
    }
}

/// 30 of 100 dollars were spent: 70 go back by the settlement, which a restitution explains. Later
/// 10 of the 30 turn out to be invalid, and go back by another one.
async fn what_settlements_return_is_told(world: World) {
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    repay(&world).await;
    assert_eq!(restitutions(&world, &promotion).await, [] as [Value; 0], "nothing is settled");
    clock(&world, "2026-12-05T00:00:00Z").await;
    repay(&world).await;
    let made = restitutions(&world, &promotion).await;
    assert_eq!(made.len(), 1, "{made:#?}");
    check_members(
        &made[0],
        json!({"object": "restitution", "kind": "unspent", "promotion": promotion,
            "loss": usd(7_000), "amount": usd(7_000), "gross": null, "payment": null,
            "paid_at": null}),
    );
    let path = format!("/v1/restitutions/{}", id(&made[0]));
    assert_eq!(world.get(&path).await_status(200).await.json, made[0]);
    let stated = world.get(&format!("{path}/statement")).await_status(200).await.json;
    check_members(
        &stated,
        json!({"object": "claim_statement", "claim": null, "restitution": id(&made[0]),
            "outcome": "approve", "amount": usd(7_000), "automated": true, "rule_table": null,
            "appeal": null}),
    );
    assert_eq!(stated["reasons"][0]["code"], "unspent");
    assert!(!stated["facts"].as_array().unwrap().is_empty(), "{stated:#}");
    let text = world.get(&format!("{path}/statement")).header("accept", "text/plain");
    let text = text.await_status(200).await;
    let text = String::from_utf8(text.bytes).unwrap();
    assert!(text.contains("It was not spent. [unspent]"), "{text}");
    assert!(text.contains("70.00 USD"), "{text}");
    // The money leaves once, and that is noted once.
    rails_refund(&world).await;
    repay(&world).await;
    let paid = restitutions(&world, &promotion).await;
    assert!(paid[0]["paid_at"].is_string(), "{paid:#?}");
    let mut server = Server::of_stream(world.book.handle(), promotion.parse().unwrap(), "feed-1");
    server.billed_before(1);
    server.take_back(333);
    clock(&world, "2026-12-06T00:00:00Z").await;
    repay(&world).await;
    let made = restitutions(&world, &promotion).await;
    let late: Vec<_> = made.iter().filter(|row| row["kind"] == "late_invalid").collect();
    assert_eq!((made.len(), late.len()), (2, 1), "{made:#?}");
    check_members(late[0], json!({"amount": usd(999), "paid_at": null}));
    rails_refund(&world).await;
    repay(&world).await;
    let settled = read_promotion(&shop, &promotion).await;
    check_members(&settled, json!({"returned": usd(7_999)}));
    assert_eq!(shop.list("/v1/payments").await[0]["refunded"], usd(7_999));
    let events = world.get("/v1/events?limit=100").await_status(200).await.json;
    let of = |kind: &str| {
        let all = events["data"].as_array().unwrap().iter();
        all.filter(|event| event["type"] == kind).count()
    };
    assert_eq!((of("restitution.made"), of("restitution.paid")), (2, 2));
    let none = world.get("/v1/restitutions/rst_00000000000000000000000001");
    none.await_problem(404, "restitution_not_found", None).await;
}

#[tokio::test]
async fn what_settlements_return_is_told_once() {
    what_settlements_return_is_told(World::new()).await;
}

#[tokio::test]
async fn slow_what_settlements_return_is_told_once_in_files() {
    what_settlements_return_is_told(World::in_files()).await;
}

/// A statement as text, what `GET` tells of a decision and its payout, and other tables.
#[tokio::test]
async fn a_decision_is_told_with_its_table_and_tried_by_another() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({"promise": "guarantee"}), 1_000).await;
    let made = claim(&world, &promotion, "failure_to_deliver").await;
    tell(&world, &made, &missing(900, 600));
    let decided = lead(&world, &made).await;
    check_members(&decided, json!({"status": "paying"}));
    check_members(&decided["payout"], json!({"refund": null, "paid_at": null}));
    let table = &decided["decision"]["rule_table"];
    let version = table["version"].as_str().unwrap();
    assert_eq!(version.len(), 64, "{decided:#}");
    assert!(decided["decision"]["would_change"].is_array(), "{decided:#}");
    let path = format!("/v1/claims/{}/statement", id(&made));
    let text = world.get(&path).header("accept", "text/plain, application/json;q=0.5");
    let text = String::from_utf8(text.await_status(200).await.bytes).unwrap();
    assert!(text.contains(table["row"].as_str().unwrap()), "{text}");
    let again = on(&world, &made, "replay", json!({"rule_table": version})).await;
    assert_eq!(again["outcome"], decided["decision"]["outcome"]);
    let replay = format!("/v1/claims/{}/replay", id(&made));
    let ask = |body: Value| world.post(&replay, body).fresh();
    let none = "0".repeat(64);
    let unknown = ask(json!({"rule_table": none}));
    unknown.await_problem(422, "rule_table_not_found", Some("/rule_table")).await;
    let broken = ask(json!({"rule_table": "name = 5"}));
    broken.await_problem(422, "rule_table_broken", Some("/rule_table")).await;
    let kind = "name = \"kind\"\nground = \"failure_to_deliver\"\n\
        effective_from = 2030-01-01\n\
        [[row]]\nid = \"k1\"\ncode = \"kindness\"\nwhen = {}\noutcome = \"review\"\n\
        says = \"A person looks at all of them.\"\n";
    let tried = on(&world, &made, "replay", json!({"rule_table": kind})).await;
    check_members(&tried, json!({"outcome": "review"}));
    assert_eq!(tried["rule_table"]["row"], "k1", "{tried:#}");
}
