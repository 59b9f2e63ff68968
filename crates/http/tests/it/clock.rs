//! The clock of test books.

use base::Instant;
use serde_json::json;

use crate::world::{World, all_pages, redemption};

#[tokio::test]
async fn everything_falls_due_in_order_before_the_answer() {
    let world = World::new();
    for days in ["2026-12-03", "2026-12-01", "2027-06-01", "2026-12-02"] {
        world.issue_with(100, json!({"expires_at": format!("{days}T00:00:00Z")})).await;
    }
    let card = world.issue(500).await;
    let mut hold = redemption(card["code"].as_str().unwrap(), 50);
    hold["expires_in_s"] = json!(86_400);
    world.post("/v1/holds", hold).fresh().await_status(201).await;
    let body = json!({"now": "2027-01-01T00:00:00Z"});
    let ask = || world.post("/v1/test/clock", body.clone()).key("k");
    let moved = ask().await_status(200).await;
    assert_eq!(
        moved.json,
        json!({
            "object": "book", "created_at": "2026-11-20T10:00:00Z", "test": true,
            "now": "2027-01-01T00:00:00Z",
        })
    );
    let events = all_pages(&world, "/v1/events", 100).await;
    let due: Vec<_> = events
        .iter()
        .filter(|event| event["type"].as_str().unwrap().ends_with(".expired"))
        .map(|event| (event["type"].as_str().unwrap(), event["created_at"].as_str().unwrap()))
        .collect();
    let expected = [
        ("hold.expired", "2026-11-21T10:00:00Z"),
        ("gift_card.expired", "2026-12-01T00:00:00Z"),
        ("gift_card.expired", "2026-12-02T00:00:00Z"),
        ("gift_card.expired", "2026-12-03T00:00:00Z"),
    ];
    assert_eq!(due.len(), expected.len(), "{due:?}");
    for ((kind, at), (expected_kind, expected_at)) in due.iter().zip(expected) {
        let times = [at, expected_at].map(|text| Instant::parse(text).unwrap().micros());
        assert_eq!(*kind, expected_kind);
        assert!((0..1_000_000).contains(&(times[0] - times[1])), "{kind} at {at}");
    }
    let active = all_pages(&world, "/v1/gift-cards?status=active", 10).await;
    assert_eq!(active.len(), 2);
    let again = ask().await_status(200).await;
    assert!(again.is_replayed());
    assert_eq!(again.bytes, moved.bytes);
    let now = world.issue(1).await;
    assert!(now["created_at"].as_str().unwrap() >= "2027-01-01T00:00:00Z", "{now:#}");
}

#[tokio::test]
async fn clocks_that_cannot_be_moved() {
    let mut world = World::new();
    let past = world.post("/v1/test/clock", json!({"now": "2026-11-20T09:59:59Z"}));
    past.await_problem(422, "clock_backwards", None).await;
    for bad in [json!({}), json!({"now": 5}), json!({"now": "tomorrow"}), json!({"now": null})] {
        let ask = world.post("/v1/test/clock", bad);
        ask.await_problem(400, "invalid_request", Some("/now")).await;
    }
    let live = world.open_live_book("live");
    let key = world.key_of(&live, store::KeyKind::Secret, http::Scopes::ALL);
    let ask = world.post("/v1/test/clock", json!({"now": "2027-01-01T00:00:00Z"})).with(&key);
    ask.await_problem(422, "not_a_test_book", None).await;
}
