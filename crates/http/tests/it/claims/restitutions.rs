//! What is repaid without a claim: found by the platform, told once, and explained.

use serde_json::{Value, json};

use base::{Amount, RefundId, Token};
use claims::{Facts, Fingerprint, RestitutionKind};
use engine::{ClaimCommand, Command, FoundLoss};
use writer::Request;

use super::{BOB, claim, clock, ended, goes_to, lead, missing, on, rails_refund, tell};
use crate::fake_rails::FakeRails;
use crate::promotions::read as read_promotion;
use crate::promotions::serving::Server;
use crate::promotions::{act, compose};
use crate::shop::{Shop, id};
use crate::world::{World, check_members, usd};

/// Restitutions for a promotion, the last one first.
async fn restitutions(world: &World, promotion: &str) -> Vec<Value> {
    world.flush();
    let path = format!("/v1/restitutions?promotion={promotion}&limit=100");
    world.get(&path).await_status(200).await.json["data"].as_array().unwrap().clone()
}

/// Leads on what is due, as often as there is something to do.
async fn repay(world: &World) {
    for _ in 0..3 {
        let led = world.lead_claims();
        assert_eq!(led.refused, [], "{led:?}");
    }
}

/// 30 of 100 dollars were spent: 70 go back by the settlement, which a restitution explains. Later
/// 10 of the 30 turn out to be invalid, and go back by another one.
async fn what_settlements_return_is_told(world: World) {
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    repay(&world).await;
    assert_eq!(restitutions(&world, &promotion).await, [] as [Value; 0], "nothing is settled");
    clock(&world, "2026-12-05T00:00:00Z").await;
    repay(&world).await;
    let made = restitutions(&world, &promotion).await;
    assert_eq!(made.len(), 1, "{made:#?}");
    check_members(
        &made[0],
        json!({"object": "restitution", "kind": "unspent", "promotion": promotion,
            "loss": usd(7_000), "amount": usd(7_000), "gross": null, "payment": null,
            "paid_at": null}),
    );
    let path = format!("/v1/restitutions/{}", id(&made[0]));
    assert_eq!(world.get(&path).await_status(200).await.json, made[0]);
    let stated = world.get(&format!("{path}/statement")).await_status(200).await.json;
    check_members(
        &stated,
        json!({"object": "claim_statement", "claim": null, "restitution": id(&made[0]),
            "outcome": "approve", "amount": usd(7_000), "automated": true, "rule_table": null,
            "appeal": null}),
    );
    assert_eq!(stated["reasons"][0]["code"], "unspent");
    assert!(!stated["facts"].as_array().unwrap().is_empty(), "{stated:#}");
    let text = world.get(&format!("{path}/statement")).header("accept", "text/plain");
    let text = text.await_status(200).await;
    let text = String::from_utf8(text.bytes).unwrap();
    assert!(text.contains("It was not spent. [unspent]"), "{text}");
    assert!(text.contains("70.00 USD"), "{text}");
    // The money leaves once, and that is noted once.
    rails_refund(&world).await;
    repay(&world).await;
    let paid = restitutions(&world, &promotion).await;
    assert!(paid[0]["paid_at"].is_string(), "{paid:#?}");
    let mut server = Server::of_stream(world.book.handle(), promotion.parse().unwrap(), "feed-1");
    server.billed_before(1);
    server.take_back(333);
    clock(&world, "2026-12-06T00:00:00Z").await;
    repay(&world).await;
    let made = restitutions(&world, &promotion).await;
    let late: Vec<_> = made.iter().filter(|row| row["kind"] == "late_invalid").collect();
    assert_eq!((made.len(), late.len()), (2, 1), "{made:#?}");
    check_members(late[0], json!({"amount": usd(999), "paid_at": null}));
    rails_refund(&world).await;
    repay(&world).await;
    let settled = read_promotion(&shop, &promotion).await;
    check_members(&settled, json!({"returned": usd(7_999)}));
    assert_eq!(shop.list("/v1/payments").await[0]["refunded"], usd(7_999));
    let events = world.get("/v1/events?limit=100").await_status(200).await.json;
    let of = |kind: &str| {
        let all = events["data"].as_array().unwrap().iter();
        all.filter(|event| event["type"] == kind).count()
    };
    assert_eq!((of("restitution.made"), of("restitution.paid")), (2, 2));
    let none = world.get("/v1/restitutions/rst_00000000000000000000000001");
    none.await_problem(404, "restitution_not_found", None).await;
}

