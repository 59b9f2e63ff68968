//! A changed table is tried on all that was claimed before it takes effect.

use serde_json::{Value, json};

use super::{NOTHING_WRONG, all_ended, claim, clock, lead, read, tell};
use crate::documents::check_schema;
use crate::shop::Shop;
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
            "continue_before": null,
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

#[tokio::test]
async fn a_changed_table_is_tried_on_all_claims() {
    a_table_is_tried_on_all_claims(World::new).await;
}

#[tokio::test]
async fn slow_a_changed_table_is_tried_on_all_claims_in_files() {
    a_table_is_tried_on_all_claims(World::in_files).await;
}
