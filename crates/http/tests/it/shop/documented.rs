//! Answers are as the document says.

use base::Span;
use serde_json::json;

use super::{Shop, id};
use crate::documents::check_schema;
use crate::world::{World, usd};

#[tokio::test]
async fn answers_have_exactly_the_members_of_their_schema() {
    let world = World::new();
    let served = world.get("/openapi.json").await_status(200).await.json;
    let shop = Shop::open(&world).await;
    check_schema(&served, "Seller", &shop.read("sellers", &shop.seller).await);
    check_schema(&served, "Creator", &shop.read("creators", &shop.creator).await);
    let product = json!({"name": "Lamp", "seller": shop.seller, "kind": "goods", "price": usd(10)});
    let product = world.post("/v1/products", product).fresh().await_status(201).await.json;
    check_schema(&served, "Product", &product);
    let more = json!({"shipping": usd(10), "source": {"kind": "live", "id": "7"}});
    let checkout = shop.checkout_with(json!([shop.line(1_000)]), more).await;
    shop.card_pays(&checkout, &world.issue(300).await).await;
    let method = shop.method_pays(&checkout, "tok_challenge").await;
    check_schema(&served, "PaymentMethod", &shop.read("payment-methods", &method).await);
    let waits = shop.pay(&checkout).await;
    assert!(waits["next_action"].is_object());
    check_schema(&served, "Checkout", &waits);
    let bought = shop.buy(1_000, "tok_ok", json!({})).await;
    check_schema(&served, "GiftCardPurchase", &bought);
    let waits = shop.buy(1_000, "tok_challenge", json!({})).await;
    assert!(waits["next_action"].is_object());
    check_schema(&served, "GiftCardPurchase", &waits);
    let order = shop.order(1_000, 300, "tok_gone").await;
    check_schema(&served, "Order", &order);
    let payment = order["tenders"][1]["payment"].as_str().unwrap();
    check_schema(&served, "Payment", &shop.read("payments", payment).await);
    let path = format!("/v1/orders/{}/refunds/preview", id(&order));
    let preview = world.post(&path, json!({})).await_status(200).await.json;
    check_schema(&served, "RefundPreview", &preview);
    let refund = shop.refund(&order, json!({"reason": "r"})).await.json;
    check_schema(&served, "OrderRefund", &refund);
    let stuck = &shop.list("/v1/rail-refunds").await[0];
    check_schema(&served, "RailRefund", stuck);
    shop.order(1_000, 1_000, "").await;
    world.pass(Span::seconds(60));
    let run = json!({"currency": "USD", "until": "2026-11-20T10:00:30Z"});
    let run = world.post("/v1/payouts/runs", run).fresh().await_status(201).await.json;
    check_schema(&served, "PayoutRun", &run);
    let payout = run["payouts"][0]["id"].as_str().unwrap();
    check_schema(&served, "Payout", &shop.read("payouts", payout).await);
    let pay = world.post(&format!("/v1/checkouts/{}/pay", shop.checkout(5).await), json!({}));
    let not_covered = pay.fresh().await_problem(422, "not_covered", None).await;
    check_schema(&served, "Problem", &not_covered.json);
}
