//! Gifts over HTTP: links, claims, deliveries.

use base::Span;
use http::Scopes;
use serde_json::{Value, json};

use crate::world::{World, check_members, usd};

const ADA: &str = "per_00000000000000000000000007";
const EVE: &str = "per_00000000000000000000000008";

/// A card for Ada, by link.
async fn given(world: &World) -> Value {
    let said = json!({
        "delivery": {"channel": "link"}, "design": "birthday",
        "recipient": {"name": "Ada L"}, "message": "Enjoy! Or see evil.example/win",
        "sender": {"name": "Charles Babbage", "email": "cb@example.com"},
    });
    world.issue_with(2_500, said).await
}

async fn act(world: &World, card: &Value, action: &str, body: Value) -> Value {
    let path = format!("/v1/gift-cards/{}/{action}", card["id"].as_str().unwrap());
    world.post(&path, body).fresh().await_status(200).await.json
}

async fn token_of(world: &World, card: &Value) -> Value {
    act(world, card, "reveal", json!({})).await["claim_token"].clone()
}

async fn claim(world: &World, token: &Value, person: &str) -> crate::world::Answer {
    world.post("/v1/gift-cards/claim", json!({"token": token, "person": person})).send().await
}

#[tokio::test]
async fn a_link_shows_and_then_claims() {
    let world = World::new();
    let card = given(&world).await;
    check_members(&card, json!({"claimed": false, "owner": null}));
    assert_eq!(card["delivery"]["channel"], "link");
    assert_eq!(card["delivery"]["state"], "sent");
    let token = token_of(&world, &card).await;
    for key in [world.publishable(), world.secret(Scopes::READ)] {
        let ask = world.post("/v1/gift-cards/claim/preview", json!({"token": token})).with(&key);
        let shown = ask.await_status(200).await;
        let expected = json!({
            "object": "claim_preview", "design": "birthday", "sender_name": "Charles",
            "message": "Enjoy! Or see …", "value": usd(2_500), "expires_at": null,
            "regions": [], "scope": null, "claimed": false, "reported": false,
            "sender_blocked": false,
        });
        assert_eq!(shown.json, expected);
    }
    let claimed = claim(&world, &token, ADA).await;
    check_members(&claimed.json, json!({"claimed": true, "owner": ADA, "balance": usd(2_500)}));
    let again = |person| json!({"token": token, "person": person});
    let ask = |body| world.post("/v1/gift-cards/claim", body);
    ask(again(ADA)).await_problem(422, "nothing_to_change", None).await;
    ask(again(EVE)).await_problem(422, "already_claimed", None).await;
    let owned = world.get(&format!("/v1/gift-cards?owner={ADA}")).await_status(200).await.json;
    assert_eq!(owned["data"][0]["id"], card["id"]);
}

#[tokio::test]
async fn a_repeated_claim_is_answered_again() {
    let world = World::new();
    let token = token_of(&world, &given(&world).await).await;
    let ask =
        || world.post("/v1/gift-cards/claim", json!({"token": token, "person": ADA})).key("k");
    let first = ask().await_status(200).await;
    let second = ask().await_status(200).await;
    assert_eq!(first.bytes, second.bytes);
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
}

#[tokio::test]
async fn links_that_lead_nowhere_are_all_alike_and_are_guesses() {
    let world = World::new();
    let card = given(&world).await;
    let old = token_of(&world, &card).await;
    world.pass(Span::seconds(60));
    act(&world, &card, "resend", json!({})).await;
    let new = token_of(&world, &card).await;
    assert_ne!(old, new);
    let canceled = given(&world).await;
    let of_canceled = token_of(&world, &canceled).await;
    act(&world, &canceled, "cancel", json!({})).await;
    let nowhere = json!(format!("clm_{}", "0".repeat(52)));
    let mut texts = std::collections::BTreeSet::new();
    for token in [&old, &nowhere, &of_canceled] {
        let ask = world.post("/v1/gift-cards/claim/preview", json!({"token": token}));
        let mut failed = ask.await_problem(404, "gift_card_not_usable", None).await.json;
        failed.as_object_mut().unwrap().remove("request_id");
        texts.insert(failed.to_string());
    }
    assert_eq!(texts.len(), 1, "{texts:?}");
    let mut reasons = std::collections::BTreeSet::new();
    for token in [&old, &nowhere] {
        let failed = claim(&world, token, EVE).await;
        assert_eq!(failed.json["code"], "gift_card_not_usable");
        reasons.insert(failed.json["reason"].to_string());
    }
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), ["\"unknown\""]);
    // Guessing ends, whatever is guessed.
    let client = json!({"ip": "203.0.113.5"});
    let guess = json!({"token": nowhere, "person": EVE, "client": client});
    let mut last = 0;
    for _ in 0..200 {
        last = world.post("/v1/gift-cards/claim", guess.clone()).send().await.status.as_u16();
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    // The printed code lives on, and the new link too.
    let code = card["code"].as_str().unwrap();
    assert_eq!(world.redeem(code, 100).await.status, 201);
    assert_eq!(claim(&world, &new, ADA).await.status, 200);
}

