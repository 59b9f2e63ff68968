//! Programs.

use serde_json::json;

use crate::world::{World, check_members, usd};

#[tokio::test]
async fn a_program_sets_the_terms_of_its_cards() {
    let world = World::new();
    let body = json!({
        "name": "Holidays", "value_min": usd(500), "value_max": usd(5_000), "validity_days": 10,
        "hold_seconds_max": 60, "refund_extension_days": 7, "regions": ["US"],
        "scope": {"kinds": ["goods"]}, "metadata": {"k": "v"},
    });
    let ask = || world.post("/v1/programs", body.clone()).key("p");
    let program = ask().await_status(201).await;
    check_members(
        &program.json,
        json!({
            "object": "program", "name": "Holidays", "currency": "USD", "value_min": usd(500),
            "value_max": usd(5_000), "validity_days": 10, "hold_seconds_max": 60,
            "refund_extension_days": 7, "regions": ["US"], "metadata": {"k": "v"},
            "created_at": "2026-11-20T10:00:00Z",
        }),
    );
    let again = ask().await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(again.bytes, program.bytes);
    let path = format!("/v1/programs/{}", program.json["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await_status(200).await.json, program.json);
    let card = world.issue_with(500, json!({"program": program.json["id"]})).await;
    check_members(
        &card,
        json!({
            "expires_at": "2026-11-30T10:00:00Z", "regions": ["US"],
            "program": program.json["id"],
        }),
    );
    let small = json!({
        "value": usd(499), "funding": {"kind": "promotional"}, "program": program.json["id"],
    });
    let ask = world.post("/v1/gift-cards", small).fresh();
    ask.await_problem(422, "limit_exceeded", None).await;
}

#[tokio::test]
async fn what_is_left_out_has_a_default() {
    let world = World::new();
    let body = json!({"name": "Plain", "value_max": {"amount": 9_000, "currency": "JPY"}});
    let program = world.post("/v1/programs", body).await_status(201).await.json;
    check_members(
        &program,
        json!({
            "value_min": {"amount": 1, "currency": "JPY"}, "validity_days": null,
            "hold_seconds_max": 86_400, "refund_extension_days": 90, "regions": [], "scope": null,
        }),
    );
}

#[tokio::test]
async fn terms_that_cannot_be_are_refused() {
    let world = World::new();
    let good = || json!({"name": "P", "value_max": usd(100)});
    let euro = json!({"amount": 1, "currency": "EUR"});
    for (member, value, param) in [
        ("value_min", euro, "/value_min/currency"),
        ("validity_days", json!(0), "/validity_days"),
        ("hold_seconds_max", json!(0), "/hold_seconds_max"),
        ("refund_extension_days", json!(70_000), "/refund_extension_days"),
        ("name", json!("n".repeat(81)), "/name"),
        ("currency", json!("USD"), "/currency"),
    ] {
        let mut body = good();
        body[member] = value;
        let ask = world.post("/v1/programs", body);
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
    for (member, value) in
        [("value_min", usd(101)), ("value_max", usd(1 << 40)), ("hold_seconds_max", json!(1 << 30))]
    {
        let mut body = good();
        body[member] = value;
        world.post("/v1/programs", body).await_problem(422, "limit_exceeded", None).await;
    }
    for id in ["prog_01jd3q8v9ec4y8s5k1m0t2n7xz", "gc_01jd3q8v9ec4y8s5k1m0t2n7xz", "x"] {
        let ask = world.get(&format!("/v1/programs/{id}"));
        ask.await_problem(404, "program_not_found", None).await;
    }
}
