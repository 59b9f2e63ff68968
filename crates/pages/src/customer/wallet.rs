//! Gift cards that somebody keeps.

use base::Money;
use maud::{Markup, html};

use super::buys::{BuysView, buys};
use super::refused::trouble;
use crate::components::{
    Button, Field, Icon, Input, Tone, Weight, form, link_button, notice, rows, status,
};
use crate::gift::{Design, Written, picture};
use crate::{Moment, Visit, Width, Words, date, moment, money};

/// A card as its owner sees it.
#[derive(Clone, Debug)]
pub struct WalletCardView<'a> {
    /// Names it in addresses.
    pub id: &'a str,
    /// The name of the design.
    pub design: Option<&'a str>,
    /// Last characters of its code.
    pub last4: &'a str,
    /// What it was issued with.
    pub value: Money,
    /// What is on it, held amounts included.
    pub balance: Money,
    /// What is held for orders.
    pub held: Money,
    /// What can be spent.
    pub available: Money,
    /// `pending`, `active`, `depleted`, `expired` or `canceled`.
    pub status: &'a str,
    /// What keeps it from being spent.
    pub blocks: Vec<BlockView<'a>>,
    /// Until when it can be spent.
    pub expires_at: Option<Moment<'a>>,
    /// What it buys.
    pub buys: BuysView<'a>,
}

/// What keeps a card from being spent for now.
#[derive(Clone, Copy, Debug)]
pub struct BlockView<'a> {
    /// `frozen`, `dispute` or `activation_delay`.
    pub kind: &'a str,
    /// Since when.
    pub since: Moment<'a>,
    /// When it ends by itself.
    pub until: Option<Moment<'a>>,
    /// Whether the shop alone lifts it.
    pub is_of_shop: bool,
}

/// The cards of somebody.
#[derive(Clone, Debug)]
pub struct WalletView<'a> {
    /// The cards, newest first.
    pub cards: Vec<WalletCardView<'a>>,
    /// What can be spent of all of them, a sum for each currency.
    pub sums: Vec<Money>,
    /// Leads to older cards, where there are more.
    pub older: Option<&'a str>,
    /// What was just refused.
    pub refused: Option<(&'a str, &'a str)>,
    /// What was just done: the end of a name, `wallet.done_…`.
    pub done: Option<&'a str>,
    /// Whether there is something to spend it on here.
    pub has_shop: bool,
}

/// `GET /wallet`.
pub fn wallet_page(visit: &Visit<'_>, view: &WalletView<'_>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("wallet.title"), Width::Wide).page(&html! {
        h1 { (words.text("wallet.title")) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, words.text(done), words.text("wallet.done_next"), None))
        }
        @if view.cards.is_empty() {
            p class="lead" { (words.text("wallet.nothing")) }
        } @else {
            p class="lead" {
                (words.text("wallet.to_spend")) " "
                @for (place, sum) in view.sums.iter().enumerate() {
                    @if place > 0 { " + " }
                    (money(words, *sum))
                }
            }
            ul class="panels" {
                @for card in &view.cards { li class="panel" { (panel(visit, card)) } }
            }
        }
        @if let Some(older) = view.older {
            p { (link_button(older, words.text("wallet.older"), Weight::Plain)) }
        }
        @if view.has_shop {
            p { (link_button("/shop", words.text("wallet.shop"), Weight::Plain)) }
        }
        (add_form(visit))
    })
}

fn panel(visit: &Visit<'_>, card: &WalletCardView<'_>) -> Markup {
    let words = visit.words;
    let path = format!("/wallet/{}", card.id);
    html! {
        (drawing(visit, card))
        h2 { a href=(path) { (name(words, card)) } }
        (state(words, card))
        (amounts(words, card, false))
    }
}

/// The card as it was given.
pub(super) fn drawing(visit: &Visit<'_>, card: &WalletCardView<'_>) -> Markup {
    let design = card.design.and_then(Design::parse).unwrap_or(Design::Ribbons);
    let written = Written { shop: visit.shop, value: Some(card.value), to: "", from: "" };
    html! { div class="gift" aria-hidden="true" { (picture(visit.words, design, written)) } }
}

/// What a card is called: the end of its code tells it from others.
pub(super) fn name(words: Words, card: &WalletCardView<'_>) -> String {
    words.with("wallet.card", &[("last", card.last4)])
}

/// Whether it can be spent, and why not.
pub(super) fn state(words: Words, card: &WalletCardView<'_>) -> Markup {
    let (tone, word) = match (card.status, card.blocks.first().map(|block| block.kind)) {
        ("canceled", _) => (Tone::Bad, "wallet.canceled"),
        ("expired", _) => (Tone::Bad, "wallet.expired"),
        (_, Some("frozen")) => (Tone::Wait, "wallet.frozen"),
        (_, Some("dispute")) => (Tone::Wait, "wallet.disputed"),
        (_, Some(_)) | ("pending", _) => (Tone::Wait, "wallet.not_yet"),
        ("depleted", _) => (Tone::Plain, "wallet.empty"),
        _ => (Tone::Good, "wallet.good"),
    };
    html! { p { (status(tone, words.text(word))) } }
}

/// What is on it, until when, and what it buys.
pub(super) fn amounts(words: Words, card: &WalletCardView<'_>, is_whole: bool) -> Markup {
    let mut all = vec![(words.text("wallet.available"), money(words, card.available))];
    if !card.held.amount.is_zero() {
        all.push((words.text("wallet.held"), money(words, card.held)));
    }
    if is_whole {
        all.push((words.text("wallet.balance"), money(words, card.balance)));
        all.push((words.text("wallet.value"), money(words, card.value)));
    }
    let until = match card.expires_at {
        Some(at) if is_whole => moment(words, at),
        Some(at) => date(words, at),
        None => html! { (words.text("reveal.for_ever")) },
    };
    all.push((words.text("reveal.until"), until));
    all.push((words.text("reveal.buys"), buys(words, &card.buys)));
    rows(&all, None)
}

/// Where the code of a card that somebody has in their hand is typed.
pub(super) fn code_field(words: Words) -> Field<'static> {
    Field {
        hint: Some(words.text("wallet.code_hint")),
        characters_max: Some(40),
        ..Field::new("code", words.text("wallet.code"), Input::CardCode)
    }
}

/// A card that somebody has in their hand is added by its code.
fn add_form(visit: &Visit<'_>) -> Markup {
    let words = visit.words;
    let field = code_field(words);
    html! {
        h2 { (words.text("wallet.add_title")) }
        p { (words.text("wallet.add_text")) }
        (form(visit, "/wallet/add", &html! {
            (field.show())
            (Button {
                text: words.text("wallet.add"),
                weight: Weight::Main,
                icon: Some(Icon::Card),
                sends: None,
                is_off: false,
            }.show())
        }))
    }
}

/// The message about something that was done.
pub(super) fn done(what: &str) -> Option<&'static str> {
    match what {
        "claimed" => Some("wallet.done_claimed"),
        "yours" => Some("wallet.done_yours"),
        "added" => Some("wallet.done_added"),
        "frozen" => Some("wallet.done_frozen"),
        "unfrozen" => Some("wallet.done_unfrozen"),
        "replaced" => Some("wallet.done_replaced"),
        _ => None,
    }
}
