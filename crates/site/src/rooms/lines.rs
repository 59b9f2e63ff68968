//! What is bought and who pays it, as the API tells of checkouts and orders.

use std::collections::BTreeMap;

use base::Money;
use pages::customer::{BoughtLineView, PayerView, SumsView};
use serde::Deserialize;

use super::buys::Thing;
use super::methods::Method;
use crate::inside::Refused;
use crate::page::{Guest, Page};
use crate::values::Amount;

/// The name of the line that is shipping.
const SHIPPING: &str = "shipping";

/// A line of a checkout or order.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) id: String,
    name: String,
    #[serde(default)]
    kind: String,
    category: Option<String>,
    seller: Option<String>,
    creator: Option<String>,
    product: Option<String>,
    quantity: u32,
    tax: Amount,
    total: Amount,
}

impl Line {
    /// What it is called; empty for shipping.
    pub(super) fn shown_name(&self) -> &str {
        if self.id == SHIPPING { "" } else { &self.name }
    }

    /// As scopes of gift cards look at it; none of them pays for gift cards.
    pub(super) fn thing(&self) -> Option<Thing<'_>> {
        let thing = Thing {
            kind: &self.kind,
            category: self.category.as_deref(),
            seller: self.seller.as_deref(),
            creator: self.creator.as_deref(),
            product: self.product.as_deref(),
        };
        (self.kind != "gift_card").then_some(thing)
    }

    /// As pages show it.
    pub(super) fn view(&self) -> BoughtLineView<'_> {
        BoughtLineView { name: self.shown_name(), quantity: self.quantity, total: self.total.0 }
    }
}

/// What lines cost together. What overflows is no sum that a book can have.
pub(super) fn sums(lines: &[Line], total: Money) -> SumsView {
    let zero = Money { amount: base::Amount::ZERO, ..total };
    let add = |sum: Money, more: Money| sum.checked_add(more).unwrap_or(sum);
    let net = |line: &Line| line.total.0.checked_sub(line.tax.0).unwrap_or(zero);
    let (mut things, mut tax, mut shipping) = (zero, zero, None);
    for line in lines {
        tax = add(tax, line.tax.0);
        match line.id == SHIPPING {
            true => shipping = Some(net(line)),
            false => things = add(things, net(line)),
        }
    }
    SumsView { things, shipping, tax, total }
}

/// A part of a line.
#[derive(Debug, Deserialize)]
pub(super) struct Allocation {
    pub(super) line: String,
    pub(super) amount: Amount,
}

/// Somebody who pays, in a checkout or an order.
#[derive(Debug, Deserialize)]
pub(super) struct Tender {
    pub(super) id: String,
    pub(super) amount: Amount,
    #[serde(default)]
    pub(super) status: String,
    pub(super) gift_card: Option<String>,
    pub(super) payment_method: Option<String>,
    pub(super) allocations: Vec<Allocation>,
}

/// Cards and ways to pay behind tenders, by their ids.
#[derive(Default)]
pub(super) struct Payers {
    cards: BTreeMap<String, CardName>,
    methods: BTreeMap<String, Method>,
}

/// What is told of a card that pays.
#[derive(Deserialize)]
struct CardName {
    last4: String,
    owner: Option<String>,
}

impl Payers {
    /// Asks for what these tenders name.
    ///
    /// # Errors
    ///
    /// Whatever keeps the API from answering.
    pub(super) async fn of<P: Guest>(
        page: &Page<P>,
        tenders: &[Tender],
    ) -> Result<Payers, Refused> {
        let mut payers = Payers::default();
        for tender in tenders {
            if let Some(id) = &tender.gift_card {
                let card = page.get(&format!("/v1/gift-cards/{id}")).await?;
                payers.cards.insert(id.clone(), card);
            }
            if let Some(id) = &tender.payment_method {
                let method = page.get(&format!("/v1/payment-methods/{id}")).await?;
                payers.methods.insert(id.clone(), method);
            }
        }
        Ok(payers)
    }

    /// As pages show who pays.
    pub(super) fn view<'a>(&'a self, tender: &'a Tender) -> PayerView<'a> {
        let method = tender.payment_method.as_ref().and_then(|id| self.methods.get(id));
        let card = tender.gift_card.as_ref().and_then(|id| self.cards.get(id));
        match (method, card) {
            (Some(method), _) => PayerView::Method(method.view()),
            (None, card) => PayerView::Card { last4: card.map_or("", |card| &card.last4) },
        }
    }

    /// Whether this person owns something that pays.
    pub(super) fn are_of(&self, person: &str) -> bool {
        self.cards.values().any(|card| card.owner.as_deref() == Some(person))
            || self.methods.values().any(|method| method.person() == Some(person))
    }
}
