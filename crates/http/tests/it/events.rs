//! Events: all that happens, in order, each with its object as it was.

use std::collections::BTreeSet;

use base::{CardId, Span, Token};
use engine::EventKind;
use engine::{Command, GiftCardCommand};
use serde_json::{Value, json};
use writer::Request;

use crate::world::{World, all_pages, redemption, usd};

/// A card that is sent, sent to somebody else, and claimed.
async fn gift(world: &mut World) -> Vec<(&'static str, Value)> {
    let mut expected = Vec::new();
    let delivery = json!({"delivery": {"channel": "in_app"}});
    let given = world.issue_with(7, delivery).await;
    expected.extend([("gift_card.issued", Value::Null), ("gift_card.delivery_due", Value::Null)]);
    let path = format!("/v1/gift-cards/{}", given["id"].as_str().unwrap());
    world.pass(Span::seconds(60));
    let other = json!({"recipient": {"name": "Grace"}});
    world.post(&format!("{path}/change-recipient"), other).fresh().await_status(200).await;
    expected.push(("gift_card.recipient_changed", Value::Null));
    expected.push(("gift_card.delivery_due", Value::Null));
    let claim = json!({"code": given["code"], "person": "per_00000000000000000000000007"});
    let claimed = world.post("/v1/gift-cards/claim", claim).await_status(200).await.json;
    expected.push(("gift_card.claimed", claimed));
    expected
}

/// A recipient reports who gave them a card, and the shop blocks them.
async fn reported(world: &World) -> Vec<(&'static str, Value)> {
    let mut expected = Vec::new();
    let said = json!({
        "delivery": {"channel": "email"}, "recipient": {"email": "r@example.com"},
        "sender": {"name": "S", "email": "s@example.com"},
    });
    let given = world.issue_with(7, said).await;
    expected.extend([("gift_card.issued", Value::Null), ("gift_card.delivery_due", Value::Null)]);
    let token = world.recipient_token(&given);
    let report = json!({"token": token, "reason": "scam", "block": true});
    let report = world.post("/v1/gift-cards/claim/report", report).await_status(200).await.json;
    expected.push(("gift_contact.reported", report.clone()));
    expected.push(("gift_contact.blocked", report));
    let unblock = world.post("/v1/gift-cards/claim/unblock-sender", json!({"token": token}));
    expected.push(("gift_contact.unblocked", unblock.await_status(200).await.json));
    let sender = format!("/v1/gift-senders/{}", given["sender"]["id"].as_str().unwrap());
    let block = world.post(&format!("{sender}/block"), json!({"reason": "spam"}));
    expected.push(("gift_sender.blocked", block.await_status(200).await.json));
    let unblock = world.post(&format!("{sender}/unblock"), json!({}));
    expected.push(("gift_sender.unblocked", unblock.await_status(200).await.json));
    expected
}

