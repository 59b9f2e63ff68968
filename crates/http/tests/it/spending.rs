//! Holds, redemptions, refunds and reversals.

use base::Span;
use serde_json::{Value, json};

use crate::world::{World, check_members, redemption, usd};

#[tokio::test]
async fn a_redemption_is_a_captured_hold() {
    let world = World::new();
    let card = world.issue(2_500).await;
    let hold = world.redeem(code(&card), 1_000).await;
    assert_eq!(hold.status, 201);
    check_members(
        &hold.json,
        json!({
            "object": "hold", "status": "captured", "amount": usd(1_000), "held": usd(0),
            "captured": usd(1_000), "released": usd(0), "refunded": usd(0), "metadata": {},
            "gift_card": card["id"], "card_available": usd(1_500), "reference": "order 1",
        }),
    );
    let read = world.get(&format!("/v1/holds/{}", id(&hold.json))).await_status(200).await;
    assert_eq!(read.json, hold.json);
}

#[tokio::test]
async fn a_hold_lives_through_change_part_capture_and_release() {
    let world = World::new();
    let card = world.issue(2_500).await;
    let hold = world.hold(code(&card), 1_000).await;
    check_members(
        &hold,
        json!({
            "status": "held", "amount": usd(1_000), "held": usd(1_000),
            "card_available": usd(1_500), "expires_at": "2026-11-20T10:15:00Z",
        }),
    );
    let path = format!("/v1/holds/{}", id(&hold));
    let change = json!({"amount": usd(2_000), "expires_in_s": 60});
    let changed = world.ask("PATCH", &path).json(change).fresh().await_status(200).await;
    check_members(&changed.json, json!({"held": usd(2_000), "expires_at": "2026-11-20T10:01:00Z"}));
    let part = json!({"amount": usd(700), "final": false});
    let captured = act(&world, &hold, "capture", part, 200).await;
    check_members(&captured, json!({"status": "held", "captured": usd(700), "held": usd(1_300)}));
    let released = act(&world, &hold, "release", json!({}), 200).await;
    check_members(
        &released,
        json!({"status": "captured", "released": usd(1_300), "card_available": usd(1_800)}),
    );
    let refund = act(&world, &hold, "refund", json!({"amount": usd(300)}), 201).await;
    check_members(
        &refund,
        json!({
            "object": "refund", "status": "succeeded", "amount": usd(300), "hold": hold["id"],
            "gift_card": card["id"],
        }),
    );
    let read = world.get(&path).await_status(200).await;
    check_members(&read.json, json!({"refunded": usd(300), "card_available": usd(2_100)}));
}

#[tokio::test]
async fn a_capture_is_final_when_nothing_else_is_said() {
    let world = World::new();
    let card = world.issue(2_500).await;
    let hold = world.hold(code(&card), 1_000).await;
    let captured = act(&world, &hold, "capture", json!({"amount": usd(400)}), 200).await;
    check_members(
        &captured,
        json!({"status": "captured", "captured": usd(400), "released": usd(600)}),
    );
}

#[tokio::test]
async fn a_hold_lapses() {
    let world = World::new();
    let card = world.issue(2_500).await;
    let hold = world.hold(code(&card), 2_500).await;
    world.pass(Span::seconds(901));
    let read = world.get(&format!("/v1/holds/{}", id(&hold))).await_status(200).await;
    assert_eq!(read.json["status"], "expired");
    assert_eq!(world.redeem(code(&card), 2_500).await.status, 201);
}

#[tokio::test]
async fn a_part_is_taken_when_it_is_welcome() {
    let world = World::new();
    let card = world.issue(2_500).await;
    let mut body = redemption(code(&card), 9_999);
    body["partial"] = json!(true);
    let hold = world.post("/v1/redemptions", body).fresh().await_status(201).await;
    assert_eq!(hold.json["captured"], usd(2_500));
}

#[tokio::test]
async fn spending_by_id_needs_no_code() {
    let world = World::new();
    let card = world.issue(2_500).await;
    let body = json!({"gift_card": card["id"], "amount": usd(100), "reference": "r"});
    for path in ["/v1/redemptions", "/v1/holds"] {
        let hold = world.post(path, body.clone()).fresh().await_status(201).await;
        assert_eq!(hold.json["gift_card"], card["id"]);
    }
}

#[tokio::test]
async fn region_and_lines_reach_the_rules() {
    let world = World::new();
    let bound = json!({"regions": ["US"], "scope": {"sellers": ["sel_1"]}});
    let card = world.issue_with(2_500, bound).await;
    let body = |region: &str, seller: &str| {
        let mut body = redemption(code(&card), 100);
        body["region"] = json!(region);
        body["lines"] = json!([{"kind": "goods", "seller": seller}]);
        body
    };
    let cases = [
        (body("US-CA", "sel_1"), 201, Value::Null),
        (body("DE", "sel_1"), 422, json!("region_not_allowed")),
        (body("US", "sel_2"), 422, json!("line_not_in_scope")),
    ];
    for (body, status, problem) in cases {
        let answer = world.post("/v1/redemptions", body).fresh().await_status(status).await;
        assert_eq!(answer.json.get("code").cloned().unwrap_or_default(), problem);
    }
}

#[tokio::test]
async fn reversing_undoes_whatever_the_key_did() {
    let world = World::new();
    let card = world.issue(2_500).await;
    world.post("/v1/redemptions", redemption(code(&card), 1_000)).key("r1").await_status(201).await;
    let reversal = reverse(&world, "r1").await;
    check_members(&reversal, json!({"object": "reversal", "status": "undone"}));
    check_members(&reversal["hold"], json!({"refunded": usd(1_000), "card_available": usd(2_500)}));
    assert_eq!(reverse(&world, "r1").await["status"], "nothing_to_undo");
    world.post("/v1/holds", redemption(code(&card), 1_000)).key("h1").await_status(201).await;
    assert_eq!(reverse(&world, "h1").await["hold"]["status"], "released");
}

#[tokio::test]
async fn reversing_bars_what_has_not_arrived() {
    let world = World::new();
    let card = world.issue(2_500).await;
    let barred = reverse(&world, "late").await;
    check_members(&barred, json!({"status": "barred", "hold": null}));
    let late = world.post("/v1/redemptions", redemption(code(&card), 1_000)).key("late");
    late.await_problem(422, "operation_reversed", None).await;
    let own = world.post("/v1/reverse", json!({"key": "k"})).key("k");
    own.await_problem(400, "invalid_request", Some("/key")).await;
}

async fn reverse(world: &World, key: &str) -> Value {
    world.post("/v1/reverse", json!({"key": key})).fresh().await_status(200).await.json
}

async fn act(world: &World, hold: &Value, action: &str, body: Value, status: u16) -> Value {
    let path = format!("/v1/holds/{}/{action}", id(hold));
    world.post(&path, body).fresh().await_status(status).await.json
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

fn code(card: &Value) -> &str {
    card["code"].as_str().unwrap()
}
