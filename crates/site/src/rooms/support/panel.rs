//! What belongs to a customer, asked of the API.

use pages::components::escaped;
use pages::console::{CardRow, ClaimRow, OrderRow, PanelView, PromotionRow};
use serde::Deserialize;

use crate::inside::{Refused, if_told};
use crate::page::{AnswerRequests, Page};
use crate::values::{Amount, List, Time};

/// Things of a kind that a panel shows: the newest.
const SHOWN_MAX: usize = 10;

/// Promotions whose claims are asked for: each is a call.
const CLAIMS_OF_MAX: usize = 5;

/// What blocks a card.
#[derive(Deserialize)]
pub(super) struct Block {
    pub(super) kind: String,
    pub(super) reason: String,
    pub(super) since: Time,
}

#[derive(Deserialize)]
pub(super) struct Card {
    id: String,
    last4: String,
    status: String,
    blocks: Vec<Block>,
    balance: Amount,
    held: Amount,
}

#[derive(Deserialize)]
struct Order {
    id: String,
    receipt: i64,
    status: String,
    total: Amount,
    refunded: Amount,
    created_at: Time,
}

#[derive(Deserialize)]
struct Promotion {
    id: String,
    status: String,
    budget: Amount,
    spent: Amount,
    returned: Amount,
}

#[derive(Deserialize)]
struct Decision {
    amount: Option<Amount>,
}

#[derive(Deserialize)]
struct Claim {
    id: String,
    ground: String,
    status: String,
    decision: Option<Decision>,
}

/// What was found of a customer.
#[derive(Default)]
pub(super) struct Belongings {
    cards: Vec<Card>,
    orders: Vec<Order>,
    promotions: Vec<Promotion>,
    claims: Vec<Claim>,
}

impl Belongings {
    /// What belongs to a person, and cards that were sent to their address.
    pub(super) async fn of(
        page: &Page<AnswerRequests>,
        person: &str,
        recipient: Option<&str>,
    ) -> Result<Belongings, Refused> {
        let list = |path: &str, filter: &str, value: &str| {
            format!("{path}?{filter}={}&limit={SHOWN_MAX}", escaped(value))
        };
        let mut cards = cards(page, &list("/v1/gift-cards", "owner", person)).await?;
        if let Some(recipient) = recipient {
            add(
                &mut cards,
                self::cards(page, &list("/v1/gift-cards", "recipient", recipient)).await?,
            );
        }
        let orders: List<Order> = page.get(&list("/v1/orders", "buyer", person)).await?;
        let promotions: List<Promotion> =
            page.get(&list("/v1/promotions", "advertiser", person)).await?;
        let mut claims = Vec::new();
        for promotion in promotions.data.iter().take(CLAIMS_OF_MAX) {
            let of: List<Claim> = page.get(&list("/v1/claims", "promotion", &promotion.id)).await?;
            claims.extend(of.data);
        }
        Ok(Belongings { cards, orders: orders.data, promotions: promotions.data, claims })
    }

    /// Beside the conversation `request`.
    pub(super) fn view<'a>(
        &'a self,
        found: Option<(&'a str, &'a [Card])>,
        request: &'a str,
        opens_claims: bool,
    ) -> PanelView<'a> {
        let order = |one: &'a Order| OrderRow {
            id: &one.id,
            receipt: one.receipt,
            status: &one.status,
            total: one.total.0,
            refunded: one.refunded.0,
            at: one.created_at.moment(),
        };
        let promotion = |one: &'a Promotion| PromotionRow {
            id: &one.id,
            status: &one.status,
            budget: one.budget.0,
            spent: one.spent.0,
            returned: one.returned.0,
        };
        let claim = |one: &'a Claim| ClaimRow {
            id: &one.id,
            ground: &one.ground,
            status: &one.status,
            granted: one.decision.as_ref().and_then(|decision| decision.amount).map(|one| one.0),
        };
        PanelView {
            cards: self.cards.iter().map(Card::row).collect(),
            orders: self.orders.iter().map(order).collect(),
            promotions: self.promotions.iter().map(promotion).collect(),
            claims: self.claims.iter().map(claim).collect(),
            found: found.map(|(find, cards)| (find, cards.iter().map(Card::row).collect())),
            request: Some(request),
            opens_claims,
        }
    }
}

