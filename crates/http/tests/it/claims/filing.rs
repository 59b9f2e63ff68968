//! Making claims, trying them out, and finding them again.

use serde_json::{Value, json};

use super::{BOB, body, claim, clock, ended, lead, on, read};
use crate::promotions::{ADA, EVE, paid};
use crate::shop::{Shop, id};
use crate::world::{World, all_pages, check_members, usd};

/// The body of a claim of somebody without an account.
fn by_hint(more: Value) -> Value {
    let mut body = json!({
        "hint": {"descriptor": "MAKEGOOD PROMO", "last4": "4242", "amount": usd(10_000),
            "charged_on": "2026-11-20"},
        "ground": "unauthorized_charge", "description": "I never bought this.",
        "contact": {"email": "Eve@Example.com"}, "metadata": {"ticket": "7"},
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn a_claim_is_made_once() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let ask = || world.post("/v1/claims", body(&promotion, "other")).key("once");
    let first = ask().await_status(201).await;
    let again = ask().await_status(201).await;
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(first.bytes, again.bytes);
    check_members(
        &first.json,
        json!({"claimant": ADA, "charge": null, "description": null, "attachments": 0}),
    );
    assert_eq!(all_pages(&world, "/v1/claims", 10).await, [first.json]);
    let mut other = body(&promotion, "other");
    other["description"] = json!("Another one.");
    let mismatch = world.post("/v1/claims", other.clone()).key("once");
    mismatch.await_problem(422, "idempotency_mismatch", None).await;
    let open = world.post("/v1/claims", other).fresh();
    open.await_problem(422, "claim_already_open", None).await;
    let keyless = world.post("/v1/claims", body(&promotion, "other"));
    keyless.await_problem(400, "idempotency_key_required", Some("Idempotency-Key")).await;
}

#[tokio::test]
async fn claims_are_listed_by_who_has_made_them() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let ask = world.post("/v1/claims", body(&promotion, "other")).fresh();
    let made = ask.await_status(201).await.json;
    world.post("/v1/claims", by_hint(json!({}))).fresh().await_status(201).await;
    let of = |person: &str, more: &str| format!("/v1/claims?claimant={person}{more}");
    let status = made["status"].as_str().unwrap();
    for (path, expected) in [
        (of(ADA, ""), vec![made.clone()]),
        (of(ADA, &format!("&promotion={promotion}&status={status}")), vec![made.clone()]),
        (of(ADA, "&status=paid"), vec![]),
        (of(ADA, "&promotion=promo_01jd3q8v9ec4y8s5k1m0t2n7xz"), vec![]),
        (of(EVE, ""), vec![]),
    ] {
        let page = world.get(&path).await_status(200).await.json;
        assert_eq!(page["data"], json!(expected), "{path}");
    }
    let wrong = world.get("/v1/claims?claimant=ada");
    wrong.await_problem(400, "invalid_request", Some("claimant")).await;
}

#[tokio::test]
async fn a_charge_leads_to_its_promotion() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let charge = id(&shop.list("/v1/payments").await[0]);
    let file = json!({"sha256": "0f".repeat(32), "media_type": "text/plain", "bytes": 1});
    let ask = json!({
        "charge": charge, "ground": "technical_error", "description": "Twice.\nReally.",
        "starts_on": "2026-11-22", "ends_on": "2026-11-23", "attachments": [file],
    });
    let made = world.post("/v1/claims", ask).fresh().await_status(201).await.json;
    check_members(
        &made,
        json!({"charge": charge, "promotion": promotion, "claimant": ADA, "attachments": 1,
            "starts_on": "2026-11-22", "ends_on": "2026-11-23"}),
    );
    let more = json!({"sha256": "f0".repeat(32), "media_type": "application/pdf", "bytes": 9});
    let attached = on(&world, &made, "attachments", more).await;
    assert_eq!(attached["attachments"], 2);
}

