//! Where the money of a card went: its activities, each with the order that it belongs to.

use std::collections::BTreeMap;

use base::Money;
use pages::customer::{CardHoldView, HappenedView, OrderNameView, SignedView};
use serde::Deserialize;

use super::Card;
use crate::address::with;
use crate::inside::{Refused, if_told};
use crate::page::{OwnCards, Page};
use crate::values::{Amount, List, Signed, Time};

/// Lines on a page.
const LINES_MAX: &str = "20";

/// Hundreds of lines that are looked at for what holds an amount of the card.
const HOLD_PAGES_MAX: usize = 5;

/// A page of what happened, and what is held now.
pub(super) struct History {
    pub(super) lines: Vec<Line>,
    pub(super) holds: Vec<Held>,
    pub(super) next_cursor: Option<String>,
}

/// A line of the story.
pub(super) struct Line {
    activity: Activity,
    order: Option<OrderName>,
}

/// An amount that is held now.
pub(super) struct Held {
    amount: Money,
    until: Option<Time>,
    checkout: Option<String>,
}

struct OrderName {
    number: String,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Activity {
    kind: String,
    created_at: Time,
    subject: String,
    amount: Signed,
    held_change: Signed,
    balance: Signed,
}

/// As the page shows it.
fn change(signed: Signed) -> SignedView {
    let size = i64::try_from(signed.minor.unsigned_abs()).unwrap_or(i64::MAX);
    let amount = Money::new(size, signed.currency).expect("a size is not below zero");
    SignedView { amount, is_less: signed.minor < 0 }
}

/// What is there; nothing where something is owed.
fn at_least_zero(signed: Signed) -> Money {
    Money::new(signed.minor.max(0), signed.currency).expect("not below zero")
}

#[derive(Clone, Deserialize)]
struct Hold {
    status: String,
    held: Amount,
    expires_at: Option<Time>,
    checkout: Option<String>,
    reference: String,
}

#[derive(Clone, Deserialize)]
struct Checkout {
    order: Option<String>,
    buyer: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Order {
    id: String,
    receipt: u64,
    buyer: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Refund {
    order: Option<String>,
    hold: Option<String>,
}

/// What was asked of the API before: several lines are about the same hold and order.
struct Known<'a> {
    page: &'a Page<OwnCards>,
    holds: BTreeMap<String, Option<Hold>>,
    orders: BTreeMap<String, Option<OrderName>>,
}

/// What happened on a card, newest first, from where the address says.
///
/// # Errors
///
/// Whatever keeps the API from answering.
pub(super) async fn history(page: &Page<OwnCards>, card: &Card) -> Result<History, Refused> {
    let (card, held) = (&*card.id, card.held.0);
    let mut query = vec![("limit", LINES_MAX)];
    query.extend(page.query("before").map(|cursor| ("cursor", cursor)));
    let path = with(&format!("/v1/gift-cards/{card}/activities"), &query);
    let found: List<Activity> = page.get(&path).await?;
    let mut known = Known { page, holds: BTreeMap::new(), orders: BTreeMap::new() };
    let mut lines = Vec::with_capacity(found.data.len());
    for activity in found.data {
        let order = known.order_of(&activity.subject).await?;
        lines.push(Line { activity, order });
    }
    let holds = known.holds_of(card, held).await?;
    Ok(History { lines, holds, next_cursor: found.next_cursor })
}

async fn found<T: serde::de::DeserializeOwned>(
    page: &Page<OwnCards>,
    path: String,
) -> Result<Option<T>, Refused> {
    if_told(page.get(&path).await)
}

impl Known<'_> {
    /// The order that an activity belongs to, by what it is about.
    async fn order_of(&mut self, subject: &str) -> Result<Option<OrderName>, Refused> {
        match subject.split('_').next() {
            Some("hold") => self.order_of_hold(subject).await,
            Some("ref") => {
                let path = format!("/v1/refunds/{subject}");
                match found::<Refund>(self.page, path).await? {
                    Some(Refund { order: Some(order), .. }) => self.order(&order).await,
                    Some(Refund { hold: Some(hold), .. }) => self.order_of_hold(&hold).await,
                    _ => Ok(None),
                }
            }
            Some("ord") => self.order(subject).await,
            _ => Ok(None),
        }
    }