#[tokio::test]
async fn what_settlements_return_is_told_once() {
    what_settlements_return_is_told(World::new()).await;
}

#[tokio::test]
async fn slow_what_settlements_return_is_told_once_in_files() {
    what_settlements_return_is_told(World::in_files()).await;
}

/// Of two payments one was taken, and the other one refused: what was taken goes back by itself.
/// Whoever looks for what is owed finds it among the payments, and says once why it goes back.
async fn a_payment_in_vain_is_found(world: World) {
    let shop = Shop::open(&world).await;
    let methods = [shop.method("tok_silent").await, shop.method("tok_silent").await];
    let tenders = json!([
        {"kind": "payment_method", "payment_method": methods[0], "amount": usd(4_000)},
        {"kind": "payment_method", "payment_method": methods[1]},
    ]);
    let promotion = id(&compose(&shop, json!({"tenders": tenders})).await);
    act(&shop, &promotion, "submit", json!({})).await;
    let payments = shop.list("/v1/payments").await;
    let of = |cents: i64| {
        let it = payments.iter().find(|payment| payment["amount"] == usd(cents));
        id(it.expect("both are asked"))
    };
    let rails = FakeRails::new(world.book.handle().clone());
    rails.capture(of(4_000).parse().unwrap());
    assert_eq!(world.lead_claims().restituted, 0, "it may still pay");
    rails.decline(of(6_000).parse().unwrap());
    let led = world.lead_claims();
    assert_eq!((led.restituted, led.searched, &*led.refused), (1, 1, &[][..]), "{led:?}");
    let made = restitutions(&world, &promotion).await;
    assert_eq!(made.len(), 1, "{made:#?}");
    check_members(
        &made[0],
        json!({"kind": "double_capture", "amount": usd(4_000), "gross": usd(4_000),
            "payment": of(4_000), "status": "on_its_way"}),
    );
    // It is paid by another method, and nothing of that is owed.
    let paid_by = shop.method("tok_ok").await;
    let tenders = json!([{"kind": "payment_method", "payment_method": paid_by}]);
    let paid = act(&shop, &promotion, "submit", json!({"tenders": tenders})).await;
    assert_eq!(paid["status"], "in_review", "{paid:#}");
    let led = world.lead_claims();
    assert_eq!((led.restituted, led.repaid), (0, 0), "{led:?}");
    rails_refund(&world).await;
    assert_eq!(world.lead_claims().repaid, 1);
    act(&shop, &promotion, "reject", json!({"rule": "music"})).await;
    clock(&world, "2026-12-05T00:00:00Z").await;
    repay(&world).await;
    let all = restitutions(&world, &promotion).await;
    let of_kind = |kind: &str| all.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((all.len(), of_kind("double_capture"), of_kind("unspent")), (2, 1, 1), "{all:#?}");
    assert_eq!(shop.read("payments", &of(4_000)).await["refunded"], usd(4_000));
}

#[tokio::test]
async fn a_payment_in_vain_is_found_and_told_once() {
    a_payment_in_vain_is_found(World::new()).await;
}

#[tokio::test]
async fn slow_a_payment_in_vain_is_found_and_told_once_in_files() {
    a_payment_in_vain_is_found(World::in_files()).await;
}

