//! One gift card of its owner: where its money went, and what to do when it is lost.

use base::Money;
use maud::{Markup, html};

use super::refused::trouble;
use super::wallet::{BlockView, WalletCardView, amounts, done, drawing, name, state};
use crate::components::{
    Button, Column, Icon, Table, Tone, Weight, acts, form, link_button, notice,
};
use crate::show::money_text;
use crate::{Moment, Visit, Width, Words, figure, moment, money};

/// A card with its story.
#[derive(Clone, Debug)]
pub struct CardPageView<'a> {
    /// The card.
    pub card: WalletCardView<'a>,
    /// What is held now.
    pub holds: Vec<CardHoldView<'a>>,
    /// What happened, newest first.
    pub history: Vec<HappenedView<'a>>,
    /// Leads to what happened before.
    pub older: Option<&'a str>,
    /// What was just refused.
    pub refused: Option<(&'a str, &'a str)>,
    /// What was just done.
    pub done: Option<&'a str>,
}

/// An amount that waits for an order.
#[derive(Clone, Copy, Debug)]
pub struct CardHoldView<'a> {
    /// How much.
    pub amount: Money,
    /// Until when; an order that is being paid does not let go by itself.
    pub until: Option<Moment<'a>>,
    /// The path of the checkout that waits, where it is the owner's.
    pub checkout: Option<&'a str>,
}

/// A line of the story.
#[derive(Clone, Debug)]
pub struct HappenedView<'a> {
    /// What happened: `issued`, `captured`, and so on.
    pub kind: &'a str,
    /// When.
    pub at: Moment<'a>,
    /// What it did to the balance; below zero when the card lost.
    pub change: SignedView,
    /// What it did to what is held.
    pub held_change: SignedView,
    /// What was on the card afterwards.
    pub balance: Money,
    /// The order that it belongs to.
    pub order: Option<OrderNameView<'a>>,
}

/// An amount that is added or taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedView {
    /// How much, whatever the direction.
    pub amount: Money,
    /// Whether it is taken.
    pub is_less: bool,
}

/// An order by what people know it by.
#[derive(Clone, Debug)]
pub struct OrderNameView<'a> {
    /// The number of its receipt, or how the shop calls it.
    pub number: String,
    /// Its page, where it is the owner's.
    pub path: Option<&'a str>,
}

/// `GET /wallet/{card}`.
pub fn card_page(visit: &Visit<'_>, view: &CardPageView<'_>) -> Markup {
    let words = visit.words;
    let title = name(words, &view.card);
    visit.frame(&title, Width::Narrow).page(&html! {
        h1 { (title) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, words.text(done), words.text("wallet.done_next"), None))
        }
        (drawing(visit, &view.card))
        (state(words, &view.card))
        (amounts(words, &view.card, true))
        @for hold in &view.holds { (held(words, hold)) }
        @for block in &view.card.blocks {
            (blocked(words, &view.card, block))
        }
        (lost(visit, view))
        (history(words, view))
        p { a href="/wallet" { (words.text("wallet.back")) } }
    })
}

/// What keeps it from being spent, and until when.
fn blocked(words: Words, card: &WalletCardView<'_>, block: &BlockView<'_>) -> Markup {
    let what = words.text(block_name(block.kind));
    if block.is_of_shop {
        let write = html! {
            a href=(format!("/contact?from=/wallet/{}", card.id)) { (words.text("wallet.write")) }
        };
        return notice(Tone::Wait, what, words.text("wallet.frozen_by_shop"), Some(&write));
    }
    let text = words.text(block_text(block.kind));
    notice(Tone::Wait, what, text, block.until.map(|until| moment(words, until)).as_ref())
}

/// “We are holding 12.00 for your order until 14:05.”
fn held(words: Words, hold: &CardHoldView<'_>) -> Markup {
    let amount = money_text(words, hold.amount);
    let what = words.with("wallet.holding", &[("amount", &amount)]);
    let next = html! {
        @if let Some(until) = hold.until {
            (words.text("wallet.holding_until")) " " (moment(words, until))
        }
        @if let Some(path) = hold.checkout {
            " " a href=(path) { (words.text("wallet.to_checkout")) }
        }
    };
    notice(Tone::Plain, &what, words.text("wallet.holding_text"), Some(&next))
}

fn block_name(kind: &str) -> &'static str {
    match kind {
        "frozen" => "wallet.frozen",
        "dispute" => "wallet.disputed",
        _ => "wallet.not_yet",
    }
}

fn block_text(kind: &str) -> &'static str {
    match kind {
        "frozen" => "wallet.frozen_text",
        "dispute" => "wallet.disputed_text",
        _ => "wallet.not_yet_text",
    }
}

