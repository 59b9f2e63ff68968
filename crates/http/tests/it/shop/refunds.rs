//! Money of orders on its way back.

use base::{DisputeId, Span, Token};
use payments::OpenDispute;
use serde_json::{Value, json};

use super::{Shop, id};
use crate::fake_rails::FakeRails;
use crate::world::{World, check_members, usd};

/// The only refund over a rail of a refund of an order.
async fn rail_refund(shop: &Shop<'_>, refund: &Value) -> Value {
    let all = shop.list(&format!("/v1/rail-refunds?refund={}", id(refund))).await;
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0].clone()
}

#[tokio::test]
async fn the_refund_is_what_the_preview_says() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 301, "tok_ok").await;
    let path = format!("/v1/orders/{}/refunds", id(&order));
    let bodies = [
        json!({"lines": [{"line": "l1", "amount": usd(333)}]}),
        json!({"amount": usd(100)}),
        json!({}),
    ];
    for body in bodies {
        // Lists go by ids, and ids by time.
        world.pass(Span::seconds(1));
        let preview = world.post(&format!("{path}/preview"), body.clone());
        let preview = preview.await_status(200).await.json;
        assert_eq!(preview["object"], "refund_preview");
        let mut body = body;
        body["reason"] = json!("damaged");
        let refund = world.post(&path, body).fresh().await_status(201).await.json;
        for member in ["amount", "lines", "parts"] {
            assert_eq!(preview[member], refund[member], "{member}");
        }
        let told = |object: &Value| {
            let parts = object["allocations"].as_array().unwrap().iter();
            let part = |part: &Value| json!([part["tender"], part["line"], part["amount"]]);
            parts.map(part).collect::<Vec<_>>()
        };
        assert_eq!(told(&preview), told(&refund));
        let now = shop.read("refunds", &id(&refund)).await;
        check_members(
            &now,
            json!({
                "object": "refund", "status": "succeeded", "reason": "damaged",
                "order": order["id"],
            }),
        );
        let sent = rail_refund(&shop, &refund).await;
        check_members(&sent, json!({"status": "succeeded", "refund": refund["id"]}));
    }
    let order = shop.read("orders", &id(&order)).await;
    check_members(&order, json!({"status": "refunded", "refunded": usd(1_000)}));
    let refunds = shop.list(&path).await;
    let notes: Vec<_> = refunds.iter().map(|refund| &refund["credit_note"]).collect();
    assert_eq!(notes, [3, 2, 1]);
    for (body, code) in [
        (json!({}), "nothing_to_refund"),
        (json!({"amount": usd(1)}), "amount_exceeds_refundable"),
        (json!({"lines": [{"line": "l7", "quantity": 1}]}), "line_not_found"),
        (json!({"lines": [{"line": "l1", "quantity": 1}]}), "quantity_exceeds_line"),
        (json!({"amount": {"amount": 1, "currency": "EUR"}}), "currency_mismatch"),
    ] {
        let preview = world.post(&format!("{path}/preview"), body.clone());
        preview.await_problem(422, code, None).await;
        let mut body = body;
        body["reason"] = json!("damaged");
        let told = world.post(&path, body).fresh().await_problem(422, code, None).await;
        if code == "amount_exceeds_refundable" {
            assert_eq!(told.json["refundable"], usd(0));
        }
    }
    assert_eq!(shop.balance("order/clearing").await, 0);
    assert_eq!(shop.balance(&format!("seller/{}", shop.seller)).await, 0);
}

#[tokio::test]
async fn a_refund_is_made_once_under_its_key() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 1_000, "").await;
    let path = format!("/v1/orders/{}/refunds", id(&order));
    let body = json!({"lines": [{"line": "l1", "quantity": 1}], "reason": "r"});
    let ask = world.post(&path, body).key("refund");
    let first = ask.clone().await_status(201).await;
    let again = ask.await_status(201).await;
    assert!(again.is_replayed());
    assert_eq!(first.json, again.json);
    check_members(&first.json, json!({"status": "succeeded", "amount": usd(1_000)}));
    let other = world.post(&path, json!({"reason": "r"})).key("refund");
    other.await_problem(422, "idempotency_mismatch", None).await;
    assert_eq!(shop.list(&path).await.len(), 1);
}

