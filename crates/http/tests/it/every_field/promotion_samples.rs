//! Promotions and their posts, for operations about them.

use serde_json::{Value, json};

use crate::shop::{Shop, id};
use crate::world::{World, usd};

const ADVERTISER: &str = "per_00000000000000000000000007";
const REVIEWER: &str = "per_00000000000000000000000009";

/// A promotion in the state in which the operation is accepted, and its post.
pub struct PromotionSamples {
    promotion: String,
    post: String,
    creator: String,
    method: String,
    incident: String,
}

impl PromotionSamples {
    /// Whether paths like this are about promotions.
    pub fn is_about(template: &str) -> bool {
        ["promotions", "posts", "incidents"].contains(&template.split('/').nth(2).unwrap_or(""))
    }

    pub async fn new(world: &World, operation: &str) -> PromotionSamples {
        let shop = Shop::open(world).await;
        let method = shop.method("tok_ok").await;
        let post = format!("post-of-{}", &shop.creator[4..]);
        let now = outside::clock::Clock::now(&world.clock);
        let after = |days| now.saturating_add(base::Span::days(days)).to_string();
        let draft = json!({
            "advertiser": ADVERTISER,
            "post": {
                "id": post, "url": "https://shop.example/v/1", "creator": shop.creator,
                "kind": "video", "visibility": "private", "content_version": "x",
            },
            "goal": "views", "audience": {"automatic": true}, "budget": usd(5_000),
            "starts_at": after(2), "ends_at": after(9), "promise": "estimate",
            "tenders": [{"kind": "payment_method", "payment_method": method}],
        });
        let promotion = world.post("/v1/promotions", draft).fresh().await_status(201).await.json;
        let promotion = id(&promotion);
        // What is told of the post below is something else than it is.
        if operation != "change_post" {
            let public = world.ask("PATCH", &format!("/v1/posts/{post}"));
            public.json(json!({"visibility": "public"})).fresh().await_status(200).await;
        }
        let rejected = json!({"rule": "r", "by": REVIEWER});
        let submit = ("submit", json!({}));
        let approve = ("approve", json!({}));
        let steps: Vec<(&str, Value)> = match operation {
            "approve_promotion" | "reject_promotion" => vec![submit],
            "appeal_promotion" => vec![submit, ("reject", rejected)],
            "pause_promotion" | "stop_promotion" => vec![submit, approve],
            "resume_promotion" => vec![submit, approve, ("pause", json!({}))],
            _ => Vec::new(),
        };
        for (action, body) in steps {
            let path = format!("/v1/promotions/{promotion}/{action}");
            world.post(&path, body).fresh().await_status(200).await;
        }
        let told = json!({
            "component": "other", "severity": "major", "started_at": "2026-11-18T00:00:00Z",
        });
        let incident = world.post("/v1/incidents", told).fresh().await_status(201).await.json;
        PromotionSamples { promotion, post, creator: shop.creator, method, incident: id(&incident) }
    }

    /// The id in paths like this.
    pub fn id_of(&self, template: &str) -> &str {
        match template.split('/').nth(2) {
            Some("posts") => &self.post,
            Some("incidents") => &self.incident,
            _ => &self.promotion,
        }
    }

    /// A text for a field that only some texts fit.
    pub fn text(&self, name: &str) -> Option<&str> {
        Some(match name {
            "creator" => &self.creator,
            "payment_method" => &self.method,
            "advertiser" | "by" => ADVERTISER,
            "promotions" => &self.promotion,
            "started_at" => "2026-11-19T00:00:00Z",
            "ended_at" => "2026-11-19T01:00:00Z",
            "published_at" => "2026-11-01T00:00:00Z",
            "language" | "languages" => "en",
            "countries" => "US",
            "genders" => "female",
            "devices" => "phone",
            "starts_at" => "2030-01-01T00:00:00Z",
            "ends_at" => "2030-01-08T00:00:00Z",
            "url" => "https://shop.example/v/1",
            "act" => "abababababababababababababababab",
            _ => return None,
        })
    }
}
