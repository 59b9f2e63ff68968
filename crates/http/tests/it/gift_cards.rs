//! Issuing cards and what is done to them afterwards.

use base::Span;
use serde_json::{Value, json};

use crate::world::{World, check_members, usd};

#[tokio::test]
async fn an_issued_card_shows_its_code_once_and_can_be_read() {
    let world = World::new();
    let card = world.issue(2_500).await;
    check_members(
        &card,
        json!({
            "object": "gift_card", "status": "active", "blocks": [], "claimed": false,
            "delivery": {"channel": null, "state": "none", "at": null},
            "value": usd(2_500), "balance": usd(2_500), "held": usd(0), "available": usd(2_500),
            "created_at": "2026-11-20T10:00:00Z", "expires_at": null, "funds_expire_at": null,
            "regions": [], "scope": null, "recipient": null, "metadata": {}, "program": null,
            "funding": {"kind": "promotional", "reference": null}, "source": null, "design": null,
        }),
    );
    let code = card["code"].as_str().unwrap();
    assert_eq!(code.len(), 20, "four groups: {code}");
    assert!(code.ends_with(card["last4"].as_str().unwrap()));
    let read = world.get(&format!("/v1/gift-cards/{}", id(&card))).await_status(200).await;
    assert!(read.json.get("code").is_none());
    check_members(&read.json, json!({"id": card["id"], "balance": usd(2_500)}));
}

#[tokio::test]
async fn everything_said_at_issue_is_kept() {
    let world = World::new();
    let said = json!({
        "expires_at": "2027-01-01T02:00:00+02:00",
        "regions": ["US", "CA-ON"],
        "scope": {"kinds": ["goods"], "sellers": ["sel_1"], "exclude": {"products": ["p/1"]}},
        "design": "birthday",
        "source": {"kind": "live", "id": "stream-7"},
        "metadata": {"order": "17"},
        "funding": {"kind": "external", "reference": "till 4, slip 99"},
        "client": {"ip": "203.0.113.9", "user_agent": "test", "device": "d"},
    });
    let card = world.issue_with(100, said).await;
    check_members(
        &card,
        json!({
            "expires_at": "2027-01-01T00:00:00Z", "funds_expire_at": "2027-01-01T00:00:00Z",
            "regions": ["US", "CA-ON"], "design": "birthday", "metadata": {"order": "17"},
            "source": {"kind": "live", "id": "stream-7"}, "reference": "till 4, slip 99",
            "funding": {"kind": "external", "reference": "till 4, slip 99"},
        }),
    );
    assert_eq!(card["scope"]["kinds"], json!(["goods"]));
    assert_eq!(card["scope"]["sellers"], json!(["sel_1"]));
    assert_eq!(card["scope"]["exclude"]["products"], json!(["p/1"]));
    let invoiced = json!({"funding": {"kind": "invoice", "reference": "acme"}});
    let card = world.issue_with(100, invoiced).await;
    assert_eq!(card["funding"], json!({"kind": "invoice", "reference": "acme"}));
    let card = world.issue_with(100, json!({"funding": {"kind": "external"}})).await;
    assert_eq!(card["funding"], json!({"kind": "external", "reference": null}));
}

#[tokio::test]
async fn freezing_blocks_and_unfreezing_frees() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let frozen = act(&world, &card, "freeze", json!({"reason": "lost"})).await;
    let block = json!({"kind": "frozen", "since": "2026-11-20T10:00:00Z", "reason": "lost"});
    check_members(&frozen, json!({"status": "active", "blocks": [block]}));
    let refused = world.redeem(code(&card), 100).await;
    check_members(
        &refused.json,
        json!({"status": 422, "code": "gift_card_not_usable", "reason": "frozen"}),
    );
    let freed = act(&world, &card, "unfreeze", json!({})).await;
    assert_eq!(freed["blocks"], json!([]));
    assert_eq!(world.redeem(code(&card), 100).await.status, 201);
}

#[tokio::test]
async fn a_replaced_code_is_dead_and_the_new_one_lives() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let replaced = act(&world, &card, "replace-code", json!({})).await;
    assert_eq!(replaced["id"], card["id"]);
    assert_ne!(replaced["code"], card["code"]);
    let dead = world.redeem(code(&card), 100).await;
    check_members(&dead.json, json!({"code": "gift_card_not_usable", "reason": "code_replaced"}));
    assert_eq!(world.redeem(code(&replaced), 100).await.status, 201);
    let revealed = act(&world, &card, "reveal", json!({})).await;
    assert_eq!(
        revealed,
        json!({"object": "gift_card_code", "gift_card": card["id"], "code": replaced["code"]})
    );
}