/// What to do when a card is lost: stop it at once, then give it another code.
fn lost(visit: &Visit<'_>, view: &CardPageView<'_>) -> Markup {
    let (words, card) = (visit.words, &view.card);
    if card.status == "canceled" {
        return html! {};
    }
    let is_frozen = card.blocks.iter().any(|block| block.kind == "frozen");
    let is_of_shop = card.blocks.iter().any(|block| block.is_of_shop);
    let act = |what: &str, text: &str, weight, icon| {
        let button = Button { text: words.text(text), weight, icon, sends: None, is_off: false };
        form(visit, &format!("/wallet/{}/{what}", card.id), &button.show())
    };
    let freeze = match is_frozen {
        // What the shop has frozen, its owner cannot lift.
        _ if is_of_shop => html! {},
        true => act("unfreeze", "wallet.unfreeze", Weight::Main, None),
        false => act("freeze", "wallet.freeze", Weight::Plain, Some(Icon::Freeze)),
    };
    html! {
        h2 { (words.text("wallet.code_title")) }
        p { (words.text("wallet.code_text")) }
        (acts(&[
            freeze,
            act("reveal", "wallet.reveal", Weight::Plain, Some(Icon::Lock)),
            act("replace", "wallet.replace", Weight::Grave, None),
        ]))
    }
}

fn history(words: Words, view: &CardPageView<'_>) -> Markup {
    let columns = [
        Column::words(words.text("wallet.what")),
        Column::numbers(words.text("wallet.change")),
        Column::numbers(words.text("wallet.left")),
    ];
    let row = |one: &HappenedView<'_>| {
        vec![happened(words, one), change(words, one), money(words, one.balance)]
    };
    let table = Table {
        caption: words.text("wallet.history"),
        columns: &columns,
        rows: view.history.iter().map(row).collect(),
        foot: None,
        nothing: words.text("wallet.no_history"),
    };
    html! {
        h2 { (words.text("wallet.where")) }
        (table.show_list())
        @if let Some(older) = view.older {
            p { (link_button(older, words.text("wallet.before"), Weight::Plain)) }
        }
    }
}

fn happened(words: Words, one: &HappenedView<'_>) -> Markup {
    html! {
        (words.text(kind_name(one.kind)))
        @if let Some(order) = &one.order {
            br;
            @let text = words.with("wallet.order", &[("number", &order.number)]);
            @match order.path {
                Some(path) => { a href=(path) { (text) } }
                None => { bdi { (text) } }
            }
        }
        br; small { (moment(words, one.at)) }
    }
}

fn change(words: Words, one: &HappenedView<'_>) -> Markup {
    if !one.change.amount.amount.is_zero() {
        return signed(words, one.change);
    }
    match one.held_change.amount.amount.is_zero() {
        true => html! { "–" },
        false => html! {
            (signed(words, one.held_change))
            br; small { (words.text("wallet.only_held")) }
        },
    }
}

fn signed(words: Words, change: SignedView) -> Markup {
    let sign = if change.is_less { "−" } else { "+" };
    figure(&format!("{sign}{}", money_text(words, change.amount)))
}

fn kind_name(kind: &str) -> &'static str {
    match kind {
        "issued" | "imported" => "wallet.was_issued",
        "redeemed" | "captured" => "wallet.was_spent",
        "held" => "wallet.was_held",
        "released" | "hold_expired" => "wallet.was_released",
        "refunded" | "order_refunded" => "wallet.was_refunded",
        "adjusted" => "wallet.was_adjusted",
        "expired" => "wallet.was_expired",
        "canceled" => "wallet.was_canceled",
        "reversed" => "wallet.was_reversed",
        "extended" => "wallet.was_extended",
        "clawed_back" => "wallet.was_clawed_back",
        "restored" => "wallet.was_restored",
        _ => "wallet.was_other",
    }
}

/// The answer to `POST /wallet/{card}/reveal`: the code, once, on the wish of the owner.
#[derive(Clone, Copy, Debug)]
pub struct CodeOfCardView<'a> {
    /// Names the card.
    pub id: &'a str,
    /// Its present code.
    pub code: &'a str,
}

/// The page with the code of a card.
pub fn code_of_card_page(visit: &Visit<'_>, view: &CodeOfCardView<'_>) -> Markup {
    let words = visit.words;
    let back = format!("/wallet/{}", view.id);
    visit.frame(words.text("wallet.revealed"), Width::Narrow).page(&html! {
        h1 { (words.text("wallet.revealed")) }
        p class="lead" { span class="code" { (view.code) } }
        p { (words.text("wallet.revealed_text")) }
        p { (link_button(&back, words.text("wallet.hide"), Weight::Main)) }
    })
}