#[tokio::test]
async fn who_picks_no_line_does_not_get_everything_back() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 1_000, "").await;
    let path = format!("/v1/orders/{}/refunds", id(&order));
    for path in [path.clone(), format!("{path}/preview")] {
        for (none, param) in [
            (json!({"lines": []}), "/lines"),
            (json!({"lines": null}), "/lines"),
            (json!({"amount": null}), "/amount"),
            (json!({"lines": [], "amount": usd(100)}), "/lines"),
        ] {
            let mut body = none;
            if !path.ends_with("/preview") {
                body["reason"] = json!("r");
            }
            let ask = world.post(&path, body).fresh();
            ask.await_problem(400, "invalid_request", Some(param)).await;
        }
    }
    assert!(shop.list(&path).await.is_empty());
}

#[tokio::test]
async fn both_kinds_of_refund_are_read_and_told_under_one_name() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 1_000, "").await;
    let of_order = shop.refund(&order, json!({"reason": "r"})).await.json;
    let card = world.issue(500).await;
    let redeemed = world.redeem(card["code"].as_str().unwrap(), 500).await.json;
    let path = format!("/v1/holds/{}/refund", id(&redeemed));
    let refund = world.post(&path, json!({"amount": usd(5)})).fresh();
    let of_hold = refund.await_status(201).await.json;
    for refund in [&of_order, &of_hold] {
        assert_eq!(&shop.read("refunds", &id(refund)).await, refund);
    }
    let events = shop.list("/v1/events?type=refund.succeeded").await;
    let told: Vec<_> = events.iter().map(|event| &event["data"]).collect();
    // What the order's card got back is a refund too, of its hold.
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told.contains(&&of_order) && told.contains(&&of_hold), "{told:#?}");
}

#[tokio::test]
async fn a_payer_names_another_way() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 0, "tok_gone").await;
    let refund = shop.refund(&order, json!({"reason": "r"})).await.json;
    assert_eq!(shop.read("refunds", &id(&refund)).await["status"], "needs_consent");
    let stuck = rail_refund(&shop, &refund).await;
    check_members(
        &stuck,
        json!({
            "object": "rail_refund", "status": "needs_consent", "consent_reason": "method_gone",
            "attempt": 1, "payment_method": null,
        }),
    );
    let path = format!("/v1/rail-refunds/{}", id(&stuck));
    let expired = json!({"payment_method": shop.method_of("bank", "tok_expired").await});
    let ask = world.post(&format!("{path}/consent"), expired).fresh();
    ask.await_problem(422, "payment_method_expired", None).await;
    world.post(&format!("{path}/retry"), json!({})).fresh().await_status(200).await;
    assert_eq!(shop.read("rail-refunds", &id(&stuck)).await["attempt"], 2);
    // What the rail cannot send there would wait for ever.
    let unreachable = json!({"payment_method": shop.method("tok_ok").await});
    let ask = world.post(&format!("{path}/consent"), unreachable).fresh();
    let told = ask.await_problem(422, "payment_method_cannot_receive", None).await;
    assert!(told.json["detail"].as_str().unwrap().contains("store-credit"), "{}", told.text());
    assert_eq!(shop.read("rail-refunds", &id(&stuck)).await["status"], "needs_consent");
    let other = shop.method_of("bank", "tok_ok").await;
    let consent = world.post(&format!("{path}/consent"), json!({"payment_method": other}));
    let consent = consent.key("consent");
    assert_eq!(consent.clone().await_status(200).await.json["payment_method"], other);
    assert!(consent.await_status(200).await.is_replayed());
    let sent = shop.read("rail-refunds", &id(&stuck)).await;
    check_members(&sent, json!({"status": "succeeded", "payment_method": other, "attempt": 3}));
    assert_eq!(shop.read("refunds", &id(&refund)).await["status"], "succeeded");
    for action in ["consent", "retry"] {
        let body = if action == "retry" { json!({}) } else { json!({"payment_method": other}) };
        let ask = world.post(&format!("{path}/{action}"), body).fresh();
        ask.await_problem(422, "consent_not_needed", None).await;
    }
    let ask = world.post(&format!("{path}/give-up"), json!({})).fresh();
    ask.await_problem(422, "rail_refund_not_open", None).await;
    assert_eq!(shop.balance("refund/payable").await, 0);
}

