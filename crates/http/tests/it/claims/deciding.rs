//! What is decided, by rules and by people, and what of it is told.

use base::{DisputeId, Token};
use engine::PaymentCommand;
use payments::OpenDispute;
use serde_json::{Value, json};

use super::{BOB, CAL, NOTHING_WRONG, claim, ended, lead, on, read, tell};
use crate::fake_rails::FakeRails;
use crate::promotions::EVE;
use crate::shop::{Shop, id};
use crate::world::{World, check_members, usd};

/// A claim for a poor outcome that the rules have denied.
async fn denied(world: &World) -> Value {
    let shop = Shop::open(world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = claim(world, &promotion, "poor_outcome").await;
    tell(world, &made, &NOTHING_WRONG);
    lead(world, &made).await
}

#[tokio::test]
async fn a_poor_outcome_is_denied_with_all_that_explains_it() {
    let world = World::new();
    let claim = denied(&world).await;
    check_members(&claim, json!({"status": "denied", "payouts": []}));
    let decision = &claim["decision"];
    check_members(decision, json!({"outcome": "deny", "amount": usd(0), "automated": true}));
    assert_eq!(decision["reasons"][0]["code"], "outcome_only");
    assert!(decision["reasons"][0]["text"].as_str().unwrap().len() > 20, "{decision:#}");
    let path = format!("/v1/claims/{}", id(&claim));
    let statement = world.get(&format!("{path}/statement")).await_status(200).await.json;
    check_members(
        &statement,
        json!({
            "object": "claim_statement", "id": decision["statement"], "claim": claim["id"],
            "outcome": "deny", "amount": usd(0), "automated": true, "arithmetic": [],
            "reasons": decision["reasons"], "decided_at": decision["decided_at"],
        }),
    );
    check_members(&statement["rule_table"], json!({"name": "poor_outcome", "row": "p4"}));
    assert_eq!(statement["acts"][0]["act"], "show_waterfall");
    assert_eq!(statement["appeal"]["until"], decision["appeal_until"]);
    assert_ne!(statement["would_change"], json!([]));
    let delivered = fact(&statement["facts"], "delivered_units");
    check_members(
        delivered,
        json!({"value": 1_000, "words": "1000", "unknown": null, "source": "events",
            "record": claim["promotion"]}),
    );
    let facts = world.get(&format!("{path}/facts")).await_status(200).await.json;
    check_members(&facts, json!({"object": "claim_facts", "claim": claim["id"]}));
    check_members(fact(&facts["data"], "captured"), json!({"value": usd(10_000)}));
    check_members(fact(&facts["data"], "promise"), json!({"value": "estimate"}));
    let again = on(&world, &claim, "replay", json!({})).await;
    check_members(&again, json!({"id": null, "outcome": "deny"}));
    check_members(&again, json!({"reasons": statement["reasons"], "facts": statement["facts"]}));
    let table = (&again["rule_table"], &again["would_change"]);
    assert_eq!(table, (&statement["rule_table"], &statement["would_change"]));
    assert_eq!(read(&world, &claim).await["status"], "denied");
}

fn fact<'a>(facts: &'a Value, name: &str) -> &'a Value {
    let found = facts.as_array().unwrap().iter().find(|fact| fact["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {facts:#}"))
}

#[tokio::test]
async fn before_a_decision_there_is_nothing_to_read_of_it() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = claim(&world, &promotion, "poor_outcome").await;
    let path = format!("/v1/claims/{}", id(&made));
    let statement = world.get(&format!("{path}/statement"));
    statement.await_problem(404, "claim_statement_not_found", None).await;
    let facts = world.get(&format!("{path}/facts")).await_status(200).await.json;
    check_members(&facts, json!({"digest": null, "data": []}));
    let replay = world.post(&format!("{path}/replay"), json!({})).fresh();
    replay.await_problem(422, "facts_missing", None).await;
}

#[tokio::test]
async fn an_appeal_is_decided_by_somebody_else() {
    let world = World::new();
    let claim = denied(&world).await;
    let path = format!("/v1/claims/{}", id(&claim));
    let file = json!({"sha256": "ab".repeat(32), "media_type": "image/png", "bytes": 7});
    let late = world.post(&format!("{path}/attachments"), file.clone()).fresh();
    late.await_problem(422, "claim_decided", None).await;
    let appealed = on(&world, &claim, "appeal", json!({"attachments": [file]})).await;
    check_members(&appealed, json!({"status": "appealed", "attachments": 1}));
    assert_eq!(appealed["next"]["awaited"], "appeal_decision");
    let twice = world.post(&format!("{path}/appeal"), json!({})).fresh();
    assert_eq!(twice.send().await.status, 422);
    let decide = |by: &str| {
        let body = json!({
            "outcome": "partly_approve", "amount": usd(500), "reasons": ["goodwill"], "by": by,
        });
        world.post(&format!("{path}/decide"), body).fresh()
    };
    decide(crate::promotions::ADA).await_problem(422, "own_claim", None).await;
    let other = json!({
        "outcome": "deny", "amount": {"amount": 1, "currency": "EUR"}, "reasons": ["goodwill"],
        "by": BOB,
    });
    let other = world.post(&format!("{path}/decide"), other).fresh();
    other.await_problem(400, "invalid_request", Some("/amount/currency")).await;
    let decided = decide(BOB).await_status(200).await.json;
    check_members(&decided, json!({"status": "partly_approved"}));
    check_members(
        &decided["decision"],
        json!({"amount": usd(500), "automated": false, "appeal_until": null}),
    );
    let statement = world.get(&format!("{path}/statement")).await_status(200).await.json;
    check_members(
        &statement,
        json!({"outcome": "partly_approve", "rule_table": null, "automated": false,
            "appeal": null}),
    );
    assert_eq!(statement["reasons"][0]["code"], "goodwill");
    let text = statement["reasons"][0]["text"].as_str().unwrap();
    assert!(text.contains("courtesy"), "{text}");
}

