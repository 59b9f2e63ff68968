//! Claims, for operations about them.

use base::PersonId;
use claims::Facts;
use engine::{ClaimCommand, Command};
use outside::clock::Clock;
use serde_json::json;
use writer::Request;

use crate::promotions::serving::Server;
use crate::shop::{Shop, id};
use crate::world::{World, usd};

const STAFF: &str = "per_00000000000000000000000009";
const PROPOSER: &str = "per_0000000000000000000000000a";

/// A table that leaves every claim about an error to a person.
const KIND_TABLE: &str = "name = \"kind\"\nground = \"technical_error\"\n\
    effective_from = 2026-01-01\n[[row]]\nid = \"k1\"\ncode = \"kind\"\n\
    says = \"A person looks.\"\nwhen = {}\noutcome = \"review\"\n";

/// A claim in the state in which the operation is accepted, and what can be claimed for.
pub struct ClaimSamples {
    claim: String,
    promotion: String,
    owner: String,
    today: String,
}

/// Operations on a restitution that its order has refused to send.
const OF_STUCK: [&str; 3] =
    ["send_restitution_again", "credit_restitution", "note_restitution_paid_by_hand"];

/// Operations on a claim whose order does not send what it grants.
const OF_UNSENT: [&str; 3] = ["send_claim_again", "credit_claim", "note_claim_paid_by_hand"];

/// Operations on what a decision about an unauthorized charge leaves behind.
const OF_ACCOUNTS: [&str; 3] = ["lift_account_freeze", "read_account_freeze", "review_suspect"];

impl ClaimSamples {
    /// Whether paths like this are about claims.
    pub fn is_about(template: &str) -> bool {
        ["claims", "restitutions", "account-freezes", "suspects"]
            .contains(&template.split('/').nth(2).unwrap_or(""))
    }

    pub async fn new(world: &World, operation: &str) -> ClaimSamples {
        let is_of_account = OF_ACCOUNTS.contains(&operation);
        // Nobody agreed to it: what is small is paid back, and the account is frozen.
        let views = if is_of_account { 200 } else { 20_000 };
        let is_settled = OF_STUCK.contains(&operation) || OF_UNSENT.contains(&operation);
        let (promotion, owner) = shown(world, views, is_settled).await;
        let mut samples = ClaimSamples {
            claim: String::new(),
            promotion,
            owner,
            today: world.clock.now().to_string()[..10].to_owned(),
        };
        if ["make_claim", "preview_claim_for_money"].contains(&operation) {
            return samples;
        }
        let body = match operation {
            "match_claim" => json!({
                "hint": {"descriptor": "x", "last4": "0000", "amount": usd(5)},
                "contact": {"email": format!("{}@example.com", samples.owner)},
                "ground": "other", "description": "x",
            }),
            _ => json!({
                "promotion": samples.promotion, "description": "x",
                "ground": if is_of_account { "unauthorized_charge" } else { "technical_error" },
            }),
        };
        samples.claim = id(&world.post("/v1/claims", body).fresh().await_status(201).await.json);
        if OF_STUCK.contains(&operation) {
            samples.claim = stuck(world, &samples.promotion).await;
            return samples;
        }
        samples.lead(world, operation).await;
        samples
    }

    async fn lead(&self, world: &World, operation: &str) {
        let claim = self.claim.parse().unwrap();
        let is_in_review = ["decide_claim", "approve_claim", "appeal_claim", "replay_claim"];
        let is_unsent = OF_UNSENT.contains(&operation);
        let is_for_people = is_in_review.contains(&operation) || is_unsent;
        if is_for_people || OF_ACCOUNTS.contains(&operation) {
            // Nobody tells what was delivered, so the rules leave it to a person.
            give(world, ClaimCommand::FreezeFacts { claim, told: Box::new(Facts::new()) });
            give(world, ClaimCommand::Decide { claim });
        }
        let decision = match operation {
            "approve_claim" => json!({
                "outcome": "approve", "amount": usd(50_100), "reasons": ["goodwill"],
                "by": PROPOSER,
            }),
            _ if is_unsent => json!({
                "outcome": "partly_approve", "amount": usd(100), "reasons": ["goodwill"],
                "by": PROPOSER,
            }),
            "appeal_claim" => json!({"outcome": "deny", "reasons": ["goodwill"], "by": PROPOSER}),
            _ => return,
        };
        let path = format!("/v1/claims/{}/decide", self.claim);
        world.post(&path, decision).fresh().await_status(200).await;
        if is_unsent {
            world.pass(base::Span::days(1));
        }
    }

