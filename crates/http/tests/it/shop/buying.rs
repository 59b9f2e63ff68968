//! Buying gift cards: paid once, issued once or not at all, and taken back in time.

use base::Span;
use http::Scopes;
use serde_json::{Value, json};

use super::{Shop, id, purchase};
use crate::fake_rails::{BANK, FakeRails};
use crate::world::{World, check_members, usd};

const ADA: &str = "per_00000000000000000000000007";

/// The ids of the cards of a purchase.
fn cards(bought: &Value) -> Vec<String> {
    bought["gift_cards"].as_array().unwrap().iter().map(id).collect()
}

/// What a purchase is called as a checkout.
fn checkout_of(bought: &Value) -> String {
    bought["checkout"].as_str().unwrap().to_owned()
}

async fn undo(world: &World, bought: &Value) -> crate::world::Answer {
    let path = format!("/v1/gift-card-purchases/{}/undo", id(bought));
    world.post(&path, json!({})).fresh().send().await
}

#[tokio::test]
async fn bought_cards_can_be_spent_and_claimed() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let said = json!({
        "quantity": 2, "buyer": ADA, "recipient": {"name": "Eve"}, "message": "Enjoy!",
        "sender": {"name": "Ada"}, "delivery": {"channel": "link"}, "design": "birthday",
        "regions": ["US"], "metadata": {"order": "17"}, "reference": "17",
        "scope": {"kinds": ["goods"]}, "expires_at": "2030-01-01T00:00:00Z",
    });
    let bought = shop.buy(2_500, "tok_ok", said).await;
    check_members(
        &bought,
        json!({
            "object": "gift_card_purchase", "status": "paid", "failure": null, "buyer": ADA,
            "total": usd(5_000), "quantity": 2, "undo_until": "2026-11-20T10:10:00Z",
            "undo_left_s": 600,
            "next_action": null, "created_at": "2026-11-20T10:00:00Z",
        }),
    );
    assert_eq!(id(&bought)[4..], checkout_of(&bought)[4..]);
    let order = shop.read("orders", bought["order"].as_str().unwrap()).await;
    check_members(&order, json!({"buyer": ADA, "total": usd(5_000)}));
    check_members(&order["lines"][0], json!({"name": "Gift card", "seller": null}));
    let payment = order["tenders"][0]["payment"].as_str().unwrap();
    for shown in bought["gift_cards"].as_array().unwrap() {
        check_members(
            shown,
            json!({"line": "l1", "status": "active", "value": usd(2_500), "claimed": false}),
        );
        let card = shop.read("gift-cards", &id(shown)).await;
        check_members(
            &card,
            json!({
                "balance": usd(2_500), "design": "birthday", "message": "Enjoy!",
                "metadata": {"order": "17"}, "regions": ["US"], "reference": "17",
                "expires_at": "2030-01-01T00:00:00Z",
                "funding": {"kind": "payment", "payment": payment, "reference": null},
            }),
        );
        assert_eq!(card["recipient"]["name"], "Eve");
        assert_eq!(card["scope"]["kinds"], json!(["goods"]));
    }
    assert_eq!(shop.balance("order/clearing").await, 0);
    let [first, second] = &bought["gift_cards"].as_array().unwrap()[..] else { panic!() };
    assert_ne!(first["code"], second["code"]);
    let mut spend = crate::world::redemption(first["code"].as_str().unwrap(), 700);
    spend["region"] = json!("US-CA");
    spend["lines"] = json!([{"kind": "goods"}]);
    world.post("/v1/redemptions", spend).fresh().await_status(201).await;
    let reveal = format!("/v1/gift-cards/{}/reveal", id(second));
    let token = &world.post(&reveal, json!({})).await_status(200).await.json["claim_token"];
    let claim = json!({"token": token, "person": ADA});
    let claimed = world.post("/v1/gift-cards/claim", claim).await_status(200).await.json;
    assert_eq!(claimed["owner"], ADA);
    let read = shop.read("gift-card-purchases", &id(&bought)).await;
    assert_eq!(cards(&read), cards(&bought));
    assert_eq!(read["gift_cards"][1]["claimed"], true);
    for shown in read["gift_cards"].as_array().unwrap() {
        assert!(shown.get("code").is_none(), "{shown}");
    }
}