/// Whoever reads a decision is to know why: a code without a text is refused, with those that have
/// one.
#[tokio::test]
async fn a_reason_has_a_text() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = claim(&world, &promotion, "technical_error").await;
    lead(&world, &made).await;
    let path = format!("/v1/claims/{}/decide", id(&made));
    let deny = |codes: &[&str]| {
        world.post(&path, json!({"outcome": "deny", "reasons": codes, "by": BOB})).fresh()
    };
    let refused = deny(&["nothing_found", "because"]);
    let problem = refused.await_problem(400, "invalid_request", Some("/reasons/1")).await;
    let said = problem.json.to_string();
    assert!(said.contains("goodwill") && said.contains("outcome_only"), "{said}");
    let denied = deny(&["nothing_found", "outcome_only"]).await_status(200).await.json;
    let reasons = denied["decision"]["reasons"].as_array().unwrap();
    assert!(reasons.iter().all(|reason| reason["text"].as_str().unwrap().len() > 20));
}

#[tokio::test]
async fn whoever_has_decided_does_not_decide_on_the_appeal() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = claim(&world, &promotion, "technical_error").await;
    lead(&world, &made).await;
    let deny = |by: &str| {
        let body = json!({"outcome": "deny", "reasons": ["nothing_found"], "by": by});
        world.post(&format!("/v1/claims/{}/decide", id(&made)), body).fresh()
    };
    deny(BOB).await_status(200).await;
    on(&world, &made, "appeal", json!({})).await;
    deny(BOB).await_problem(422, "same_reviewer", None).await;
    let left = deny(CAL).await_status(200).await.json;
    check_members(&left, json!({"status": "denied"}));
}

#[tokio::test]
async fn while_a_payment_is_disputed_its_claims_wait() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let made = claim(&world, &promotion, "technical_error").await;
    assert_eq!(made["held"], false);
    let payment = id(&shop.list("/v1/payments").await[0]);
    let new = OpenDispute {
        id: DisputeId::from_bits(77),
        amount: base::Money::new(100, base::Currency::USD).unwrap(),
        reason: Token::new("fraudulent").unwrap(),
        due_by: None,
        stage: 1,
        rail_reference: None,
    };
    let rails = FakeRails::new(world.book.handle().clone());
    rails.give(PaymentCommand::OpenDispute {
        payment: payment.parse().unwrap(),
        new: Box::new(new),
        rest: base::RailRefundId::from_bits(77),
    });
    let held = read(&world, &made).await;
    check_members(&held, json!({"held": true, "due_at": null}));
    // A bank decides when that is over: it should be by then, and nobody here is late.
    check_members(
        &held["next"],
        json!({"awaited": "dispute_end", "by": "2027-02-27T10:00:01Z", "is_late": false}),
    );
    let approve =
        json!({"outcome": "approve", "amount": usd(1), "reasons": ["goodwill"], "by": EVE});
    let ask = world.post(&format!("/v1/claims/{}/decide", id(&made)), approve).fresh();
    assert_eq!(ask.send().await.status, 422);
}

#[tokio::test]
async fn whoever_looks_at_a_claim_is_told_what_was_paid_since() {
    let world = World::new();
    let shop = Shop::open(&world).await;
    let promotion = ended(&shop, json!({}), 1_000).await;
    let one = claim(&world, &promotion, "technical_error").await;
    assert_eq!(lead(&world, &one).await["status"], "in_review");
    let other = claim(&world, &promotion, "other").await;
    assert_eq!(lead(&world, &other).await["status"], "in_review");
    let approval = |amount: i64| {
        json!({"outcome": "partly_approve", "amount": usd(amount), "reasons": ["goodwill"],
            "by": BOB})
    };
    let decided = on(&world, &other, "decide", approval(500)).await;
    assert_eq!(decided["status"], "partly_approved");
    let path = format!("/v1/claims/{}/decide", id(&one));
    let outdated = world.post(&path, approval(100)).fresh();
    outdated.await_problem(422, "facts_outdated", None).await;
    world.flush();
    assert_eq!(lead(&world, &one).await["status"], "in_review");
    let facts = world.get(&format!("/v1/claims/{}/facts", id(&one))).await_status(200).await.json;
    check_members(fact(&facts["data"], "credited"), json!({"value": usd(500)}));
    assert_eq!(on(&world, &one, "decide", approval(100)).await["status"], "partly_approved");
}
