//! Claims that are paid: what is missing of a guarantee goes back, by claim and by settlement.

use serde_json::json;

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
            "outcome": "approve", "amount": usd(1), "reasons": ["r"], "by": super::BOB,
        }),
    );
    too_much.fresh().await_problem(422, "claim_not_in_review", None).await;
}
