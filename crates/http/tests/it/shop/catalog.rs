//! Sellers, creators, products and payment methods.

use std::future::{Future, poll_fn};
use std::task::Poll;

use serde_json::{Value, json};

use super::{Shop, id};
use crate::world::{World, check_members, usd};

#[tokio::test]
async fn what_is_made_can_be_read_and_listed() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (seller, creator) = (&shop.seller, &shop.creator);
    let product = json!({
        "name": "Lamp", "seller": seller, "creator": creator, "kind": "goods",
        "category": "light", "price": usd(500), "metadata": {"sku": "7"},
    });
    let product = world.post("/v1/products", product).fresh().await_status(201).await.json;
    check_members(
        &product,
        json!({
            "object": "product", "seller": seller, "creator": creator, "kind": "goods",
            "category": "light", "price": usd(500), "metadata": {"sku": "7"},
        }),
    );
    check_members(
        &shop.read("sellers", seller).await,
        json!({"object": "seller", "name": "Lamps & Co", "commission_basis_points": 1_000}),
    );
    check_members(
        &shop.read("creators", creator).await,
        json!({"object": "creator", "handle": "ada", "share_basis_points": 500}),
    );
    assert_eq!(shop.read("products", &id(&product)).await, product);
    for path in ["/v1/products".to_owned(), format!("/v1/products?seller={seller}")] {
        assert_eq!(shop.list(&path).await, std::slice::from_ref(&product));
    }
    let none = "/v1/products?seller=sel_01jd3q8v9ec4y8s5k1m0t2n7xz";
    assert_eq!(shop.list(none).await, [] as [Value; 0]);
    assert_eq!(shop.list("/v1/sellers").await.len(), 1);
    assert_eq!(shop.list("/v1/creators").await.len(), 1);
}

#[tokio::test]
async fn a_token_is_kept_and_never_shown() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let person = "per_00000000000000000000000007";
    let body = json!({"person": person, "rail": "sandbox", "token": "tok_s3cret"});
    let ask = world.post("/v1/payment-methods", body).key("method");
    let kept = ask.clone().await_status(201).await;
    check_members(
        &kept.json,
        json!({
            "object": "payment_method", "rail": "sandbox", "person": person, "brand": "visa",
            "last4": "4242", "expires": "2028-12", "store_mediated": false, "metadata": {},
        }),
    );
    let again = ask.await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(again.json, kept.json);
    let read =
        world.get(&format!("/v1/payment-methods/{}", id(&kept.json))).await_status(200).await;
    let listed = world.get(&format!("/v1/payment-methods?person={person}")).await_status(200).await;
    assert_eq!(listed.json["data"], json!([read.json]));
    let events = world.get("/v1/events").await_status(200).await;
    for answer in [kept, again, read, listed, events] {
        assert!(!answer.text().contains("s3cret"), "{}", answer.text());
    }
    assert_eq!(shop.list("/v1/payment-methods").await.len(), 1);
}