    /// The id in paths like this.
    pub fn path(&self, template: &str) -> String {
        match template.split('/').nth(2) {
            Some("account-freezes") => template.replace("{person}", &self.owner),
            Some("suspects") if template.contains("{id}") => {
                let suspect = claims::suspect_id(self.claim.parse().unwrap());
                template.replace("{id}", &suspect.to_string())
            }
            _ => template.replace("{id}", &self.claim),
        }
    }

    /// A text for a field that only some texts fit.
    pub fn text(&self, name: &str) -> Option<&str> {
        Some(match name {
            "promotion" => &self.promotion,
            "claimant" => &self.owner,
            "by" => STAFF,
            "reasons" => "goodwill",
            "starts_on" | "ends_on" | "charged_on" => &self.today,
            "sha256" => "abababababababababababababababababababababababababababababababab",
            "last4" => "4242",
            "created_after" | "created_before" => "2026-11-20T10:00:00Z",
            "rule_table" => KIND_TABLE,
            "continue_after" => &self.claim,
            _ => return None,
        })
    }
}

/// A restitution for this promotion that its order has refused for a day to send. That the last
/// bill has come while a claim was open has somebody look for what is owed.
async fn stuck(world: &World, promotion: &str) -> String {
    world.pass(base::Span::days(1));
    let sum = base::Amount::new(300).unwrap();
    let loss = engine::FoundLoss {
        promotion: promotion.parse().unwrap(),
        kind: claims::RestitutionKind::WrongDelivery,
        cause: claims::Fingerprint([1; 16]),
        loss: sum,
        loss_so_far: sum,
        told: Facts::new(),
    };
    let restitution = claims::restitution_id(loss.promotion, loss.kind, loss.cause);
    let refusal = base::Token::new("limit_exceeded").unwrap();
    let refund = base::RefundId::from_bits(1);
    let loss = Box::new(loss);
    give(world, ClaimCommand::SetRestitutionAside { loss, refund, refusal });
    restitution.to_string()
}

fn give(world: &World, command: ClaimCommand) {
    let command = Command::Claims(Box::new(command));
    let request = Request { command, actor: base::KeyId::from_bits(9), operation: None };
    let outcome = world.book.handle().decide(vec![request], false).unwrap().pop().unwrap();
    outcome.unwrap().result.unwrap();
}

/// A promotion of somebody new, of which so many views were shown, at three cents each. A claim is
/// open when the last bill comes, if it is claimed.
async fn shown(world: &World, views: u64, is_claimed: bool) -> (String, String) {
    let shop = Shop::open(world).await;
    let now = world.clock.now();
    let owner: PersonId = outside::random::new_id(now, &mut outside::random::SystemRandomness);
    let method = shop.method("tok_ok").await;
    let draft = json!({
        "advertiser": owner.to_string(),
        "post": {
            "id": format!("post-of-{}", &shop.creator[4..]), "url": "https://shop.example/v/1",
            "creator": shop.creator, "kind": "video", "visibility": "public",
        },
        "goal": "views", "audience": {"automatic": true}, "budget": usd(100_000),
        "starts_at": now.to_string(),
        "ends_at": now.saturating_add(base::Span::days(7)).to_string(), "promise": "estimate",
        "tenders": [{"kind": "payment_method", "payment_method": method}],
    });
    let promotion = world.post("/v1/promotions", draft).fresh().await_status(201).await.json;
    let promotion = id(&promotion);
    for action in ["submit", "approve"] {
        let path = format!("/v1/promotions/{promotion}/{action}");
        world.post(&path, json!({})).fresh().await_status(200).await;
    }
    let mut server = Server::of_stream(world.book.handle(), promotion.parse().unwrap(), &promotion);
    server.lease(60_000);
    server.show(views, 0);
    if is_claimed {
        let claim = json!({"promotion": promotion, "ground": "other", "description": "x"});
        world.post("/v1/claims", claim).fresh().await_status(201).await;
    }
    server.close();
    (promotion, owner.to_string())
}