#[tokio::test]
async fn what_a_card_that_is_gone_had_paid_is_paid_by_hand() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let refund = shop.refund_to_a_card_that_is_gone().await;
    assert_eq!(refund["status"], "needs_consent");
    assert_eq!(shop.balance("refund/payable").await, 1_000);
    let path = format!("/v1/refunds/{}/paid-by-hand", id(&refund));
    let other = json!({"tender": "t2", "rail": "bank"});
    world.post(&path, other).fresh().await_problem(404, "tender_not_found", None).await;
    let body = json!({"tender": "t1", "rail": "bank"});
    let ask = world.post(&path, body.clone()).key("by-hand");
    let paid = ask.clone().await_status(200).await.json;
    check_members(&paid, json!({"object": "refund", "status": "succeeded"}));
    check_members(&paid["allocations"][0], json!({"paid_by_hand": true, "gift_card": null}));
    assert!(ask.await_status(200).await.is_replayed());
    world.post(&path, body).fresh().await_problem(422, "nothing_to_change", None).await;
    assert_eq!(shop.read("refunds", &id(&refund)).await, paid);
    assert_eq!(shop.balance("refund/payable").await, 0);
    assert_eq!(shop.balance("rail/bank/clearing").await, -1_000);
}

#[tokio::test]
async fn a_refund_that_failed_is_replaced_once() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 0, "tok_refund_fails").await;
    let refund = shop.refund(&order, json!({"reason": "r"})).await.json;
    let failed = rail_refund(&shop, &refund).await;
    check_members(&failed, json!({"status": "failed", "failure": "declined"}));
    assert_eq!(shop.read("refunds", &id(&refund)).await["status"], "failed");
    let path = format!("/v1/rail-refunds/{}/replace", id(&failed));
    let other = world.post(&path, json!({})).fresh().await_status(201).await.json;
    assert_ne!(other["id"], failed["id"]);
    assert_eq!(shop.read("rail-refunds", &id(&failed)).await["replaced_by"], other["id"]);
    world.post(&path, json!({})).fresh().await_problem(422, "nothing_to_change", None).await;
    let all = format!("/v1/rail-refunds?refund={}", id(&refund));
    assert_eq!(shop.list(&all).await.len(), 2);
    assert_eq!(shop.balance("refund/payable").await, 1_000);
}

#[tokio::test]
async fn a_refund_is_given_up_only_where_no_rail_can_have_it() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 0, "tok_refund_pending").await;
    let refund = shop.refund(&order, json!({"reason": "r"})).await.json;
    assert_eq!(refund["status"], "pending");
    let sent = rail_refund(&shop, &refund).await;
    let path = format!("/v1/rail-refunds/{}/give-up", id(&sent));
    let told = world.post(&path, json!({})).fresh();
    let told = told.await_problem(422, "outcome_pending", None).await;
    assert_eq!(told.json["transient"], true);
    let order = shop.order(1_000, 0, "tok_gone").await;
    let refund = shop.refund(&order, json!({"reason": "r"})).await.json;
    let stuck = rail_refund(&shop, &refund).await;
    let path = format!("/v1/rail-refunds/{}/give-up", id(&stuck));
    let given_up = world.post(&path, json!({"reason": "moved_away"})).fresh();
    let given_up = given_up.await_status(200).await.json;
    check_members(&given_up, json!({"status": "failed", "failure": "moved_away"}));
}

