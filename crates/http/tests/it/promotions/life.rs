//! Review, pauses and ends, with what they leave behind.

use std::collections::BTreeSet;

use promotions::{Alarm, PromotionEvent};
use serde_json::{Value, json};

use super::incidents::{correct, declare};
use super::serving::{Server, detect};
use super::{ADA, EVE, act, history, paid, read};
use crate::shop::Shop;
use crate::world::{World, all_pages, check_members};

#[tokio::test]
async fn an_appeal_is_decided_by_somebody_else() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = paid(&shop, json!({})).await;
    let path = format!("/v1/promotions/{promotion}");
    let ask = |action: &str, body: Value| world.post(&format!("{path}/{action}"), body).fresh();
    ask("appeal", json!({})).await_problem(422, "promotion_not_rejected", None).await;
    let changed = json!({"content_version": "second"});
    ask("approve", changed).await_problem(422, "post_changed", None).await;
    let changed = json!({"rule": "music", "content_version": "second"});
    ask("reject", changed).await_problem(422, "post_changed", None).await;
    let rejected = json!({"rule": "music", "by": EVE, "content_version": "first"});
    let rejected = act(&shop, &promotion, "reject", rejected).await;
    check_members(
        &rejected,
        json!({
            "status": "rejected",
            "end": {"cause": "rejected", "at": "2026-11-20T10:00:00Z"},
            "review": {"rule": "music", "appealed": false, "approved_version": null},
            "settles_at": "2026-11-23T10:00:00Z",
        }),
    );
    let appealed = act(&shop, &promotion, "appeal", json!({"by": ADA})).await;
    check_members(&appealed, json!({"status": "in_review", "end": null, "settles_at": null}));
    assert_eq!(appealed["review"]["appealed"], true);
    ask("approve", json!({"by": EVE})).await_problem(422, "same_reviewer", None).await;
    let approved = json!({"by": ADA, "content_version": "first"});
    let approved = act(&shop, &promotion, "approve", approved).await;
    check_members(&approved, json!({"status": "scheduled"}));
    assert_eq!(approved["review"]["approved_version"], "first");
    assert_eq!(read(&shop, &promotion).await, approved);
    let deeds = history(&world, &promotion).await;
    let told: Vec<_> =
        deeds[3..].iter().map(|deed| (&deed["kind"], &deed["role"], &deed["by"])).collect();
    let expected = [
        (json!("rejected"), json!("staff"), json!(EVE)),
        (json!("appealed"), json!("advertiser"), json!(ADA)),
        (json!("approved"), json!("staff"), json!(ADA)),
    ];
    assert!(told.iter().zip(&expected).all(|(is, want)| *is == (&want.0, &want.1, &want.2)));
    assert_eq!(told.len(), expected.len());
    assert_eq!(deeds[3]["rule"], "music");
    assert_eq!(deeds[5]["content_version"], "first");
}

#[tokio::test]
async fn a_repeated_request_gets_the_answer_it_got() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = paid(&shop, json!({})).await;
    act(&shop, &promotion, "approve", json!({})).await;
    let path = format!("/v1/promotions/{promotion}/pause");
    let pause = || world.post(&path, json!({})).key("pause");
    let first = pause().await_status(200).await;
    assert_eq!(first.bytes, pause().await_status(200).await.bytes);
    act(&shop, &promotion, "resume", json!({})).await;
    let again = pause().await_status(200).await;
    assert!(again.is_replayed());
    assert_eq!(again.json["status"], "paused");
    assert_eq!(read(&shop, &promotion).await["status"], "scheduled");
    let twice = world.post(&format!("/v1/promotions/{promotion}/resume"), json!({})).fresh();
    twice.await_problem(422, "promotion_not_paused", None).await;
}

#[tokio::test]
async fn a_draft_is_thrown_away() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let draft = crate::shop::id(&super::compose(&shop, json!({})).await);
    let stopped = act(&shop, &draft, "stop", json!({})).await;
    check_members(&stopped, json!({"status": "stopped", "checks": null}));
    assert_eq!(stopped["end"]["cause"], "advertiser");
    let submit = world.post(&format!("/v1/promotions/{draft}/submit"), json!({})).fresh();
    submit.await_problem(422, "promotion_not_draft", None).await;
    for action in ["pause", "resume"] {
        let ask = world.post(&format!("/v1/promotions/{draft}/{action}"), json!({})).fresh();
        ask.await_problem(422, "promotion_ended", None).await;
    }
}