/// Does everything there is an event for; returns the types in order, and the objects they show
/// where the answer to the request shows the same.
async fn live(world: &mut World) -> Vec<(&'static str, Value)> {
    let mut expected = Vec::new();
    let program = json!({"name": "P", "value_max": usd(10_000)});
    let program = world.post("/v1/programs", program).fresh().await_status(201).await.json;
    expected.push(("program.created", program));
    let people = json!({
        "recipient": {"name": "Grace Hopper", "email": "grace@example.com"},
        "message": "Happy birthday", "expires_at": "2026-11-30T00:00:00Z",
    });
    let mut card = world.issue_with(1_000, people).await;
    let code = card["code"].as_str().unwrap().to_owned();
    let path = format!("/v1/gift-cards/{}", card["id"].as_str().unwrap());
    card.as_object_mut().unwrap().remove("code");
    expected.push(("gift_card.issued", card));
    let adjustment = json!({"amount": usd(50), "direction": "up", "reason": "goodwill"});
    for (action, body, kind) in [
        ("freeze", json!({"reason": "lost"}), "gift_card.frozen"),
        ("unfreeze", json!({}), "gift_card.unfrozen"),
        ("extend", json!({"expires_at": "2026-12-01T00:00:00Z"}), "gift_card.extended"),
        ("adjust", adjustment, "gift_card.adjusted"),
    ] {
        world.pass(Span::seconds(1));
        let ask = world.post(&format!("{path}/{action}"), body).fresh();
        expected.push((kind, ask.await_status(200).await.json));
    }
    let update = world.ask("PATCH", &path).json(json!({"metadata": {"order": "9"}})).fresh();
    expected.push(("gift_card.updated", update.await_status(200).await.json));
    world.restart();
    let hold = world.hold(&code, 300).await;
    let hold_path = format!("/v1/holds/{}", hold["id"].as_str().unwrap());
    expected.push(("hold.created", hold));
    let change = world.ask("PATCH", &hold_path).json(json!({"amount": usd(200)})).fresh();
    expected.push(("hold.updated", change.await_status(200).await.json));
    let capture = json!({"amount": usd(100), "final": false});
    let capture = world.post(&format!("{hold_path}/capture"), capture).key("capture");
    expected.push(("hold.captured", capture.await_status(200).await.json));
    let release = world.post(&format!("{hold_path}/release"), json!({"amount": usd(10)})).fresh();
    expected.push(("hold.released", release.await_status(200).await.json));
    let refund = world.post(&format!("{hold_path}/refund"), json!({"amount": usd(40)}));
    expected.push(("refund.succeeded", refund.key("refund").await_status(201).await.json));
    for (key, kind) in [("refund", "refund.reversed"), ("capture", "hold.reversed")] {
        let ask = world.post("/v1/reverse", json!({"key": key})).fresh();
        ask.await_status(200).await;
        expected.push((kind, Value::Null));
    }
    // What the code finds from now on is nothing, so it comes last but one.
    let replaced = world.post(&format!("{path}/replace-code"), json!({})).fresh();
    let mut replaced = replaced.await_status(200).await.json;
    replaced.as_object_mut().unwrap().remove("code");
    expected.push(("gift_card.code_replaced", replaced));
    let canceled = world.issue(7).await;
    expected.push(("gift_card.issued", Value::Null));
    let cancel = format!("/v1/gift-cards/{}/cancel", canceled["id"].as_str().unwrap());
    let cancel = world.post(&cancel, json!({})).fresh().await_status(200).await.json;
    expected.push(("gift_card.canceled", cancel));
    expected.extend(gift(world).await);
    expected.extend(reported(world).await);
    let clock = json!({"now": "2026-12-02T00:00:00Z"});
    world.post("/v1/test/clock", clock).fresh().await_status(200).await;
    expected.extend([("hold.expired", Value::Null), ("gift_card.expired", Value::Null)]);
    expected
}

/// What only paid checkouts do, which have a test of their own, and purchases and mail, which have
/// no calls yet.
const WITHOUT_CALLS: [&str; 7] = [
    "gift_card.blocked",
    "gift_card.clawed_back",
    "gift_card.delivery_updated",
    "gift_card.restored",
    "gift_card.unblocked",
    "gift_card.withdrawn",
    "hold.secured",
];

