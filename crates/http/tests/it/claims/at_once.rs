//! Claim, dispute, settlement, restitution and order refund of one promotion at once, in every
//! order, on a real writer over each store: the cap holds, and nobody is paid twice.

use base::{Amount, Currency, DisputeId, Money, OrderId, PromotionId, RefundId, Span, Token};
use claims::{Facts, Fingerprint, RestitutionKind};
use engine::{Answer, ClaimCommand, Command, FoundLoss, PaymentCommand, PromotionCommand, Query};
use engine::{RefundIds, ShopCommand, WayBack};
use outside::clock::Clock;
use outside::random::{SystemRandomness, new_id};
use payments::OpenDispute;
use serde_json::json;
use shop::{RefundOrder, RefundRequest};
use writer::Request;

use super::{BOB, claim, clock, lead, on, rails_refund};
use crate::promotions::serving::Server;
use crate::promotions::{act, paid};
use crate::shop::{Shop, id};
use crate::world::{World, usd};

/// A promotion of 100.00 that has spent 30.00, is over and not settled, and a claim of 7.00 on it
/// that somebody has approved.
struct Case {
    promotion: PromotionId,
    order: OrderId,
    payment: base::PaymentId,
    claim: base::ClaimId,
    number: u32,
}

impl Case {
    async fn new(shop: &Shop<'_>, number: u32, promotion: &str) -> Case {
        let world = shop.world;
        let promotion = promotion.to_owned();
        let made = claim(world, &promotion, "other").await;
        lead(world, &made).await;
        let decision = json!({
            "outcome": "partly_approve", "amount": usd(700), "reasons": ["goodwill"], "by": BOB,
        });
        let approved = on(world, &made, "decide", decision).await;
        assert_eq!(approved["status"], "partly_approved", "{approved:#}");
        let promotion: PromotionId = promotion.parse().unwrap();
        let asked = world.book.handle().ask(Query::PromotionDetails(promotion)).unwrap();
        let Some(Answer::PromotionDetails(details)) = asked else { panic!("no promotion") };
        let checkout = details.promotion.checkout.unwrap();
        let path = format!("/v1/checkouts/{checkout}");
        let paid = world.get(&path).await_status(200).await.json;
        let payment = paid["tenders"][0]["payment"].as_str().unwrap().parse().unwrap();
        let claim = id(&made).parse().unwrap();
        Case { promotion, order: details.order.unwrap(), payment, claim, number }
    }

    /// One of the five things that happen, by its number.
    fn deed(&self, world: &World, deed: usize) -> Command {
        let now = world.clock.now();
        let ids = || RefundIds {
            cards: std::array::from_fn(|_| new_id(now, &mut SystemRandomness)),
            rails: std::array::from_fn(|_| new_id(now, &mut SystemRandomness)),
        };
        let refund: RefundId = new_id(now, &mut SystemRandomness);
        let (promotion, order) = (self.promotion, self.order);
        let back = Box::new(WayBack { order, refund, ids: ids() });
        match deed {
            0 => {
                let pay = ClaimCommand::StartPayout { claim: self.claim, back };
                Command::Claims(Box::new(pay))
            }
            1 => {
                let loss = Box::new(FoundLoss {
                    promotion,
                    kind: RestitutionKind::WrongDelivery,
                    cause: Fingerprint([1; 16]),
                    loss: Amount::new(500).unwrap(),
                    loss_so_far: Amount::new(500).unwrap(),
                    told: Facts::new(),
                });
                Command::Claims(Box::new(ClaimCommand::Restitute { loss, back }))
            }
            2 => {
                let (order, ids) = (Some(order), Box::new(ids()));
                let settle = PromotionCommand::Settle { promotion, order, refund, ids };
                Command::Promotions(Box::new(settle))
            }
            3 => {
                let reason = Token::new("asked").unwrap();
                let new = RefundOrder { id: refund, request: RefundRequest::Everything, reason };
                let (new, ids) = (Box::new(new), Box::new(ids()));
                Command::Shop(ShopCommand::RefundOrder { order, new, ids })
            }
            _ => Command::Payments(PaymentCommand::OpenDispute {
                payment: self.payment,
                new: Box::new(OpenDispute {
                    id: self.dispute(),
                    amount: Money::new(2_000, Currency::USD).unwrap(),
                    reason: Token::new("fraudulent").unwrap(),
                    due_by: None,
                    stage: 1,
                    rail_reference: None,
                }),
                rest: new_id(now, &mut SystemRandomness),
            }),
        }
    }

    fn dispute(&self) -> DisputeId {
        DisputeId::from_bits(u128::from(self.number) + 1)
    }

    /// What the bank says, one way or the other.
    fn decided(&self, world: &World) -> Command {
        let (dispute, stage) = (self.dispute(), 1);
        let rest = new_id(world.clock.now(), &mut SystemRandomness);
        Command::Payments(match self.number % 2 {
            0 => PaymentCommand::WinDispute { dispute, stage, rest },
            _ => PaymentCommand::LoseDispute { dispute, stage },
        })
    }
}

