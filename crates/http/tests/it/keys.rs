//! Making API keys.

use base::Span;
use serde_json::json;

use crate::world::{World, check_members};

#[tokio::test]
async fn a_new_key_works_and_may_do_what_was_said() {
    let world = World::new();
    let body = json!({"kind": "secret", "scopes": ["read", "gift_cards:reveal"]});
    let made = world.post("/v1/keys", body).await_status(201).await.json;
    check_members(
        &made,
        json!({
            "object": "key", "kind": "secret", "scopes": ["read", "gift_cards:reveal"],
            "version": "2026-11-20", "created_at": "2026-11-20T10:00:00Z",
        }),
    );
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("mg_test_") && secret.len() == 40, "{secret}");
    let path = "/v1/holds/hold_01jd3q8v9ec4y8s5k1m0t2n7xz";
    world.get(path).with(secret).await_status(404).await;
    world.ask("PATCH", path).with(secret).await_status(403).await;
    let made = world.post("/v1/keys", json!({"kind": "publishable"})).await_status(201).await;
    assert!(made.json["secret"].as_str().unwrap().starts_with("mg_pub_"));
    let all = json!({"kind": "secret", "scopes": ["all"]});
    let made = world.post("/v1/keys", all).await_status(201).await;
    let scopes = json!([
        "read",
        "spend",
        "issue",
        "gift_cards:reveal",
        "admin",
        "catalog:write",
        "checkout:write",
        "orders:refund",
        "payouts:write",
        "webhooks:manage",
        "mail:report",
        "settlements:write",
        "promotions:write",
        "promotions:review",
        "feed:serve",
        "incidents:write",
        "signals:write",
        "claims:write",
        "claims:review",
        "people:hand_over",
    ]);
    assert_eq!(made.json["scopes"], scopes);
}

#[tokio::test]
async fn a_lost_key_is_shown_again_for_a_day() {
    let world = World::new();
    let body = json!({"kind": "secret", "scopes": ["read"]});
    let ask = || world.post("/v1/keys", body.clone()).key("k");
    let first = ask().await_status(201).await;
    let again = ask().await_status(201).await;
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(first.bytes, again.bytes);
    let other = world.post("/v1/keys", json!({"kind": "secret", "scopes": ["spend"]})).key("k");
    other.await_problem(422, "idempotency_mismatch", None).await;
    world.pass(Span::days(2));
    let late = ask().await_status(201).await;
    assert!(late.json.get("secret").is_none());
    assert_eq!(late.json["id"], first.json["id"]);
}

#[tokio::test]
async fn keys_are_checked() {
    let world = World::new();
    let cases = [
        (json!({"kind": "magic", "scopes": ["read"]}), "/kind"),
        (json!({"kind": "secret", "scopes": ["read", "fly"]}), "/scopes/1"),
        (json!({"kind": "publishable", "scopes": ["read"]}), "/scopes"),
    ];
    for (body, param) in cases {
        let ask = world.post("/v1/keys", body);
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
}