#[tokio::test]
async fn a_claim_by_id_wants_the_proof_of_that_card() {
    let world = World::new();
    let (card, other) = (given(&world).await, given(&world).await);
    let path = format!("/v1/gift-cards/{}/claim", card["id"].as_str().unwrap());
    for proof in [
        json!({"code": other["code"], "person": ADA}),
        json!({"token": token_of(&world, &other).await, "person": ADA}),
    ] {
        world.post(&path, proof).await_problem(422, "gift_card_not_usable", None).await;
    }
    let both = json!({"code": card["code"], "token": token_of(&world, &card).await, "person": ADA});
    world.post(&path, both).await_problem(400, "invalid_request", Some("/token")).await;
    let claimed = world.post(&path, json!({"code": card["code"], "person": ADA}));
    check_members(&claimed.await_status(200).await.json, json!({"owner": ADA}));
}

async fn refused(ask: crate::world::Ask<'_>) {
    ask.fresh().await_problem(422, "not_the_owner", None).await;
}

#[tokio::test]
async fn the_sender_keeps_a_card_safe_until_the_owner_has_it() {
    let world = World::new();
    let card = given(&world).await;
    let sender = card["sender"]["id"].as_str().unwrap();
    let path = |action: &str| format!("/v1/gift-cards/{}/{action}", card["id"].as_str().unwrap());
    let by = |person: &str| json!({"person": person});
    refused(world.post(&path("freeze"), by(ADA))).await;
    act(&world, &card, "freeze", by(sender)).await;
    let token = token_of(&world, &card).await;
    assert_eq!(claim(&world, &token, EVE).await.json["reason"], "frozen");
    refused(world.post(&path("unfreeze"), by(EVE))).await;
    act(&world, &card, "unfreeze", by(sender)).await;
    assert_eq!(claim(&world, &token, ADA).await.status, 200);
    refused(world.post(&path("replace-code"), by(sender))).await;
    let replaced = act(&world, &card, "replace-code", by(ADA)).await;
    assert_ne!(replaced["code"], card["code"]);
}

#[tokio::test]
async fn another_recipient_gets_the_message_and_a_link_of_their_own() {
    let world = World::new();
    let card = given(&world).await;
    let old = token_of(&world, &card).await;
    world.pass(Span::seconds(60));
    let changed =
        act(&world, &card, "change-recipient", json!({"recipient": {"name": "Eve"}})).await;
    assert_ne!(changed["recipient"]["id"], card["recipient"]["id"]);
    let path = format!("/v1/gift-cards/{}", card["id"].as_str().unwrap());
    let read = world.get(&path).await_status(200).await.json;
    assert_eq!(read["recipient"]["name"], "Eve");
    assert_eq!(read["message"], "Enjoy! Or see …");
    assert_eq!(claim(&world, &old, ADA).await.json["code"], "gift_card_not_usable");
    assert_eq!(claim(&world, &token_of(&world, &card).await, EVE).await.status, 200);
    let late = world.post(&format!("{path}/change-recipient"), json!({"recipient": {"name": "Z"}}));
    late.fresh().await_problem(422, "already_claimed", None).await;
}