/// 3.00 were charged that should not have been, and the order has refused for a day to send them.
async fn stuck(world: &World) -> (String, Value) {
    let shop = Shop::open(world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    clock(world, "2026-12-05T00:00:00Z").await;
    rails_refund(world).await;
    let set_aside = || {
        let sum = Amount::new(300).unwrap();
        let loss = FoundLoss {
            promotion: promotion.parse().unwrap(),
            kind: RestitutionKind::WrongDelivery,
            cause: Fingerprint([1; 16]),
            loss: sum,
            loss_so_far: sum,
            told: Facts::new(),
        };
        let refund = RefundId::from_bits(1);
        let refusal = Token::new("limit_exceeded").unwrap();
        let kept = ClaimCommand::SetRestitutionAside { loss: Box::new(loss), refund, refusal };
        let command = Command::Claims(Box::new(kept));
        let request = Request { command, actor: base::KeyId::from_bits(9), operation: None };
        world.book.handle().decide(vec![request], false).unwrap().pop().unwrap().unwrap().result
    };
    clock(world, "2026-12-06T00:00:01Z").await;
    set_aside().unwrap();
    repay(world).await;
    let all = restitutions(world, &promotion).await;
    let listed = world.get("/v1/restitutions?status=stuck").await_status(200).await.json;
    let row = listed["data"][0].clone();
    assert!(listed["data"].as_array().unwrap().len() == 1 && all.len() == 2, "{listed:#}");
    check_members(
        &row,
        json!({"kind": "wrong_delivery", "status": "stuck", "amount": usd(300), "refund": null,
            "paid_at": null, "escalated_at": null}),
    );
    let code = json!({"code": "limit_exceeded", "resolution": null, "resolved_by": null});
    check_members(&row["stuck"], code);
    (format!("/v1/restitutions/{}", id(&row)), row)
}

/// A person has it go on; the other ways are refused from then on.
async fn resolved(world: &World, action: &str, body: Value) -> (Value, Value) {
    let (path, row) = stuck(world).await;
    let of =
        |action: &str, body: &Value| world.post(&format!("{path}/{action}"), body.clone()).fresh();
    let own = "per_00000000000000000000000007";
    let mut by_them = body.clone();
    by_them["by"] = json!(own);
    of(action, &by_them).await_problem(422, "own_claim", None).await;
    // Late while it waits: that is told once.
    clock(world, "2026-12-30T00:00:00Z").await;
    let led = world.lead_claims();
    assert_eq!((led.late_restitutions, led.stuck), (1, 0), "{led:?}");
    assert_eq!(world.lead_claims().late_restitutions, 0);
    let late = world.get(&path).await_status(200).await.json;
    assert!(late["escalated_at"].is_string() && late["due_at"] == row["due_at"], "{late:#}");
    let status = if action == "store-credit" { 201 } else { 200 };
    let answer = of(action, &body).await_status(status).await.json;
    for (other, body) in [
        ("send-again", json!({"by": BOB})),
        ("store-credit", json!({"by": BOB})),
        ("paid-by-hand", json!({"by": BOB, "rail": "bank", "reference": "t-1"})),
    ] {
        of(other, &body).await_problem(422, "restitution_not_stuck", None).await;
    }
    let listed = world.get("/v1/restitutions?status=stuck").await_status(200).await.json;
    assert_eq!(listed["data"], json!([]));
    (answer, world.get(&path).await_status(200).await.json)
}

async fn a_restitution_that_is_stuck_is_resolved(open: fn() -> World) {
    let world = open();
    let (sent, _) = resolved(&world, "send-again", json!({"by": BOB})).await;
    check_members(&sent, json!({"status": "on_its_way", "paid_at": null}));
    check_members(&sent["stuck"], json!({"resolution": "sent_again", "resolved_by": BOB}));
    rails_refund(&world).await;
    repay(&world).await;
    let paid = world.get(&format!("/v1/restitutions/{}", id(&sent))).await_status(200).await.json;
    check_members(&paid, json!({"status": "paid", "gross": usd(300)}));
    let shop_has = world.get("/v1/payments").await_status(200).await.json;
    assert_eq!(shop_has["data"][0]["refunded"], usd(7_300));

    let world = open();
    let (card, row) = resolved(&world, "store-credit", json!({"by": BOB})).await;
    check_members(&card, json!({"object": "gift_card", "balance": usd(300)}));
    assert!(card["code"].is_string(), "{card:#}");
    check_members(&row, json!({"status": "paid", "refund": null}));
    check_members(
        &row["stuck"],
        json!({"resolution": "store_credit", "gift_card": id(&card), "reference": null}),
    );
    let to = format!("gift card ending in {}", card["last4"].as_str().unwrap());
    assert_eq!(goes_to(&world, "restitutions", &row).await, json!([{"to": to, "cents": 300}]));

    let world = open();
    let body = json!({"by": BOB, "rail": "bank", "reference": "transfer-7"});
    let (_, row) = resolved(&world, "paid-by-hand", body).await;
    check_members(&row, json!({"status": "paid", "refund": null}));
    check_members(
        &row["stuck"],
        json!({"resolution": "paid_by_hand", "gift_card": null, "reference": "transfer-7"}),
    );
    let to = "the payer (paid by hand)";
    assert_eq!(goes_to(&world, "restitutions", &row).await, json!([{"to": to, "cents": 300}]));
    let events = world.get("/v1/events?limit=100").await_status(200).await.json;
    for kind in ["restitution.refused", "restitution.escalated", "restitution.resolved"] {
        let all = events["data"].as_array().unwrap().iter();
        assert_eq!(all.filter(|event| event["type"] == kind).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn what_an_order_refuses_waits_for_a_person() {
    a_restitution_that_is_stuck_is_resolved(World::new).await;
}

#[tokio::test]
async fn slow_what_an_order_refuses_waits_for_a_person_in_files() {
    a_restitution_that_is_stuck_is_resolved(World::in_files).await;
}

/// A statement as text, what `GET` tells of a decision and its payout, and other tables.
#[tokio::test]
async fn a_decision_is_told_with_its_table_and_tried_by_another() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({"promise": "guarantee"}), 1_000).await;
    let made = claim(&world, &promotion, "failure_to_deliver").await;
    tell(&world, &made, &missing(900, 600));
    let decided = lead(&world, &made).await;
    check_members(&decided, json!({"status": "paying"}));
    check_members(&decided["payout"], json!({"refund": null, "paid_at": null}));
    let table = &decided["decision"]["rule_table"];
    let version = table["version"].as_str().unwrap();
    assert_eq!(version.len(), 64, "{decided:#}");
    assert!(decided["decision"]["would_change"].is_array(), "{decided:#}");
    let path = format!("/v1/claims/{}/statement", id(&made));
    let text = world.get(&path).header("accept", "text/plain, application/json;q=0.5");
    let text = String::from_utf8(text.await_status(200).await.bytes).unwrap();
    assert!(text.contains(table["row"].as_str().unwrap()), "{text}");
    let again = on(&world, &made, "replay", json!({"rule_table": version})).await;
    assert_eq!(again["outcome"], decided["decision"]["outcome"]);
    let replay = format!("/v1/claims/{}/replay", id(&made));
    let ask = |body: Value| world.post(&replay, body).fresh();
    let none = "0".repeat(64);
    let unknown = ask(json!({"rule_table": none}));
    unknown.await_problem(422, "rule_table_not_found", Some("/rule_table")).await;
    let broken = ask(json!({"rule_table": "name = 5"}));
    broken.await_problem(422, "rule_table_broken", Some("/rule_table")).await;
    let tried = on(&world, &made, "replay", json!({"rule_table": super::replaying::KIND})).await;
    check_members(&tried, json!({"outcome": "review"}));
    assert_eq!(tried["rule_table"]["row"], "k1", "{tried:#}");
}