/// A promotion of an advertiser of its own, which is allowed.
async fn started(shop: &Shop<'_>, number: usize) -> String {
    let post = json!({
        "id": format!("v-{number}"), "url": "https://shop.example/v/1", "creator": shop.creator,
        "kind": "video", "visibility": "public", "content_version": "first",
    });
    let advertiser = format!("per_{:0>26}", 1_000 + number);
    let promotion = paid(shop, json!({"post": post, "advertiser": advertiser})).await;
    act(shop, &promotion, "approve", json!({})).await;
    promotion
}

/// Gives all of them to the writer in one call. Each is done, or refused by name.
fn give(world: &World, commands: impl IntoIterator<Item = Command>) {
    let request = |command| Request { command, actor: base::KeyId::from_bits(9), operation: None };
    let requests = commands.into_iter().map(request).collect();
    for outcome in world.book.handle().decide(requests, false).unwrap() {
        let _refused_or_done = outcome.expect("the writer decides");
    }
}

/// Every order of so many things.
fn orders(of: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for next in 0..of {
        let longer = all.iter().flat_map(|order: &Vec<usize>| {
            (0..=order.len()).map(|place| {
                let mut order = order.clone();
                order.insert(place, next);
                order
            })
        });
        all = longer.collect();
    }
    all
}

async fn in_every_order(world: World, some: impl Iterator<Item = Vec<usize>>) {
    let shop = Shop::open(&world).await;
    let all: Vec<Vec<usize>> = some.collect();
    let mut ended = Vec::new();
    for number in 0..all.len() {
        ended.push(started(&shop, number).await);
    }
    clock(&world, "2026-11-22T10:00:00Z").await;
    for (number, promotion) in ended.iter().enumerate() {
        let stream = format!("feed-{number}");
        let promotion = promotion.parse().unwrap();
        let mut server = Server::of_stream(world.book.handle(), promotion, &stream);
        server.lease(3_000);
        server.show(1_000, 0);
        server.close();
    }
    clock(&world, "2026-11-29T10:00:01Z").await;
    let mut cases = Vec::new();
    for ((number, order), promotion) in (0_u32..).zip(all).zip(&ended) {
        cases.push((Case::new(&shop, number, promotion).await, order));
    }
    // Settlements are due from now on, and nobody has booked one.
    world.pass(Span::days(5));
    for (case, order) in &cases {
        give(&world, order.iter().map(|deed| case.deed(&world, *deed)));
        // Whoever has had no answer asks again.
        give(&world, order.iter().rev().map(|deed| case.deed(&world, *deed)));
        give(&world, [case.decided(&world)]);
        give(&world, order.iter().map(|deed| case.deed(&world, *deed)));
    }
    for _ in 0..3 {
        rails_refund(&world).await;
        let led = world.lead_claims();
        assert!(led.refused.iter().all(|(_, refusal)| !refusal.is_transient()), "{led:?}");
    }
    for (case, order) in &cases {
        check(&world, case, order).await;
    }
}

async fn check(world: &World, case: &Case, order: &[usize]) {
    let handle = world.book.handle();
    let Some(Answer::Promotion { promotion, .. }) =
        handle.ask(Query::Promotion(case.promotion)).unwrap()
    else {
        panic!("no promotion")
    };
    let Some(Answer::Payment(payment)) = handle.ask(Query::Payment(case.payment)).unwrap() else {
        panic!("no payment")
    };
    let Some(Answer::Claim { claim, .. }) = handle.ask(Query::Claim(case.claim)).unwrap() else {
        panic!("no claim")
    };
    let path = format!("/v1/restitutions?promotion={}&limit=100", case.promotion);
    let made = world.get(&path).await_status(200).await.json;
    let sum = |by_refund: bool| -> i64 {
        let rows = made["data"].as_array().unwrap().iter();
        let rows = rows.filter(|row| row["gross"].is_null() != by_refund);
        rows.map(|row| row["amount"]["amount"].as_i64().unwrap()).sum()
    };
    let claimed = claim.set_out().minor();
    assert!(claim.payouts.len() <= 1 && claimed <= 700, "{order:?}: {claim:?}");
    assert!(sum(true) <= 500, "{order:?}: {made:#}");
    if case.number.is_multiple_of(2) {
        // The dispute was won, and everything was asked for again: nobody is left without theirs.
        let given = (claimed, sum(true), promotion.returned.minor());
        assert_eq!(given, (700, 500, 7_000), "{order:?}: {claim:?}");
    }
    let back = promotion.returned.minor() + claimed + sum(true);
    assert!(back <= 10_000, "{order:?}: {back} goes back of what was paid");
    // What settlements have returned is explained, and no more.
    assert!(sum(false) <= promotion.returned.minor(), "{order:?}: {made:#}");
    let gone = [payment.refunded, payment.refunding, payment.lost, payment.owed];
    let gone: i64 = gone.into_iter().map(Amount::minor).sum();
    assert!(gone <= payment.captured.minor(), "{order:?}: {payment:?}");
}

#[tokio::test]
async fn slow_at_once_in_every_order_the_cap_holds() {
    in_every_order(World::new(), orders(5).into_iter()).await;
}

/// All of them are tried by the one below.
#[tokio::test]
async fn slow_at_once_in_many_orders_the_cap_holds_in_files() {
    in_every_order(World::in_files(), orders(5).into_iter().step_by(5)).await;
}

#[tokio::test]
#[ignore = "long"]
async fn long_at_once_in_every_order_the_cap_holds_in_files() {
    in_every_order(World::in_files(), orders(5).into_iter()).await;
}
