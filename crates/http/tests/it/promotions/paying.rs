//! Submitting: all of it or nothing, once.

use base::Span;
use serde_json::{Value, json};

use super::{ADA, act, compose, kinds, paid, read};
use crate::fake_rails::{BANK, FakeRails};
use crate::shop::{Shop, id};
use crate::world::{World, check_members, usd};

/// A draft that a card of so much pays first, and a method of this token for the rest.
async fn draft(shop: &Shop<'_>, card: &Value, token: &str) -> String {
    let method = shop.method(token).await;
    let tenders = json!([
        {"kind": "gift_card", "code": card["code"], "client": {"session": "s"}},
        {"kind": "payment_method", "payment_method": method},
    ]);
    let draft = compose(shop, json!({"tenders": tenders})).await;
    let kept = json!([
        {"kind": "gift_card", "gift_card": card["id"], "payment_method": null, "amount": null},
        {"kind": "payment_method", "gift_card": null, "payment_method": method, "amount": null},
    ]);
    assert_eq!(draft["tenders"], kept);
    id(&draft)
}

#[tokio::test]
async fn a_card_and_a_method_pay_once() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let card = world.issue(3_000).await;
    let draft = draft(&shop, &card, "tok_ok").await;
    let path = format!("/v1/promotions/{draft}/submit");
    let body = json!({"region": "US-CA", "tax": usd(800)});
    let submit = || world.post(&path, body.clone()).key("pay");
    let (one, two) = tokio::join!(submit().send(), submit().send());
    for paid in [&one, &two] {
        assert_eq!(paid.status, 200, "{}", paid.text());
        check_members(
            &paid.json,
            json!({
                "status": "in_review", "escrow": usd(10_000), "spent": usd(0), "failure": null,
                "being_paid": false, "checks": null, "next_action": null,
            }),
        );
    }
    let again = submit().await_status(200).await;
    assert!(again.is_replayed());
    assert_eq!(again.json, one.json);
    assert_eq!(read(&shop, &draft).await, one.json);
    let other = world.post(&path, body).fresh();
    other.await_problem(422, "promotion_not_draft", None).await;
    let orders = shop.list("/v1/orders").await;
    assert_eq!(orders.len(), 1);
    check_members(&orders[0], json!({"id": one.json["order"], "total": usd(10_800), "buyer": ADA}));
    assert_eq!(orders[0]["lines"][0]["kind"], "promotion");
    let amounts: Vec<_> = orders[0]["tenders"].as_array().unwrap().iter().collect();
    let of = |kind: &str| {
        amounts.iter().find(|tender| tender["kind"] == kind).unwrap()["amount"].clone()
    };
    assert_eq!((of("gift_card"), of("payment_method")), (usd(3_000), usd(7_800)));
    assert_eq!(shop.list("/v1/payments").await.len(), 1);
    assert_eq!(shop.balance("order/clearing").await, 0);
    assert_eq!(shop.balance(&format!("promotion/{draft}/escrow")).await, 10_000);
    assert_eq!(kinds(&world, &draft).await, ["composed", "submitted", "funded"]);
}

#[tokio::test]
async fn a_declined_payment_leaves_a_draft() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let card = world.issue(3_000).await;
    let draft = draft(&shop, &card, "tok_declined").await;
    let path = format!("/v1/promotions/{draft}/submit");
    let submit = || world.post(&path, json!({})).key("first");
    let failed = submit().await_status(200).await.json;
    check_members(
        &failed,
        json!({"status": "draft", "failure": "declined", "being_paid": false, "order": null,
            "checkout": null, "escrow": usd(0)}),
    );
    assert!(failed["checks"].is_array());
    let card_now = shop.read("gift-cards", &id(&card)).await;
    check_members(&card_now, json!({"available": usd(3_000), "held": usd(0)}));
    // The same request again pays nothing, and tells the same.
    let again = submit().await_status(200).await;
    assert!(again.is_replayed());
    assert_eq!(again.json, failed);
    // Another way to pay.
    let method = shop.method("tok_ok").await;
    let body = json!({"tenders": [{"kind": "payment_method", "payment_method": method}]});
    let paid = world.post(&path, body).fresh().await_status(200).await.json;
    assert_eq!(paid["status"], "in_review");
    assert_eq!(shop.list("/v1/orders").await.len(), 1);
    let done = ["composed", "submitted", "payment_failed", "submitted", "funded"];
    assert_eq!(kinds(&world, &draft).await, done);
    // Whoever repeats the first one sees how it went on.
    let now = submit().await_status(200).await.json;
    check_members(&now, json!({"status": "in_review", "failure": null}));
}