#[tokio::test]
async fn events_show_promotions_as_they_were() {
    let mut world = World::new();
    let (promotion, approved, stopped) = {
        let shop = Shop::open(&world).await;
        let promotion = paid(&shop, json!({})).await;
        let approved = act(&shop, &promotion, "approve", json!({})).await;
        let stopped = act(&shop, &promotion, "stop", json!({})).await;
        (promotion, approved, stopped)
    };
    world.restart();
    for (kind, mut object) in [("promotion.approved", approved), ("promotion.stopped", stopped)] {
        let events = world.get(&format!("/v1/events?type={kind}")).await_status(200).await.json;
        assert_eq!(events["data"].as_array().unwrap().len(), 1, "{kind}");
        // Events know the row alone.
        object["order"] = Value::Null;
        assert_eq!(events["data"][0]["data"], object, "{kind}");
    }
    let events = all_pages(&world, "/v1/events", 100).await;
    let of_it = events.iter().filter(|event| event["data"]["id"] == promotion.as_str());
    let types: Vec<_> = of_it.map(|event| event["type"].as_str().unwrap()).collect();
    let expected =
        ["promotion.created", "promotion.submitted", "promotion.approved", "promotion.stopped"];
    assert_eq!(types, expected);
}

/// Does everything there is an event for.
async fn live(world: &World) {
    let shop = Shop::open(world).await;
    let incident = declare(world, "intake", json!({})).await;
    correct(world, &incident, json!({"severity": "minor"})).await;
    correct(world, &incident, json!({"ended_at": "2026-11-20T09:30:00Z"})).await;
    detect(world.book.handle());
    let clock = async |now: &str| {
        world.post("/v1/test/clock", json!({"now": now})).fresh().await_status(200).await;
    };
    let stopped = paid(&shop, json!({})).await;
    act(&shop, &stopped, "stop", json!({})).await;
    let promotion = paid(&shop, json!({})).await;
    let change = world.ask("PATCH", &format!("/v1/promotions/{promotion}"));
    change.json(json!({"target": 7})).fresh().await_status(200).await;
    act(&shop, &promotion, "reject", json!({"rule": "music"})).await;
    act(&shop, &promotion, "appeal", json!({})).await;
    act(&shop, &promotion, "approve", json!({})).await;
    clock("2026-11-22T10:00:00Z").await;
    act(&shop, &promotion, "pause", json!({})).await;
    act(&shop, &promotion, "resume", json!({})).await;
    let post = world.ask("PATCH", "/v1/posts/v-1").json(json!({"content_version": "second"}));
    post.fresh().await_status(200).await;
    act(&shop, &promotion, "approve", json!({})).await;
    let mut server = Server::new(world.book.handle(), promotion.parse().unwrap());
    server.alert(Some(Alarm::Behind));
    server.alert(Some(Alarm::Ahead));
    server.alert(None);
    server.lease(5_000);
    server.show(1_000, 0);
    server.take_back(10);
    server.close();
    clock("2026-12-10T00:00:00Z").await;
    assert_eq!(read(&shop, &promotion).await["status"], "settled");
}

#[tokio::test]
async fn every_event_happens_and_shows_its_object() {
    let mut world = World::new();
    live(&world).await;
    world.restart();
    let events = all_pages(&world, "/v1/events", 100).await;
    let of_promotions = |event: &&Value| {
        ["promotion", "incident"].iter().any(|object| event["data"]["object"] == **object)
    };
    let types: BTreeSet<&str> =
        events.iter().filter(of_promotions).map(|event| event["type"].as_str().unwrap()).collect();
    let all: BTreeSet<&str> = PromotionEvent::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(types, all);
    for event in &events {
        let noun = event["type"].as_str().unwrap().split('.').next().unwrap();
        assert_eq!(event["data"]["object"], noun);
    }
}
