//! Accounts, entries, activities, trial balance and liability.

use base::Span;
use serde_json::{Value, json};

use crate::world::{World, all_pages, check_members, redemption, usd};

fn cents(money: &Value) -> i64 {
    money["amount"].as_i64().unwrap()
}

/// A card with every kind of movement on it.
async fn used_card(world: &World) -> Value {
    let card = world.issue(2_000).await;
    let code = card["code"].as_str().unwrap();
    let path = format!("/v1/gift-cards/{}", card["id"].as_str().unwrap());
    assert_eq!(world.redeem(code, 300).await.status, 201);
    let hold = world.hold(code, 500).await;
    let hold_path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
    let part = json!({"amount": usd(200), "final": false});
    for (action, body, status) in [
        ("capture", part, 200),
        ("release", json!({"amount": usd(100)}), 200),
        ("refund", json!({"amount": usd(50)}), 201),
    ] {
        world.pass(Span::seconds(1));
        let ask = world.post(&format!("{hold_path}/{action}"), body);
        ask.key(action).await_status(status).await;
    }
    let down = json!({"amount": usd(5), "direction": "down", "reason": "fraud"});
    world.post(&format!("{path}/adjust"), down).fresh().await_status(200).await;
    world.post("/v1/reverse", json!({"key": "refund"})).fresh().await_status(200).await;
    world.get(&path).await_status(200).await.json
}

async fn activities_add_up(world: &World) {
    let card = used_card(world).await;
    let id = card["id"].as_str().unwrap();
    let path = format!("/v1/gift-cards/{id}/activities");
    let activities = all_pages(world, &path, 100).await;
    let kinds: Vec<_> = activities.iter().rev().map(|one| one["kind"].as_str().unwrap()).collect();
    let expected =
        ["issued", "redeemed", "held", "captured", "released", "refunded", "adjusted", "reversed"];
    assert_eq!(kinds, expected);
    // The newest line shows what the card shows, and each line follows from the one before.
    check_members(&activities[0], json!({"balance": card["balance"], "held": card["held"]}));
    let (mut balance, mut held) = (0, 0);
    for activity in activities.iter().rev() {
        balance += cents(&activity["amount"]);
        held += cents(&activity["held_change"]);
        assert_eq!(cents(&activity["balance"]), balance, "{activity:#}");
        assert_eq!(cents(&activity["held"]), held, "{activity:#}");
    }
    assert_eq!((balance, held), (1_495, 200));
    assert_eq!(activities[7]["subject"], id);
    for activity in &activities {
        let reason = if activity["kind"] == "adjusted" { json!("fraud") } else { Value::Null };
        assert_eq!(activity["reason"], reason, "{activity:#}");
    }
    assert!(activities[5]["subject"].as_str().unwrap().starts_with("hold_"));
    assert!(activities[0]["subject"].as_str().unwrap().starts_with("ref_"));
    for limit in [1, 3, 8] {
        assert_eq!(all_pages(world, &path, limit).await, activities, "{limit} at a time");
    }
    let time = activities[3]["created_at"].as_str().unwrap();
    let before = all_pages(world, &format!("{path}?created_before={time}"), 2).await;
    assert_eq!(before, activities[4..]);
    let after = all_pages(world, &format!("{path}?created_after={time}"), 2).await;
    assert_eq!(after, activities[..4]);
    let absent = "/v1/gift-cards/gc_01jd3q8v9ec4y8s5k1m0t2n7xz/activities";
    world.get(absent).await_problem(404, "gift_card_not_found", None).await;
}

#[tokio::test]
async fn activities_add_up_in_memory() {
    activities_add_up(&World::new()).await;
}

#[tokio::test]
async fn activities_add_up_in_files() {
    activities_add_up(&World::in_files()).await;
}

#[tokio::test]
async fn accounts_and_their_entries() {
    let world = World::new();
    let card = used_card(&world).await;
    let id = card["id"].as_str().unwrap();
    let euro = json!({"value": {"amount": 5, "currency": "EUR"}});
    world.issue_with(5, euro).await;
    let accounts = all_pages(&world, "/v1/ledger/accounts", 1).await;
    let names: Vec<_> = accounts
        .iter()
        .map(|account| {
            (account["account"].as_str().unwrap(), account["currency"].as_str().unwrap())
        })
        .collect();
    assert!(names.is_sorted() && names.len() == 5, "{names:?}");
    assert_eq!(names.iter().filter(|(name, _)| *name == "giftcard/incentives").count(), 2);
    let own = format!("giftcard/{id}");
    let found = all_pages(&world, &format!("/v1/ledger/accounts?prefix={own}"), 10).await;
    assert_eq!(found.len(), 1);
    check_members(
        &found[0],
        json!({"account": own, "balance": card["balance"], "held": card["held"]}),
    );
    let none = all_pages(&world, "/v1/ledger/accounts?prefix=rail/", 10).await;
    assert_eq!(none, [] as [Value; 0]);
    for account in &accounts {
        let path = format!("/v1/ledger/accounts/{}", account["id"].as_str().unwrap());
        assert_eq!(&world.get(&path).await_status(200).await.json, account);
        let entries = all_pages(&world, &format!("{path}/entries"), 3).await;
        for member in ["debits", "credits", "balance", "held"] {
            assert_eq!(entries[0][member], account[member], "{member} of {account:#}");
        }
        for entry in &entries {
            let detail = if entry["reason"] == "adjusted" { json!("fraud") } else { Value::Null };
            assert_eq!(entry["detail"], detail, "{entry:#}");
        }
        let sum: i64 = entries.iter().map(|entry| cents(&entry["amount"])).sum();
        assert_eq!(sum, cents(&account["balance"]));
    }
    // The two sides of a transfer have its id in common.
    let own = format!("/v1/ledger/accounts/{}/entries", found[0]["id"].as_str().unwrap());
    let own = all_pages(&world, &own, 100).await;
    let issue = own.last().unwrap();
    check_members(issue, json!({"reason": "issued", "object": "ledger_entry"}));
    let incentives = accounts.iter().find(|account| {
        account["account"] == "giftcard/incentives" && account["currency"] == "USD"
    });
    let other = incentives.unwrap()["id"].as_str().unwrap();
    let other = all_pages(&world, &format!("/v1/ledger/accounts/{other}/entries"), 100).await;
    assert!(other.iter().any(|entry| entry["id"] == issue["id"]));
    for path in ["acct_01jd3q8v9ec4y8s5k1m0t2n7xz", "acct_01jd3q8v9ec4y8s5k1m0t2n7xz/entries", "x"]
    {
        let ask = world.get(&format!("/v1/ledger/accounts/{path}"));
        ask.await_problem(404, "ledger_account_not_found", None).await;
    }
}

