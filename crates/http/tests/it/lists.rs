//! Lists: pages, filters, cursors.

use base::Span;
use serde_json::{Value, json};

use crate::world::{World, all_pages, redemption};

fn ids(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

/// Issues so many cards of a dollar in one batch and returns their answers.
async fn issue_many(world: &World, count: usize) -> Vec<Value> {
    let issue = |number| {
        let body = json!({
            "value": {"amount": 100, "currency": "USD"},
            "funding": {"kind": "promotional"},
            "reference": format!("batch {}", number % 5),
        });
        let key = format!("{}-{number}", world.book.handle().figures().seq());
        json!({"idempotency_key": key, "path": "/v1/gift-cards", "body": body})
    };
    let operations: Vec<Value> = (0..count).map(issue).collect();
    let answer = world.post("/v1/batch", json!({"operations": operations})).fresh();
    let results = answer.await_status(200).await.json["results"].clone();
    let results = results.as_array().unwrap();
    assert!(results.iter().all(|result| result["status"] == 201), "{results:#?}");
    results.iter().map(|result| result["body"].clone()).collect()
}

async fn pages_show_every_card_once(world: &World) {
    let issued = issue_many(world, 250).await;
    world.pass(Span::seconds(1));
    let first = world.get("/v1/gift-cards?limit=37").await_status(200).await.json;
    assert_eq!(first["has_more"], true);
    let mut seen: Vec<Value> = first["data"].as_array().unwrap().clone();
    let mut cursor = first["next_cursor"].clone();
    let mut pages = 1;
    while let Some(text) = cursor.as_str() {
        // What is seen already and what is yet to come both change, and new cards arrive.
        let code = issued[pages]["code"].as_str().unwrap();
        assert_eq!(world.redeem(code, 100).await.status, 201);
        let freeze =
            format!("/v1/gift-cards/{}/freeze", issued[200 - pages]["id"].as_str().unwrap());
        world.post(&freeze, json!({})).fresh().await_status(200).await;
        world.issue(5).await;
        let page = format!("/v1/gift-cards?limit=37&cursor={text}");
        let page = world.get(&page).await_status(200).await.json;
        seen.extend(page["data"].as_array().unwrap().iter().cloned());
        assert_eq!(page["has_more"], page["next_cursor"].is_string());
        cursor = page["next_cursor"].clone();
        pages += 1;
    }
    assert_eq!(pages, 7);
    let mut sorted = ids(&issued);
    sorted.sort_unstable();
    sorted.reverse();
    assert_eq!(ids(&seen), sorted);
    // The newest first, and what this key wrote last is there.
    let newest = world.issue(5).await;
    let page = world.get("/v1/gift-cards?limit=1").await_status(200).await.json;
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert!(page["data"][0]["created_at"].as_str() >= newest["created_at"].as_str());
    let everything = all_pages(world, "/v1/gift-cards", 100).await;
    assert_eq!(everything.len(), 250 + 6 + 1);
    assert!(ids(&everything).contains(&newest["id"].as_str().unwrap()));
    assert!(everything.iter().all(|card| card.get("code").is_none()));
}

#[tokio::test]
async fn pages_show_every_card_once_in_memory() {
    pages_show_every_card_once(&World::new()).await;
}

#[tokio::test]
async fn pages_show_every_card_once_in_files() {
    pages_show_every_card_once(&World::in_files()).await;
}

async fn filters_choose(world: &World) {
    let program = json!({"name": "P", "value_max": {"amount": 10_000, "currency": "USD"}});
    let program = world.post("/v1/programs", program).fresh().await_status(201).await.json;
    let active = world.issue_with(100, json!({"reference": "r 1"})).await;
    let depleted = world.issue_with(100, json!({"program": program["id"]})).await;
    let code = depleted["code"].as_str().unwrap();
    assert_eq!(world.redeem(code, 100).await.status, 201);
    let canceled = world.issue_with(100, json!({"recipient": {"name": "Ada"}})).await;
    let cancel = format!("/v1/gift-cards/{}/cancel", canceled["id"].as_str().unwrap());
    world.post(&cancel, json!({})).fresh().await_status(200).await;
    let dated = world.issue_with(100, json!({"expires_at": "2026-11-20T10:01:00Z"})).await;
    world.pass(Span::seconds(90));
    // Booked as such or not, a card past its date is expired.
    let late = world.issue(100).await;
    let recipient = canceled["recipient"]["id"].as_str().unwrap();
    let owner = "per_00000000000000000000000007";
    let claim = json!({"code": active["code"], "person": owner});
    world.post("/v1/gift-cards/claim", claim).await_status(200).await;
    world.pass(Span::seconds(1));
    let pending = json!({"activates_at": "2026-12-01T00:00:00Z"});
    let pending = world.issue_with(100, pending).await;
    let program = program["id"].as_str().unwrap();
    let last4 = active["last4"].as_str().unwrap();
    let both = format!("recipient={recipient}&status=active");
    let cases: Vec<(String, Vec<&Value>)> = vec![
        ("status=active".into(), vec![&late, &active]),
        ("status=depleted".into(), vec![&depleted]),
        ("status=canceled".into(), vec![&canceled]),
        ("status=expired".into(), vec![&dated]),
        ("status=pending".into(), vec![&pending]),
        (format!("recipient={recipient}"), vec![&canceled]),
        (format!("owner={owner}"), vec![&active]),
        (format!("owner={recipient}"), vec![]),
        (both, vec![]),
        ("reference=r+1".into(), vec![&active]),
        ("reference=r%201".into(), vec![&active]),
        ("reference=nobody".into(), vec![]),
        (format!("program={program}"), vec![&depleted]),
        (format!("last4={}&reference=r%201", last4.to_lowercase()), vec![&active]),
        ("created_after=2026-11-20T10:01:30Z".into(), vec![&pending, &late]),
        ("created_before=2026-11-20T10:00:00Z".into(), vec![]),
        ("created_before=2026-11-20T10:00:01Z&status=depleted".into(), vec![&depleted]),
    ];
    for (query, expected) in cases {
        let found = all_pages(world, &format!("/v1/gift-cards?{query}"), 1).await;
        let expected: Vec<&str> =
            expected.iter().map(|card| card["id"].as_str().unwrap()).collect();
        assert_eq!(ids(&found), expected, "{query}");
    }
}

#[tokio::test]
async fn filters_choose_in_memory() {
    filters_choose(&World::new()).await;
}

#[tokio::test]
async fn filters_choose_in_files() {
    filters_choose(&World::in_files()).await;
}

#[tokio::test]
async fn holds_and_programs_are_listed() {
    let world = World::new();
    let card = world.issue(1_000).await;
    let code = card["code"].as_str().unwrap();
    let mut held = Vec::new();
    for order in ["a", "b", "a"] {
        world.pass(Span::seconds(1));
        let mut body = redemption(code, 10);
        body["reference"] = json!(order);
        held.push(world.post("/v1/holds", body).fresh().await_status(201).await.json);
    }
    let [first, second, third] = ids(&held)[..] else { panic!("three holds") };
    assert_eq!(ids(&all_pages(&world, "/v1/holds", 2).await), [third, second, first]);
    assert_eq!(ids(&all_pages(&world, "/v1/holds?reference=a", 1).await), [third, first]);
    let listed = all_pages(&world, "/v1/holds?reference=b", 1).await;
    let read = world.get(&format!("/v1/holds/{second}")).await_status(200).await.json;
    assert_eq!(listed, [read]);
    let mut programs = Vec::new();
    for name in ["one", "two", "three"] {
        world.pass(Span::seconds(1));
        let body = json!({"name": name, "value_max": {"amount": 5, "currency": "USD"}});
        programs.insert(0, world.post("/v1/programs", body).fresh().await_status(201).await.json);
    }
    assert_eq!(all_pages(&world, "/v1/programs", 2).await, programs);
    let after = "/v1/programs?created_after=2026-11-20T10:00:06Z";
    assert_eq!(all_pages(&world, after, 2).await, programs[..1]);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_list() {
    let mut world = World::new();
    for _ in 0..3 {
        world.issue(100).await;
    }
    let page = world.get("/v1/gift-cards?limit=1&status=active").await_status(200).await.json;
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    let good = format!("/v1/gift-cards?limit=2&status=active&cursor={cursor}");
    let rest = world.get(&good).await_status(200).await.json;
    assert_eq!(rest["data"].as_array().unwrap().len(), 2);
    let mut other = cursor.clone().into_bytes();
    other[20] = if other[20] == b'0' { b'1' } else { b'0' };
    let spoiled = String::from_utf8(other).unwrap();
    let garbage = ["", "2", "x", "%F0%9F%92%A9", "2%00", &"2".repeat(65), &"9".repeat(5_000)];
    let mut cases: Vec<String> =
        garbage.iter().map(|text| format!("/v1/gift-cards?status=active&cursor={text}")).collect();
    cases.extend([
        format!("/v1/gift-cards?status=active&cursor={spoiled}"),
        format!("/v1/gift-cards?status=active&cursor={}", cursor.to_uppercase()),
        format!("/v1/gift-cards?status=active&cursor=1{}", &cursor[1..]),
        format!("/v1/gift-cards?cursor={cursor}"),
        format!("/v1/holds?cursor={cursor}"),
        format!("/v1/events?cursor={cursor}"),
        format!("/v1/ledger/accounts?cursor={cursor}"),
    ]);
    for path in cases.iter().filter(|path| **path != good) {
        let refused = world.get(path);
        refused.await_problem(400, "invalid_request", Some("cursor")).await;
    }
    let there = world.open_book("other");
    let key = world.key_of(&there, store::KeyKind::Secret, http::Scopes::ALL);
    let ask = world.get(&good).with(&key);
    ask.await_problem(400, "invalid_request", Some("cursor")).await;
    world.restart();
    assert_eq!(world.get(&good).await_status(200).await.json, rest);
}

#[tokio::test]
async fn parameters_are_checked() {
    let world = World::new();
    let cases = [
        ("/v1/gift-cards?limit=0", "limit"),
        ("/v1/gift-cards?limit=101", "limit"),
        ("/v1/gift-cards?limit=-1", "limit"),
        ("/v1/gift-cards?limit=ten", "limit"),
        ("/v1/gift-cards?limit=9223372036854775808", "limit"),
        ("/v1/gift-cards?limit=5&limit=5", "limit"),
        ("/v1/gift-cards?status=paused", "status"),
        ("/v1/gift-cards?owner=gc_01jd3q8v9ec4y8s5k1m0t2n7xz", "owner"),
        ("/v1/gift-cards?last4=ABC", "last4"),
        ("/v1/gift-cards?last4=%C3%A9AB", "last4"),
        ("/v1/gift-cards?created_after=yesterday", "created_after"),
        ("/v1/gift-cards?created_before=2026-11-20", "created_before"),
        ("/v1/gift-cards?reference=", "reference"),
        ("/v1/gift-cards?reference=%FF", "reference"),
        ("/v1/gift-cards?Status=active", "Status"),
        ("/v1/events?type=gift_card.exploded", "type"),
        ("/v1/ledger/accounts?created_after=2026-11-20T10:00:00Z", "created_after"),
        ("/v1/ledger/trial-balance?at=now", "at"),
        ("/v1/reports/liability?by=color", "by"),
        ("/v1/programs?name=x", "name"),
    ];
    for (path, param) in cases {
        world.get(path).await_problem(400, "invalid_request", Some(param)).await;
    }
    // Not even a call that changes something passes over a parameter it does not know.
    let dry = world.post("/v1/gift-cards?dry_run=true", json!({})).fresh();
    dry.await_problem(400, "invalid_request", Some("dry_run")).await;
    // Whoever may not ask learns nothing about parameters.
    let unknown = world.get("/v1/gift-cards?x=1").without("authorization");
    unknown.await_problem(401, "unauthorized", None).await;
    world.get("/healthz?probe=1").await_status(200).await;
}
