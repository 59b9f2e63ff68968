//! A changed table is tried on all that was claimed before it takes effect.

use http::Limits;
use serde_json::{Value, json};

use super::{NOTHING_WRONG, all_ended, claim, clock, lead, read, tell};
use crate::documents::check_schema;
use crate::shop::{Shop, id};
use crate::world::{World, check_members};

/// A table by which a person looks at each claim that something was not delivered.
pub const KIND: &str = "name = \"kind\"\nground = \"failure_to_deliver\"\n\
    effective_from = 2030-01-01\n\
    [[row]]\nid = \"k1\"\ncode = \"kindness\"\nwhen = {}\noutcome = \"review\"\n\
    says = \"A person looks at all of them.\"\n";

async fn a_table_is_tried_on_all_claims(new_world: fn() -> World) {
    let world = new_world();
    let shop = Shop::open(&world).await;
    let promotions = all_ended(&shop, json!({}), 1_000, 3).await;
    let mut claims = Vec::new();
    for (promotion, ground) in promotions.iter().zip(["failure_to_deliver", "technical_error"]) {
        let made = claim(&world, promotion, ground).await;
        tell(&world, &made, &NOTHING_WRONG);
        lead(&world, &made).await;
        claims.push(made);
        clock(&world, "2026-11-29T11:00:00Z").await;
    }
    // Nobody has put together what is known of the third.
    claim(&world, &promotions[2], "failure_to_deliver").await;
    let before = [read(&world, &claims[0]).await, read(&world, &claims[1]).await];
    let ask = |body: Value| world.post("/v1/claims/replay", body).fresh();
    let found = ask(json!({"rule_table": KIND})).await_status(200).await.json;
    let served = world.get("/openapi.json").await_status(200).await.json;
    check_schema(&served, "ClaimsReplay", &found);
    check_members(
        &found,
        json!({
            "object": "claims_replay", "claims": 2, "changed": 1, "without_facts": 1,
            "continue_after": null,
            "moves": [{
                "before": "deny", "after": "review", "claims": 1, "examples": [claims[0]["id"]],
            }],
            "money": [{
                "currency": "USD", "before": 0, "after": 0, "elsewhere_before": 0,
                "elsewhere_after": 0,
            }],
        }),
    );
    let after = [read(&world, &claims[0]).await, read(&world, &claims[1]).await];
    assert_eq!(after, before, "they stay as they are");
    assert_eq!(after[0]["decision"]["outcome"], "deny");
    let later = claims[1]["created_at"].as_str().unwrap();
    let since = json!({"rule_table": KIND, "created_after": later});
    check_members(&ask(since).await_status(200).await.json, json!({"claims": 1, "changed": 0}));
    let until = json!({"rule_table": KIND, "created_before": later});
    check_members(&ask(until).await_status(200).await.json, json!({"claims": 1, "changed": 1}));
    let broken = ask(json!({"rule_table": "name = 5"}));
    broken.await_problem(422, "rule_table_broken", Some("/rule_table")).await;
    let odd = ask(json!({"rule_table": KIND, "created_after": "yesterday"}));
    odd.await_problem(400, "invalid_request", Some("/created_after")).await;
}

/// Claims of one instant, two at a time: each is looked at once, whatever the time.
async fn claims_of_one_instant_are_each_tried(new_world: fn(Limits) -> World) {
    let world = new_world(Limits { claims_replayed_max: 2, ..Limits::default() });
    let shop = Shop::open(&world).await;
    let promotions = all_ended(&shop, json!({}), 1_000, 5).await;
    let mut claims = Vec::new();
    for promotion in &promotions {
        let made = claim(&world, promotion, "failure_to_deliver").await;
        tell(&world, &made, &NOTHING_WRONG);
        lead(&world, &made).await;
        claims.push(made);
    }
    assert!(claims.iter().all(|made| made["created_at"] == claims[0]["created_at"]));
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let body = json!({"rule_table": KIND, "continue_after": after});
        let found = world.post("/v1/claims/replay", body).fresh().await_status(200).await.json;
        seen.extend(found["moves"][0]["examples"].as_array().unwrap().clone());
        after = found["continue_after"].clone();
        if after.is_null() {
            break;
        }
        assert_eq!((&found["claims"], Some(&after)), (&json!(2), seen.last()), "{found:#}");
    }
    // Of one instant the order is that of ids.
    let mut all: Vec<_> = claims.iter().map(id).collect();
    all.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(json!(seen), json!(all));
    let odd = json!({"rule_table": KIND, "continue_after": "claim_1"});
    let odd = world.post("/v1/claims/replay", odd).fresh();
    odd.await_problem(400, "invalid_request", Some("/continue_after")).await;
}

#[tokio::test]
async fn a_replay_goes_on_among_claims_of_one_instant() {
    claims_of_one_instant_are_each_tried(World::with_limits).await;
}

#[tokio::test]
async fn slow_a_replay_goes_on_among_claims_of_one_instant_in_files() {
    claims_of_one_instant_are_each_tried(World::in_files_with).await;
}

#[tokio::test]
async fn a_changed_table_is_tried_on_all_claims() {
    a_table_is_tried_on_all_claims(World::new).await;
}

#[tokio::test]
async fn slow_a_changed_table_is_tried_on_all_claims_in_files() {
    a_table_is_tried_on_all_claims(World::in_files).await;
}