impl Card {
    fn row(&self) -> CardRow<'_> {
        let blocks = self.blocks.iter().map(|block| format!(", {}", block.kind));
        CardRow {
            id: &self.id,
            last_four: &self.last4,
            status: format!("{}{}", self.status, blocks.collect::<String>()),
            balance: self.balance.0,
            held: self.held.0,
        }
    }
}

/// Looks for cards by what a customer can say of one: the end of its code, its reference or id, the
/// purchase it came from, or the mail address of whoever has it.
pub(super) async fn find(page: &Page<AnswerRequests>, asked: &str) -> Result<Vec<Card>, Refused> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    if asked.contains('@') {
        return at_address(page, asked).await;
    }
    let is_end = asked.len() == 4 && asked.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match asked.split_once('_').map(|(prefix, _)| prefix) {
        Some("gc") => one(page, asked).await,
        Some("gcp") => of_purchase(page, asked).await,
        _ if is_end => by(page, "last4", &asked.to_uppercase()).await,
        _ => by(page, "reference", asked).await,
    }
}

async fn at_address(page: &Page<AnswerRequests>, email: &str) -> Result<Vec<Card>, Refused> {
    #[derive(Deserialize)]
    struct Found {
        person: Option<String>,
        recipient: String,
    }
    let body = serde_json::json!({"email": email});
    let found = page.as_browser(axum::http::Method::POST, "/account/find", Some(&body)).await;
    let found: Found = match found {
        Ok(json) => crate::inside::read(json)?,
        Err(refused) if refused.status == axum::http::StatusCode::BAD_REQUEST => {
            return Ok(Vec::new());
        }
        Err(refused) => return Err(refused),
    };
    let mut cards = by(page, "recipient", &found.recipient).await?;
    if let Some(person) = found.person {
        add(&mut cards, by(page, "owner", &person).await?);
    }
    Ok(cards)
}

/// The cards of a purchase.
async fn of_purchase(page: &Page<AnswerRequests>, id: &str) -> Result<Vec<Card>, Refused> {
    #[derive(Deserialize)]
    struct Purchase {
        gift_cards: Vec<Named>,
    }
    #[derive(Deserialize)]
    struct Named {
        id: String,
    }
    let path = format!("/v1/gift-card-purchases/{}", escaped(id));
    let Some(purchase) = if_told(page.get::<Purchase>(&path).await)? else { return Ok(Vec::new()) };
    let mut cards = Vec::new();
    for card in purchase.gift_cards.iter().take(SHOWN_MAX) {
        add(&mut cards, one(page, &card.id).await?);
    }
    Ok(cards)
}

async fn one(page: &Page<AnswerRequests>, id: &str) -> Result<Vec<Card>, Refused> {
    let card = page.get(&format!("/v1/gift-cards/{}", escaped(id))).await;
    Ok(if_told(card)?.into_iter().collect())
}

async fn by(page: &Page<AnswerRequests>, filter: &str, value: &str) -> Result<Vec<Card>, Refused> {
    let path = format!("/v1/gift-cards?{filter}={}&limit={SHOWN_MAX}", escaped(value));
    Ok(if_told(cards(page, &path).await)?.unwrap_or_default())
}

async fn cards(page: &Page<AnswerRequests>, path: &str) -> Result<Vec<Card>, Refused> {
    let list: List<Card> = page.get(path).await?;
    Ok(list.data)
}

fn add(to: &mut Vec<Card>, more: Vec<Card>) {
    for card in more {
        if !to.iter().any(|known| known.id == card.id) {
            to.push(card);
        }
    }
}