    async fn order_of_hold(&mut self, id: &str) -> Result<Option<OrderName>, Refused> {
        self.hold(id).await?;
        let Some(Some(hold)) = self.holds.get(id).cloned() else { return Ok(None) };
        let Some(checkout) = &hold.checkout else {
            // A shop that holds and redeems by itself calls its order as it likes.
            return Ok(Some(OrderName { number: hold.reference, path: None }));
        };
        let checkout: Option<Checkout> =
            found(self.page, format!("/v1/checkouts/{checkout}")).await?;
        match checkout.and_then(|checkout| checkout.order) {
            Some(order) => self.order(&order).await,
            None => Ok(None),
        }
    }

    async fn order(&mut self, id: &str) -> Result<Option<OrderName>, Refused> {
        if !self.orders.contains_key(id) {
            let order: Option<Order> = found(self.page, format!("/v1/orders/{id}")).await?;
            let me = &self.page.me().person;
            let name = order.map(|order| OrderName {
                number: order.receipt.to_string(),
                path: (order.buyer.as_deref() == Some(me)).then(|| format!("/orders/{}", order.id)),
            });
            self.orders.insert(id.to_owned(), name);
        }
        let known = self.orders.get(id).and_then(Option::as_ref);
        Ok(known.map(|name| OrderName { number: name.number.clone(), path: name.path.clone() }))
    }

    /// What holds this amount of the card. Of a card that is used a lot, a hold may be older than
    /// all lines that are shown.
    async fn holds_of(&mut self, card: &str, held: Money) -> Result<Vec<Held>, Refused> {
        let path = format!("/v1/gift-cards/{card}/activities");
        let is_all = |found: &[Held]| {
            let sums =
                found.iter().try_fold(Money { amount: base::Amount::ZERO, ..held }, |sum, one| {
                    sum.checked_add(one.amount)
                });
            sums.is_ok_and(|sum| sum.amount >= held.amount)
        };
        let mut found = self.held().await?;
        let mut cursor: Option<String> = None;
        for _ in 0..HOLD_PAGES_MAX {
            if is_all(&found) {
                break;
            }
            let mut query = vec![("limit", "100")];
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let list: List<Activity> = self.page.get(&with(&path, &query)).await?;
            for activity in list.data.iter().filter(|one| one.kind == "held") {
                self.hold(&activity.subject).await?;
            }
            found = self.held().await?;
            cursor = list.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(found)
    }

    async fn hold(&mut self, id: &str) -> Result<(), Refused> {
        if !self.holds.contains_key(id) {
            let hold = found(self.page, format!("/v1/holds/{id}")).await?;
            self.holds.insert(id.to_owned(), hold);
        }
        Ok(())
    }

    /// What the holds that were met hold now.
    async fn held(&self) -> Result<Vec<Held>, Refused> {
        let me = &self.page.me().person;
        let mut held = Vec::new();
        for hold in self.holds.values().flatten().filter(|hold| hold.status == "held") {
            let mut path = None;
            if let Some(id) = &hold.checkout {
                let checkout = found::<Checkout>(self.page, format!("/v1/checkouts/{id}")).await?;
                let is_mine = checkout.is_some_and(|one| one.buyer.as_deref() == Some(me));
                path = is_mine.then(|| format!("/checkout/{id}"));
            }
            held.push(Held { amount: hold.held.0, until: hold.expires_at, checkout: path });
        }
        Ok(held)
    }
}

/// Lines as the page shows them.
pub(super) fn history_views(lines: &[Line]) -> Vec<HappenedView<'_>> {
    lines.iter().map(Line::view).collect()
}

impl Line {
    fn view(&self) -> HappenedView<'_> {
        HappenedView {
            kind: &self.activity.kind,
            at: self.activity.created_at.moment(),
            change: change(self.activity.amount),
            held_change: change(self.activity.held_change),
            balance: at_least_zero(self.activity.balance),
            order: self.order.as_ref().map(|order| OrderNameView {
                number: order.number.clone(),
                path: order.path.as_deref(),
            }),
        }
    }
}

/// What is held, as the page shows it.
pub(super) fn hold_views(holds: &[Held]) -> Vec<CardHoldView<'_>> {
    holds
        .iter()
        .map(|held| CardHoldView {
            amount: held.amount,
            until: held.until.map(Time::moment),
            checkout: held.checkout.as_deref(),
        })
        .collect()
}
