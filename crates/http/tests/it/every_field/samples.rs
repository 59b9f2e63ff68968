//! Requests that are accepted, made from their schemas.

use serde_json::{Map, Value, json};

use super::claim_samples::ClaimSamples;
use super::promotion_samples::PromotionSamples;
use super::shop_samples::ShopSamples;
use crate::world::{World, redemption, usd};

/// Objects to ask for, made for one operation.
pub struct Samples {
    card: String,
    code: String,
    token: String,
    sender: String,
    open_hold: String,
    captured_hold: String,
    program: String,
    account: String,
    /// A webhook endpoint, for what is done to one.
    endpoint: String,
    /// Where failures of the card's mail are reported to.
    return_path: String,
    /// Hash of the block of record 1.
    first_hash: String,
    /// What is sold, for operations about that.
    shop: Option<ShopSamples>,
    /// What is promoted, for operations about that.
    promotion: Option<PromotionSamples>,
    /// What is claimed, for operations about that.
    claim: Option<ClaimSamples>,
}

/// What a schema means: references followed, and the part that is not `null`.
pub fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return resolved(document, document.pointer(&reference[1..]).unwrap());
    }
    let not_null = schema["oneOf"]
        .as_array()
        .and_then(|parts| parts.iter().find(|part| part["type"] != "null"));
    not_null.map_or(schema, |part| resolved(document, part))
}

/// True when the schema is of a field that is not there yet.
pub fn is_unavailable(schema: &Value) -> bool {
    schema.to_string().contains("Not available yet.")
}