#[tokio::test]
async fn a_declined_payment_issues_nothing() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let failed = shop.buy(2_500, "tok_declined", json!({})).await;
    check_members(
        &failed,
        json!({
            "status": "failed", "failure": "declined", "order": null, "gift_cards": [],
            "undo_until": null, "undo_left_s": null,
        }),
    );
    assert!(shop.list("/v1/gift-cards").await.is_empty());
    assert!(shop.list("/v1/orders").await.is_empty());
    let answer = undo(&world, &failed).await;
    assert_eq!((answer.status.as_u16(), &answer.json["code"]), (422, &json!("purchase_not_paid")));
    // The checkout may be paid another way.
    let checkout = checkout_of(&failed);
    shop.method_pays(&checkout, "tok_ok").await;
    assert_eq!(shop.pay(&checkout).await["status"], "paid");
    let paid = shop.read("gift-card-purchases", &id(&failed)).await;
    check_members(&paid, json!({"status": "paid", "failure": null}));
    assert_eq!(cards(&paid).len(), 1);
}

#[tokio::test]
async fn a_repeated_request_buys_nothing_more() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let method = shop.method("tok_ok").await;
    let body = purchase(2_500, &method, json!({"quantity": 3, "recipient": {"name": "Eve"}}));
    let ask = || world.post("/v1/gift-card-purchases", body.clone()).key("buy");
    let first = ask().await_status(201).await;
    assert!(!first.is_replayed());
    let again = ask().await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(first.json, again.json, "codes included");
    assert_eq!(shop.list("/v1/gift-cards").await.len(), 3);
    assert_eq!(shop.list("/v1/payments").await.len(), 1);
    assert_eq!(shop.list("/v1/checkouts").await.len(), 1);
    // The key is the caller's, for this and nothing else.
    let mut other = body.clone();
    other["quantity"] = json!(2);
    let other = world.post("/v1/gift-card-purchases", other).key("buy");
    other.await_problem(422, "idempotency_mismatch", None).await;
    // Somebody who may not see codes gets the rest.
    let blind = world.secret(Scopes::CHECKOUT);
    let shown = ask().with(&blind).await_status(201).await.json;
    assert!(shown["gift_cards"][0].get("code").is_none());
    assert_eq!(cards(&shown), cards(&first.json));
    // What somebody has claimed is not the buyer's any more.
    let claimed = &first.json["gift_cards"][0];
    let claim = json!({"code": claimed["code"], "person": ADA});
    let path = format!("/v1/gift-cards/{}/claim", id(claimed));
    world.post(&path, claim).fresh().await_status(200).await;
    let shown = ask().await_status(201).await.json;
    assert!(shown["gift_cards"][0].get("code").is_none());
    assert_eq!(shown["gift_cards"][1], first.json["gift_cards"][1]);
    world.pass(Span::days(2));
    let late = ask().await_status(201).await.json;
    assert!(late["gift_cards"][1].get("code").is_none());
}

#[tokio::test]
async fn two_at_once_buy_once() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let method = shop.method("tok_ok").await;
    for (same_key, expected) in [(true, 1), (false, 3)] {
        let body = purchase(2_500, &method, json!({}));
        let ask = |key: &str| world.post("/v1/gift-card-purchases", body.clone()).key(key);
        let other = if same_key { "one" } else { "three" };
        let one = if same_key { "one" } else { "two" };
        let (one, two) = tokio::join!(ask(one).await_status(201), ask(other).await_status(201));
        assert_eq!(cards(&one.json) == cards(&two.json), same_key);
        assert_eq!(shop.list("/v1/payments").await.len(), expected);
        assert_eq!(shop.list("/v1/gift-cards").await.len(), expected);
    }
}

#[tokio::test]
async fn a_refused_step_leaves_nothing() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let unknown = "pm_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let ask = |body: Value| world.post("/v1/gift-card-purchases", body).key("same");
    let refused = ask(purchase(2_500, unknown, json!({})));
    refused.await_problem(404, "payment_method_not_found", None).await;
    let method = shop.method("tok_ok").await;
    let program = json!({"name": "P", "value_max": usd(1_000)});
    let program = world.post("/v1/programs", program).fresh().await_status(201).await.json;
    let of_program = json!({"program": program["id"]});
    let refused = ask(purchase(2_500, &method, of_program.clone()));
    refused.await_problem(422, "limit_exceeded", None).await;
    assert!(shop.list("/v1/checkouts").await.is_empty());
    // Nothing is remembered under the key either.
    let bought = ask(purchase(1_000, &method, of_program)).await_status(201).await.json;
    assert_eq!(bought["status"], "paid");
}

#[tokio::test]
async fn a_purchase_that_was_called_off_before_it_came_is_none() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let method = shop.method("tok_ok").await;
    let reverse = |key: &str| world.post("/v1/reverse", json!({"key": key})).fresh();
    let ask = |key: &str| {
        world.post("/v1/gift-card-purchases", purchase(2_500, &method, json!({}))).key(key)
    };
    assert_eq!(reverse("early").await_status(200).await.json["status"], "barred");
    ask("early").await_problem(422, "operation_reversed", None).await;
    assert!(shop.list("/v1/payments").await.is_empty());
    ask("done").await_status(201).await;
    reverse("done").await_problem(422, "operation_irreversible", None).await;
}

