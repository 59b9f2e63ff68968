//! Making, changing and removing webhook endpoints.

use base::Span;
use http::{Limits, Scopes};
use serde_json::{Value, json};

use crate::world::{World, check_members};

const ALL: &str = "/v1/webhook-endpoints";
const URL: &str = "https://hooks.example.com/x?token=1";

async fn make(world: &World, body: Value) -> Value {
    world.post(ALL, body).await_status(201).await.json
}

fn path(endpoint: &Value) -> String {
    format!("{ALL}/{}", endpoint["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_endpoint_shows_its_secret_once() {
    let world = World::new();
    // Cards and orders both have refunds.
    let types = ["refund.succeeded", "hold.captured", "gift_card.issued", "gift_card.issued"];
    let made = make(&world, json!({"url": URL, "types": types})).await;
    let expected = json!({
        "object": "webhook_endpoint", "created_at": "2026-11-20T10:00:00Z", "metadata": {},
        "url": URL, "types": ["gift_card.issued", "hold.captured", "refund.succeeded"],
        "enabled": true, "status": "enabled", "failing_since": null, "retrying": 0,
        "older_secret_until": null,
    });
    check_members(&made, expected.clone());
    assert!(made["id"].as_str().unwrap().starts_with("whe_"));
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    let read = world.get(&path(&made)).await_status(200).await;
    check_members(&read.json, expected);
    assert!(read.json.get("secret").is_none());
    let list = world.get(ALL).await_status(200).await;
    assert!(!list.text().contains("whsec_"), "{}", list.text());
    assert_eq!(list.json["data"], json!([read.json]));
    // Whoever has the store has nothing of it.
    let kept = &world.kept_endpoints()[0];
    let inside = secret.strip_prefix("whsec_").unwrap();
    assert!(!kept.secret.windows(10).any(|part| inside.as_bytes().starts_with(part)));
    assert!(!format!("{kept:?}").contains(inside));
}

#[tokio::test]
async fn a_lost_answer_can_be_repeated_for_a_day() {
    let world = World::new();
    let ask = || world.post(ALL, json!({"url": URL})).key("k");
    let first = ask().await_status(201).await;
    let again = ask().await_status(201).await;
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(first.bytes, again.bytes);
    let other = world.post(ALL, json!({"url": "https://hooks.example.com/y"})).key("k");
    other.await_problem(422, "idempotency_mismatch", None).await;
    world.pass(Span::days(2));
    let late = ask().await_status(201).await;
    assert!(late.json.get("secret").is_none());
    assert_eq!(late.json["id"], first.json["id"]);

    let rotate = format!("{}/rotate-secret", path(&first.json));
    let ask = || world.post(&rotate, json!({})).key("r");
    let rotated = ask().await_status(200).await;
    assert_ne!(rotated.json["secret"], first.json["secret"]);
    assert_eq!(rotated.json["older_secret_until"], "2026-11-23T10:00:00Z");
    let again = ask().await_status(200).await;
    assert!(again.is_replayed());
    assert_eq!(rotated.bytes, again.bytes);
    // Without a key it is another change.
    let next = world.post(&rotate, json!({})).await_status(200).await;
    assert_ne!(next.json["secret"], rotated.json["secret"]);
    // The request that made the endpoint does not show a secret that came later.
    let made = world.post(ALL, json!({"url": URL})).key("k").await_status(201).await;
    assert!(made.json.get("secret").is_none(), "{}", made.text());
}

#[tokio::test]
async fn nothing_is_sent_to_addresses_of_ours() {
    let world = World::new();
    let made = make(&world, json!({"url": URL})).await;
    for url in [
        "http://hooks.example.com/",
        "https://hooks.example.com:8080/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://2130706433/",
        "https://user@hooks.example.com/",
        "https://intranet/",
        "ftp://hooks.example.com/",
        "",
    ] {
        let ask = world.post(ALL, json!({"url": url}));
        ask.await_problem(400, "invalid_request", Some("/url")).await;
        let ask = world.ask("PATCH", &path(&made)).json(json!({"url": url}));
        ask.await_problem(400, "invalid_request", Some("/url")).await;
    }
    let here = json!({"url": "http://127.0.0.1:8080/"});
    let webhook_reach = webhooks::Reach::PublicAndLoopback;
    let open = World::with_limits(Limits { webhook_reach, ..Limits::default() });
    make(&open, here).await;
    let private = open.post(ALL, json!({"url": "https://10.0.0.1/"}));
    private.await_problem(400, "invalid_request", Some("/url")).await;
}

#[tokio::test]
async fn endpoints_are_changed_and_removed() {
    let world = World::new();
    let made = make(&world, json!({"url": URL})).await;
    let change = |body| world.ask("PATCH", &path(&made)).json(body);
    let changed = change(json!({"enabled": false})).await_status(200).await.json;
    check_members(&changed, json!({"enabled": false, "status": "disabled", "url": URL}));
    let body = json!({"url": "https://hooks.example.com/z", "types": ["hold.captured"]});
    let changed = change(body.clone()).await_status(200).await.json;
    check_members(&changed, body);
    check_members(&changed, json!({"enabled": false}));
    let changed = change(json!({"enabled": true, "types": []})).await_status(200).await.json;
    check_members(&changed, json!({"enabled": true, "status": "enabled", "types": []}));
    let wrong = change(json!({"types": ["gift_card.issued", "gift_card.eaten"]}));
    wrong.await_problem(400, "invalid_request", Some("/types/1")).await;
    let removed = world.ask("DELETE", &path(&made)).await_status(200).await.json;
    assert_eq!(removed, json!({"object": "webhook_endpoint", "id": made["id"], "deleted": true}));
    for ask in [world.get(&path(&made)), world.ask("DELETE", &path(&made)), change(json!({}))] {
        ask.await_problem(404, "webhook_endpoint_not_found", None).await;
    }
    assert_eq!(world.get(ALL).await_status(200).await.json["data"], json!([]));
}

#[tokio::test]
async fn endpoints_belong_to_a_book() {
    let mut world = World::new();
    let there = world.open_book("other");
    let key = world.key_of(&there, store::KeyKind::Secret, Scopes::ALL);
    let made = make(&world, json!({"url": URL})).await;
    assert_eq!(world.get(ALL).with(&key).await_status(200).await.json["data"], json!([]));
    let replay = world.post(&format!("{}/replay", path(&made)), json!({"from_sequence": 1}));
    let rotate = world.post(&format!("{}/rotate-secret", path(&made)), json!({}));
    let delete = world.ask("DELETE", &path(&made));
    for ask in [world.get(&path(&made)), replay, rotate, delete] {
        ask.with(&key).await_problem(404, "webhook_endpoint_not_found", None).await;
    }
    let lesser = world.secret(Scopes::READ.with(Scopes::ADMIN));
    world.get(ALL).with(&lesser).await_problem(403, "insufficient_scope", None).await;
}

#[tokio::test]
async fn a_book_has_sixteen_at_most_and_lists_them_by_pages() {
    let mut world = World::new();
    for _ in 0..16 {
        make(&world, json!({"url": URL})).await;
    }
    let one_more = world.post(ALL, json!({"url": URL}));
    one_more.await_problem(422, "too_many_webhook_endpoints", None).await;
    let there = world.open_book("other");
    let key = world.key_of(&there, store::KeyKind::Secret, Scopes::ALL);
    world.post(ALL, json!({"url": URL})).with(&key).await_status(201).await;
    let (mut ids, mut path) = (Vec::new(), format!("{ALL}?limit=5"));
    loop {
        let page = world.get(&path).await_status(200).await.json;
        let data = page["data"].as_array().unwrap();
        ids.extend(data.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{ALL}?limit=5&cursor={cursor}");
    }
    assert_eq!(ids.len(), 16);
    assert!(ids.is_sorted_by(|one, next| one > next), "newest first, each once");
}

#[tokio::test]
async fn what_is_replayed_must_exist() {
    let world = World::new();
    let made = make(&world, json!({"url": URL})).await;
    world.issue(100).await;
    let events = world.get("/v1/events").await_status(200).await.json;
    let event = events["data"][0]["id"].as_str().unwrap().to_owned();
    let replay = |body| world.post(&format!("{}/replay", path(&made)), body);
    for (body, param) in [
        (json!({}), "/from_sequence"),
        (json!({"from_sequence": 1, "event": event}), "/from_sequence"),
        (json!({"from_sequence": 0}), "/from_sequence"),
        (json!({"from_sequence": 1_000_000}), "/from_sequence"),
        (json!({"from_time": "yesterday"}), "/from_time"),
        (json!({"event": "evt_1"}), "/event"),
    ] {
        replay(body).await_problem(400, "invalid_request", Some(param)).await;
    }
    let mut other = event.clone();
    other.replace_range(other.len() - 1.., if event.ends_with('7') { "8" } else { "7" });
    replay(json!({"event": other})).await_problem(404, "event_not_found", None).await;
    let replayed = replay(json!({"event": event})).await_status(200).await.json;
    assert_eq!(replayed["retrying"], 1);
    let replayed = replay(json!({"from_sequence": 1})).await_status(200).await.json;
    assert_eq!(replayed["sequence"], 0);
    let last = world.book.handle().figures().seq();
    let body = json!({"from_time": "2026-11-21T00:00:00Z"});
    let replayed = replay(body).await_status(200).await.json;
    assert_eq!(replayed["sequence"], last);
}