impl Samples {
    pub async fn new(world: &World, operation: &str, template: &str) -> Samples {
        let id = |object: &Value| object["id"].as_str().unwrap().to_owned();
        // Only what was mailed speaks for the recipient.
        let heard = ["report_gift", "block_sender_of_gift", "unblock_sender_of_gift"];
        let is_heard = heard.contains(&operation);
        let card = gift(world, is_heard).await;
        let reveal = format!("/v1/gift-cards/{}/reveal", id(&card));
        let revealed = world.post(&reveal, json!({})).await_status(200).await.json;
        if ["resend_gift_card", "change_recipient"].contains(&operation) {
            world.pass(base::Span::seconds(60));
        }
        if operation == "unfreeze_gift_card" {
            let path = format!("/v1/gift-cards/{}/freeze", id(&card));
            world.post(&path, json!({})).fresh().await_status(200).await;
        }
        if operation == "unblock_gift_sender" {
            let path = format!("/v1/gift-senders/{}/block", id(&card["sender"]));
            world.post(&path, json!({"reason": "spam"})).await_status(200).await;
        }
        if operation == "unblock_sender_of_gift" {
            let token = json!({"token": world.recipient_token(&card)});
            world.post("/v1/gift-cards/claim/block-sender", token).await_status(200).await;
        }
        let spent = world.issue(10_000).await;
        let code = spent["code"].as_str().unwrap();
        let open_hold = world.hold(code, 100).await;
        let redemption = world.post("/v1/redemptions", redemption(code, 100)).fresh();
        let captured_hold = redemption.await_status(201).await.json;
        let program = json!({"name": "P", "value_max": usd(10_000)});
        let program = world.post("/v1/programs", program).fresh().await_status(201).await.json;
        let accounts = world.get("/v1/ledger/accounts?limit=1").await_status(200).await.json;
        let shop = match ShopSamples::is_about(template) {
            true => Some(ShopSamples::new(world, operation).await),
            false => None,
        };
        let promotion = match PromotionSamples::is_about(template) {
            true => Some(PromotionSamples::new(world, operation).await),
            false => None,
        };
        let claim = match ClaimSamples::is_about(template) {
            true => Some(ClaimSamples::new(world, operation).await),
            false => None,
        };
        Samples {
            shop,
            promotion,
            claim,
            card: id(&card),
            code: card["code"].as_str().unwrap().to_owned(),
            token: if is_heard {
                world.recipient_token(&card)
            } else {
                revealed["claim_token"].as_str().unwrap().to_owned()
            },
            sender: id(&card["sender"]),
            open_hold: id(&open_hold),
            captured_hold: id(&captured_hold),
            program: id(&program),
            account: id(&accounts["data"][0]),
            endpoint: endpoint(world, operation).await,
            return_path: world.return_path(id(&card).parse().unwrap()),
            first_hash: world.block_of(1).hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// A path with the id of an object that the operation can be applied to.
    pub fn path(&self, template: &str, operation: &str) -> String {
        if let Some(shop) = &self.shop {
            let path = template.replace("{id}", shop.id_of(template));
            return path.replace("{tender}", "t1").replace("{rail}", "sandbox");
        }
        if let Some(promotion) = &self.promotion {
            // A day longer, of the terms as they were composed.
            return template.replace("{id}", promotion.id_of(template)).replace("{n}", "111");
        }
        if let Some(claim) = &self.claim {
            return claim.path(template);
        }
        let id = match template.split('/').nth(2).unwrap_or("") {
            "gift-cards" => &self.card,
            "holds" if operation == "refund_hold" => &self.captured_hold,
            "holds" => &self.open_hold,
            "programs" => &self.program,
            "gift-senders" => &self.sender,
            "webhook-endpoints" => &self.endpoint,
            _ => &self.account,
        };
        template.replace("{id}", id)
    }

    /// A value that fits a schema, with every field that can be given together with the others.
    pub fn of_schema(&self, document: &Value, schema: &Value) -> Value {
        self.named(document, "", schema)
    }

    fn named(&self, document: &Value, name: &str, schema: &Value) -> Value {
        let schema = resolved(document, schema);
        if let Some(properties) = schema["properties"].as_object() {
            return self.object(document, properties);
        }
        let types = schema["type"].to_string();
        if types.contains("array") {
            return json!([self.named(document, name, &schema["items"])]);
        }
        if types.contains("boolean") {
            return json!(false);
        }
        // Cards that die before what nobody claims goes back are refused.
        if name == "validity_days" {
            return json!(365);
        }
        if name == "archived_to" {
            return json!(1);
        }
        if types.contains("integer") {
            return json!(schema["minimum"].as_i64().unwrap_or(0).max(5));
        }
        if types.contains("object") {
            return match name {
                _ if schema["additionalProperties"] == false => json!({}),
                "metadata" => json!({"k": "v"}),
                _ => json!({"gift_card": self.card, "amount": usd(1), "reference": "r"}),
            };
        }
        self.text(name, schema)
    }

    fn object(&self, document: &Value, properties: &Map<String, Value>) -> Value {
        let mut object = Map::new();
        for (name, schema) in properties {
            // Two ways to say the same exclude each other.
            let others: &[&str] = match name.as_str() {
                "code" | "payment_method" => &["gift_card"],
                "token" => &["code"],
                "charge" | "hint" => &["promotion"],
                "contact" => &["claimant"],
                // What the line sells is something else.
                "gift_cards" => &["unit_price"],
                "reference" => &["funding"],
                "csv" => &["lines"],
                "from_time" | "event" => &["from_sequence"],
                "amount" if !properties.contains_key("reference") => {
                    &["lines", "quantity", "payment_method"]
                }
                _ => &[],
            };
            let is_said = others.iter().any(|other| properties.contains_key(*other));
            if !is_unavailable(schema) && !is_said {
                object.insert(name.clone(), self.named(document, name, schema));
            }
        }
        Value::Object(object)
    }

    fn text(&self, name: &str, schema: &Value) -> Value {
        if let Some(text) = self.shop.as_ref().and_then(|shop| shop.text(name)) {
            return json!(text);
        }
        if let Some(text) = self.promotion.as_ref().and_then(|it| it.text(name)) {
            return json!(text);
        }
        if let Some(text) = self.claim.as_ref().and_then(|it| it.text(name)) {
            return json!(text);
        }
        let choices = schema["pattern"].as_str().and_then(|text| text.strip_prefix("^("));
        if let Some(choices) = choices.filter(|_| name != "token") {
            return json!(choices.split(['|', ')']).next().unwrap());
        }
        json!(match name {
            "currency" => "USD",
            "region" | "regions" | "country" => "US",
            "language" => "en",
            "kinds" => "goods",
            "scopes" => "read",
            "email" => "a@example.com",
            "ip" => "203.0.113.7",
            "expires_at" => "2031-01-01T00:00:00Z",
            "hash" => &self.first_hash,
            "url" => "https://hooks.example.com/x",
            "return_url" => "https://shop.example/x",
            "types" => "gift_card.issued",
            "recipient" => &self.return_path,
            "activates_at" | "deliver_at" => "2030-06-01T00:00:00Z",
            "now" => "2026-12-21T00:00:00Z",
            "at" => "2026-11-19T00:00:00Z",
            "path" => "/v1/redemptions",
            "gift_card" => &self.card,
            "program" => &self.program,
            "code" => &self.code,
            "token" => &self.token,
            "person" => &self.sender,
            _ => "x",
        })
    }
}

/// A card for somebody, which is mailed or handed over by a link.
async fn gift(world: &World, is_mailed: bool) -> Value {
    let (channel, recipient) = match is_mailed {
        true => ("email", json!({"email": "r@example.com"})),
        false => ("link", json!({"name": "R"})),
    };
    let said = json!({
        "expires_at": "2030-01-01T00:00:00Z", "delivery": {"channel": channel},
        "recipient": recipient, "sender": {"name": "S"},
    });
    world.issue_with(10_000, said).await
}

/// The one endpoint there is, for an operation that needs one: a book has room for a few only.
async fn endpoint(world: &World, operation: &str) -> String {
    if !operation.contains("webhook") {
        return String::new();
    }
    let all = "/v1/webhook-endpoints";
    let former = world.get(&format!("{all}?limit=100")).await_status(200).await.json;
    for endpoint in former["data"].as_array().unwrap() {
        let path = format!("{all}/{}", endpoint["id"].as_str().unwrap());
        world.ask("DELETE", &path).await_status(200).await;
    }
    if operation == "make_webhook_endpoint" {
        return String::new();
    }
    let made =
        world.post(all, json!({"url": "https://hooks.example.com/"})).await_status(201).await;
    made.json["id"].as_str().unwrap().to_owned()
}
