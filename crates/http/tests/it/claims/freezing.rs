//! What decisions do to accounts that somebody else may have used, and the caps of what is paid
//! without anybody looking.

use serde_json::{Value, json};

use super::{BOB, claim, ended, lead, tell};
use crate::documents::check_schema;
use crate::promotions::{ADA, input};
use crate::shop::{Shop, id};
use crate::world::{World, check_members, usd};

/// A claim about a promotion that nobody agreed to, decided by the rules.
async fn not_agreed(shop: &Shop<'_>, views: u64) -> Value {
    let promotion = ended(shop, json!({}), views).await;
    let made = claim(shop.world, &promotion, "unauthorized_charge").await;
    tell(shop.world, &made, &[]);
    lead(shop.world, &made).await
}

#[tokio::test]
async fn a_charge_that_nobody_agreed_to_is_paid_back_and_freezes_the_account_until_staff_lifts_it()
{
    let world = World::new();
    let shop = Shop::open(&world).await;
    let made = not_agreed(&shop, 1_000).await;
    check_members(&made["decision"], json!({"outcome": "approve", "amount": usd(3_000)}));
    assert_eq!(made["decision"]["reasons"][0]["code"], "no_auth_record");
    world.flush();
    let path = format!("/v1/account-freezes/{ADA}");
    let freeze = world.get(&path).await_status(200).await.json;
    let expected = json!({
        "object": "account_freeze", "person": ADA, "status": "frozen", "claim": made["id"],
        "reason": "no_auth_record", "times": 1, "lifted_at": null, "lifted_by": null,
    });
    check_members(&freeze, expected);
    let frozen = "/v1/account-freezes?status=frozen";
    let list = world.get(frozen).await_status(200).await.json;
    assert_eq!(list["data"], json!([freeze]));
    // Nothing new begins while it is frozen.
    let body = input(&shop.creator, json!({}));
    let draft = world.post("/v1/promotions", body.clone()).fresh();
    draft.await_problem(422, "account_frozen", None).await;
    let own = world.post(&format!("{path}/lift"), json!({"by": ADA})).fresh();
    own.await_problem(422, "own_claim", None).await;
    let lifted = world.post(&format!("{path}/lift"), json!({"by": BOB})).fresh();
    let lifted = lifted.await_status(200).await.json;
    check_members(&lifted, json!({"status": "lifted", "lifted_by": BOB}));
    world.flush();
    assert_eq!(world.get(frozen).await_status(200).await.json["data"], json!([]));
    world.post("/v1/promotions", body).fresh().await_status(201).await;
    let nobody = world.get("/v1/account-freezes/per_00000000000000000000000001");
    nobody.await_problem(404, "account_freeze_not_found", None).await;
    let events = world.get("/v1/events?limit=100").await_status(200).await.json;
    let of = |kind: &str| {
        let all = events["data"].as_array().unwrap();
        all.iter().filter(|event| event["type"] == kind).cloned().collect::<Vec<_>>()
    };
    let frozen = of("account.frozen");
    assert_eq!((frozen.len(), &frozen[0]["data"]), (1, &freeze));
    assert_eq!(of("account.unfrozen")[0]["data"], lifted);
    assert_eq!(of("suspect.found")[0]["data"]["claim"], made["id"]);
    assert_eq!(of("claim.decided")[0]["data"]["object"], "claim");
}

#[tokio::test]
async fn a_suspect_waits_for_a_look_and_answers_are_as_documented() {
    let world = World::new();
    let served = world.get("/openapi.json").await_status(200).await.json;
    let shop = Shop::open(&world).await;
    let made = not_agreed(&shop, 1_000).await;
    world.flush();
    let open = "/v1/suspects?status=open";
    let list = world.get(open).await_status(200).await.json;
    check_schema(&served, "SuspectList", &list);
    let suspect = &list["data"][0];
    check_schema(&served, "Suspect", suspect);
    let expected = json!({
        "object": "suspect", "status": "open", "claim": made["id"], "person": ADA,
        "promotion": made["promotion"], "has_device": false, "reviewed_by": null,
    });
    check_members(suspect, expected);
    let review = format!("/v1/suspects/{}/review", id(suspect));
    let looked = world.post(&review, json!({"by": BOB})).fresh().await_status(200).await.json;
    check_members(&looked, json!({"status": "reviewed", "reviewed_by": BOB}));
    let again = world.post(&review, json!({"by": BOB})).fresh();
    again.await_problem(422, "nothing_to_change", None).await;
    world.flush();
    assert_eq!(world.get(open).await_status(200).await.json["data"], json!([]));
    let all = world.get("/v1/suspects").await_status(200).await.json;
    assert_eq!(all["data"], json!([looked]));
    let freezes = world.get("/v1/account-freezes").await_status(200).await.json;
    check_schema(&served, "AccountFreezeList", &freezes);
    check_schema(&served, "AccountFreeze", &freezes["data"][0]);
}

/// What the caps are held against is what was paid before, as the book knows it.
#[tokio::test]
async fn what_was_paid_without_a_look_is_a_fact_that_nobody_has_to_tell() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let made = not_agreed(&shop, 1_000).await;
    let path = format!("/v1/claims/{}/facts", id(&made));
    let facts = world.get(&path).await_status(200).await.json;
    for name in ["automatic_person", "automatic_instrument"] {
        let fact = facts["data"].as_array().unwrap().iter().find(|fact| fact["name"] == name);
        check_members(fact.unwrap(), json!({"value": usd(0), "record": ADA}));
    }
}
