//! Many operations in one request.

use serde_json::{Value, json};

use crate::world::{World, check_members, redemption, usd};

fn operation(key: &str, path: &str, body: Value) -> Value {
    json!({"idempotency_key": key, "path": path, "body": body})
}

async fn run(world: &World, operations: Vec<Value>, atomic: bool) -> Vec<Value> {
    let body = json!({"operations": operations, "atomic": atomic});
    let answer = world.post("/v1/batch", body).await_status(200).await;
    answer.json["results"].as_array().unwrap().clone()
}

fn statuses(results: &[Value]) -> Vec<u64> {
    results.iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn each_operation_stands_alone() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let code = card["code"].as_str().unwrap();
    let hold = world.hold(code, 100).await;
    let hold = hold["id"].as_str().unwrap();
    let issue = json!({
        "value": usd(5), "funding": {"kind": "promotional"}, "recipient": {"name": "Ada"},
    });
    let results = run(
        &world,
        vec![
            operation("a", "/v1/redemptions", redemption(code, 100)),
            operation("b", "/v1/redemptions", redemption(code, 9_000)),
            operation("c", "/v1/gift-cards", issue),
            operation("d", "/v1/redemptions", json!({"amount": usd(1)})),
            operation("e", "/v1/nothing", json!({})),
            operation("", "/v1/redemptions", redemption(code, 1)),
            operation("g", &format!("/v1/holds/{hold}/capture"), json!({"amount": usd(60)})),
            json!({"idempotency_key": "h", "path": format!("/v1/holds/{hold}/release")}),
            operation("i", &format!("/v1/holds/{hold}/refund"), json!({"amount": usd(10)})),
            operation("j", "/v1/holds", redemption(code, 50)),
            operation("k", "/v1/reverse", json!({"key": "a"})),
        ],
        false,
    )
    .await;
    let expected = [201, 422, 201, 400, 400, 400, 200, 422, 201, 201, 200];
    assert_eq!(statuses(&results), expected, "{results:#?}");
    let body = |index: usize| &results[index]["body"];
    check_members(body(0), json!({"object": "hold", "captured": usd(100)}));
    check_members(body(1), json!({"code": "insufficient_balance", "available": usd(800)}));
    assert!(body(2)["code"].is_string() && body(2)["recipient"]["id"].is_string());
    assert_eq!(body(3)["param"], "/reference");
    assert_eq!(body(4)["param"], "/path");
    assert_eq!(body(5)["param"], "/idempotency_key");
    assert_eq!(body(7)["code"], "hold_not_open");
    check_members(body(10), json!({"object": "reversal", "status": "undone"}));
}

#[tokio::test]
async fn a_single_request_repeats_an_operation_and_the_other_way_round() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let body = redemption(card["code"].as_str().unwrap(), 100);
    let batch = vec![operation("a", "/v1/redemptions", body.clone())];
    let first = run(&world, batch.clone(), false).await;
    let single = world.post("/v1/redemptions", body).key("a").await_status(201).await;
    assert!(single.is_replayed());
    assert_eq!(single.json, first[0]["body"]);
    assert_eq!(run(&world, batch, false).await, first);
}

#[tokio::test]
async fn an_atomic_batch_happens_as_a_whole_or_not_at_all() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let code = card["code"].as_str().unwrap();
    let pair = |key: &str, second: Value| {
        vec![
            operation(&format!("{key}1"), "/v1/redemptions", redemption(code, 400)),
            operation(&format!("{key}2"), "/v1/redemptions", second),
        ]
    };
    let refused = run(&world, pair("r", redemption(code, 601)), true).await;
    assert_eq!(refused[0]["body"]["code"], "batch_aborted", "{refused:#?}");
    assert_eq!(refused[1]["body"]["code"], "insufficient_balance");
    let malformed = run(&world, pair("m", json!({})), true).await;
    check_members(&malformed[0]["body"], json!({"code": "batch_aborted", "transient": true}));
    assert_eq!(malformed[1]["status"], 400);
    let path = format!("/v1/gift-cards/{}", card["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await_status(200).await.json["balance"], usd(1_000));
    let accepted = run(&world, pair("a", redemption(code, 600)), true).await;
    assert_eq!(statuses(&accepted), [201, 201]);
    assert_eq!(accepted[1]["body"]["card_available"], usd(0));
}

#[tokio::test]
async fn a_thousand_at_most() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let code = card["code"].as_str().unwrap();
    let redeem = |n: usize| operation(&format!("k{n}"), "/v1/redemptions", redemption(code, 1));
    let all: Vec<_> = (0..1_001).map(redeem).collect();
    for operations in [Vec::new(), all.clone()] {
        let ask = world.post("/v1/batch", json!({"operations": operations}));
        ask.await_problem(400, "invalid_request", Some("/operations")).await;
    }
    let results = run(&world, all[..1_000].to_vec(), false).await;
    assert!(statuses(&results).iter().all(|status| *status == 201));
    let path = format!("/v1/gift-cards/{}", card["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await_status(200).await.json["status"], "depleted");
}

#[tokio::test]
async fn a_batch_that_is_no_batch() {
    let world = World::new();
    let cases = [
        (json!({}), "/operations"),
        (json!({"operations": {}}), "/operations"),
        (json!({"operations": [1]}), "/operations/0"),
        (json!({"operations": [{"path": "/v1/holds"}]}), "/operations/0/idempotency_key"),
        (json!({"operations": [], "x": 1}), "/x"),
    ];
    for (body, param) in cases {
        let ask = world.post("/v1/batch", body);
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
}