#[tokio::test]
async fn a_dispute_is_shown_and_blocks_refunds() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let order = shop.order(1_000, 0, "tok_ok").await;
    let payment = order["tenders"][0]["payment"].as_str().unwrap();
    let rails = FakeRails::new(world.book.handle().clone());
    let dispute = DisputeId::from_bits(7);
    rails.give(engine::PaymentCommand::OpenDispute {
        payment: payment.parse().unwrap(),
        new: Box::new(OpenDispute {
            id: dispute,
            amount: base::Money::new(800, base::Currency::USD).unwrap(),
            reason: Token::new("fraudulent").unwrap(),
            due_by: None,
            stage: 1,
            rail_reference: None,
        }),
        rest: base::RailRefundId::from_bits(8),
    });
    let mut ours = String::new();
    dispute.write_into(&mut ours);
    let open = shop.read("disputes", &ours).await;
    check_members(
        &open,
        json!({
            "object": "dispute", "status": "open", "amount": usd(800), "payment": payment,
            "reason": "fraudulent", "stage": 1,
        }),
    );
    // The key that reads has not written it, so the list waits for nothing.
    world.book.handle().flush_and_wait(u64::MAX).unwrap();
    for path in ["/v1/disputes?status=open", "/v1/disputes"] {
        assert_eq!(shop.list(path).await, std::slice::from_ref(&open));
    }
    assert_eq!(shop.list("/v1/disputes?status=won").await, [] as [Value; 0]);
    let told = shop.refund(&order, json!({"reason": "r"})).await;
    assert_eq!(told.status, 422);
    let expected = json!({"code": "amount_exceeds_refundable", "refundable": usd(200)});
    check_members(&told.json, expected);
    assert_eq!(shop.read("payments", payment).await["disputed"], usd(800));
}

/// Of two payments a store was paid by one, and the other was refused: the store does not know that
/// it should give anything back.
#[tokio::test]
async fn what_a_store_has_taken_in_vain_waits_until_it_was_asked() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let checkout = shop.checkout(1_000).await;
    let methods =
        [shop.method_of("sandbox_store", "tok_silent").await, shop.method("tok_silent").await];
    for (method, cents) in methods.iter().zip([400, 600]) {
        let amount = usd(cents);
        let tender = json!({"kind": "payment_method", "payment_method": method, "amount": amount});
        shop.tender(&checkout, tender).await;
    }
    shop.pay(&checkout).await;
    let payments = shop.list(&format!("/v1/payments?checkout={checkout}")).await;
    let of = |cents: i64| id(payments.iter().find(|one| one["amount"] == usd(cents)).unwrap());
    let rails = FakeRails::new(world.book.handle().clone());
    rails.capture(of(400).parse().unwrap());
    rails.decline(of(600).parse().unwrap());
    world.flush();
    let stuck = shop.list("/v1/rail-refunds").await.remove(0);
    check_members(
        &stuck,
        json!({
            "status": "needs_consent", "consent_reason": "held_by_store", "refund": null,
            "amount": usd(400), "rail": "sandbox_store",
        }),
    );
    let path = format!("/v1/rail-refunds/{}", id(&stuck));
    let other = json!({"payment_method": shop.method_of("sandbox_store", "tok_ok").await});
    let consent = world.post(&format!("{path}/consent"), other).fresh();
    consent.await_problem(422, "held_by_store", None).await;
    let asked = world.post(&format!("{path}/retry"), json!({})).fresh().await_status(200).await;
    check_members(&asked.json, json!({"status": "pending", "consent_reason": null}));
    assert_eq!(shop.balance("refund/payable").await, 400);
}