#[tokio::test]
async fn a_payer_who_must_act_is_told() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let body = purchase(2_500, &shop.method("tok_challenge").await, json!({}));
    let ask = || world.post("/v1/gift-card-purchases", body.clone()).key("buy");
    let waits = ask().await_status(201).await.json;
    let action = json!({"kind": "redirect", "url": BANK});
    check_members(
        &waits,
        json!({"status": "requires_action", "next_action": action, "gift_cards": []}),
    );
    assert_eq!(shop.read("gift-card-purchases", &id(&waits)).await, waits);
    let payment = &shop.list("/v1/payments").await[0];
    let rails = FakeRails::new(world.book.handle().clone());
    rails.authorize(id(payment).parse().unwrap());
    // Whoever repeats the request has what is next done, and gets the cards.
    let paid = ask().await_status(201).await;
    assert!(paid.is_replayed());
    check_members(&paid.json, json!({"status": "paid", "next_action": null}));
    assert!(paid.json["gift_cards"][0]["code"].is_string());
    let silent = shop.buy(2_500, "tok_silent", json!({})).await;
    check_members(&silent, json!({"status": "pending", "order": null, "gift_cards": []}));
}

#[tokio::test]
async fn an_undone_purchase_goes_back() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let bought = shop.buy(2_500, "tok_ok", json!({"quantity": 2})).await;
    world.pass(Span::minutes(9));
    let path = format!("/v1/gift-card-purchases/{}/undo", id(&bought));
    let ask = || world.post(&path, json!({})).key("undo");
    let undone = ask().await_status(200).await;
    check_members(&undone.json, json!({"status": "undone", "order": bought["order"]}));
    for card in cards(&bought) {
        let card = shop.read("gift-cards", &card).await;
        check_members(&card, json!({"status": "canceled", "balance": usd(0)}));
    }
    let order = bought["order"].as_str().unwrap();
    let refund = &shop.list(&format!("/v1/orders/{order}/refunds")).await[0];
    check_members(refund, json!({"status": "succeeded", "amount": usd(5_000), "reason": "undone"}));
    assert_eq!(shop.balance("order/clearing").await, 0);
    assert_eq!(shop.balance("refund/payable").await, 0);
    let again = ask().await_status(200).await;
    assert!(again.is_replayed());
    assert_eq!(again.json, undone.json);
    assert_eq!(shop.list("/v1/rail-refunds").await.len(), 1);
    let twice = undo(&world, &bought).await;
    assert_eq!(twice.json["code"], "nothing_to_change");
}

#[tokio::test]
async fn what_cannot_be_undone_says_why() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let late = shop.buy(2_500, "tok_ok", json!({})).await;
    world.pass(Span::minutes(11));
    let spent = shop.buy(2_500, "tok_ok", json!({})).await;
    let code = spent["gift_cards"][0]["code"].as_str().unwrap();
    assert_eq!(world.redeem(code, 100).await.status, 201);
    let claimed = shop.buy(2_500, "tok_ok", json!({})).await;
    let card = &claimed["gift_cards"][0];
    let claim = json!({"code": card["code"], "person": ADA});
    let path = format!("/v1/gift-cards/{}/claim", id(card));
    world.post(&path, claim).fresh().await_status(200).await;
    for (bought, code) in
        [(&late, "undo_too_late"), (&spent, "bought_cards_spent"), (&claimed, "already_claimed")]
    {
        let answer = undo(&world, bought).await;
        assert_eq!((answer.status.as_u16(), &answer.json["code"]), (422, &json!(code)));
        let now = shop.read("gift-card-purchases", &id(bought)).await;
        assert_eq!(now["status"], "paid");
    }
    for unknown in ["x", "gcp_01jd3q8v9ec4y8s5k1m0t2n7xz", &checkout_of(&late)] {
        let path = format!("/v1/gift-card-purchases/{unknown}");
        world.get(&path).await_problem(404, "purchase_not_found", None).await;
        let ask = world.post(&format!("{path}/undo"), json!({})).fresh();
        ask.await_problem(404, "purchase_not_found", None).await;
    }
}

/// A line of gift cards.
fn line(units: u32, cards: Value) -> Value {
    json!({
        "name": "Gift card", "kind": "gift_card", "quantity": units, "unit_price": usd(1_000),
        "gift_cards": cards,
    })
}

