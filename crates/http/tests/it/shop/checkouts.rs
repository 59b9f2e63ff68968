//! Checkouts before they are paid.

use base::Span;
use serde_json::json;

use super::{Shop, id};
use crate::world::{World, check_members, usd};

#[tokio::test]
async fn a_checkout_adds_up() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let mut lamp = shop.line(1_000);
    lamp["quantity"] = json!(3);
    lamp["discount"] = usd(100);
    lamp["tax"] = usd(290);
    lamp["creator"] = json!(shop.creator);
    let mut gift = shop.line(0);
    gift["tax"] = usd(0);
    let more = json!({
        "shipping": usd(500), "shipping_tax": usd(50), "metadata": {"cart": "9"},
        "source": {"kind": "video", "id": "v1"}, "buyer": "per_00000000000000000000000007",
    });
    let checkout = shop.checkout_with(json!([lamp, gift]), more).await;
    let checkout = shop.read("checkouts", &checkout).await;
    check_members(
        &checkout,
        json!({
            "object": "checkout", "status": "open", "currency": "USD", "region": "US-CA",
            "total": usd(3_740), "applied": usd(0), "remaining": usd(3_740), "tenders": [],
            "failure": null, "order": null, "next_action": null, "metadata": {"cart": "9"},
            "source": {"kind": "video", "id": "v1"}, "buyer": "per_00000000000000000000000007",
            "expires_at": "2026-11-20T10:15:00Z",
        }),
    );
    let lines = checkout["lines"].as_array().unwrap();
    let line = json!({"id": "l1", "quantity": 3, "total": usd(3_190), "creator": shop.creator});
    check_members(&lines[0], line);
    check_members(&lines[1], json!({"id": "l2", "total": usd(0)}));
    check_members(&lines[2], json!({"id": "shipping", "seller": null, "total": usd(550)}));
    let buyer = "/v1/checkouts?buyer=per_00000000000000000000000007";
    for path in [buyer, "/v1/checkouts"] {
        assert_eq!(shop.list(path).await, std::slice::from_ref(&checkout));
    }
    world.pass(Span::seconds(15 * 60));
    assert_eq!(shop.read("checkouts", &id(&checkout)).await["status"], "expired");
    let pay = world.post(&format!("/v1/checkouts/{}/pay", id(&checkout)), json!({})).fresh();
    pay.await_problem(422, "checkout_expired", None).await;
}

#[tokio::test]
async fn lines_are_judged() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let with = |member: &str, value: serde_json::Value| {
        let mut line = shop.line(100);
        line[member] = value;
        json!({"currency": "USD", "region": "US", "lines": [line]})
    };
    let euros = json!({"amount": 1, "currency": "EUR"});
    let ask = |body| world.post("/v1/checkouts", body).fresh();
    for (body, status, code, param) in [
        (with("unit_price", euros.clone()), 422, "currency_mismatch", None),
        (with("tax", euros), 422, "currency_mismatch", None),
        (with("discount", usd(101)), 422, "discount_exceeds_price", None),
        (with("seller", json!("sel_01jd3q8v9ec4y8s5k1m0t2n7xz")), 404, "seller_not_found", None),
        (with("quantity", json!(0)), 400, "invalid_request", Some("/lines/0/quantity")),
        (with("tax", usd(-1)), 400, "invalid_request", Some("/lines/0/tax/amount")),
        (
            json!({"currency": "USD", "region": "US", "lines": []}),
            400,
            "invalid_request",
            Some("/lines"),
        ),
    ] {
        ask(body).await_problem(status, code, param).await;
    }
    let mut service = shop.line(100);
    service["kind"] = json!("service");
    let mut body = json!({"currency": "USD", "region": "US", "lines": [service]});
    body["shipping"] = usd(5);
    ask(body.clone()).await_problem(422, "nothing_to_ship", None).await;
    body.as_object_mut().unwrap().remove("shipping");
    body["shipping_tax"] = usd(5);
    ask(body).await_problem(400, "invalid_request", Some("/shipping_tax")).await;
}

