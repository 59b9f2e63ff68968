//! What is bought and who pays, as checkouts and orders show it.

use base::Money;
use maud::{Markup, html};

use super::methods::{MethodView, method_name};
use crate::components::{Column, Table};
use crate::{Words, money};

/// Something that is bought.
#[derive(Clone, Copy, Debug)]
pub struct BoughtLineView<'a> {
    /// What it is; empty for shipping.
    pub name: &'a str,
    /// How many.
    pub quantity: u32,
    /// What is to be paid for all of them, tax included.
    pub total: Money,
}

/// What all lines cost together.
#[derive(Clone, Copy, Debug)]
pub struct SumsView {
    /// Everything but shipping, without tax and less what is taken off.
    pub things: Money,
    /// Shipping without tax, where anything is shipped.
    pub shipping: Option<Money>,
    /// Tax, that on shipping included.
    pub tax: Money,
    /// All of it.
    pub total: Money,
}

/// Who pays.
#[derive(Clone, Copy, Debug)]
pub enum PayerView<'a> {
    /// A gift card, told by the end of its code.
    Card {
        /// Last characters of its code.
        last4: &'a str,
    },
    /// A way to pay over a rail.
    Method(MethodView<'a>),
}

/// What pays is called.
pub(super) fn payer_name(words: Words, payer: &PayerView<'_>) -> String {
    match payer {
        PayerView::Card { last4 } => words.with("lines.card", &[("last", last4)]),
        PayerView::Method(method) => method_name(words, method),
    }
}

/// What a line is called.
pub(super) fn line_name(words: Words, name: &str) -> String {
    if name.is_empty() { words.text("lines.shipping").to_owned() } else { name.to_owned() }
}

/// The lines with their sums beneath.
pub(super) fn lines(words: Words, all: &[BoughtLineView<'_>], sums: &SumsView) -> Markup {
    let columns = [
        Column::words(words.text("lines.what")),
        Column::numbers(words.text("lines.quantity")),
        Column::numbers(words.text("lines.amount")),
    ];
    let row = |line: &BoughtLineView<'_>| {
        vec![
            html! { bdi { (line_name(words, line.name)) } },
            html! { (line.quantity) },
            money(words, line.total),
        ]
    };
    let table = Table {
        caption: words.text("lines.title"),
        columns: &columns,
        rows: all.iter().map(row).collect(),
        foot: Some(vec![html! { (words.text("lines.total")) }, html! {}, money(words, sums.total)]),
        nothing: "",
    };
    html! {
        (table.show_list())
        p { small {
            (words.text("lines.things")) " " (money(words, sums.things))
            @if let Some(shipping) = sums.shipping {
                " · " (words.text("lines.shipping")) " " (money(words, shipping))
            }
            " · " (words.text("lines.tax")) " " (money(words, sums.tax))
        } }
    }
}