#[tokio::test]
async fn a_checkout_sells_cards_among_other_things() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let to = |name: &str| json!({"recipient": {"name": name}, "delivery": {"channel": "link"}});
    let lines =
        json!([shop.line(500), line(2, json!([to("Eve"), to("Bob")])), line(1, json!([])),]);
    let checkout = shop.checkout_with(lines, json!({})).await;
    shop.card_pays(&checkout, &world.issue(2_000).await).await;
    shop.method_pays(&checkout, "tok_ok").await;
    let paid = shop.pay(&checkout).await;
    assert_eq!(paid["tenders"][0]["amount"], usd(500), "cards buy no cards: {paid:#}");
    let bought = shop.read("gift-card-purchases", &checkout.replace("chk_", "gcp_")).await;
    check_members(&bought, json!({"status": "paid", "quantity": 3, "total": usd(3_000)}));
    let mut names = Vec::new();
    let mut people = std::collections::BTreeSet::new();
    for card in cards(&bought) {
        let card = shop.read("gift-cards", &card).await;
        names.push(card["recipient"]["name"].as_str().map(str::to_owned));
        people.insert(card["recipient"]["id"].to_string());
    }
    assert_eq!(names, [Some("Eve".to_owned()), Some("Bob".to_owned()), None]);
    assert_eq!(people.len(), 3, "each is somebody else: {people:?}");
    let sold_by: Vec<_> =
        bought["gift_cards"].as_array().unwrap().iter().map(|card| &card["line"]).collect();
    assert_eq!(sold_by, ["l2", "l2", "l3"]);
}

#[tokio::test]
async fn no_card_pays_for_a_card() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout_with(json!([line(1, json!([]))]), json!({})).await;
    let card = world.issue(2_000).await;
    let tender = json!({"kind": "gift_card", "gift_card": card["id"]});
    let ask = world.post(&format!("/v1/checkouts/{checkout}/tenders"), tender).fresh();
    ask.await_problem(422, "line_not_in_scope", None).await;
}

#[tokio::test]
async fn what_is_said_about_cards_must_fit_their_line() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let mut goods = shop.line(500);
    goods["gift_cards"] = json!([{}]);
    let mut of_nobody = shop.line(500);
    of_nobody.as_object_mut().unwrap().remove("seller");
    let by_mail = json!({"delivery": {"channel": "email"}});
    let cases = [
        (json!([goods]), "/lines/0/gift_cards"),
        (json!([of_nobody]), "/lines/0/seller"),
        (json!([shop.line(1), line(3, json!([{}, {}]))]), "/lines/1/gift_cards"),
        (json!([line(2, json!([{}, by_mail]))]), "/lines/0/gift_cards/1/recipient/email"),
        (json!([line(101, json!([]))]), "/lines/0/quantity"),
        (json!([line(60, json!([])), line(41, json!([]))]), "/lines"),
    ];
    for (lines, param) in cases {
        let body = json!({"currency": "USD", "region": "US-CA", "lines": lines});
        let ask = world.post("/v1/checkouts", body).fresh();
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
    let method = shop.method("tok_ok").await;
    for (more, param) in [
        (json!({"quantity": 101}), "/quantity"),
        (json!({"delivery": {"channel": "email"}}), "/recipient/email"),
        (json!({"deliver_at": "2027-01-01T00:00:00Z"}), "/deliver_at"),
    ] {
        let ask = world.post("/v1/gift-card-purchases", purchase(1, &method, more)).fresh();
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
    let all = shop.buy(1, "tok_ok", json!({"quantity": 100})).await;
    assert_eq!(cards(&all).len(), 100);
}

#[tokio::test]
async fn a_program_may_put_off_when_its_bought_cards_can_be_spent() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let program = json!({"name": "P", "value_max": usd(10_000), "activation_s": 3_600});
    let program = world.post("/v1/programs", program).fresh().await_status(201).await.json;
    assert_eq!(program["activation_s"], 3_600);
    assert_eq!(shop.read("programs", &id(&program)).await["activation_s"], 3_600);
    let bought = shop.buy(2_500, "tok_ok", json!({"program": program["id"]})).await;
    let card = &bought["gift_cards"][0];
    assert_eq!(card["status"], "pending");
    let code = card["code"].as_str().unwrap();
    let refused = world.redeem(code, 100).await;
    assert_eq!(refused.json["reason"], "not_yet_active", "{}", refused.text());
    world.pass(Span::minutes(61));
    assert_eq!(world.redeem(code, 100).await.status, 201);
    let most = json!({"name": "P", "value_max": usd(1), "activation_s": 2_592_001});
    let ask = world.post("/v1/programs", most).fresh();
    ask.await_problem(422, "limit_exceeded", None).await;
}
