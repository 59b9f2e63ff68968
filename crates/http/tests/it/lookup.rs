//! Looking up cards by their codes.

use std::time::Duration;

use http::{Limits, Scopes};
use serde_json::{Value, json};

use crate::refusals::mistyped;
use crate::serving::serve_world;
use crate::world::{Answer, World, check_members, usd};

#[tokio::test]
async fn a_secret_key_sees_a_card_in_any_state_but_nobody_in_it() {
    let world = World::new();
    let card = world.issue_with(100, json!({"recipient": {"name": "Ada"}, "message": "Hi"})).await;
    assert!(card["recipient"]["id"].is_string());
    let code = card["code"].as_str().unwrap();
    let found = look_up(&world, &world.all, &code.to_lowercase().replace('-', " ")).await;
    assert_eq!(found.status, 200);
    check_members(
        &found.json,
        json!({"id": card["id"], "recipient": null, "sender": null, "message": null}),
    );
    assert!(found.json.get("code").is_none());
    let path = format!("/v1/gift-cards/{}/cancel", card["id"].as_str().unwrap());
    world.ask("POST", &path).fresh().await_status(200).await;
    for key in [world.secret(Scopes::READ), world.secret(Scopes::SPEND)] {
        let found = look_up(&world, &key, code).await;
        check_members(&found.json, json!({"status": "canceled"}));
    }
}

#[tokio::test]
async fn a_publishable_key_sees_only_what_can_be_spent_and_failures_are_alike() {
    let world = World::new();
    let key = world.publishable();
    let good = world.issue(100).await;
    let code = good["code"].as_str().unwrap();
    let found = look_up(&world, &key, code).await;
    check_members(&found.json, json!({"id": good["id"], "available": usd(100)}));
    let mut bodies = Vec::new();
    for failing in failing_codes(&world).await {
        let answer = look_up(&world, &key, &failing).await;
        assert_eq!(answer.status, 404, "{}", answer.text());
        let mut body = answer.json.clone();
        body["request_id"] = Value::Null;
        bodies.push((answer.bytes.len(), answer.headers.len(), body));
    }
    assert!(bodies.len() >= 6);
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
    assert_eq!(bodies[0].2["code"], "gift_card_not_usable");
    assert!(bodies[0].2.get("reason").is_none());
}

/// Codes of cards that cannot be spent, for every reason there is.
async fn failing_codes(world: &World) -> Vec<String> {
    let mut codes = vec!["ABCDEFGH".to_owned()];
    for action in ["freeze", "cancel", "replace-code"] {
        let card = world.issue(100).await;
        let path = format!("/v1/gift-cards/{}/{action}", card["id"].as_str().unwrap());
        world.ask("POST", &path).fresh().await_status(200).await;
        codes.push(card["code"].as_str().unwrap().to_owned());
    }
    let empty = world.issue(100).await;
    codes.push(empty["code"].as_str().unwrap().to_owned());
    assert_eq!(world.redeem(&codes[4], 100).await.status, 201);
    let held = world.issue(100).await;
    codes.push(held["code"].as_str().unwrap().to_owned());
    world.hold(&codes[5], 100).await;
    codes
}

#[tokio::test]
async fn a_publishable_key_sees_nothing_of_the_shop() {
    let world = World::new();
    let more = json!({
        "funding": {"kind": "external", "reference": "slip 99"},
        "metadata": {"campaign": "x"}, "source": {"kind": "post", "id": "p1"},
    });
    let card = world.issue_with(100, more).await;
    let code = card["code"].as_str().unwrap();
    let whole = look_up(&world, &world.all, code).await;
    check_members(&whole.json, json!({"reference": "slip 99", "metadata": {"campaign": "x"}}));
    let found = look_up(&world, &world.publishable(), code).await;
    check_members(
        &found.json,
        json!({
            "id": card["id"], "metadata": {}, "reference": null, "source": null, "program": null,
            "funding": {"kind": "external", "reference": null},
        }),
    );
}

#[tokio::test]
async fn a_publishable_key_cannot_choose_its_client() {
    let served = serve_world(World::new()).await;
    let key = served.world.publishable();
    let mut statuses = Vec::new();
    for n in 0..11 {
        let body = format!("{{\"code\":\"GUESS{n:04}\",\"client\":{{\"ip\":\"203.0.113.{n}\"}}}}");
        let text = format!(
            "POST /v1/gift-cards/lookup HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\
             \r\n{body}",
            body.len()
        );
        let answer = served.exchange(&text).await;
        statuses.push(answer.split(' ').nth(1).unwrap().to_owned());
    }
    assert!(statuses[..10].iter().all(|status| status == "404"), "{statuses:?}");
    assert_eq!(statuses[10], "429");
    let elsewhere = look_up(&served.world, &key, "GUESS0011").await;
    assert_eq!(elsewhere.status, 404, "only the address of the guesser is refused");
}

#[tokio::test]
async fn failures_take_a_fixed_time() {
    let delay = Duration::from_millis(60);
    let world = World::with_limits(Limits { lookup_failure_delay: delay, ..Limits::default() });
    let card = world.issue(100).await;
    let started = tokio::time::Instant::now();
    look_up(&world, &world.all, card["code"].as_str().unwrap()).await;
    assert!(started.elapsed() < delay, "a look-up that succeeds does not wait");
    for (code, key) in [("ABCDEFGH", world.all.clone()), ("ABCDEFGH", world.publishable())] {
        let started = tokio::time::Instant::now();
        assert_eq!(look_up(&world, &key, code).await.status, 404);
        assert!(started.elapsed() >= delay);
    }
}

#[tokio::test]
async fn typing_errors_cost_nothing_and_guesses_do() {
    let world = World::new();
    let card = world.issue(100).await;
    let code = card["code"].as_str().unwrap();
    for _ in 0..30 {
        let typo = look_up(&world, &world.all, &mistyped(code)).await;
        check_members(&typo.json, json!({"status": 422, "code": "code_typo", "param": "/code"}));
    }
    let guess =
        |n: usize| look_up_for(&world, json!({"ip": "203.0.113.7"}), format!("GUESS{n:04}"));
    for n in 0..10 {
        assert_eq!(guess(n).await.status, 404);
    }
    let refused = guess(10).await;
    check_members(&refused.json, json!({"status": 429, "code": "guess_budget_exhausted"}));
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    let own = look_up_for(&world, json!({"ip": "203.0.113.7"}), code.to_owned()).await;
    assert_eq!(own.status, 429, "the budget is asked before the look-up");
    let redeem = json!({
        "code": code, "amount": usd(1), "reference": "r", "client": {"ip": "203.0.113.7"},
    });
    let spent = world.post("/v1/redemptions", redeem).fresh().send().await;
    assert_eq!(spent.status, 429, "spending asks the same budget");
    let other = look_up_for(&world, json!({"ip": "203.0.113.8"}), code.to_owned()).await;
    assert_eq!(other.status, 200);
}

async fn look_up(world: &World, key: &str, code: &str) -> Answer {
    world.post("/v1/gift-cards/lookup", json!({"code": code})).with(key).send().await
}

async fn look_up_for(world: &World, client: Value, code: String) -> Answer {
    let body = json!({"code": code, "client": client});
    world.post("/v1/gift-cards/lookup", body).send().await
}
