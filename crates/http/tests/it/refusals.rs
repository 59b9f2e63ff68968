//! Every refusal that a caller can meet, with its status and what it tells.

use base::Span;
use serde_json::{Value, json};

use crate::world::{World, check_members, redemption, usd};

#[tokio::test]
async fn spending_refusals() {
    let world = World::new();
    let card = world.issue_with(1_000, json!({"expires_at": "2026-12-01T00:00:00Z"})).await;
    let code = card["code"].as_str().unwrap();
    let mut euros = redemption(code, 100);
    euros["amount"]["currency"] = json!("EUR");
    let mut long = redemption(code, 100);
    long["expires_in_s"] = json!(86_401);
    let mut gift_card = redemption(code, 100);
    gift_card["lines"] = json!([{"kind": "gift_card"}]);
    let unknown = json!({
        "gift_card": "gc_01jd3q8v9ec4y8s5k1m0t2n7xz", "amount": usd(1), "reference": "r",
    });
    let cases: [(&str, Value, u16, Value); 6] = [
        ("/v1/redemptions", euros, 422, json!({"code": "currency_mismatch"})),
        (
            "/v1/redemptions",
            redemption(code, 1_001),
            422,
            json!({
                "code": "insufficient_balance", "available": usd(1_000), "transient": false,
            }),
        ),
        ("/v1/holds", long, 422, json!({"code": "limit_exceeded"})),
        ("/v1/redemptions", gift_card, 422, json!({"code": "line_not_in_scope"})),
        (
            "/v1/redemptions",
            redemption("ABCDEFGH", 1),
            422,
            json!({"code": "gift_card_not_usable", "reason": "unknown"}),
        ),
        ("/v1/redemptions", unknown, 404, json!({"code": "gift_card_not_found"})),
    ];
    for (path, body, status, expected) in cases {
        let answer = world.post(path, body).fresh().await_status(status).await;
        check_members(&answer.json, expected);
    }
    let typo = mistyped(code);
    let ask = world.post("/v1/redemptions", redemption(&typo, 1)).fresh();
    ask.await_problem(422, "code_typo", Some("/code")).await;
    world.pass(Span::days(30));
    let expired = world.redeem(code, 1).await;
    check_members(&expired.json, json!({"code": "gift_card_not_usable", "reason": "expired"}));
}

#[tokio::test]
async fn hold_refusals() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let hold = world.hold(card["code"].as_str().unwrap(), 500).await;
    let hold = hold["id"].as_str().unwrap();
    let act =
        |action: &str, body: Value| world.post(&format!("/v1/holds/{hold}/{action}"), body).fresh();
    let too_much = act("capture", json!({"amount": usd(501)})).await_status(422).await;
    check_members(&too_much.json, json!({"code": "amount_exceeds_hold", "held": usd(500)}));
    let euros = json!({"amount": {"amount": 1, "currency": "EUR"}});
    act("release", euros).await_problem(422, "currency_mismatch", None).await;
    let cancel = format!("/v1/gift-cards/{}/cancel", card["id"].as_str().unwrap());
    let open = world.ask("POST", &cancel).fresh().await_problem(422, "holds_open", None).await;
    assert_eq!(open.json["transient"], true);
    act("capture", json!({})).await_status(200).await;
    act("capture", json!({})).await_problem(422, "hold_not_open", None).await;
    let refund = act("refund", json!({"amount": usd(501)})).await_status(422).await;
    check_members(&refund.json, json!({"code": "amount_exceeds_captured", "refundable": usd(500)}));
    let unknown = "/v1/holds/hold_01jd3q8v9ec4y8s5k1m0t2n7xz/capture";
    world.post(unknown, json!({})).fresh().await_problem(404, "hold_not_found", None).await;
}

#[tokio::test]
async fn card_refusals() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let id = card["id"].as_str().unwrap();
    let act = |action: &str, body: Value| {
        world.post(&format!("/v1/gift-cards/{id}/{action}"), body).fresh()
    };
    act("unfreeze", json!({})).await_problem(422, "nothing_to_change", None).await;
    let past = json!({"expires_at": "2020-01-01T00:00:00Z"});
    act("extend", past.clone()).await_problem(422, "date_not_later", None).await;
    let too_much = json!({"amount": usd(1_001), "direction": "down", "reason": "other"});
    act("adjust", too_much).await_problem(422, "insufficient_balance", None).await;
    let mut issue = json!({"value": usd(100_000_001), "funding": {"kind": "promotional"}});
    let ask = world.post("/v1/gift-cards", issue.clone()).fresh();
    let told = ask.await_problem(422, "limit_exceeded", None).await;
    check_members(&told.json, json!({"limit": usd(100_000_000)}));
    issue["value"] = usd(1);
    issue["program"] = json!("prog_01jd3q8v9ec4y8s5k1m0t2n7xz");
    let ask = world.post("/v1/gift-cards", issue).fresh();
    ask.await_problem(404, "program_not_found", None).await;
    let mut issue = json!({"value": usd(1), "funding": {"kind": "promotional"}});
    issue["expires_at"] = past["expires_at"].clone();
    let ask = world.post("/v1/gift-cards", issue).fresh();
    ask.await_problem(422, "date_not_later", None).await;
    let unknown = "/v1/gift-cards/gc_01jd3q8v9ec4y8s5k1m0t2n7xz";
    world.get(unknown).await_problem(404, "gift_card_not_found", None).await;
    let update = world.ask("PATCH", unknown).json(json!({"reference": "r"})).fresh();
    update.await_problem(404, "gift_card_not_found", None).await;
    for action in ["freeze", "unfreeze", "cancel", "replace-code", "reveal"] {
        let ask = world.ask("POST", &format!("{unknown}/{action}")).fresh();
        ask.await_problem(404, "gift_card_not_found", None).await;
    }
}

#[tokio::test]
async fn reversal_refusals() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let code = card["code"].as_str().unwrap();
    let hold = world.post("/v1/holds", redemption(code, 500)).key("h").await_status(201).await;
    let capture = format!("/v1/holds/{}/capture", hold.json["id"].as_str().unwrap());
    world.ask("POST", &capture).key("c").await_status(200).await;
    let reverse = |key: &str| world.post("/v1/reverse", json!({"key": key})).fresh();
    reverse("h").await_problem(422, "hold_captured", None).await;
    let path = format!("/v1/gift-cards/{}/freeze", card["id"].as_str().unwrap());
    world.ask("POST", &path).key("f").await_status(200).await;
    reverse("f").await_problem(422, "operation_irreversible", None).await;
    assert_eq!(reverse("c").await_status(200).await.json["status"], "undone");
}

/// The code with one letter changed into another of the alphabet.
pub fn mistyped(code: &str) -> String {
    let first = if code.starts_with('A') { 'B' } else { 'A' };
    format!("{first}{}", &code[1..])
}