async fn events_are_complete_and_in_order(world: &mut World) {
    let expected = live(world).await;
    world.restart();
    let events = all_pages(world, "/v1/events", 100).await;
    let types: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    assert_eq!(types, names);
    // What is bought has tests of its own.
    let of_cards = EventKind::all().filter(|kind| matches!(kind, EventKind::GiftCards(_)));
    let every: BTreeSet<&str> = of_cards.map(|kind| kind.as_str()).collect();
    let tried: BTreeSet<&str> = types.iter().copied().collect();
    let untried: Vec<&str> = every.difference(&tried).copied().collect();
    assert_eq!(untried, WITHOUT_CALLS, "a kind is not tried");
    for (event, (name, object)) in events.iter().zip(&expected) {
        assert_eq!(event["object"], "event");
        assert_eq!(event["data"]["object"], name.split('.').next().unwrap());
        if !object.is_null() {
            assert_eq!(&event["data"], object, "{name}");
        }
    }
    let places: Vec<_> = events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    let times: Vec<_> = events.iter().map(|event| event["created_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let ids: Vec<_> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    let text = Value::from(events.clone()).to_string();
    for personal in ["Grace", "grace", "Happy"] {
        assert!(!text.contains(personal), "{personal} is told");
    }
    // The same events whatever the pages, and those of one type only.
    for limit in [1, 3, 19] {
        assert_eq!(all_pages(world, "/v1/events", limit).await, events, "{limit} at a time");
    }
    let issued = all_pages(world, "/v1/events?type=gift_card.issued", 1).await;
    assert_eq!(issued.len(), 4);
    assert!(issued.iter().all(|event| events.contains(event)));
    let first_second = "/v1/events?created_before=2026-11-20T10:00:01Z";
    assert_eq!(all_pages(world, first_second, 100).await, events[..2]);
    let rest = all_pages(world, "/v1/events?created_after=2026-11-20T10:00:01Z", 2).await;
    assert_eq!(rest, events[2..]);
    let none = "/v1/events?created_after=2027-01-01T00:00:00Z";
    assert_eq!(all_pages(world, none, 100).await, [] as [Value; 0]);
}

#[tokio::test]
async fn events_are_complete_and_in_order_in_memory() {
    events_are_complete_and_in_order(&mut World::new()).await;
}

#[tokio::test]
async fn events_are_complete_and_in_order_in_files() {
    events_are_complete_and_in_order(&mut World::in_files()).await;
}

#[tokio::test]
async fn a_cursor_from_before_a_restore_is_refused_by_name() {
    let mut world = World::new();
    for _ in 0..3 {
        world.issue(100).await;
    }
    for path in ["/v1/events?limit=2", "/v1/gift-cards?limit=2"] {
        let page = world.get(path).await_status(200).await.json;
        let kept = format!("{path}&cursor={}", page["next_cursor"].as_str().unwrap());
        world.restart();
        world.get(&kept).await_status(200).await;
        world.restart_as(2);
        let asked = world.get(&kept);
        asked.await_problem(410, "cursor_from_another_incarnation", Some("cursor")).await;
        // Whoever begins again is told everything, and goes on from there.
        let page = world.get(path).await_status(200).await.json;
        let fresh = format!("{path}&cursor={}", page["next_cursor"].as_str().unwrap());
        world.get(&fresh).await_status(200).await;
        world.restart();
    }
}

#[tokio::test]
async fn whoever_keeps_the_cursor_misses_nothing() {
    let world = World::new();
    let ask = |cursor: &Value| {
        let cursor = cursor.as_str().map(|text| format!("?cursor={text}")).unwrap_or_default();
        world.get(&format!("/v1/events{cursor}"))
    };
    let mut cursor = Value::Null;
    let mut seen = Vec::new();
    for round in 0..4 {
        let card = world.issue(100).await;
        let code = card["code"].as_str().unwrap();
        assert_eq!(world.redeem(code, 100).await.status, 201);
        let page = ask(&cursor).await_status(200).await.json;
        assert_eq!(page["has_more"], false);
        seen.extend(page["data"].as_array().unwrap().iter().cloned());
        cursor = page["next_cursor"].clone();
        // Nothing has happened since, and the cursor stays where it is.
        let quiet = ask(&cursor).await_status(200).await.json;
        assert_eq!(quiet, json!({"data": [], "has_more": false, "next_cursor": cursor}));
        assert_eq!(seen.len(), 2 * (round + 1));
    }
    assert_eq!(all_pages(&world, "/v1/events", 100).await, seen);
}

#[tokio::test]
async fn events_of_two_books_differ() {
    let mut world = World::new();
    world.issue(100).await;
    let there = world.open_book("other");
    let key = world.key_of(&there, store::KeyKind::Secret, http::Scopes::ALL);
    let body = json!({"value": usd(100), "funding": {"kind": "promotional"}});
    world.post("/v1/gift-cards", body).with(&key).fresh().await_status(201).await;
    let here = world.get("/v1/events").await_status(200).await.json;
    let there = world.get("/v1/events").with(&key).await_status(200).await.json;
    assert_eq!(here["data"][0]["sequence"], there["data"][0]["sequence"]);
    assert_ne!(here["data"][0]["id"], there["data"][0]["id"]);
    assert_eq!(there["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_rare_type_is_found_however_far_it_is() {
    let world = World::new();
    let card = world.issue(100).await;
    let id: CardId = card["id"].as_str().unwrap().parse().unwrap();
    let actor = base::KeyId::from_bits(1);
    let reason = Token::new("lost").unwrap();
    let toggle = |number: u32| {
        let command = match number % 2 {
            0 => GiftCardCommand::Freeze { card: id, reason: reason.clone(), by: None },
            _ => GiftCardCommand::Unfreeze { card: id, by: None },
        };
        Request { command: Command::GiftCards(command), actor, operation: None }
    };
    let handle = world.book.handle().clone();
    for _ in 0..30 {
        let outcomes = handle.decide((0..1_000).map(toggle).collect(), false).unwrap();
        assert!(outcomes.into_iter().all(|outcome| outcome.unwrap().result.is_ok()));
    }
    let code = card["code"].as_str().unwrap();
    world.post("/v1/holds", redemption(code, 1)).fresh().await_status(201).await;
    let path = "/v1/events?type=hold.created";
    let first = world.get(path).await_status(200).await.json;
    assert_eq!(first["data"], json!([]));
    assert_eq!(first["has_more"], true);
    let (mut cursor, mut requests) = (first["next_cursor"].clone(), 1);
    let last = loop {
        let page = format!("{path}&cursor={}", cursor.as_str().unwrap());
        let page = world.get(&page).await_status(200).await.json;
        requests += 1;
        if page["has_more"] == false {
            break page;
        }
        assert_ne!(page["next_cursor"], cursor, "the cursor does not move");
        cursor = page["next_cursor"].clone();
    };
    assert_eq!(last["data"].as_array().unwrap().len(), 1);
    assert_eq!(requests, 4);
}
