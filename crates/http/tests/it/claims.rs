//! Claims over the API; rails are faked, and what the feed knows is told to the writer.

mod at_once;
mod deciding;
mod documented;
mod filing;
mod freezing;
mod otherwise;
mod paying;
mod replaying;
mod restitutions;
mod secrets;

use base::{Amount, ClaimId, KeyId};
use claims::{Evidence, Fact, FactName, Facts, Finding, Value as Said};
use engine::{ClaimCommand, Command};
use outside::clock::Clock;
use serde_json::{Value, json};
use writer::Request;

use crate::fake_rails::FakeRails;
use crate::promotions::serving::Server;
use crate::promotions::{act, paid};
use crate::shop::{Shop, id};
use crate::world::World;

/// People of the platform.
pub const BOB: &str = "per_00000000000000000000000009";
pub const CAL: &str = "per_0000000000000000000000000a";

/// Moves the clock of the book, and books what falls due.
pub async fn clock(world: &World, now: &str) {
    world.post("/v1/test/clock", json!({"now": now})).fresh().await_status(200).await;
}

/// A promotion that was paid, of which so many views at three cents were shown, and that has ended.
pub async fn ended(shop: &Shop<'_>, more: Value, views: u64) -> String {
    all_ended(shop, more, views, 1).await.remove(0)
}

/// So many promotions like that.
pub async fn all_ended(shop: &Shop<'_>, more: Value, views: u64, count: usize) -> Vec<String> {
    let mut promotions = Vec::new();
    for _ in 0..count {
        let promotion = paid(shop, more.clone()).await;
        act(shop, &promotion, "approve", json!({})).await;
        promotions.push(promotion);
    }
    clock(shop.world, "2026-11-22T10:00:00Z").await;
    for (number, promotion) in (1..).zip(&promotions) {
        let (handle, stream) = (shop.world.book.handle(), format!("feed-{number}"));
        let mut server = Server::of_stream(handle, promotion.parse().unwrap(), &stream);
        server.lease(3 * i64::try_from(views).unwrap());
        server.show(views, 0);
        server.close();
    }
    clock(shop.world, "2026-11-29T10:00:01Z").await;
    promotions
}

/// The body of a claim for a promotion.
pub fn body(promotion: &str, ground: &str) -> Value {
    json!({"promotion": promotion, "ground": ground, "description": "It was not what I bought."})
}

/// Makes a claim for a promotion.
pub async fn claim(world: &World, promotion: &str, ground: &str) -> Value {
    let ask = world.post("/v1/claims", body(promotion, ground)).fresh();
    ask.await_status(201).await.json
}

/// Does something to a claim.
pub async fn on(world: &World, claim: &Value, action: &str, body: Value) -> Value {
    let path = format!("/v1/claims/{}/{action}", id(claim));
    world.post(&path, body).fresh().await_status(200).await.json
}

/// A claim as it is.
pub async fn read(world: &World, claim: &Value) -> Value {
    world.get(&format!("/v1/claims/{}", id(claim))).await_status(200).await.json
}

/// Leads claims on, and returns this one.
pub async fn lead(world: &World, claim: &Value) -> Value {
    let led = world.lead_claims();
    assert_eq!(led.refused, [], "{led:?}");
    read(world, claim).await
}

/// Puts the facts of a claim together, with what the feed would know.
pub fn tell(world: &World, claim: &Value, known: &[(FactName, Said)]) {
    let mut told = Facts::new();
    for (name, value) in known {
        let (finding, at) = (Finding::Known(*value), world.clock.now());
        told.tell(Fact { name: *name, finding, evidence: Evidence::None, at }).unwrap();
    }
    let claim: ClaimId = id(claim).parse().unwrap();
    let command = ClaimCommand::FreezeFacts { claim, told: Box::new(told) };
    let command = Command::Claims(Box::new(command));
    let request = Request { command, actor: KeyId::from_bits(9), operation: None };
    let outcome = world.book.handle().decide(vec![request], false).unwrap().pop().unwrap();
    outcome.unwrap().result.unwrap();
}

/// Nothing was delivered to others than chosen, and nothing turned out to be invalid later.
pub const NOTHING_WRONG: [(FactName, Said); 2] = [
    (FactName::WrongDelivery, Said::Money(Amount::ZERO)),
    (FactName::LateInvalid, Said::Money(Amount::ZERO)),
];

/// Units that a guarantee lacks, which platform and market have lost.
pub fn missing(platform: u64, market: u64) -> Vec<(FactName, Said)> {
    let mut known = NOTHING_WRONG.to_vec();
    known.extend([
        (FactName::MissingPlatform, Said::Count(platform)),
        (FactName::MissingMarket, Said::Count(market)),
        (FactName::MissingAdvertiser, Said::Count(0)),
        (FactName::MissingPolicy, Said::Count(0)),
        (FactName::Narrowed, Said::Flag(false)),
        (FactName::Oversold, Said::Flag(false)),
    ]);
    known
}

/// Rails do what they are asked for.
pub async fn rails_refund(world: &World) {
    world.flush();
    let refunds = world.get("/v1/rail-refunds?limit=100").await_status(200).await.json;
    let rails = FakeRails::new(world.book.handle().clone());
    for refund in refunds["data"].as_array().unwrap() {
        http::RailWork::nudge_refund(&rails, id(refund).parse().unwrap());
    }
}

/// To what the money of a claim or restitution goes, as its statement says.
pub async fn goes_to(world: &World, of: &str, row: &Value) -> Value {
    let path = format!("/v1/{of}/{}/statement", id(row));
    let stated = world.get(&path).await_status(200).await.json;
    let all = stated["destinations"].as_array().unwrap().iter();
    all.map(|one| json!({"to": one["to"], "cents": one["amount"]["amount"]})).collect()
}
