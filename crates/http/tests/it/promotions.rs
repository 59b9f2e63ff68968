//! Promotions over the API; rails are faked, but for the whole life of one.

mod allowed;
mod documented;
mod drafts;
mod incidents;
mod life;
mod paying;
mod posts;
pub mod serving;
mod signals;
mod whole_life;

use serde_json::{Value, json};

use crate::shop::{Shop, id};
use crate::world::{World, usd};

pub const ADA: &str = "per_00000000000000000000000007";
pub const EVE: &str = "per_00000000000000000000000008";

/// A promotion of a hundred dollars, which starts two days after the world does and lasts a week.
pub fn input(creator: &str, more: Value) -> Value {
    let mut body = json!({
        "advertiser": ADA,
        "post": {
            "id": "v-1", "url": "https://shop.example/v/1", "creator": creator, "kind": "video",
            "visibility": "public", "content_version": "first",
        },
        "goal": "views", "audience": {"automatic": true}, "budget": usd(10_000),
        "starts_at": "2026-11-22T10:00:00Z", "ends_at": "2026-11-29T10:00:00Z",
        "promise": "estimate",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// Composes a promotion with further members.
pub async fn compose(shop: &Shop<'_>, more: Value) -> Value {
    let body = input(&shop.creator, more);
    shop.world.post("/v1/promotions", body).fresh().await_status(201).await.json
}

/// Does something to a promotion.
pub async fn act(shop: &Shop<'_>, promotion: &str, action: &str, body: Value) -> Value {
    let path = format!("/v1/promotions/{promotion}/{action}");
    shop.world.post(&path, body).fresh().await_status(200).await.json
}

/// A promotion in review, paid by a method of this token.
pub async fn paid(shop: &Shop<'_>, more: Value) -> String {
    let method = shop.method("tok_ok").await;
    let mut body = json!({"tenders": [{"kind": "payment_method", "payment_method": method}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let promotion = id(&compose(shop, body).await);
    let paid = act(shop, &promotion, "submit", json!({})).await;
    assert_eq!(paid["status"], "in_review", "{paid:#}");
    promotion
}

/// A promotion as it is.
pub async fn read(shop: &Shop<'_>, promotion: &str) -> Value {
    shop.read("promotions", promotion).await
}

/// What was done to a promotion, oldest first.
pub async fn history(world: &World, promotion: &str) -> Vec<Value> {
    let path = format!("/v1/promotions/{promotion}/history?limit=100");
    let page = world.get(&path).await_status(200).await.json;
    let mut deeds = page["data"].as_array().unwrap().clone();
    deeds.reverse();
    deeds
}

/// The kinds of what was done, oldest first.
pub async fn kinds(world: &World, promotion: &str) -> Vec<String> {
    let deeds = history(world, promotion).await;
    deeds.iter().map(|deed| deed["kind"].as_str().unwrap().to_owned()).collect()
}
