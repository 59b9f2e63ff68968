//! What belongs to a customer, beside what they write: every amount with the way to it.

use base::Money;
use maud::{Markup, html};

use crate::components::{Column, Field, Input, Table, acts, aside_button, escaped};
use crate::{Moment, Visit, Words, date, money};

/// A card.
#[derive(Clone, Debug)]
pub struct CardRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// The last characters of its code; more is shown to nobody.
    pub last_four: &'a str,
    /// Its status, and what blocks it.
    pub status: String,
    /// What it is worth now.
    pub balance: Money,
    /// What of that is held.
    pub held: Money,
}

/// An order.
#[derive(Clone, Debug)]
pub struct OrderRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// The number of its receipt.
    pub receipt: i64,
    /// Its status.
    pub status: &'a str,
    /// What it cost.
    pub total: Money,
    /// What has gone back.
    pub refunded: Money,
    /// When it was made.
    pub at: Moment<'a>,
}

/// A promotion.
#[derive(Clone, Debug)]
pub struct PromotionRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its status.
    pub status: &'a str,
    /// What was paid for it.
    pub budget: Money,
    /// What was spent.
    pub spent: Money,
    /// What has gone back.
    pub returned: Money,
}

/// A claim.
#[derive(Clone, Debug)]
pub struct ClaimRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its ground.
    pub ground: &'a str,
    /// Its status.
    pub status: &'a str,
    /// What was granted, once it is decided.
    pub granted: Option<Money>,
}

/// What belongs to a customer, as far as whoever looks may see it.
#[derive(Clone, Debug, Default)]
pub struct PanelView<'a> {
    /// Cards that they own, have been sent, or were looked for.
    pub cards: Vec<CardRow<'a>>,
    /// Their orders.
    pub orders: Vec<OrderRow<'a>>,
    /// Their promotions.
    pub promotions: Vec<PromotionRow<'a>>,
    /// Claims for these.
    pub claims: Vec<ClaimRow<'a>>,
    /// What was looked for, and the cards that it found.
    pub found: Option<(&'a str, Vec<CardRow<'a>>)>,
    /// The conversation from which one goes on to a card.
    pub request: Option<&'a str>,
    /// Whether whoever looks may open claims.
    pub opens_claims: bool,
}

impl PanelView<'_> {
    /// Whether a thing is among what belongs to the customer; absent for kinds that are not shown.
    pub(super) fn has(&self, kind: &str, id: &str) -> Option<bool> {
        match kind {
            "gift_card" => Some(self.cards.iter().any(|one| one.id == id)),
            "order" => Some(self.orders.iter().any(|one| one.id == id)),
            "promotion" => Some(self.promotions.iter().any(|one| one.id == id)),
            "claim" => Some(self.claims.iter().any(|one| one.id == id)),
            _ => None,
        }
    }

    /// The panel.
    pub(super) fn show(&self, visit: &Visit<'_>) -> Markup {
        let words = visit.words;
        html! {
            h2 { (words.text("queue.money")) }
            p { small { (words.text("queue.own_window")) } }
            @if let Some((_, found)) = &self.found {
                (self.cards(words, "queue.found", "queue.found_nothing", found))
            }
            (self.cards(words, "queue.cards", "queue.no_cards", &self.cards))
            (self.orders(words))
            (self.promotions(words))
            (self.claims(words))
        }
    }

    /// Where a card is looked for, in the form of the answer: whoever looks one up has half an
    /// answer written. It is sent, though it changes nothing: an address of a page has no mail
    /// address of anybody.
    pub(super) fn search(&self, words: Words, path: &str) -> Markup {
        let field = Field {
            hint: Some(words.text("queue.find_hint")),
            value: self.found.as_ref().map_or("", |(find, _)| find),
            is_optional: true,
            characters_max: Some(100),
            ..Field::new("find", words.text("queue.find"), Input::Line)
        };
        let go = aside_button(words.text("help.search"), path, None);
        html! { (field.show()) (acts(&[go])) }
    }

    fn cards(&self, words: Words, caption: &str, nothing: &str, cards: &[CardRow<'_>]) -> Markup {
        let columns = [
            Column::words(words.text("queue.card")),
            Column::words(words.text("queue.status")),
            Column::numbers(words.text("queue.balance")),
            Column::numbers(words.text("queue.held")),
        ];
        let row = |one: &CardRow<'_>| {
            vec![
                html! {
                    a href=(card_address(one.id, self.request)) target="_blank" {
                        "…" (one.last_four)
                    }
                },
                html! { (one.status) },
                money(words, one.balance),
                money(words, one.held),
            ]
        };
        let rows = cards.iter().map(row).collect();
        table(words, caption, &columns, rows, nothing)
    }

    fn orders(&self, words: Words) -> Markup {
        let columns = [
            Column::words(words.text("queue.receipt")),
            Column::words(words.text("queue.status")),
            Column::numbers(words.text("queue.total")),
            Column::numbers(words.text("queue.refunded")),
        ];
        let row = |one: &OrderRow<'_>| {
            vec![
                html! {
                    bdi class="figure" { (one.receipt) } ", " (date(words, one.at)) " "
                    small class="code" { (one.id) }
                },
                html! { (one.status) },
                money(words, one.total),
                money(words, one.refunded),
            ]
        };
        let rows = self.orders.iter().map(row).collect();
        table(words, "queue.orders", &columns, rows, "queue.no_orders")
    }

    fn promotions(&self, words: Words) -> Markup {
        let columns = [
            Column::words(words.text("queue.promotion")),
            Column::words(words.text("queue.status")),
            Column::numbers(words.text("queue.budget")),
            Column::numbers(words.text("queue.spent")),
            Column::numbers(words.text("queue.returned")),
        ];
        let row = |one: &PromotionRow<'_>| {
            vec![
                html! { span class="code" { (one.id) } },
                html! { (one.status) },
                money(words, one.budget),
                money(words, one.spent),
                money(words, one.returned),
            ]
        };
        let rows = self.promotions.iter().map(row).collect();
        table(words, "queue.promotions", &columns, rows, "queue.no_promotions")
    }

    fn claims(&self, words: Words) -> Markup {
        let columns = [
            Column::words(words.text("queue.claim")),
            Column::words(words.text("queue.status")),
            Column::numbers(words.text("queue.granted")),
        ];
        let row = |one: &ClaimRow<'_>| {
            vec![
                html! {
                    @if self.opens_claims {
                        a href=(format!("/console/claims/{}", one.id)) target="_blank" {
                            (one.ground)
                        }
                    } @else {
                        (one.ground)
                    }
                    " " small class="code" { (one.id) }
                },
                html! { (one.status) },
                match one.granted {
                    Some(granted) => money(words, granted),
                    None => html! { "–" },
                },
            ]
        };
        let rows = self.claims.iter().map(row).collect();
        table(words, "queue.claims", &columns, rows, "queue.no_claims")
    }
}

/// The page of a card, which leads back to the conversation.
pub(super) fn card_address(card: &str, request: Option<&str>) -> String {
    match request {
        Some(request) => format!("/console/cards/{card}?request={}", escaped(request)),
        None => format!("/console/cards/{card}"),
    }
}

fn table(
    words: Words,
    caption: &str,
    columns: &[Column<'_>],
    rows: Vec<Vec<Markup>>,
    nothing: &str,
) -> Markup {
    let (caption, nothing) = (words.text(caption), words.text(nothing));
    Table { caption, columns, rows, foot: None, nothing }.show_list()
}
