//! Who may call what.

use http::Scopes;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_key_is_needed() {
    let world = World::new();
    let ask = || world.get("/v1/holds/hold_01jd3q8v9ec4y8s5k1m0t2n7xz");
    let no_key = ask().without("authorization").await_problem(401, "unauthorized", None).await;
    assert_eq!(no_key.header("www-authenticate"), Some("Bearer"));
    for wrong in ["Bearer mg_test_0123456789abcdef0123456789abcdef", "Bearer ", "Basic abc", "x"] {
        let ask = ask().header("authorization", wrong);
        ask.await_problem(401, "unauthorized", None).await;
    }
    ask().header("authorization", &format!("bearer {}", world.all)).await_status(404).await;
}

/// Routes about what is sold, each with the one scope it wants.
fn routes_of_shop() -> Vec<(&'static str, String, Scopes)> {
    let checkout = "/v1/checkouts/chk_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let order = "/v1/orders/ord_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let refund = "/v1/refunds/ref_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let rail_refund = "/v1/rail-refunds/rrf_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let payout = "/v1/payouts/po_01jd3q8v9ec4y8s5k1m0t2n7xz";
    vec![
        ("POST", "/v1/sellers".into(), Scopes::CATALOG),
        ("GET", "/v1/sellers".into(), Scopes::READ),
        ("POST", "/v1/creators".into(), Scopes::CATALOG),
        ("POST", "/v1/products".into(), Scopes::CATALOG),
        ("POST", "/v1/payment-methods".into(), Scopes::CHECKOUT),
        ("GET", "/v1/payment-methods".into(), Scopes::READ),
        ("POST", "/v1/checkouts".into(), Scopes::CHECKOUT),
        ("GET", checkout.into(), Scopes::READ),
        ("POST", format!("{checkout}/tenders"), Scopes::CHECKOUT),
        ("DELETE", format!("{checkout}/tenders/t1"), Scopes::CHECKOUT),
        ("POST", format!("{checkout}/pay"), Scopes::CHECKOUT),
        ("POST", format!("{checkout}/cancel-attempt"), Scopes::CHECKOUT),
        ("GET", order.into(), Scopes::READ),
        ("GET", format!("{order}/refunds"), Scopes::READ),
        ("POST", format!("{order}/refunds"), Scopes::REFUND),
        ("POST", format!("{refund}/paid-by-hand"), Scopes::REFUND),
        ("POST", format!("{refund}/store-credit"), Scopes::REFUND),
        ("GET", "/v1/payments".into(), Scopes::READ),
        ("GET", "/v1/disputes".into(), Scopes::READ),
        ("GET", rail_refund.into(), Scopes::READ),
        ("POST", format!("{rail_refund}/consent"), Scopes::REFUND),
        ("POST", format!("{rail_refund}/retry"), Scopes::REFUND),
        ("POST", format!("{rail_refund}/replace"), Scopes::REFUND),
        ("POST", format!("{rail_refund}/give-up"), Scopes::REFUND),
        ("POST", format!("{rail_refund}/paid-by-hand"), Scopes::REFUND),
        ("POST", format!("{rail_refund}/store-credit"), Scopes::REFUND),
        ("GET", payout.into(), Scopes::READ),
        ("POST", "/v1/payouts/runs".into(), Scopes::PAYOUT),
        ("POST", format!("{payout}/paid"), Scopes::PAYOUT),
        ("POST", format!("{payout}/failed"), Scopes::PAYOUT),
        ("POST", "/v1/rails/sandbox/settlements".into(), Scopes::SETTLEMENTS),
        ("GET", "/v1/rails/sandbox/settlements".into(), Scopes::READ),
        ("GET", "/v1/rails/sandbox/unsettled".into(), Scopes::READ),
        ("GET", "/v1/rails/sandbox/reconciliation".into(), Scopes::READ),
    ]
}

