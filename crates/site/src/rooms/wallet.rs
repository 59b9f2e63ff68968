//! `/wallet`: gift cards that somebody keeps.

mod card;
mod history;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::StatusCode;
use base::{Instant, Money, Region};
use pages::customer::{BlockView, WalletCardView, WalletView, wallet_page};
use serde::Deserialize;
use serde_json::json;

use super::buys::{Names, Scope, Thing};
use super::whole::whole;
use crate::address::with;
use crate::inside::Refused;
use crate::page::{Guest, OwnCards, Page};
use crate::shown::Shown;
use crate::values::{Amount, List, Time};

pub(super) use card::{freeze, replace, reveal, show as show_card, unfreeze};

type Asked = Arc<Page<OwnCards>>;

/// Cards on a page.
const CARDS_MAX: usize = 20;

/// Hundreds of cards that are looked at for what can be spent.
const SPENDABLE_PAGES_MAX: usize = 50;

/// A card as the API tells it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) owner: Option<String>,
    status: String,
    design: Option<String>,
    pub(super) last4: String,
    value: Amount,
    balance: Amount,
    held: Amount,
    pub(super) available: Amount,
    blocks: Vec<Block>,
    expires_at: Option<Time>,
    regions: Vec<String>,
    pub(super) scope: Option<Scope>,
}

/// What keeps a card from being spent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Block {
    pub(super) kind: String,
    #[serde(default)]
    reason: Option<String>,
    since: Time,
    until: Option<Time>,
}

/// Whether customers may lift the freeze of a card: those that they themselves make. What the shop
/// has frozen, because of theft or fraud, or somebody of staff for whatever reason, is the shop's
/// to lift.
pub(super) fn may_be_unfrozen(blocks: &[Block]) -> bool {
    let mut frozen = blocks.iter().filter(|block| block.kind == "frozen");
    frozen.all(|block| matches!(block.reason.as_deref(), None | Some("lost" | "taken_back")))
}

impl Card {
    /// As pages show it.
    pub(super) fn view<'a>(&'a self, names: &'a Names) -> WalletCardView<'a> {
        let block = |block: &'a Block| BlockView {
            kind: &block.kind,
            since: block.since.moment(),
            until: block.until.map(Time::moment),
            is_of_shop: !may_be_unfrozen(std::slice::from_ref(block)),
        };
        WalletCardView {
            id: &self.id,
            design: self.design.as_deref(),
            last4: &self.last4,
            value: self.value.0,
            balance: self.balance.0,
            held: self.held.0,
            available: self.available.0,
            status: &self.status,
            blocks: self.blocks.iter().map(block).collect(),
            expires_at: self.expires_at.map(Time::moment),
            buys: names.view(self.scope.as_ref(), &self.regions),
        }
    }

    /// Whether it could pay for something now.
    pub(super) fn can_be_spent(&self) -> bool {
        self.status == "active" && self.blocks.is_empty() && !self.available.0.amount.is_zero()
    }

    /// Whether what it buys has this, for a buyer in this region. The book decides.
    pub(super) fn buys(&self, thing: &Thing<'_>, region: &str) -> bool {
        let at = Region::parse(region).ok();
        let contains = |one: &String| {
            at.is_some_and(|at| Region::parse(one).is_ok_and(|allowed| allowed.contains(&at)))
        };
        let is_in_region = self.regions.is_empty() || self.regions.iter().any(contains);
        is_in_region && self.scope.as_ref().is_none_or(|scope| scope.allows(thing))
    }
}

/// A page of the cards of whoever asks.
///
/// # Errors
///
/// Whatever keeps the API from answering.
pub(super) async fn cards_of(
    page: &Page<OwnCards>,
    cursor: Option<&str>,
) -> Result<List<Card>, Refused> {
    let limit = CARDS_MAX.to_string();
    let mut query = vec![("owner", &*page.me().person), ("limit", &*limit)];
    query.extend(cursor.map(|cursor| ("cursor", cursor)));
    page.get(&with("/v1/gift-cards", &query)).await
}

/// All cards of whoever asks that could pay for something now: those that buy least first, and of
/// these what expires first.
///
/// # Errors
///
/// Whatever keeps the API from answering.
pub(super) async fn spendable<P: Guest>(page: &Page<P>) -> Result<Vec<Card>, Refused> {
    let me = page.who.as_ref().map_or("", |who| &*who.person);
    let filters = [("owner", me), ("status", "active")];
    let (mut cards, _): (Vec<Card>, bool) =
        whole(page, "/v1/gift-cards", &filters, SPENDABLE_PAGES_MAX).await?;
    cards.retain(Card::can_be_spent);
    cards.sort_by_key(|card| {
        let breadth = card.scope.as_ref().map_or((usize::MAX, 0), Scope::breadth);
        (breadth, card.expires_at.map_or(Instant::MAX, |at| at.0))
    });
    Ok(cards)
}

/// `GET /wallet`.
pub(super) async fn show(page: Asked) -> Result<Shown, Refused> {
    shown(&page, None).await
}

async fn shown(page: &Page<OwnCards>, refused: Option<(&Refused, &str)>) -> Result<Shown, Refused> {
    let cards = cards_of(page, page.query("after")).await?;
    let names = Names::of(page, cards.data.iter().filter_map(|card| card.scope.as_ref())).await?;
    let mut sums: BTreeMap<&str, Money> = BTreeMap::new();
    for card in &spendable(page).await? {
        let one = card.available.0;
        let sum = sums.get(one.currency.code()).and_then(|sum| sum.amount.checked_add(one.amount));
        sums.insert(one.currency.code(), Money { amount: sum.unwrap_or(one.amount), ..one });
    }
    let older = cards.next_cursor.as_ref().map(|cursor| with("/wallet", &[("after", cursor)]));
    let view = WalletView {
        cards: cards.data.iter().map(|card| card.view(&names)).collect(),
        sums: sums.into_values().collect(),
        older: older.as_deref(),
        refused: refused.map(|(refused, code)| (code, refused.detail())),
        done: page.done(),
        has_shop: page.shop().is_test,
    };
    let status = refused.map_or(StatusCode::OK, |(refused, _)| refused.status);
    Ok(Shown::Html(status, wallet_page(&page.visit(), &view)))
}

/// `POST /wallet/add`: a card by its typed code. Whether there is no such card, it is somebody
/// else's or cannot be had any more is one answer, for whoever types codes may be guessing.
pub(super) async fn add(page: Asked) -> Result<Shown, Refused> {
    let code = page.field("code");
    let body = json!({"code": code, "person": page.me().person, "client": page.client()});
    let refused = match page.post::<Card>("/v1/gift-cards/claim", &body).await {
        Ok(card) => return Ok(Shown::To(format!("/wallet/{}?done=added", card.id))),
        Err(refused) if refused.status.is_server_error() => return Err(refused),
        Err(refused) => refused,
    };
    match refused.code() {
        "nothing_to_change" => Ok(Shown::To("/wallet?done=yours".to_owned())),
        // These tell nothing of any card: letters do not fit each other, or there were too many.
        told @ ("code_typo" | "guess_budget_exhausted") => {
            shown(&page, Some((&refused, told))).await
        }
        _ => {
            let alike = Refused::of(StatusCode::UNPROCESSABLE_ENTITY, "code_not_added", "");
            shown(&page, Some((&alike, "code_not_added"))).await
        }
    }
}
