//! Claims that are paid: what is missing of a guarantee goes back, by claim and by settlement.

use serde_json::{Value, json};

use super::{claim, clock, ended, lead, missing, on, rails_refund, read, tell};
use crate::promotions::read as read_promotion;
use crate::shop::{Shop, id};
use crate::world::{World, check_members, usd};

/// 1,000 of 2,500 units were delivered, and are worth 40 of 100 dollars; 30 were spent. So what the
/// claim grants comes back by the settlement, which returns all the rest.
#[tokio::test]
async fn what_a_guarantee_lacks_is_repaid() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({"promise": "guarantee"}), 1_000).await;
    let made = claim(&world, &promotion, "failure_to_deliver").await;
    check_members(
        &made,
        json!({"object": "claim", "status": "received", "promotion": promotion, "decision": null}),
    );
    assert_eq!(made["next"]["awaited"], "facts");
    tell(&world, &made, &missing(900, 600));
    let decided = lead(&world, &made).await;
    check_members(&decided, json!({"status": "paying", "ground": "failure_to_deliver"}));
    check_members(
        &decided["decision"],
        json!({"outcome": "approve", "amount": usd(0), "elsewhere": usd(6_000),
            "automated": true, "appeal_until": null}),
    );
    assert_eq!(decided["decision"]["reasons"][0]["code"], "underdelivery");
    check_members(&decided["payouts"][0], json!({"refund": null, "paid_at": null}));
    // What was not spent goes back when the promotion is settled.
    assert_eq!(lead(&world, &made).await["status"], "paying");
    clock(&world, "2026-12-05T00:00:00Z").await;
    rails_refund(&world).await;
    let settled = read_promotion(&shop, &promotion).await;
    check_members(&settled, json!({"status": "settled", "returned": usd(7_000)}));
    let paid = lead(&world, &made).await;
    check_members(&paid, json!({"status": "paid", "due_at": null}));
    let refunded = shop.list("/v1/payments").await[0]["refunded"].clone();
    assert_eq!(refunded, usd(7_000));
    let again = world.post(&format!("/v1/claims/{}/withdraw", id(&made)), json!({})).fresh();
    again.await_problem(422, "claim_ended", None).await;
}

/// Above 500 dollars a second person has to agree.
#[tokio::test]
async fn a_large_sum_needs_a_second_person() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({"budget": usd(100_000)}), 30_000).await;
    let made = claim(&world, &promotion, "technical_error").await;
    // Nobody tells what was delivered, so the rules leave it to a person.
    let waits = lead(&world, &made).await;
    assert_eq!((&waits["status"], &waits["decision"]), (&json!("in_review"), &json!(null)));
    // That is what a preview says of another one: nobody pays before somebody has looked.
    let body = super::body(&promotion, "unauthorized_charge");
    let tried = world.post("/v1/claims/preview", body).await_status(200).await.json;
    check_members(&tried["leads_to"], json!({"status": "in_review", "awaited": "review"}));
    let decision = json!({
        "outcome": "partly_approve", "amount": usd(60_000), "reasons": ["goodwill"],
        "by": super::BOB,
    });
    let proposed = on(&world, &made, "decide", decision.clone()).await;
    check_members(&proposed, json!({"status": "in_review", "decision": null}));
    check_members(&proposed["proposal"], json!({"amount": usd(60_000), "automated": false}));
    assert_eq!(proposed["next"]["awaited"], "second_person");
    let approve = format!("/v1/claims/{}/approve", id(&made));
    let ask = |by: &str| world.post(&approve, json!({"by": by})).fresh();
    ask(super::BOB).await_problem(422, "second_person_needed", None).await;
    ask(crate::promotions::ADA).await_problem(422, "own_claim", None).await;
    let back = on(&world, &made, "approve", json!({"by": super::CAL, "agree": false})).await;
    check_members(&back, json!({"status": "in_review", "proposal": null}));
    on(&world, &made, "decide", decision).await;
    let approved = on(&world, &made, "approve", json!({"by": super::CAL})).await;
    check_members(&approved, json!({"status": "partly_approved", "proposal": null}));
    assert_eq!(approved["decision"]["amount"], usd(60_000));
    assert_eq!(lead(&world, &made).await["status"], "paying");
    rails_refund(&world).await;
    assert_eq!(lead(&world, &made).await["status"], "paid");
    assert_eq!(read(&world, &made).await["payouts"][0]["amount"], usd(60_000));
    let too_much = world.post(
        &format!("/v1/claims/{}/decide", id(&made)),
        json!({
            "outcome": "approve", "amount": usd(1), "reasons": ["goodwill"], "by": super::BOB,
        }),
    );
    too_much.fresh().await_problem(422, "claim_not_in_review", None).await;
}

