//! One key, one effect, one answer.

use base::Span;
use http::Scopes;
use serde_json::json;

use crate::world::{World, redemption, usd};

#[tokio::test]
async fn fifty_at_once_have_one_effect_and_one_answer() {
    let world = World::new();
    let card = world.issue(10_000).await;
    let body = redemption(card["code"].as_str().unwrap(), 1_000);
    let asks = (0..50).map(|_| world.post("/v1/redemptions", body.clone()).key("k").send());
    let answers = join_all(asks).await;
    let fresh = answers.iter().filter(|answer| !answer.is_replayed()).count();
    assert_eq!(fresh, 1);
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.bytes, answers[0].bytes);
    }
    let read = world.get(&format!("/v1/gift-cards/{}", card["id"].as_str().unwrap()));
    assert_eq!(read.await_status(200).await.json["balance"], usd(9_000));
}

#[tokio::test]
async fn another_body_or_path_is_a_mismatch_and_another_client_is_not() {
    let world = World::new();
    let card = world.issue(10_000).await;
    let body = redemption(card["code"].as_str().unwrap(), 1_000);
    let first = world.post("/v1/redemptions", body.clone()).key("k").await_status(201).await;
    let mut other = body.clone();
    other["amount"]["amount"] = json!(999);
    for ask in [world.post("/v1/redemptions", other), world.post("/v1/holds", body.clone())] {
        ask.key("k").await_problem(422, "idempotency_mismatch", None).await;
    }
    let mut same = body.clone();
    same["client"] = json!({"ip": "2001:db8::1"});
    let spaced = serde_json::to_vec_pretty(&same).unwrap();
    let again = world.ask("POST", "/v1/redemptions").bytes(spaced).key("k").await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(again.bytes, first.bytes);
}

#[tokio::test]
async fn a_refusal_is_repeated_too() {
    let world = World::new();
    let card = world.issue(100).await;
    let body = redemption(card["code"].as_str().unwrap(), 1_000);
    let ask = || world.post("/v1/redemptions", body.clone()).key("k");
    let first = ask().await_problem(422, "insufficient_balance", None).await;
    let more = json!({"amount": usd(5_000), "direction": "up", "reason": "other"});
    let path = format!("/v1/gift-cards/{}/adjust", card["id"].as_str().unwrap());
    world.post(&path, more).fresh().await_status(200).await;
    let again = ask().await_problem(422, "insufficient_balance", None).await;
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(again.json["available"], first.json["available"]);
}

#[tokio::test]
async fn a_lost_code_is_repeated_for_a_day_to_those_who_may_see_it() {
    let world = World::new();
    let body = json!({
        "value": usd(100), "funding": {"kind": "promotional"},
        "recipient": {"name": "Ada", "email": "ada@example.com"}, "message": "Enjoy",
    });
    let ask = || world.post("/v1/gift-cards", body.clone()).key("i");
    let first = ask().await_status(201).await;
    assert!(first.json["code"].is_string() && !first.is_replayed());
    let again = ask().await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(again.bytes, first.bytes);
    let blind = world.secret(Scopes::ISSUE);
    assert!(ask().with(&blind).await_status(201).await.json.get("code").is_none());
    world.pass(Span::days(1));
    assert_eq!(ask().await_status(201).await.bytes, first.bytes);
    world.pass(Span::seconds(1));
    let late = ask().await_status(201).await;
    assert!(late.json.get("code").is_none());
    assert_eq!(late.json["id"], first.json["id"]);
}

#[tokio::test]
async fn keys_of_two_books_are_strangers() {
    let mut world = World::new();
    let other = world.open_book("other");
    let key = world.key_of(&other, store::KeyKind::Secret, Scopes::ALL);
    let body = json!({"value": usd(100), "funding": {"kind": "promotional"}});
    let here = world.post("/v1/gift-cards", body.clone()).key("k").await_status(201).await;
    let there = world.post("/v1/gift-cards", body).key("k").with(&key).await_status(201).await;
    assert_ne!(here.json["id"], there.json["id"]);
    let path = format!("/v1/gift-cards/{}", here.json["id"].as_str().unwrap());
    let foreign = world.get(&path).with(&key);
    foreign.await_problem(404, "gift_card_not_found", None).await;
    let code = here.json["code"].as_str().unwrap();
    let redeem = world.post("/v1/redemptions", redemption(code, 1)).fresh().with(&key);
    let refused = redeem.await_problem(422, "gift_card_not_usable", None).await;
    assert_eq!(refused.json["reason"], "unknown");
}

/// Runs futures side by side: all of them are sent before any of them is answered.
async fn join_all<T>(futures: impl Iterator<Item = T>) -> Vec<T::Output>
where
    T: Future,
{
    let mut pending: Vec<_> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<T::Output>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in pending.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
