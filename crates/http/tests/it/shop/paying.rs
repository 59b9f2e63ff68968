//! Paying: once, all or nothing, and shown as it is.

use serde_json::{Value, json};

use super::{Shop, id};
use crate::fake_rails::{BANK, FakeRails};
use crate::world::{World, check_members, usd};

#[tokio::test]
async fn cards_and_a_method_pay_together() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let mut line = shop.line(1_000);
    line["creator"] = json!(shop.creator);
    line["tax"] = usd(80);
    let checkout = shop.checkout_with(json!([line]), json!({})).await;
    let card = world.issue(300).await;
    shop.card_pays(&checkout, &card).await;
    shop.method_pays(&checkout, "tok_ok").await;
    let paid = shop.pay(&checkout).await;
    check_members(&paid, json!({"status": "paid", "failure": null, "next_action": null}));
    let statuses: Vec<_> =
        paid["tenders"].as_array().unwrap().iter().map(|tender| &tender["status"]).collect();
    assert_eq!(statuses, ["paid", "paid"]);
    let order = shop.read("orders", paid["order"].as_str().unwrap()).await;
    check_members(
        &order,
        json!({
            "object": "order", "status": "paid", "checkout": checkout, "total": usd(1_080),
            "refunded": usd(0), "receipt": 1,
        }),
    );
    let parts = json!([
        {"kind": "seller", "of": shop.seller, "amount": usd(850)},
        {"kind": "commission", "of": null, "amount": usd(100)},
        {"kind": "creator", "of": shop.creator, "amount": usd(50)},
        {"kind": "tax", "of": null, "amount": usd(80)},
    ]);
    assert_eq!(order["lines"][0]["parts"], parts);
    assert_eq!(order["tenders"][0]["amount"], usd(300));
    assert_eq!(order["tenders"][1]["amount"], usd(780));
    let payment = shop.read("payments", order["tenders"][1]["payment"].as_str().unwrap()).await;
    check_members(
        &payment,
        json!({
            "object": "payment", "status": "captured", "amount": usd(780), "captured": usd(780),
            "refundable": usd(780), "checkout": checkout, "rail": "sandbox", "failure": null,
            "outcome_unknown": false,
        }),
    );
    let of_checkout = format!("/v1/payments?checkout={checkout}");
    assert_eq!(shop.list(&of_checkout).await, [payment]);
    assert_eq!(shop.list("/v1/orders").await, [order]);
    assert_eq!(shop.balance("order/clearing").await, 0);
    assert_eq!(shop.balance(&format!("seller/{}", shop.seller)).await, 850);
}

#[tokio::test]
async fn what_is_not_covered_is_told() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    shop.card_pays(&checkout, &world.issue(300).await).await;
    let pay = world.post(&format!("/v1/checkouts/{checkout}/pay"), json!({})).fresh();
    let told = pay.await_problem(422, "not_covered", None).await;
    check_members(&told.json, json!({"remaining": usd(700), "transient": false}));
}

#[tokio::test]
async fn a_declined_payment_gives_everything_back_and_may_be_tried_again() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    let card = world.issue(300).await;
    shop.card_pays(&checkout, &card).await;
    shop.method_pays(&checkout, "tok_declined").await;
    let pay = world.post(&format!("/v1/checkouts/{checkout}/pay"), json!({})).key("first");
    let failed = pay.clone().await_status(200).await.json;
    check_members(&failed, json!({"status": "failed", "failure": "declined", "order": null}));
    let card_now = shop.read("gift-cards", &id(&card)).await;
    check_members(&card_now, json!({"available": usd(300), "held": usd(0)}));
    let payment = &shop.list(&format!("/v1/payments?checkout={checkout}")).await[0];
    check_members(
        payment,
        json!({
            "status": "failed", "failure": {"step": "authorize", "code": "declined"},
        }),
    );
    // The same request again: nothing is paid, and the checkout is shown as it is.
    let again = pay.clone().await_status(200).await;
    assert!(again.is_replayed());
    assert_eq!(again.json["status"], "failed");
    shop.method_pays(&checkout, "tok_ok").await;
    assert_eq!(pay.clone().await_status(200).await.json["status"], "open");
    let paid = shop.pay(&checkout).await;
    assert_eq!(paid["status"], "paid", "{paid:#}");
    let last = pay.await_status(200).await;
    assert!(last.is_replayed());
    assert_eq!(last.json, paid);
    assert_eq!(shop.list("/v1/orders").await.len(), 1);
}