#[tokio::test]
async fn a_method_that_the_rail_does_not_vouch_for_is_not_kept() {
    let world = World::new();
    let ask = |rail: &str, token: &str| {
        world.post("/v1/payment-methods", json!({"rail": rail, "token": token})).fresh()
    };
    let unknown = ask("sandbox", "tok_unknown").await_problem(422, "payment_method_refused", None);
    assert_eq!(unknown.await.json["reason"], "method_gone");
    let silent = ask("sandbox", "tok_timeout").await_problem(503, "rail_silent", None).await;
    assert_eq!(silent.json["transient"], true);
    assert!(silent.header("retry-after").is_some());
    ask("stripe", "tok_ok").await_problem(422, "rail_not_available", Some("/rail")).await;
    ask("sandbox", "a/../b").await_problem(400, "invalid_request", Some("/token")).await;
    let expired = ask("sandbox", "tok_expired").await_status(201).await.json;
    assert_eq!(expired["expires"], "2026-10");
    let listed = world.get("/v1/payment-methods").await_status(200).await.json;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_rail_that_hangs_holds_up_a_few_requests_and_refuses_the_others_at_once() {
    let world = World::new();
    let ask = |token: &str| {
        world.post("/v1/payment-methods", json!({"rail": "sandbox", "token": token})).fresh()
    };
    let mut asked: Vec<_> = (0..20).map(|_| Box::pin(ask("tok_hangs").send())).collect();
    let mut statuses = Vec::new();
    poll_fn(|context| {
        asked.retain_mut(|answer| match answer.as_mut().poll(context) {
            Poll::Ready(answer) => {
                statuses.push((answer.status, answer.json["code"].clone()));
                false
            }
            Poll::Pending => true,
        });
        if asked.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    // Those that found no place did not wait for those that did.
    let (refused, kept) = statuses.split_at(12);
    assert!(refused.iter().all(|(status, code)| *status == 503 && code == "rail_silent"));
    assert!(kept.iter().all(|(status, _)| *status == 201), "{kept:?}");
    ask("tok_ok").await_status(201).await;
}

#[tokio::test]
async fn a_rail_that_is_not_there_yet_or_not_any_more_is_asked_later() {
    let world = World::new();
    let ask = |rail: &str| {
        world.post("/v1/payment-methods", json!({"rail": rail, "token": "tok_ok"})).fresh()
    };
    ask("late").await_problem(503, "rail_silent", None).await;
    ask("stopped").await_problem(503, "unavailable", None).await;
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let world = World::new();
    for (path, prefix, code) in [
        ("sellers", "sel", "seller_not_found"),
        ("creators", "cre", "creator_not_found"),
        ("products", "prd", "product_not_found"),
        ("payment-methods", "pm", "payment_method_not_found"),
        ("checkouts", "chk", "checkout_not_found"),
        ("orders", "ord", "order_not_found"),
        ("refunds", "ref", "refund_not_found"),
        ("payments", "pay", "payment_not_found"),
        ("rail-refunds", "rrf", "rail_refund_not_found"),
        ("disputes", "dp", "dispute_not_found"),
        ("payouts", "po", "payout_not_found"),
    ] {
        for id in [format!("{prefix}_01jd3q8v9ec4y8s5k1m0t2n7xz"), "x".to_owned()] {
            world.get(&format!("/v1/{path}/{id}")).await_problem(404, code, None).await;
        }
    }
    let shop = Shop::open(&world).await;
    let open = format!("/v1/checkouts/{}/tenders", shop.checkout(100).await);
    let checkout = "/v1/checkouts/chk_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let wallet = json!({"kind": "wallet"});
    let method = json!({"kind": "payment_method", "payment_method":
        "pm_01jd3q8v9ec4y8s5k1m0t2n7xz"});
    let other = json!({"payment_method": "pm_01jd3q8v9ec4y8s5k1m0t2n7xz"});
    let order = "/v1/orders/ord_01jd3q8v9ec4y8s5k1m0t2n7xz/refunds";
    let rail_refund = "/v1/rail-refunds/rrf_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let refund = "/v1/refunds/ref_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let by_hand = json!({"tender": "t1", "rail": "bank"});
    let payout = "/v1/payouts/po_01jd3q8v9ec4y8s5k1m0t2n7xz";
    for (path, body, code) in [
        (format!("{checkout}/pay"), json!({}), "checkout_not_found"),
        (format!("{checkout}/cancel-attempt"), json!({}), "checkout_not_found"),
        (format!("{checkout}/tenders"), wallet, "checkout_not_found"),
        (format!("{checkout}/tenders"), method.clone(), "checkout_not_found"),
        (open, method, "payment_method_not_found"),
        (format!("{order}/preview"), json!({}), "order_not_found"),
        (order.to_owned(), json!({"reason": "r"}), "order_not_found"),
        (format!("{rail_refund}/consent"), other, "rail_refund_not_found"),
        (format!("{rail_refund}/retry"), json!({}), "rail_refund_not_found"),
        (format!("{rail_refund}/replace"), json!({}), "rail_refund_not_found"),
        (format!("{rail_refund}/give-up"), json!({}), "rail_refund_not_found"),
        (format!("{rail_refund}/paid-by-hand"), json!({"rail": "bank"}), "rail_refund_not_found"),
        (format!("{rail_refund}/store-credit"), json!({}), "rail_refund_not_found"),
        (format!("{refund}/paid-by-hand"), by_hand, "refund_not_found"),
        (format!("{refund}/store-credit"), json!({"tender": "t1"}), "refund_not_found"),
        (format!("{payout}/paid"), json!({}), "payout_not_found"),
        (format!("{payout}/failed"), json!({"reason": "r"}), "payout_not_found"),
    ] {
        world.post(&path, body).fresh().await_problem(404, code, None).await;
    }
    let remove = world.ask("DELETE", &format!("{checkout}/tenders/t1")).fresh();
    remove.await_problem(404, "checkout_not_found", None).await;
    assert_eq!(world.get(order).await_status(200).await.json["data"], json!([]));
}

#[tokio::test]
async fn what_moves_money_needs_a_key() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(100).await;
    let path = |rest: &str| format!("/v1/checkouts/{checkout}/{rest}");
    let order = "/v1/orders/ord_01jd3q8v9ec4y8s5k1m0t2n7xz/refunds";
    let rail_refund = "/v1/rail-refunds/rrf_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let refund = "/v1/refunds/ref_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let payout = "/v1/payouts/po_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let run = json!({"currency": "USD", "until": "2026-11-20T00:00:00Z"});
    for (method, path, body) in [
        ("POST", path("tenders"), json!({"kind": "wallet"})),
        ("DELETE", path("tenders/t1"), json!({})),
        ("POST", path("pay"), json!({})),
        ("POST", path("cancel-attempt"), json!({})),
        ("POST", order.to_owned(), json!({"reason": "r"})),
        ("POST", format!("{rail_refund}/retry"), json!({})),
        ("POST", format!("{rail_refund}/replace"), json!({})),
        ("POST", format!("{rail_refund}/give-up"), json!({})),
        ("POST", format!("{rail_refund}/paid-by-hand"), json!({"rail": "bank"})),
        ("POST", format!("{rail_refund}/store-credit"), json!({})),
        ("POST", format!("{refund}/paid-by-hand"), json!({"tender": "t1", "rail": "bank"})),
        ("POST", format!("{refund}/store-credit"), json!({"tender": "t1"})),
        ("POST", "/v1/payouts/runs".to_owned(), run),
        ("POST", format!("{payout}/paid"), json!({})),
        ("POST", format!("{payout}/failed"), json!({"reason": "r"})),
    ] {
        let ask = world.ask(method, &path).json(body);
        ask.await_problem(400, "idempotency_key_required", Some("Idempotency-Key")).await;
    }
}