#[tokio::test]
async fn what_somebody_without_an_account_tells_is_found() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = world.post("/v1/claims", by_hint(json!({}))).fresh().await_status(201).await.json;
    check_members(
        &made,
        json!({"claimant": null, "promotion": null, "status": "received",
            "metadata": {"ticket": "7"}}),
    );
    assert_eq!(made["next"]["awaited"], "match");
    // Until then nothing is known of it.
    assert_eq!(lead(&world, &made).await["status"], "received");
    let path = format!("/v1/claims/{}/match", id(&made));
    let own = world.post(&path, json!({"promotion": promotion, "by": ADA})).fresh();
    own.await_problem(422, "own_claim", None).await;
    let none = json!({"charge": "pay_01jd3q8v9ec4y8s5k1m0t2n7xz", "by": BOB});
    let none = world.post(&path, none).fresh();
    none.await_problem(404, "claim_subject_not_found", None).await;
    let matched = on(&world, &made, "match", json!({"promotion": promotion, "by": BOB})).await;
    check_members(&matched, json!({"promotion": promotion, "claimant": null}));
    assert_ne!(lead(&world, &made).await["status"], "received");
}

/// Nobody has found the charge within two business days: that is told once.
#[tokio::test]
async fn a_claim_that_is_late_is_told_once() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let hint = by_hint(json!({"ground": "technical_error"}));
    let made = world.post("/v1/claims", hint).fresh().await_status(201).await.json;
    assert_eq!(world.lead_claims().late, 0);
    assert_eq!(read(&world, &made).await["next"]["is_late"], false);
    clock(&world, "2026-12-02T10:00:00Z").await;
    assert_eq!(read(&world, &made).await["next"]["is_late"], true);
    let told = async || {
        world.flush();
        let events = world.get("/v1/events?limit=100").await_status(200).await.json;
        let all = events["data"].as_array().unwrap().iter();
        let of_it = all.filter(|event| event["type"] == "claim.escalated");
        of_it.map(|event| event["data"]["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(told().await, [] as [Value; 0]);
    assert_eq!(world.lead_claims().late, 1);
    assert_eq!(world.lead_claims().late, 0);
    clock(&world, "2026-12-03T10:00:00Z").await;
    assert_eq!(world.lead_claims().late, 0);
    assert_eq!(told().await, [made["id"].clone()]);
    on(&world, &made, "match", json!({"promotion": promotion, "by": BOB})).await;
    let found = lead(&world, &made).await;
    check_members(&found["next"], json!({"awaited": "review", "is_late": false}));
    // Another step is late, and that is told as well.
    clock(&world, "2026-12-14T10:00:00Z").await;
    assert_eq!((world.lead_claims().late, world.lead_claims().late), (1, 0));
    assert_eq!(told().await.len(), 2);
}

#[tokio::test]
async fn a_preview_keeps_nothing() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let records = world.book.handle().figures().seq();
    let preview = |body: Value| world.post("/v1/claims/preview", body);
    let tried = preview(body(&promotion, "poor_outcome")).await_status(200).await.json;
    check_members(&tried, json!({"object": "claim_trial"}));
    check_members(&tried["claim"], json!({"object": "claim", "claimant": ADA, "decision": null}));
    // Nobody tells how it was delivered, which is nothing to a poor outcome.
    check_members(&tried["decision"], json!({"outcome": "deny", "id": null, "claim": null}));
    check_members(&tried["leads_to"], json!({"status": "denied", "awaited": "appeal"}));
    let facts = tried["facts"].as_array().unwrap();
    assert!(facts.iter().any(|fact| fact["name"] == "captured" && fact["value"] == usd(10_000)));
    let hint = preview(by_hint(json!({}))).await_status(200).await.json;
    check_members(&hint, json!({"facts": [], "decision": null, "leads_to": null}));
    let theirs = json!({"claimant": EVE, "promotion": promotion, "ground": "other",
        "description": "x"});
    preview(theirs).await_problem(422, "claim_not_theirs", None).await;
    assert_eq!(world.book.handle().figures().seq(), records, "something was written");
    assert_eq!(all_pages(&world, "/v1/claims", 10).await, [] as [Value; 0]);
    let path = format!("/v1/claims/{}", id(&tried["claim"]));
    world.get(&path).await_problem(404, "claim_not_found", None).await;
}

#[tokio::test]
async fn what_cannot_be_claimed() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = paid(&shop, json!({})).await;
    let early = body(&promotion, "failure_to_deliver");
    let nothing = body("promo_01jd3q8v9ec4y8s5k1m0t2n7xz", "other");
    let mut nobodys = nothing.clone();
    nobodys["claimant"] = json!(EVE);
    let with = |more: Value| {
        let mut body = body(&promotion, "technical_error");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let huge = json!({"sha256": "00".repeat(32), "media_type": "video/mp4", "bytes": 10_485_761});
    let cases = [
        (early, 422, "promotion_not_over", None),
        (nothing, 404, "claim_subject_not_found", None),
        (nobodys, 404, "claim_subject_not_found", None),
        (with(json!({"claimant": EVE})), 422, "claim_not_theirs", None),
        (with(json!({"contact": {"email": "a@b"}})), 422, "account_needed", None),
        (by_hint(json!({"ground": "poor_outcome"})), 422, "ground_needs_promotion", None),
        (with(json!({"attachments": [huge]})), 422, "attachment_too_large", None),
        (
            with(json!({"starts_on": "2026-11-01", "ends_on": "2026-11-20"})),
            422,
            "period_outside",
            None,
        ),
        (with(json!({"starts_on": "2026-11-20"})), 400, "invalid_request", Some("/ends_on")),
        (with(json!({"charge": "x"})), 400, "invalid_request", Some("/charge")),
        (by_hint(json!({"promotion": promotion})), 400, "invalid_request", Some("/hint")),
        (by_hint(json!({"claimant": EVE})), 400, "invalid_request", Some("/contact")),
        (
            json!({"ground": "other", "description": "x"}),
            400,
            "invalid_request",
            Some("/promotion"),
        ),
    ];
    for (body, status, code, param) in cases {
        let ask = world.post("/v1/claims", body).fresh();
        ask.await_problem(status, code, param).await;
    }
    assert_eq!(all_pages(&world, "/v1/claims", 10).await, [] as [Value; 0]);
}

#[tokio::test]
async fn claims_are_listed_and_withdrawn() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let hint = world.post("/v1/claims", by_hint(json!({}))).fresh().await_status(201).await.json;
    world.pass(base::Span::seconds(1));
    let made = claim(&world, &promotion, "other").await;
    world.pass(base::Span::seconds(1));
    let second = claim(&world, &promotion, "technical_error").await;
    let withdrawn = on(&world, &second, "withdraw", json!({})).await;
    check_members(&withdrawn, json!({"status": "withdrawn"}));
    assert_eq!(withdrawn["next"]["awaited"], "nothing");
    let list = async |query: &str| {
        let all = all_pages(&world, &format!("/v1/claims{query}"), 1).await;
        all.iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, [id(&second), id(&made), id(&hint)]);
    assert_eq!(list("?status=withdrawn").await, [id(&second)]);
    let of_promotion = list(&format!("?promotion={promotion}")).await;
    assert_eq!(of_promotion, [id(&second), id(&made)]);
    assert_eq!(list("?overdue=true").await, [] as [String; 0]);
    clock(&world, "2027-03-01T00:00:00Z").await;
    assert_eq!(list("?overdue=true").await, [id(&made), id(&hint)]);
    assert_eq!(list("?overdue=false").await, [id(&second)]);
    let late = lead(&world, &made).await;
    assert_eq!(late["next"]["is_late"], true, "{late:#}");
    assert_eq!(all_pages(&world, "/v1/restitutions", 10).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_claim_of_another_book_is_not_found() {
    let mut world = World::new();
    let other = world.open_book("other");
    let key = world.key_of(&other, store::KeyKind::Secret, http::Scopes::ALL);
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = claim(&world, &promotion, "other").await;
    let path = format!("/v1/claims/{}", id(&made));
    for part in ["", "/facts", "/statement"] {
        let ask = world.get(&format!("{path}{part}")).with(&key);
        ask.await_problem(404, "claim_not_found", None).await;
    }
    let staff = json!({"outcome": "deny", "reasons": ["goodwill"], "by": BOB});
    for (action, body) in [
        ("decide", staff),
        ("approve", json!({"by": BOB})),
        ("match", json!({"promotion": promotion, "by": BOB})),
        ("appeal", json!({})),
        ("withdraw", json!({})),
        ("replay", json!({})),
    ] {
        let ask = world.post(&format!("{path}/{action}"), body).with(&key).fresh();
        ask.await_problem(404, "claim_not_found", None).await;
    }
    let ask = world.post("/v1/claims", body(&promotion, "technical_error")).with(&key).fresh();
    ask.await_problem(404, "claim_subject_not_found", None).await;
    let all = world.get("/v1/claims").with(&key).await_status(200).await.json;
    assert_eq!(all["data"], json!([]));
    assert_eq!(read(&world, &made).await["status"], "received");
}