#[tokio::test]
async fn a_payer_is_told_what_to_do_and_nobody_else_is() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    shop.method_pays(&checkout, "tok_challenge").await;
    let pay = world.post(&format!("/v1/checkouts/{checkout}/pay"), json!({})).key("pay");
    let waits = pay.clone().await_status(200).await.json;
    let action = json!({"kind": "redirect", "url": BANK});
    check_members(&waits, json!({"status": "requires_action", "next_action": action}));
    assert_eq!(shop.read("checkouts", &checkout).await, waits);
    for path in ["/v1/checkouts", "/v1/payments", "/v1/events"] {
        let told = world.get(path).await_status(200).await;
        assert!(!told.text().contains(BANK), "{path}: {}", told.text());
    }
    let payment = waits["tenders"][0]["payment"].as_str().unwrap().parse().unwrap();
    let rails = FakeRails::new(world.book.handle().clone());
    rails.authorize(payment);
    // Whoever repeats the request sees how it went on.
    let paid = pay.await_status(200).await;
    assert!(paid.is_replayed());
    check_members(&paid.json, json!({"status": "paid", "next_action": null}));
}

#[tokio::test]
async fn a_payer_gives_an_attempt_up() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    let card = world.issue(300).await;
    shop.card_pays(&checkout, &card).await;
    shop.method_pays(&checkout, "tok_challenge").await;
    let path = format!("/v1/checkouts/{checkout}/cancel-attempt");
    let early = world.post(&path, json!({})).fresh();
    early.await_problem(422, "checkout_not_paying", None).await;
    let waits = shop.pay(&checkout).await;
    assert_eq!(waits["status"], "requires_action");
    let cancel = world.post(&path, json!({})).key("cancel");
    let canceled = cancel.clone().await_status(200).await.json;
    let expected = json!({"status": "failed", "failure": "attempt_canceled", "next_action": null});
    check_members(&canceled, expected);
    assert!(cancel.await_status(200).await.is_replayed());
    world.post(&path, json!({})).fresh().await_problem(422, "checkout_not_paying", None).await;
    // The card has its money again, the rail was told, and another tender may pay.
    let card = shop.read("gift-cards", &id(&card)).await;
    check_members(&card, json!({"balance": usd(300), "held": usd(0)}));
    let payment = waits["tenders"][1]["payment"].as_str().unwrap();
    assert_eq!(shop.read("payments", payment).await["status"], "voided");
    shop.method_pays(&checkout, "tok_ok").await;
    assert_eq!(shop.pay(&checkout).await["status"], "paid");
    world.post(&path, json!({})).fresh().await_problem(422, "checkout_paid", None).await;
}

#[tokio::test]
async fn an_attempt_that_waits_for_its_rail_is_not_given_up() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    shop.method_pays(&checkout, "tok_silent").await;
    shop.pay(&checkout).await;
    let path = format!("/v1/checkouts/{checkout}/cancel-attempt");
    let told = world.post(&path, json!({})).fresh();
    let told = told.await_problem(422, "checkout_paying", None).await;
    assert_eq!(told.json["transient"], true);
}

#[tokio::test]
async fn a_rail_that_says_nothing_leaves_the_checkout_paying() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    shop.method_pays(&checkout, "tok_silent").await;
    let waits = shop.pay(&checkout).await;
    check_members(&waits, json!({"status": "paying", "order": null}));
    let path = format!("/v1/checkouts/{checkout}");
    let again = world.post(&format!("{path}/pay"), json!({})).fresh();
    let told = again.await_problem(422, "checkout_paying", None).await;
    assert_eq!(told.json["transient"], true);
    let remove = world.ask("DELETE", &format!("{path}/tenders/t1")).fresh();
    remove.await_problem(422, "checkout_paying", None).await;
}

#[tokio::test]
async fn two_who_pay_at_once_get_one_order() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    for same_key in [true, false] {
        let checkout = shop.checkout(1_000).await;
        shop.card_pays(&checkout, &world.issue(300).await).await;
        shop.method_pays(&checkout, "tok_ok").await;
        let pay = || world.post(&format!("/v1/checkouts/{checkout}/pay"), json!({}));
        let key = format!("both {checkout}").replace(' ', "-");
        let other = if same_key { key.clone() } else { format!("{key}-2") };
        let (one, two) = tokio::join!(pay().key(&key).send(), pay().key(&other).send());
        let paid: Vec<_> = [&one, &two].into_iter().filter(|it| it.status == 200).collect();
        assert_eq!(paid.len(), if same_key { 2 } else { 1 }, "{} {}", one.text(), two.text());
        for answer in &paid {
            assert_eq!(answer.json["status"], "paid");
            assert_eq!(answer.json["order"], paid[0].json["order"]);
        }
        let refused = [&one, &two].into_iter().find(|answer| answer.status == 422);
        if let Some(refused) = refused {
            let code = refused.json["code"].as_str().unwrap();
            assert!(["checkout_paying", "checkout_paid"].contains(&code), "{code}");
        }
        assert_eq!(shop.list(&format!("/v1/payments?checkout={checkout}")).await.len(), 1);
    }
    assert_eq!(shop.list("/v1/orders").await.len(), 2);
    assert_eq!(shop.balance("order/clearing").await, 0);
    assert_eq!(shop.balance(&format!("seller/{}", shop.seller)).await, 1_800);
}