#[tokio::test]
async fn a_payer_is_told_what_to_do() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let card = world.issue(3_000).await;
    let draft = draft(&shop, &card, "tok_challenge").await;
    let path = format!("/v1/promotions/{draft}");
    let submit = || world.post(&format!("{path}/submit"), json!({})).key("pay");
    let waits = submit().await_status(200).await.json;
    let action = json!({"kind": "redirect", "url": BANK});
    check_members(
        &waits,
        json!({"status": "draft", "being_paid": true, "next_action": action, "failure": null}),
    );
    assert_eq!(read(&shop, &draft).await, waits);
    assert_eq!(shop.list("/v1/promotions").await[0]["next_action"], Value::Null);
    for (method, at) in [("POST", format!("{path}/stop")), ("PATCH", path.clone())] {
        let ask = world.ask(method, &at).json(if method == "PATCH" {
            json!({"target": 1})
        } else {
            json!({})
        });
        let told = ask.fresh().await_problem(422, "promotion_being_paid", None).await;
        assert_eq!(told.json["transient"], true);
    }
    let payments = shop.list("/v1/payments").await;
    let rails = FakeRails::new(world.book.handle().clone());
    rails.authorize(payments[0]["id"].as_str().unwrap().parse().unwrap());
    let paid = submit().await_status(200).await;
    assert!(paid.is_replayed());
    check_members(&paid.json, json!({"status": "in_review", "next_action": null}));
}

#[tokio::test]
async fn a_wallet_pays() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let card = world.issue(20_000).await;
    let claim = json!({"code": card["code"], "person": ADA});
    world.post("/v1/gift-cards/claim", claim).await_status(200).await;
    let draft = compose(&shop, json!({"tenders": [{"kind": "wallet"}]})).await;
    let paid = act(&shop, &id(&draft), "submit", json!({})).await;
    assert_eq!(paid["status"], "in_review");
    assert_eq!(shop.read("gift-cards", &id(&card)).await["balance"], usd(10_000));
}

#[tokio::test]
async fn what_is_not_covered_is_not_paid() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let card = world.issue(3_000).await;
    let draft = id(&compose(&shop, json!({})).await);
    let submit = |tenders: Value| {
        world.post(&format!("/v1/promotions/{draft}/submit"), json!({"tenders": tenders})).fresh()
    };
    let told = submit(json!([])).await_problem(422, "not_covered", None).await;
    assert_eq!(told.json["remaining"], usd(10_000));
    let by_card = json!([{"kind": "gift_card", "gift_card": card["id"]}]);
    let told = submit(by_card).await_problem(422, "not_covered", None).await;
    assert_eq!(told.json["remaining"], usd(7_000));
    let bound = world.issue_with(90_000, json!({"regions": ["US"]})).await;
    let by_bound = json!([{"kind": "gift_card", "code": bound["code"]}]);
    submit(by_bound).await_problem(422, "region_not_allowed", None).await;
    assert_eq!(shop.list("/v1/checkouts").await, [] as [Value; 0]);
    assert_eq!(kinds(&world, &draft).await, ["composed"]);
}

#[tokio::test]
async fn the_platform_may_pay_all_of_it() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let draft = compose(&shop, json!({"incentive": usd(10_000)})).await;
    let paid = act(&shop, &id(&draft), "submit", json!({})).await;
    check_members(&paid, json!({"status": "in_review", "escrow": usd(10_000)}));
    let key = world.secret(http::Scopes::PROMOTIONS);
    let more = json!({"incentive": usd(1)});
    let ask = world.post("/v1/promotions", super::input(&shop.creator, more)).with(&key);
    ask.fresh().await_problem(403, "insufficient_scope", Some("/incentive")).await;
}

