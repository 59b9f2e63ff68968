//! Records that leave the journal, and what callers notice of it.

use base::Span;
use serde_json::{Value, json};

use crate::world::{Ask, World, all_pages};

/// All but the last block, as though it were archived.
fn archive(world: &World) -> Value {
    let seq = world.book.handle().figures().seq();
    // What is archived is in the tables.
    world.book.handle().flush_and_wait(seq).unwrap();
    let block = world.block_of(seq);
    let hash: String = block.previous_hash.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"archived_to": block.first_seq - 1, "hash": hash})
}

fn prune(world: &World, body: Value) -> Ask<'_> {
    world.post("/v1/journal/prune", body)
}

/// A shop with a card, of which two redemptions are four months old and two are new. Returns the
/// cursor after the first event and the code.
async fn old_shop(world: &World) -> (String, String) {
    let card = world.issue(1_000).await;
    let code = card["code"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        world.pass(Span::seconds(60));
        assert_eq!(world.redeem(&code, 100).await.status, 201);
    }
    let first = world.get("/v1/events?limit=1").await_status(200).await.json;
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    // The keys of old records are known until a run of them is written and too old.
    for _ in 0..2 {
        world.pass(Span::days(60));
        assert_eq!(world.redeem(&code, 100).await.status, 201);
        prune(world, archive(world)).await_status(200).await;
    }
    (cursor, code)
}

async fn records_leave_the_journal(world: World) {
    let start = "2026-11-20T10:01:30Z";
    let balance = format!("/v1/ledger/trial-balance?at={start}");
    let whole = world.issue(1).await;
    let id = whole["id"].as_str().unwrap();
    let (cursor, code) = old_shop(&world).await;
    let removed = prune(&world, archive(&world)).await_status(200).await.json;
    assert_eq!(removed["object"], "journal");
    assert_eq!(removed["done"], true);
    let removed = removed["removed_to"].as_u64().unwrap();
    assert!(removed >= 4, "{removed}");
    // Events: those there are, none that are gone, and no gap behind a cursor.
    let events = all_pages(&world, "/v1/events", 1).await;
    assert!(!events.is_empty());
    assert!(events.iter().all(|event| event["sequence"].as_u64().unwrap() > removed));
    let old = world.get(&format!("/v1/events?limit=1&cursor={cursor}"));
    old.await_problem(410, "events_archived", Some("cursor")).await;
    let since = all_pages(&world, "/v1/events?created_after=2026-11-20T10:00:00Z", 100).await;
    assert_eq!(since, events);
    let until = "/v1/events?created_before=2026-11-21T00:00:00Z";
    assert_eq!(all_pages(&world, until, 100).await, [] as [Value; 0]);
    // Money is as it was, then and now.
    let then = world.get(&balance).await_status(200).await.json;
    let cards = then["data"].as_array().unwrap().iter().find(|line| line["group"] == "giftcard/*");
    assert_eq!(cards.unwrap()["balance"], 901, "{then:#}");
    assert!(then["as_of_seq"].as_u64().unwrap() <= removed);
    let found = world.get(&format!("/v1/gift-cards/{id}")).await_status(200).await.json;
    assert_eq!(found["balance"]["amount"], 1);
    let card = all_pages(&world, "/v1/gift-cards?created_before=2026-11-20T10:00:30Z", 100).await;
    let card = card.iter().find(|card| card["value"]["amount"] == 1_000).unwrap();
    let activities = format!("/v1/gift-cards/{}/activities", card["id"].as_str().unwrap());
    assert_eq!(all_pages(&world, &activities, 100).await.len(), 5);
    assert_eq!(world.redeem(&code, 600).await.status, 201);
    assert_eq!(world.redeem(&code, 1).await.status, 422);
}

#[tokio::test]
async fn records_leave_the_journal_in_memory() {
    records_leave_the_journal(World::new()).await;
}

#[tokio::test]
async fn records_leave_the_journal_in_files() {
    records_leave_the_journal(World::in_files()).await;
}

#[tokio::test]
async fn an_archive_of_another_history_removes_nothing() {
    let world = World::new();
    old_shop(&world).await;
    let right = archive(&world);
    let removed = prune(&world, right.clone()).await_status(200).await.json;
    world.redeem("x", 1).await;
    world.issue(5).await;
    world.issue(6).await;
    let last = archive(&world)["archived_to"].clone();
    for (name, value) in [
        ("hash", json!("11".repeat(32))),
        ("archived_to", last),
        ("archived_to", json!(1_u64 << 60)),
    ] {
        let mut wrong = archive(&world);
        wrong["hash"] = right["hash"].clone();
        wrong[name] = value;
        let refused = prune(&world, wrong);
        refused.await_problem(422, "archive_of_another_history", Some("/hash")).await;
    }
    assert_eq!(prune(&world, right).await_status(200).await.json, removed);
    for hash in ["", "0", "zz", "é"] {
        let body = json!({"archived_to": 1, "hash": hash.repeat(32)});
        prune(&world, body).await_problem(400, "invalid_request", Some("/hash")).await;
    }
}