#[tokio::test]
async fn an_address_to_come_back_to_is_looked_at() {
    let mut world = World::new();
    let live = world.open_live_book("live");
    let live = world.key_of(&live, store::KeyKind::Secret, http::Scopes::ALL);
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    shop.method_pays(&checkout, "tok_ok").await;
    let pay = |url: &str| {
        world.post(&format!("/v1/checkouts/{checkout}/pay"), json!({"return_url": url})).fresh()
    };
    let method = shop.method("tok_ok").await;
    let buy = |url: &str| {
        let body = super::purchase(500, &method, json!({"return_url": url}));
        world.post("/v1/gift-card-purchases", body).fresh()
    };
    let long = format!("https://shop.example/{}", "a".repeat(1_024));
    for url in [
        "",
        "shop.example",
        "/done",
        "javascript:alert(1)",
        "http://shop.example/done",
        "https://ada:s3cret@shop.example/done",
        "https://shop.example/a b",
        &long,
    ] {
        for ask in [pay(url), buy(url)] {
            let told = ask.await_problem(400, "invalid_request", Some("/return_url")).await;
            assert!(!told.text().contains("s3cret"), "{}", told.text());
        }
    }
    // Where real money moves, nobody is sent to a page that anybody may read on the way.
    let here = pay("http://localhost:3000/done").with(&live);
    here.await_problem(400, "invalid_request", Some("/return_url")).await;
    let paid = pay("http://localhost:3000/done").await_status(200).await.json;
    check_members(&paid, json!({"status": "paid"}));
    let bought = buy("https://shop.example/done?a#b").await_status(201).await.json;
    check_members(&bought, json!({"status": "paid"}));
    for path in ["/v1/checkouts", "/v1/payments", "/v1/events", "/v1/gift-card-purchases"] {
        let told = world.get(path).await_status(200).await;
        assert!(!told.text().contains("/done"), "{path}: {}", told.text());
    }
}

#[tokio::test]
async fn a_store_is_played_where_one_was_paid_in_a_test_book() {
    let mut world = World::new();
    let shop = Shop::open(&world).await;
    let payment_of = |order: Value| order["tenders"][0]["payment"].as_str().unwrap().to_owned();
    let payment = payment_of(shop.order_at_store(1_000).await);
    let play = |payment: &str, amount: Value| {
        let body = json!({"payment": payment, "amount": amount, "makes": true});
        world.post("/v1/test/store-refunds", body)
    };
    let keyless = play(&payment, usd(100));
    keyless.await_problem(400, "idempotency_key_required", Some("Idempotency-Key")).await;
    // Nobody hears the store of this test, so the payment is told as it is when the wait is over.
    let told = play(&payment, usd(100)).fresh().await_status(200).await.json;
    check_members(&told, json!({"id": payment, "status": "captured", "refunded": usd(0)}));
    let refused = play(&payment, usd(1_001)).fresh();
    refused.await_problem(400, "invalid_request", Some("/amount")).await;
    let unknown = format!("pay_{}", "0".repeat(26));
    play(&unknown, usd(100)).fresh().await_problem(404, "payment_not_found", None).await;
    let of_card = payment_of(shop.order(1_000, 0, "tok_ok").await);
    let elsewhere = play(&of_card, usd(100)).fresh();
    elsewhere.await_problem(400, "invalid_request", Some("/payment")).await;
    let live = world.open_live_book("live");
    let key = world.key_of(&live, store::KeyKind::Secret, http::Scopes::ALL);
    let body = json!({"payment": payment, "amount": usd(100), "makes": true});
    let ask = world.post("/v1/test/store-refunds", body).fresh().with(&key);
    ask.await_problem(422, "not_a_test_book", None).await;
}

#[tokio::test]
async fn a_challenge_is_answered_where_one_waits_in_a_test_book() {
    let mut world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout_with(json!([shop.line(1_000)]), json!({})).await;
    let answer = |checkout: &str| {
        world.post("/v1/test/challenges", json!({"checkout": checkout, "passed": true}))
    };
    answer(&checkout).await_problem(422, "checkout_not_paying", None).await;
    let unknown = format!("chk_{}", "0".repeat(26));
    answer(&unknown).await_problem(404, "checkout_not_found", None).await;
    answer("chk_1").await_problem(400, "invalid_request", Some("/checkout")).await;
    shop.method_pays(&checkout, "tok_challenge").await;
    assert_eq!(shop.pay(&checkout).await["status"], "requires_action");
    // Nobody hears the rail of this test, so the checkout is told as it is when the wait is over.
    let waits = answer(&checkout).await_status(200).await.json;
    assert_eq!(waits["status"], "requires_action");
    let live = world.open_live_book("live");
    let key = world.key_of(&live, store::KeyKind::Secret, http::Scopes::ALL);
    let ask = world.post("/v1/test/challenges", json!({"checkout": checkout, "passed": true}));
    ask.with(&key).await_problem(422, "not_a_test_book", None).await;
}