#[tokio::test]
async fn a_delivery_waits_for_its_date_and_a_card_for_its_first_day() {
    let world = World::new();
    let said = json!({
        "delivery": {"channel": "email"}, "recipient": {"email": "ada@example.com"},
        "deliver_at": "2026-12-01T00:00:00Z", "activates_at": "2026-12-02T00:00:00Z",
    });
    let card = world.issue_with(100, said).await;
    let block = json!({
        "kind": "activation_delay", "since": "2026-11-20T10:00:00Z",
        "until": "2026-12-02T00:00:00Z", "reason": "not_yet_active",
    });
    check_members(&card, json!({"status": "pending", "blocks": [block]}));
    let waiting = json!({
        "channel": "email", "state": "scheduled", "at": "2026-11-20T10:00:00Z",
        "deliver_at": "2026-12-01T00:00:00Z",
    });
    assert_eq!(card["delivery"], waiting);
    let code = card["code"].as_str().unwrap();
    assert_eq!(world.redeem(code, 1).await.json["reason"], "not_yet_active");
    let due = "/v1/events?type=gift_card.delivery_due";
    assert_eq!(world.get(due).await_status(200).await.json["data"], json!([]));
    let clock = json!({"now": "2026-12-02T00:00:00Z"});
    world.post("/v1/test/clock", clock).fresh().await_status(200).await;
    let told = world.get(due).await_status(200).await.json;
    assert_eq!(told["data"][0]["data"]["id"], card["id"]);
    assert_eq!(told["data"].as_array().unwrap().len(), 1);
    assert_eq!(world.redeem(code, 1).await.status, 201);
}

fn in_zone(zone: &str, time: &str) -> Value {
    json!({
        "delivery": {"channel": "link"}, "recipient": {"time_zone": zone}, "deliver_at": time,
    })
}

#[tokio::test]
async fn a_date_is_the_recipients_own() {
    let world = World::new();
    for (zone, said, meant) in [
        ("Asia/Tokyo", "2026-12-24", "2026-12-24T00:00:00Z"),
        ("America/Los_Angeles", "2026-12-24", "2026-12-24T17:00:00Z"),
        ("America/Los_Angeles", "2026-12-24T18:30", "2026-12-25T02:30:00Z"),
        // Whoever says an offset means that one.
        ("America/Los_Angeles", "2026-12-24T18:30:00+01:00", "2026-12-24T17:30:00Z"),
    ] {
        let card = world.issue_with(100, in_zone(zone, said)).await;
        assert_eq!(card["delivery"]["deliver_at"], meant, "{said} in {zone}");
    }
}

#[tokio::test]
async fn deliveries_that_cannot_be_are_refused() {
    fn body(more: Value) -> Value {
        let mut body = json!({"value": usd(100), "funding": {"kind": "promotional"}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }
    let world = World::new();
    let date = "2026-12-01T00:00:00Z";
    for (more, param) in [
        (json!({"delivery": {"channel": "fax"}}), "/delivery/channel"),
        (json!({"delivery": {"channel": "email"}}), "/recipient/email"),
        (json!({"deliver_at": date}), "/deliver_at"),
        (json!({"delivery": {"channel": "print"}, "deliver_at": date}), "/deliver_at"),
        (json!({"delivery": {"channel": "none"}, "deliver_at": date}), "/deliver_at"),
        (json!({"delivery": {"channel": "link"}, "deliver_at": "tomorrow"}), "/deliver_at"),
        // Whose morning?
        (json!({"delivery": {"channel": "link"}, "deliver_at": "2026-12-24"}), "/deliver_at"),
        (in_zone("Mars/Olympus", "2026-12-24"), "/recipient/time_zone"),
        (in_zone("Asia/Tokyo", "2026-02-29"), "/deliver_at"),
    ] {
        let ask = world.post("/v1/gift-cards", body(more)).fresh();
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
    let never = json!({"expires_at": date, "activates_at": date});
    let ask = world.post("/v1/gift-cards", body(never)).fresh();
    ask.await_problem(422, "date_not_later", None).await;
}

#[tokio::test]
async fn a_gift_that_was_just_sent_is_sent_again_after_a_while_by_the_same_request() {
    let world = World::new();
    let card = given(&world).await;
    let path = format!("/v1/gift-cards/{}/resend", card["id"].as_str().unwrap());
    let resend = || world.post(&path, json!({})).key("again");
    let refused = resend().await_problem(422, "too_soon", None).await;
    assert_eq!(refused.json["transient"], true);
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    world.pass(Span::seconds(wait));
    resend().await_status(200).await;
}