#[tokio::test]
async fn tenders_come_and_go() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (card, method) = (world.issue(300).await, shop.method("tok_ok").await);
    let checkout = shop.checkout(1_000).await;
    let most = json!({"kind": "payment_method", "payment_method": method, "amount": usd(900)});
    let planned = shop.tender(&checkout, most).await;
    assert_eq!(planned["remaining"], usd(100));
    let code = json!({"kind": "gift_card", "code": card["code"], "client": {"session": "s"}});
    let planned = shop.tender(&checkout, code).await;
    check_members(&planned, json!({"applied": usd(1_000), "remaining": usd(0)}));
    let tenders = planned["tenders"].as_array().unwrap();
    check_members(
        &tenders[0],
        json!({
            "id": "t1", "kind": "payment_method", "payment_method": method, "amount": usd(700),
            "status": "applied", "gift_card": null, "hold": null, "payment": null,
            "allocations": [{"line": "l1", "amount": usd(700)}],
        }),
    );
    let by_card = json!({"id": "t2", "gift_card": card["id"], "amount": usd(300)});
    check_members(&tenders[1], by_card);
    let hold = shop.read("holds", tenders[1]["hold"].as_str().unwrap()).await;
    check_members(&hold, json!({"held": usd(300), "checkout": checkout}));
    let path = format!("/v1/checkouts/{checkout}/tenders");
    let refused = |tender| world.post(&path, tender).fresh();
    let same = json!({"kind": "gift_card", "gift_card": card["id"]});
    refused(same).await_problem(422, "card_already_used", None).await;
    let remove = world.ask("DELETE", &format!("{path}/t2")).key("remove");
    let left = remove.clone().await_status(200).await.json;
    check_members(&left, json!({"applied": usd(900), "remaining": usd(100)}));
    assert_eq!(shop.read("holds", &id(&hold)).await["status"], "released");
    assert!(remove.await_status(200).await.is_replayed());
    for name in ["t2", "t9", "x"] {
        let ask = world.ask("DELETE", &format!("{path}/{name}")).fresh();
        ask.await_problem(404, "tender_not_found", None).await;
    }
}

#[tokio::test]
async fn a_tender_is_of_one_kind() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (card, method) = (world.issue(300).await, shop.method("tok_ok").await);
    let path = format!("/v1/checkouts/{}/tenders", shop.checkout(1_000).await);
    for (tender, param) in [
        (json!({"kind": "cash"}), "/kind"),
        (json!({"kind": "gift_card"}), "/code"),
        (json!({"kind": "payment_method"}), "/payment_method"),
        (json!({"kind": "gift_card", "gift_card": card["id"], "amount": usd(1)}), "/amount"),
        (json!({"kind": "wallet", "gift_card": card["id"]}), "/gift_card"),
        (json!({"kind": "wallet", "client": {"ip": "x"}}), "/client/ip"),
        (
            json!({"kind": "payment_method", "payment_method": method, "code": card["code"]}),
            "/code",
        ),
    ] {
        let ask = world.post(&path, tender).fresh();
        ask.await_problem(400, "invalid_request", Some(param)).await;
    }
}

#[tokio::test]
async fn cards_that_cannot_pay_say_why() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let path = format!("/v1/checkouts/{}/tenders", shop.checkout(1_000).await);
    let ask = |card: &serde_json::Value| {
        world.post(&path, json!({"kind": "gift_card", "gift_card": card["id"]})).fresh()
    };
    let frozen = world.issue(300).await;
    let freeze = format!("/v1/gift-cards/{}/freeze", id(&frozen));
    world.post(&freeze, json!({})).fresh().await_status(200).await;
    let told = ask(&frozen).await_problem(422, "gift_card_not_usable", None).await;
    assert_eq!(told.json["reason"], "frozen");
    let elsewhere = world.issue_with(300, json!({"regions": ["DE"]})).await;
    ask(&elsewhere).await_problem(422, "region_not_allowed", None).await;
    let bound = world.issue_with(300, json!({"scope": {"kinds": ["digital"]}})).await;
    ask(&bound).await_problem(422, "line_not_in_scope", None).await;
    let empty = world.issue(300).await;
    assert_eq!(world.redeem(empty["code"].as_str().unwrap(), 300).await.status, 201);
    ask(&empty).await_problem(422, "tender_pays_nothing", None).await;
    let euros = json!({"value": {"amount": 5, "currency": "EUR"}, "funding":
        {"kind": "promotional"}});
    let euros = world.post("/v1/gift-cards", euros).fresh().await_status(201).await.json;
    ask(&euros).await_problem(422, "currency_mismatch", None).await;
    let unknown = json!({"kind": "gift_card", "code": "23456789"});
    let told = world.post(&path, unknown).fresh();
    let told = told.await_problem(422, "gift_card_not_usable", None).await;
    assert_eq!(told.json["reason"], "unknown");
}

#[tokio::test]
async fn one_card_of_several_that_was_blocked_meanwhile_is_named() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    let cards = [world.issue(600).await, world.issue(600).await];
    for card in &cards {
        let body = json!({"kind": "gift_card", "gift_card": card["id"]});
        let path = format!("/v1/checkouts/{checkout}/tenders");
        world.post(&path, body).fresh().await_status(201).await;
    }
    let freeze = format!("/v1/gift-cards/{}/freeze", id(&cards[1]));
    world.post(&freeze, json!({})).fresh().await_status(200).await;
    let pay = || world.post(&format!("/v1/checkouts/{checkout}/pay"), json!({})).key("pay");
    let first = pay().await_problem(422, "gift_card_not_usable", None).await;
    let named = json!({"reason": "frozen", "tender": "t2", "gift_card": cards[1]["id"]});
    check_members(&first.json, named.clone());
    // The answer of the key says the same.
    let again = pay().await_problem(422, "gift_card_not_usable", None).await;
    check_members(&again.json, named);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}
