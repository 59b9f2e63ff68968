//! Events of the shop, each with its object as it was.

use std::collections::BTreeSet;

use engine::EventKind;
use serde_json::json;

use super::{Shop, id};
use crate::world::{World, all_pages};

#[tokio::test]
async fn events_show_their_objects() {
    let mut world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    let created = shop.read("checkouts", &checkout).await;
    shop.card_pays(&checkout, &world.issue(300).await).await;
    let method = shop.method_pays(&checkout, "tok_gone").await;
    let paid = shop.pay(&checkout).await;
    let order = shop.read("orders", paid["order"].as_str().unwrap()).await;
    let refund = shop.refund(&order, json!({"reason": "r"})).await.json;
    let payment = order["tenders"][1]["payment"].as_str().unwrap();
    let method = shop.read("payment-methods", &method).await;
    let seller = shop.read("sellers", &shop.seller).await;
    let (refund_now, payment_now) =
        (shop.read("refunds", &id(&refund)).await, shop.read("payments", payment).await);
    let expected = [
        ("seller.created", seller),
        ("checkout.created", created),
        ("payment_method.created", method),
        ("checkout.paid", paid),
        ("order.paid", order),
        ("refund.consent_required", refund_now),
    ];
    world.restart();
    for (kind, object) in expected {
        let events = world.get(&format!("/v1/events?type={kind}")).await_status(200).await.json;
        assert_eq!(events["data"].as_array().unwrap().len(), 1, "{kind}");
        assert_eq!(events["data"][0]["data"], object, "{kind}");
    }
    let secured = world.get("/v1/events?type=hold.secured").await_status(200).await.json;
    assert_eq!(secured["data"].as_array().unwrap().len(), 1);
    let captured = world.get("/v1/events?type=payment.captured").await_status(200).await.json;
    assert_eq!(captured["data"][0]["data"]["captured"], payment_now["captured"]);
    // Every event has an object of the noun in its name, whole, and the same in every page.
    let events = all_pages(&world, "/v1/events", 100).await;
    for event in &events {
        let noun = event["type"].as_str().unwrap().split('.').next().unwrap();
        assert_eq!(event["data"]["object"], noun);
        assert!(event["data"]["created_at"].is_string(), "{event:#}");
    }
    assert_eq!(all_pages(&world, "/v1/events", 3).await, events);
}

#[test]
fn names_that_several_kinds_share_are_few() {
    let mut seen = BTreeSet::new();
    let shared: Vec<&str> =
        EventKind::all().map(EventKind::as_str).filter(|name| !seen.insert(*name)).collect();
    assert_eq!(shared, ["refund.succeeded"]);
}