/// Routes about promotions, each with the one scope it wants. What advertisers and staff both do
/// has a test of its own.
fn routes_of_promotions() -> Vec<(&'static str, String, Scopes)> {
    let promotion = "/v1/promotions/promo_01jd3q8v9ec4y8s5k1m0t2n7xz";
    vec![
        ("POST", "/v1/promotions".into(), Scopes::PROMOTIONS),
        ("GET", "/v1/promotions".into(), Scopes::READ),
        ("GET", promotion.into(), Scopes::READ),
        ("PATCH", promotion.into(), Scopes::PROMOTIONS),
        ("POST", format!("{promotion}/submit"), Scopes::PROMOTIONS),
        ("POST", format!("{promotion}/appeal"), Scopes::PROMOTIONS),
        ("POST", format!("{promotion}/approve"), Scopes::REVIEW),
        ("POST", format!("{promotion}/reject"), Scopes::REVIEW),
        ("GET", format!("{promotion}/history"), Scopes::READ),
        ("GET", format!("{promotion}/settlements"), Scopes::READ),
        ("GET", format!("{promotion}/report"), Scopes::READ),
        ("POST", format!("{promotion}/suggestions/111/apply"), Scopes::PROMOTIONS),
        ("POST", "/v1/feed/select".into(), Scopes::FEED),
        ("POST", "/v1/feed/events".into(), Scopes::FEED),
        ("GET", "/v1/posts/x".into(), Scopes::READ),
        ("PATCH", "/v1/posts/x".into(), Scopes::PROMOTIONS),
        ("POST", "/v1/incidents".into(), Scopes::INCIDENTS),
        ("GET", "/v1/incidents".into(), Scopes::READ),
        ("GET", "/v1/incidents/x".into(), Scopes::READ),
        ("PATCH", "/v1/incidents/x".into(), Scopes::INCIDENTS),
        ("POST", "/v1/signals".into(), Scopes::SIGNALS),
        ("GET", "/v1/signals".into(), Scopes::READ),
    ]
}