#[tokio::test]
async fn cancel_adjust_and_extend() {
    let world = World::new();
    let card = world.issue_with(1_000, json!({"expires_at": "2026-11-21T10:00:00Z"})).await;
    let more = json!({"amount": usd(500), "direction": "up", "reason": "goodwill"});
    let adjusted = act(&world, &card, "adjust", more).await;
    check_members(&adjusted, json!({"balance": usd(1_500), "value": usd(1_000)}));
    let less = json!({"amount": usd(200), "direction": "down", "reason": "correction"});
    assert_eq!(act(&world, &card, "adjust", less).await["balance"], usd(1_300));
    world.pass(Span::days(2));
    let path = format!("/v1/gift-cards/{}", id(&card));
    assert_eq!(world.get(&path).await_status(200).await.json["status"], "expired");
    let later = json!({"expires_at": "2027-11-21T10:00:00Z"});
    let extended = act(&world, &card, "extend", later).await;
    check_members(&extended, json!({"status": "active", "available": usd(1_300)}));
    let forever = act(&world, &card, "extend", json!({"expires_at": null})).await;
    assert_eq!(forever["expires_at"], Value::Null);
    let canceled = act(&world, &card, "cancel", json!({})).await;
    check_members(&canceled, json!({"status": "canceled", "balance": usd(0)}));
}

#[tokio::test]
async fn an_update_replaces_what_the_shop_keeps_and_nothing_else() {
    let world = World::new();
    let said =
        json!({"metadata": {"order": "17", "size": "L"}, "reference": "o-17", "design": "d"});
    let card = world.issue_with(1_000, said).await;
    let path = format!("/v1/gift-cards/{}", id(&card));
    let patch = |body: Value| world.ask("PATCH", &path).json(body);
    let moved = patch(json!({"reference": "o-18"})).key("k").await_status(200).await;
    let mut expected = card.clone();
    expected.as_object_mut().unwrap().remove("code");
    expected["reference"] = json!("o-18");
    assert_eq!(moved.json, expected);
    // The same key: the same answer, and a mismatch for whoever takes the reference away.
    let again = patch(json!({"reference": "o-18"})).key("k").await_status(200).await;
    assert!(again.is_replayed() && again.bytes == moved.bytes);
    let other = patch(json!({"reference": null})).key("k");
    other.await_problem(422, "idempotency_mismatch", None).await;
    let fewer = patch(json!({"metadata": {"order": "18"}})).fresh().await_status(200).await.json;
    check_members(&fewer, json!({"metadata": {"order": "18"}, "reference": "o-18"}));
    for (reference, found) in [("o-17", 0), ("o-18", 1)] {
        let list = world.get(&format!("/v1/gift-cards?reference={reference}"));
        let list = list.await_status(200).await.json;
        assert_eq!(list["data"].as_array().unwrap().len(), found, "{reference}");
    }
    act(&world, &card, "cancel", json!({})).await;
    let both = patch(json!({"metadata": {}, "reference": null})).fresh().await_status(200).await;
    check_members(
        &both.json,
        json!({"status": "canceled", "metadata": {}, "reference": null, "design": "d"}),
    );
    let events = world.get("/v1/events?type=gift_card.updated").await_status(200).await.json;
    let told: Vec<_> = events["data"].as_array().unwrap().iter().map(|one| &one["data"]).collect();
    assert_eq!(told, [&moved.json, &fewer, &both.json]);
    // What is so already is not told again.
    patch(json!({"reference": null})).fresh().await_status(200).await;
    let events = world.get("/v1/events?type=gift_card.updated").await_status(200).await.json;
    assert_eq!(events["data"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn actions_without_members_need_no_body() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let path = format!("/v1/gift-cards/{}/freeze", id(&card));
    world.ask("POST", &path).await_status(200).await;
    let path = format!("/v1/gift-cards/{}/cancel", id(&card));
    world.ask("POST", &path).fresh().await_status(200).await;
}

#[tokio::test]
async fn what_is_not_available_is_refused_and_not_ignored() {
    let world = World::new();
    let cases = [
        (json!({"jurisdictions": {"buyer": "US"}}), "not_available_yet", "/jurisdictions"),
        (json!({"funding": {"kind": "payment"}}), "funding_not_available", "/funding/kind"),
    ];
    for (more, code, param) in cases {
        let mut body = json!({"value": usd(100), "funding": {"kind": "promotional"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.post("/v1/gift-cards", body).fresh().await_problem(422, code, Some(param)).await;
    }
    let wallet = json!({"wallet": "per_1", "amount": usd(1), "reference": "r"});
    let ask = world.post("/v1/holds", wallet).fresh();
    ask.await_problem(422, "not_available_yet", Some("/wallet")).await;
    let pin = json!({"code": "23AB-CD45-EFGH-JK67M", "pin": "1234"});
    let ask = world.post("/v1/gift-cards/lookup", pin);
    ask.await_problem(422, "not_available_yet", Some("/pin")).await;
}

async fn act(world: &World, card: &Value, action: &str, body: Value) -> Value {
    let path = format!("/v1/gift-cards/{}/{action}", id(card));
    world.post(&path, body).fresh().await_status(200).await.json
}

fn id(card: &Value) -> &str {
    card["id"].as_str().unwrap()
}

fn code(card: &Value) -> &str {
    card["code"].as_str().unwrap()
}