#[tokio::test]
async fn who_agreed_to_pay_is_kept_without_being_readable() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let authorization = json!({
        "factor": "totp", "device": "s3cret-device", "session": "s3cret-session",
        "ip": "203.0.113.77", "terms_version": "2026-05", "region": "US-CA",
        "act": "0123456789abcdef0123456789abcdef",
        "at": "2026-11-20T09:59:00Z",
    });
    let method = shop.method("tok_ok").await;
    let tenders = json!([{"kind": "payment_method", "payment_method": method}]);
    let draft = id(&compose(&shop, json!({"tenders": tenders})).await);
    let body = json!({"authorization": authorization});
    let paid = act(&shop, &draft, "submit", body).await;
    assert_eq!(
        paid["authorization"],
        json!({
            "factor": "totp", "signed": true, "terms_version": "2026-05",
            "at": "2026-11-20T09:59:00Z",
        })
    );
    let last = world.book.handle().figures().seq();
    let bodies = (1..=last).map(|seq| world.block_of(seq).body.to_vec());
    let journal: Vec<u8> = bodies.collect::<Vec<_>>().concat();
    let has = |text: &str| journal.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("2026-05") && has("https://shop.example/v/1"), "the journal is not read");
    for secret in ["s3cret", "203.0.113.77"] {
        assert!(!has(secret), "the journal tells {secret}");
    }
}

/// Somebody agreed to pay with one thing, and something else is to pay: nobody has agreed to that.
#[tokio::test]
async fn whoever_agreed_to_other_tenders_has_not_agreed() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let of = |method: &Value| json!([{"kind": "payment_method", "payment_method": method}]);
    let (one, other) = (json!(shop.method("tok_ok").await), json!(shop.method("tok_ok").await));
    let agreed = json!({"factor": "totp", "at": "2026-11-20T09:59:00Z"});
    let submit = async |body: Value| {
        let more = json!({"tenders": of(&one), "authorization": agreed});
        let draft = id(&compose(&shop, more).await);
        act(&shop, &draft, "submit", body).await
    };
    let paid = submit(json!({"tenders": of(&one)})).await;
    check_members(&paid, json!({"status": "in_review"}));
    assert_eq!(paid["authorization"]["factor"], "totp");
    let paid = submit(json!({"tenders": of(&other)})).await;
    check_members(&paid, json!({"status": "in_review", "authorization": null}));
    assert_eq!(paid["tenders"][0]["payment_method"], other);
    let paid = submit(json!({"tenders": of(&other), "authorization": agreed})).await;
    assert_eq!(paid["authorization"]["factor"], "totp");
}

#[tokio::test]
async fn a_checkout_sells_no_promotions() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let line = json!({"name": "P", "kind": "promotion", "quantity": 1, "unit_price": usd(100)});
    let body = json!({"currency": "USD", "region": "US", "lines": [shop.line(100), line]});
    let told = world.post("/v1/checkouts", body).fresh();
    let told = told.await_problem(422, "promotion_line", Some("/lines/1/kind")).await;
    let detail = told.json["detail"].as_str().unwrap();
    assert!(detail.contains("/v1/promotions/{id}/submit"), "{detail}");
}

#[tokio::test]
async fn a_key_of_one_scope_does_its_part() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = paid(&shop, json!({})).await;
    let path = format!("/v1/promotions/{promotion}");
    let write = world.secret(http::Scopes::PROMOTIONS);
    let review = world.secret(http::Scopes::REVIEW);
    let ask = |action: &str, body: Value, key: &str| {
        world.post(&format!("{path}/{action}"), body).with(key).fresh()
    };
    ask("approve", json!({}), &write).await_problem(403, "insufficient_scope", None).await;
    ask("approve", json!({}), &review).await_status(200).await;
    let paused = ask("pause", json!({}), &review).await_status(200).await.json;
    assert_eq!(paused["paused_by"], json!(["platform"]));
    ask("resume", json!({}), &write).await_problem(422, "promotion_paused_by_platform", None).await;
    let staff = json!({"as": "staff"});
    ask("resume", staff.clone(), &write).await_problem(403, "insufficient_scope", None).await;
    let both = ask("pause", json!({"as": "advertiser"}), &write).await_status(200).await.json;
    assert_eq!(both["paused_by"], json!(["advertiser", "platform"]));
    let one = ask("resume", staff, &review).await_status(200).await.json;
    check_members(&one, json!({"status": "paused", "paused_by": ["advertiser"]}));
    ask("stop", json!({}), &review).await_problem(403, "insufficient_scope", None).await;
    ask("stop", json!({"rule": "r"}), &write).await_problem(403, "insufficient_scope", None).await;
    let stopped = ask("stop", json!({"rule": "misleading"}), &review).await_status(200).await.json;
    check_members(&stopped["review"], json!({"rule": "misleading"}));
    assert_eq!(stopped["end"], json!({"cause": "policy", "at": "2026-11-20T10:00:00Z"}));
    world.pass(Span::seconds(1));
    ask("stop", json!({}), &write).await_problem(422, "promotion_ended", None).await;
}