/// The same for claims: what claimants do, and what staff does.
fn routes_of_claims() -> Vec<(&'static str, String, Scopes)> {
    let claim = "/v1/claims/claim_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let restitution = "/v1/restitutions/rst_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let person = "/v1/account-freezes/per_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let suspect = "/v1/suspects/susp_01jd3q8v9ec4y8s5k1m0t2n7xz";
    vec![
        ("POST", "/v1/claims".into(), Scopes::CLAIMS),
        ("POST", "/v1/claims/preview".into(), Scopes::CLAIMS),
        ("GET", "/v1/claims".into(), Scopes::READ),
        ("GET", claim.into(), Scopes::READ),
        ("GET", "/v1/restitutions".into(), Scopes::READ),
        ("GET", restitution.into(), Scopes::READ),
        ("GET", format!("{restitution}/statement"), Scopes::READ),
        ("POST", format!("{restitution}/send-again"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{restitution}/store-credit"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{restitution}/paid-by-hand"), Scopes::CLAIMS_REVIEW),
        ("GET", format!("{claim}/facts"), Scopes::READ),
        ("GET", format!("{claim}/statement"), Scopes::READ),
        ("POST", format!("{claim}/decide"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{claim}/approve"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{claim}/send-again"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{claim}/store-credit"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{claim}/paid-by-hand"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{claim}/match"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{claim}/replay"), Scopes::CLAIMS_REVIEW),
        ("GET", "/v1/account-freezes".into(), Scopes::CLAIMS_REVIEW),
        ("GET", person.into(), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{person}/lift"), Scopes::CLAIMS_REVIEW),
        ("GET", "/v1/suspects".into(), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{suspect}/review"), Scopes::CLAIMS_REVIEW),
        ("POST", format!("{claim}/appeal"), Scopes::CLAIMS),
        ("POST", format!("{claim}/withdraw"), Scopes::CLAIMS),
        ("POST", format!("{claim}/attachments"), Scopes::CLAIMS),
    ]
}

#[tokio::test]
async fn each_route_wants_its_scope() {
    let world = World::new();
    let card = "/v1/gift-cards/gc_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let hold = "/v1/holds/hold_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let purchase = "/v1/gift-card-purchases/gcp_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let sender = "/v1/gift-senders/per_01jd3q8v9ec4y8s5k1m0t2n7xz";
    let routes: Vec<(&str, String, Scopes)> = vec![
        ("GET", card.into(), Scopes::READ),
        ("PATCH", card.into(), Scopes::ISSUE),
        ("POST", "/v1/gift-cards".into(), Scopes::ISSUE),
        ("POST", format!("{card}/freeze"), Scopes::ISSUE),
        ("POST", format!("{card}/unfreeze"), Scopes::ISSUE),
        ("POST", format!("{card}/replace-code"), Scopes::ISSUE),
        ("POST", format!("{card}/cancel"), Scopes::ISSUE),
        ("POST", format!("{card}/adjust"), Scopes::ISSUE),
        ("POST", format!("{card}/extend"), Scopes::ISSUE),
        ("POST", format!("{card}/claim"), Scopes::ISSUE),
        ("POST", format!("{card}/resend"), Scopes::ISSUE),
        ("POST", format!("{card}/change-recipient"), Scopes::ISSUE),
        ("POST", "/v1/gift-cards/claim".into(), Scopes::ISSUE),
        ("POST", "/v1/gift-cards/claim/report".into(), Scopes::ISSUE),
        ("POST", "/v1/gift-cards/claim/block-sender".into(), Scopes::ISSUE),
        ("POST", "/v1/gift-cards/claim/unblock-sender".into(), Scopes::ISSUE),
        ("GET", "/v1/gift-senders/reports".into(), Scopes::READ),
        ("GET", sender.into(), Scopes::READ),
        ("POST", format!("{sender}/block"), Scopes::ISSUE),
        ("POST", format!("{sender}/unblock"), Scopes::ISSUE),
        ("POST", format!("{card}/reveal"), Scopes::REVEAL),
        ("GET", hold.into(), Scopes::READ),
        ("PATCH", hold.into(), Scopes::SPEND),
        ("POST", "/v1/holds".into(), Scopes::SPEND),
        ("POST", format!("{hold}/capture"), Scopes::SPEND),
        ("POST", format!("{hold}/release"), Scopes::SPEND),
        ("POST", format!("{hold}/refund"), Scopes::SPEND),
        ("POST", "/v1/redemptions".into(), Scopes::SPEND),
        ("POST", "/v1/reverse".into(), Scopes::SPEND),
        ("POST", "/v1/gift-card-purchases".into(), Scopes::CHECKOUT),
        ("GET", purchase.into(), Scopes::READ),
        ("GET", "/v1/gift-card-purchases".into(), Scopes::READ),
        ("POST", format!("{purchase}/undo"), Scopes::REFUND),
        ("POST", "/v1/keys".into(), Scopes::ADMIN),
        ("POST", "/v1/journal/prune".into(), Scopes::ADMIN),
    ];
    let of_cards = [Scopes::READ, Scopes::SPEND, Scopes::ISSUE, Scopes::REVEAL, Scopes::ADMIN];
    let of_shop = [Scopes::CATALOG, Scopes::CHECKOUT, Scopes::REFUND, Scopes::PAYOUT];
    let of_promotions = [Scopes::SETTLEMENTS, Scopes::PROMOTIONS, Scopes::REVIEW, Scopes::FEED];
    let of_trouble = [Scopes::INCIDENTS, Scopes::SIGNALS, Scopes::CLAIMS, Scopes::CLAIMS_REVIEW];
    let each = [of_cards.as_slice(), &of_shop, &of_promotions, &of_trouble].concat();
    let keys: Vec<_> = each.iter().map(|scopes| (*scopes, world.secret(*scopes))).collect();
    let publishable = world.publishable();
    let others = [routes_of_shop(), routes_of_promotions(), routes_of_claims()].concat();
    for (method, path, needed) in routes.iter().chain(&others) {
        for (scopes, key) in &keys {
            let answer = world.ask(method, path).with(key).send().await;
            let refused = answer.status == 403;
            assert_eq!(refused, scopes != needed, "{method} {path} {scopes:?} {}", answer.text());
        }
        let ask = world.ask(method, path).with(&publishable);
        ask.await_problem(403, "insufficient_scope", None).await;
    }
}

#[tokio::test]
async fn an_operation_of_a_batch_wants_its_scope_too() {
    let world = World::new();
    let spend = world.secret(Scopes::SPEND);
    let issue =
        json!({"value": {"amount": 1, "currency": "USD"}, "funding": {"kind": "promotional"}});
    let batch = json!({
        "operations": [{"idempotency_key": "a", "path": "/v1/gift-cards", "body": issue}],
    });
    let answer = world.post("/v1/batch", batch.clone()).with(&spend).await_status(200).await;
    assert_eq!(answer.json["results"][0]["status"], 403);
    for key in [world.publishable(), world.secret(Scopes::READ)] {
        world.post("/v1/batch", batch.clone()).with(&key).await_status(403).await;
    }
}
