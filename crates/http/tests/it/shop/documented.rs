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
    let list = world.get("/v1/gift-card-purchases").await_status(200).await.json;
    check_schema(&served, "GiftCardPurchaseList", &list);
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

/// The rail is faked and tells no files: all that was moved is missing, on whatever store.
#[tokio::test]
async fn what_no_file_tells_is_the_balance_of_the_rail() {
    let world = World::new();
    let served = world.get("/openapi.json").await_status(200).await.json;
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 300, "tok_ok").await;
    shop.refund(&order, json!({"reason": "r", "amount": usd(500)})).await;
    let balance = shop.balance("rail/sandbox/clearing").await;
    let all = world.get("/v1/rails/sandbox/reconciliation").await_status(200).await.json;
    check_schema(&served, "Reconciliation", &all);
    let line = &all["data"][0];
    assert_eq!((&line["balance"], &line["missing"]["amount"]), (&json!(balance), &json!(balance)));
    assert_eq!((&line["other"], &line["at_rail"]), (&json!(0), &json!(0)));
    let open = shop.list("/v1/rails/sandbox/unsettled").await;
    assert_eq!(line["missing"]["count"], open.len());
    let payment = order["tenders"][1]["payment"].as_str().unwrap();
    let told = json!([{"line": "txn_1", "kind": "capture", "gross": 700, "fee": 0,
        "at": "2026-11-20T10:00:00Z", "operation": format!("{payment}:authorize")}]);
    let body = json!({"reference": "po_1", "currency": "USD", "lines": told});
    let file = world.post("/v1/rails/sandbox/settlements", body).fresh().await_status(200).await;
    let path = format!("/v1/rails/sandbox/settlements/{}", id(&file.json));
    let read = world.get(&path).await_status(200).await.json;
    check_schema(&served, "Settlement", &read);
    let lines = shop.list(&format!("{path}/lines")).await;
    check_schema(&served, "SettlementLine", &lines[0]);
    assert_eq!(lines[0]["payment"], payment);
}
