//! What staff see of many things.

use axum::http::Method;
use serde_json::{Value, json};

use crate::fake::{Call, Fake, query};

/// How many claims wait at the stage `in_review`.
const WAITING: usize = 230;

/// Claims of a stage, the newest first, a hundred at once. The oldest has the number 0.
fn claims((method, path, _): &Call) -> Option<(u16, Value)> {
    if path == "/v1/reports/liability" {
        return Some((200, json!({"as_of": "2026-11-30T00:00:00Z"})));
    }
    if *method != Method::GET || !path.starts_with("/v1/claims?") {
        return None;
    }
    let waiting = if query(path, "status") == Some("in_review") { WAITING } else { 0 };
    let from: usize = query(path, "cursor").map_or(0, |cursor| cursor.parse().unwrap());
    let to = (from + 100).min(waiting);
    let data: Vec<Value> = (from..to).map(|place| claim(waiting - 1 - place)).collect();
    let next = (to < waiting).then(|| to.to_string());
    Some((200, json!({"data": data, "next_cursor": next})))
}

fn claim(number: usize) -> Value {
    let at = format!("2026-{:02}-{:02}T00:00:00Z", 1 + number / 28, 1 + number % 28);
    json!({
        "id": format!("claim_{number:026}"), "created_at": at, "status": "in_review",
        "ground": if number.is_multiple_of(2) { "failure_to_deliver" } else { "technical_error" },
        "promotion": null, "claimant": null, "starts_on": null, "ends_on": null, "held": false,
        "next": {"awaited": "review", "by": at, "is_late": number < 3}, "steps": [],
        "decision": null, "proposal": null, "payout": null, "payouts": [],
    })
}

#[tokio::test]
async fn the_oldest_claim_is_on_top_however_many_wait() {
    let pages = Fake::new(&["read_claims"], claims);
    let first = pages.get("/console/claims").await.text;
    assert!(first.contains("230 claims are open") && first.contains("3 are late"), "{first}");
    let place = |number: usize| first.find(&format!("/console/claims/claim_{number:026}"));
    assert!(place(0).is_some() && place(0) < place(1), "what is due first is on top");
    assert_eq!(place(100), None, "a table has a hundred rows");
    let second = pages.get("/console/claims?status=&ground=&from=100").await.text;
    assert!(first.contains("from=100") && second.contains(&format!("claim_{:026}", 100)));
    let last = pages.get("/console/claims?from=200").await.text;
    assert!(last.contains(&format!("claim_{:026}", 229)) && !last.contains("from=300"));
    // A filter looks at all of them too.
    let page = pages.get("/console/claims?status=in_review&ground=technical_error").await.text;
    assert!(page.contains("115 claims are open"), "{page}");
}

/// A request of a customer, who has one card.
fn talk((method, path, _): &Call) -> Option<(u16, Value)> {
    let at = "2026-11-30T00:00:00Z";
    let card = json!({
        "id": "gc_1", "last4": "7KQ2", "status": "active", "blocks": [],
        "balance": {"amount": 500, "currency": "USD"}, "held": {"amount": 0, "currency": "USD"},
    });
    match (method, path.split('?').next().unwrap_or("")) {
        (&Method::GET, "/account/queue/conv_1") => Some((
            200,
            json!({
                "request": {
                    "id": "conv_1", "number": "7K2M", "topic": "cards", "about": null,
                    "state": "open", "last_at": at, "due_at": at, "rating": null,
                    "takes_replies": true, "asks_for_rating": false, "follows": null,
                    "person": "per_1", "assigned": null, "is_mine": false, "is_late": false,
                    "first_answered_at": null, "is_proven": true,
                },
                "messages": [], "email": null, "recipient": null,
            }),
        )),
        (&Method::GET, "/v1/gift-cards") if path.contains("last4=7KQ2") => {
            Some((200, json!({"data": [card]})))
        }
        (&Method::GET, "/v1/gift-cards" | "/v1/orders" | "/v1/promotions") => {
            Some((200, json!({"data": []})))
        }
        _ => None,
    }
}

#[tokio::test]
async fn half_an_answer_outlives_a_search_and_a_ready_answer() {
    let pages = Fake::new(&["own_account", "answer_requests", "find_persons"], talk);
    for (fields, sees) in [
        ([("text", "Dear Ann"), ("find", "7KQ2"), ("reply", "")], "/console/cards/gc_1"),
        ([("text", "Dear Ann"), ("find", ""), ("reply", "which-card")], "last four letters"),
    ] {
        let page = pages.post("/console/queue/conv_1/find", &fields).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text);
        let page = page.text;
        let written = page.split("name=\"text\"").nth(1).unwrap().split("</textarea>").next();
        assert!(written.unwrap().contains("Dear Ann") && page.contains(sees), "{page}");
    }
}
