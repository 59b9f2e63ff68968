//! Signals: what happened to accounts of persons.

use serde_json::{Value, json};

use super::{ADA, EVE};
use crate::documents::check_schema;
use crate::world::{World, all_pages, check_members};

fn signal(kind: &str, at: &str) -> Value {
    json!({"person": ADA, "kind": kind, "at": at})
}

async fn tell(world: &World, body: Value) -> Value {
    world.post("/v1/signals", body).fresh().await_status(201).await.json
}

async fn signals_are_kept_once_and_never_change(mut world: World) {
    let mut body = signal("new_device", "2026-11-20T09:30:00Z");
    body["device"] = json!("phone-7");
    let first = tell(&world, body.clone()).await;
    check_members(
        &first,
        json!({
            "object": "signal", "person": ADA, "kind": "new_device", "has_device": true,
            "at": "2026-11-20T09:30:00Z", "created_at": "2026-11-20T10:00:00Z",
        }),
    );
    world.pass(base::Span::hours(1));
    let older = tell(&world, signal("dormant", "2026-11-19T09:30:00Z")).await;
    assert_eq!(older["has_device"], false);
    world.restart();
    assert_eq!(tell(&world, body.clone()).await, first);
    body["device"] = json!("phone-8");
    let other = tell(&world, body).await;
    assert_ne!(other["id"], first["id"]);
    let path = format!("/v1/signals?person={ADA}");
    let listed = all_pages(&world, &path, 1).await;
    assert_eq!(listed, all_pages(&world, &path, 100).await);
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[2], older);
    assert!(listed[..2].contains(&first) && listed[..2].contains(&other));
    let late = format!("{path}&created_after=2026-11-20T11:00:00Z");
    assert_eq!(all_pages(&world, &late, 10).await.len(), 2);
    let nobody = format!("/v1/signals?person={EVE}");
    assert_eq!(all_pages(&world, &nobody, 10).await, [] as [Value; 0]);
    // Devices are kept as hashes.
    let text = format!("{listed:?}");
    assert!(!text.contains("phone"), "{text}");
}

#[tokio::test]
async fn signals_are_kept_once_and_never_change_in_memory() {
    signals_are_kept_once_and_never_change(World::new()).await;
}

#[tokio::test]
async fn signals_are_kept_once_and_never_change_in_files() {
    signals_are_kept_once_and_never_change(World::in_files()).await;
}

#[tokio::test]
async fn signals_are_judged() {
    let world = World::new();
    let future = world.post("/v1/signals", signal("new_admin", "2026-11-20T10:01:01Z")).fresh();
    let problem = future.await_problem(422, "in_future", None).await.json;
    assert_eq!(problem["transient"], true);
    tell(&world, signal("new_admin", "2026-11-20T10:00:59Z")).await;
    let nobody = world.get("/v1/signals").await_status(400).await.json;
    assert_eq!(nobody["param"], "person");
    let wrong = json!({"person": "Ada", "kind": "new_admin", "at": "2026-11-20T09:00:00Z"});
    let wrong = world.post("/v1/signals", wrong).fresh();
    wrong.await_problem(400, "invalid_request", Some("/person")).await;
    let document = world.get("/openapi.json").await_status(200).await.json;
    let listed = all_pages(&world, &format!("/v1/signals?person={ADA}"), 10).await;
    check_schema(&document, "Signal", &listed[0]);
}

#[tokio::test]
async fn a_person_has_a_hundred_signals_at_most() {
    let world = World::new();
    for minute in 0..101 {
        let at = format!("2026-11-20T0{}:{:02}:00Z", 1 + minute / 60, minute % 60);
        tell(&world, signal("limit_raised", &at)).await;
    }
    let listed = all_pages(&world, &format!("/v1/signals?person={ADA}"), 100).await;
    assert_eq!(listed.len(), 100);
    assert_eq!(listed[0]["at"], "2026-11-20T02:40:00Z");
    assert_eq!(listed[99]["at"], "2026-11-20T01:01:00Z");
    let older = world.post("/v1/signals", signal("dormant", "2026-11-20T01:00:00Z")).fresh();
    older.await_problem(422, "signal_too_old", None).await;
}
