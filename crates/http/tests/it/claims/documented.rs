//! Answers are as the document says.

use serde_json::json;

use super::{BOB, NOTHING_WRONG, body, claim, ended, lead, on, tell};
use crate::documents::check_schema;
use crate::shop::{Shop, id};
use crate::world::World;

#[tokio::test]
async fn answers_have_exactly_the_members_of_their_schema() {
    let world = World::new();
    let served = world.get("/openapi.json").await_status(200).await.json;
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let preview = world.post("/v1/claims/preview", body(&promotion, "poor_outcome"));
    check_schema(&served, "ClaimTrial", &preview.await_status(200).await.json);
    let made = claim(&world, &promotion, "poor_outcome").await;
    check_schema(&served, "Claim", &made);
    tell(&world, &made, &NOTHING_WRONG);
    check_schema(&served, "Claim", &lead(&world, &made).await);
    let path = format!("/v1/claims/{}", id(&made));
    let facts = world.get(&format!("{path}/facts")).await_status(200).await.json;
    check_schema(&served, "ClaimFacts", &facts);
    for fact in facts["data"].as_array().unwrap() {
        check_schema(&served, "ClaimFact", fact);
    }
    let statement = world.get(&format!("{path}/statement")).await_status(200).await.json;
    check_schema(&served, "ClaimStatement", &statement);
    for change in statement["would_change"].as_array().unwrap() {
        check_schema(&served, "ClaimChange", change);
    }
    check_schema(&served, "ClaimStatement", &on(&world, &made, "replay", json!({})).await);
    on(&world, &made, "appeal", json!({})).await;
    let granted = json!({
        "outcome": "partly_approve", "amount": {"amount": 5, "currency": "USD"},
        "reasons": ["goodwill"], "by": BOB,
    });
    check_schema(&served, "Claim", &on(&world, &made, "decide", granted).await);
    let list = world.get("/v1/claims").await_status(200).await.json;
    check_schema(&served, "ClaimList", &list);
    let restitutions = world.get("/v1/restitutions").await_status(200).await.json;
    check_schema(&served, "RestitutionList", &restitutions);
}