async fn a_past_trial_balance_stays_as_it_was(world: &World) {
    let opened = world.get("/v1/ledger/trial-balance").await_status(200).await.json;
    assert_eq!(opened["data"], json!([]));
    used_card(world).await;
    world.pass(Span::seconds(1));
    let then = world.get("/v1/ledger/trial-balance").await_status(200).await.json;
    let as_of = then["as_of"].as_str().unwrap();
    world.pass(Span::seconds(1));
    used_card_again(world).await;
    let later = world.get("/v1/ledger/trial-balance").await_status(200).await.json;
    assert_ne!(later["data"], then["data"]);
    assert!(later["as_of_seq"].as_u64() > then["as_of_seq"].as_u64());
    let past = world.get(&format!("/v1/ledger/trial-balance?at={as_of}"));
    assert_eq!(past.await_status(200).await.json, then);
    let beginning = world.get("/v1/ledger/trial-balance?at=2000-01-01T00:00:00Z");
    check_members(
        &beginning.await_status(200).await.json,
        json!({"as_of": "2000-01-01T00:00:00Z", "as_of_seq": 0, "data": [], "totals": []}),
    );
    // There is no balance of a time that has not come.
    let future = world.get("/v1/ledger/trial-balance?at=2100-01-01T00:00:00Z");
    assert_eq!(future.await_status(200).await.json, later);
    for total in later["totals"].as_array().unwrap() {
        assert_eq!(total["debits"], total["credits"]);
    }
    let cards = later["data"].as_array().unwrap().iter().find(|line| line["group"] == "giftcard/*");
    check_members(cards.unwrap(), json!({"currency": "USD", "kind": "liability"}));
    assert!(later["data"].as_array().unwrap().iter().any(|line| line["account"].is_string()));
}

async fn used_card_again(world: &World) {
    let card = world.issue(900).await;
    let code = card["code"].as_str().unwrap();
    world.post("/v1/redemptions", redemption(code, 123)).fresh().await_status(201).await;
    world.hold(code, 77).await;
}

#[tokio::test]
async fn a_past_trial_balance_stays_as_it_was_in_memory() {
    a_past_trial_balance_stays_as_it_was(&World::new()).await;
}

#[tokio::test]
async fn a_past_trial_balance_stays_as_it_was_in_files() {
    a_past_trial_balance_stays_as_it_was(&World::in_files()).await;
}

#[tokio::test]
async fn the_liability_is_that_of_the_trial_balance() {
    let world = World::new();
    let program = json!({"name": "P", "value_max": usd(10_000)});
    let program = world.post("/v1/programs", program).await_status(201).await.json;
    world.issue_with(4_000, json!({"program": program["id"]})).await;
    world.issue_with(5, json!({"value": {"amount": 5, "currency": "EUR"}})).await;
    let clock = json!({"now": "2027-01-15T00:00:00Z"});
    world.post("/v1/test/clock", clock).await_status(200).await;
    used_card(&world).await;
    world.pass(Span::seconds(1));
    let trial = world.get("/v1/ledger/trial-balance").await_status(200).await.json;
    let at = trial["as_of"].as_str().unwrap();
    world.pass(Span::seconds(1));
    used_card_again(&world).await;
    for (by, lines) in [("currency", 2), ("program", 3), ("age", 3)] {
        let report = world.get(&format!("/v1/reports/liability?at={at}&by={by}"));
        let report = report.await_status(200).await.json;
        check_members(
            &report,
            json!({"object": "liability", "as_of": at, "as_of_seq": trial["as_of_seq"], "by": by}),
        );
        let data = report["data"].as_array().unwrap();
        assert_eq!(data.len(), lines, "{report:#}");
        for currency in ["EUR", "USD"] {
            let sum = |member: &str| -> i64 {
                let own = data.iter().filter(|line| line["currency"] == currency);
                own.map(|line| line[member].as_i64().unwrap()).sum()
            };
            let cards = trial["data"]
                .as_array()
                .unwrap()
                .iter()
                .find(|line| line["group"] == "giftcard/*" && line["currency"] == currency);
            assert_eq!(sum("owed"), cards.unwrap()["balance"], "{currency} by {by}");
            let (cards, held) = if currency == "USD" { (2, 200) } else { (1, 0) };
            assert_eq!((sum("cards"), sum("held")), (cards, held));
        }
        let members = |line: &Value, member: &str| line.get(member).is_some();
        assert!(data.iter().all(|line| members(line, "program") == (by == "program")));
        assert!(data.iter().all(|line| members(line, "age") == (by == "age")));
    }
    let default = world.get("/v1/reports/liability").await_status(200).await.json;
    assert_eq!(default["by"], "currency");
}