/// A statement tells which card and which method get what, once that is decided.
#[tokio::test]
async fn a_statement_names_what_the_money_goes_to() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let (card, method) = (world.issue(3_000).await, shop.method("tok_ok").await);
    let tenders = json!([
        {"kind": "gift_card", "code": card["code"], "client": {"session": "s"}},
        {"kind": "payment_method", "payment_method": method},
    ]);
    let promotion = ended(&shop, json!({"tenders": tenders}), 3_000).await;
    let made = claim(&world, &promotion, "other").await;
    lead(&world, &made).await;
    let decision = json!({
        "outcome": "partly_approve", "amount": usd(8_000), "reasons": ["goodwill"],
        "by": super::BOB,
    });
    on(&world, &made, "decide", decision).await;
    let path = format!("/v1/claims/{}/statement", id(&made));
    let told = async || world.get(&path).await_status(200).await.json["destinations"].clone();
    let before = told().await;
    assert_eq!(before.as_array().unwrap().len(), 1, "{before:#}");
    check_members(&before[0], json!({"to": "what it was paid with", "amount": usd(8_000)}));
    lead(&world, &made).await;
    let sent = told().await;
    let gift = format!("gift card ending in {}", card["last4"].as_str().unwrap());
    check_members(&sent[0], json!({"to": "visa ending in 4242", "amount": usd(5_600)}));
    check_members(&sent[1], json!({"to": gift, "amount": usd(2_400)}));
    assert!(sent.as_array().unwrap().iter().all(|one| one["by"].is_string()), "{sent:#}");
    let text = world.get(&path).header("accept", "text/plain").await_status(200).await.bytes;
    assert!(String::from_utf8(text).unwrap().contains(&format!("goes to {gift} by ")));
}

/// A claim for a promotion that was paid with these, which grants 80.00: the path of its statement.
async fn granted(shop: &Shop<'_>, tenders: Value) -> String {
    let promotion = ended(shop, json!({"tenders": tenders}), 3_000).await;
    let made = claim(shop.world, &promotion, "other").await;
    lead(shop.world, &made).await;
    let decision = json!({
        "outcome": "partly_approve", "amount": usd(8_000), "reasons": ["goodwill"],
        "by": super::BOB,
    });
    on(shop.world, &made, "decide", decision).await;
    format!("/v1/claims/{}/statement", id(&made))
}

/// Each destination of a statement, with its cents.
async fn told(world: &World, path: &str) -> Vec<(String, i64)> {
    let stated = world.get(path).await_status(200).await.json;
    let all = stated["destinations"].as_array().unwrap().iter();
    let told = |one: &Value| {
        (one["to"].as_str().unwrap().to_owned(), one["amount"]["amount"].as_i64().unwrap())
    };
    all.map(told).collect()
}

/// The refund over a rail that waits for its payer's word.
async fn waits_for_consent(world: &World) -> String {
    world.flush();
    let path = "/v1/rail-refunds?status=needs_consent";
    let stuck = world.get(path).await_status(200).await.json["data"].clone();
    assert_eq!(stuck.as_array().unwrap().len(), 1, "{stuck:#}");
    format!("/v1/rail-refunds/{}", id(&stuck[0]))
}

