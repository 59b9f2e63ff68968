//! How often a promotion was shown, what that has cost, and what came of it.

use base::Currency;
use maud::{Markup, html};

use super::names;
use super::standing::cell;
use crate::components::{Column, Table};
use crate::show::thousandths;
use crate::{Words, count, figure, price};

/// How often a promotion was shown, what that has cost, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct RatesView<'a> {
    /// How often it was put on a page.
    pub shown: u64,
    /// What a billed unit has cost, in millionths of a minor unit; nothing before the first.
    pub unit_cost: Option<u64>,
    /// What a thousand showings have cost, in the same.
    pub thousand_cost: Option<u64>,
    /// Of each kind of event, how many came of a million showings; so the number is thousandths of
    /// those that came of a thousand.
    pub per_million: Vec<(&'a str, u64)>,
}

/// The rates as a table; nothing where it was not shown.
pub(super) fn rates(words: Words, currency: Currency, view: &RatesView<'_>) -> Markup {
    let text = |name| words.text(name);
    if view.shown == 0 {
        return html! {};
    }
    let columns =
        [Column::words(text("promotion.what")), Column::numbers(text("promotion.so_far"))];
    let cost = |name, micros: Option<u64>| {
        micros.map(|micros| vec![cell(text(name)), price(words, micros, currency)])
    };
    let mut rows =
        vec![vec![cell(text("promotion.times_shown")), figure(&count(words, view.shown))]];
    rows.extend(cost("promotion.unit_cost", view.unit_cost));
    rows.extend(cost("promotion.thousand_cost", view.thousand_cost));
    rows.extend(view.per_million.iter().map(|(kind, events)| {
        let event = [("event", text(names::event(kind)))];
        let of_thousand = words.with("promotion.of_thousand", &event);
        vec![cell(&of_thousand), figure(&thousandths(words, *events))]
    }));
    html! {
        h2 { (text("promotion.rates")) }
        p { (text("promotion.rates_text")) }
        (Table {
            caption: text("promotion.rates"),
            columns: &columns,
            rows,
            foot: None,
            nothing: "",
        }.show())
    }
}