/// What a rail cannot send back goes where its payer agrees to, or is paid by hand, and the
/// statement follows it.
async fn a_statement_follows_the_money(new_world: fn() -> World) {
    for way in ["consent", "store-credit", "paid-by-hand"] {
        let world = new_world();
        let shop = Shop::open(&world).await;
        let gone = shop.method("tok_gone").await;
        let tender = json!({"kind": "payment_method", "payment_method": gone});
        let path = granted(&shop, json!([tender])).await;
        assert_eq!(told(&world, &path).await, [("what it was paid with".to_owned(), 8_000)]);
        world.lead_claims();
        assert_eq!(told(&world, &path).await, [("visa ending in 4242".to_owned(), 8_000)]);
        rails_refund(&world).await;
        let waits = "visa ending in 4242, or where else you agree to: it cannot go there";
        assert_eq!(told(&world, &path).await, [(waits.to_owned(), 8_000)]);
        let stuck = waits_for_consent(&world).await;
        let (body, status) = match way {
            "consent" => {
                (json!({"payment_method": shop.method_of("bank", "tok_other").await}), 200)
            }
            "store-credit" => (json!({}), 201),
            _ => (json!({"rail": "bank"}), 200),
        };
        let ask = world.post(&format!("{stuck}/{way}"), body).fresh();
        let given = ask.await_status(status).await.json;
        let to = match way {
            "consent" => "bankcard ending in 5100".to_owned(),
            "store-credit" => format!("gift card ending in {}", given["last4"].as_str().unwrap()),
            _ => "the payer (paid by hand)".to_owned(),
        };
        assert_eq!(told(&world, &path).await, [(to.clone(), 8_000)]);
        let text = world.get(&path).header("accept", "text/plain").await_status(200).await.bytes;
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(&format!("80.00 USD goes to {to} by ")), "{text}");
    }
}

#[tokio::test]
async fn a_statement_names_where_the_money_was_sent_at_last() {
    a_statement_follows_the_money(World::new).await;
}

#[tokio::test]
async fn slow_a_statement_names_where_the_money_was_sent_at_last_in_files() {
    a_statement_follows_the_money(World::in_files).await;
}

/// A card that takes nothing back any more gives its part to another card, or it is paid by hand.
async fn a_statement_follows_what_a_card_had_paid(new_world: fn() -> World) {
    for way in ["store-credit", "paid-by-hand"] {
        let world = new_world();
        let shop = Shop::open(&world).await;
        let bought = json!({"funding": {"kind": "external"}});
        let card = world.issue_with(10_000, bought).await;
        let tender = json!({"kind": "gift_card", "code": card["code"], "client": {"session": "s"}});
        let path = granted(&shop, json!([tender])).await;
        let cancel = format!("/v1/gift-cards/{}/cancel", id(&card));
        world.post(&cancel, json!({})).fresh().await_status(200).await;
        world.lead_claims();
        let to = format!("gift card ending in {}", card["last4"].as_str().unwrap());
        let waits = format!("{to}, or where else you agree to: it takes nothing back any more");
        assert_eq!(told(&world, &path).await, [(waits, 8_000)]);
        let claim = path.trim_end_matches("/statement");
        let claim = world.get(claim).await_status(200).await.json;
        let refund = claim["payout"]["refund"].as_str().unwrap();
        let mut body = json!({"tender": "t1"});
        if way == "paid-by-hand" {
            body["rail"] = json!("bank");
        }
        let ask = world.post(&format!("/v1/refunds/{refund}/{way}"), body).fresh();
        let given = ask.send().await.json;
        let to = match way {
            "store-credit" => format!("gift card ending in {}", given["last4"].as_str().unwrap()),
            _ => "the payer (paid by hand)".to_owned(),
        };
        assert_eq!(told(&world, &path).await, [(to, 8_000)], "{given:#}");
    }
}

#[tokio::test]
async fn a_statement_names_what_took_the_place_of_a_card() {
    a_statement_follows_what_a_card_had_paid(World::new).await;
}

#[tokio::test]
async fn slow_a_statement_names_what_took_the_place_of_a_card_in_files() {
    a_statement_follows_what_a_card_had_paid(World::in_files).await;
}
