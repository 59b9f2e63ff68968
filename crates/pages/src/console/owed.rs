//! The cards behind a number of the overview.

use base::Currency;
use maud::{Markup, html};

use crate::components::{Column, Table, Weight, link_button};
use crate::{Moment, Visit, Width, date, figure, moment, signed};

/// A card on which something is owed.
#[derive(Clone, Debug)]
pub struct OwedCard<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was issued.
    pub at: Moment<'a>,
    /// What is on it, and how much of that is held, in minor units.
    pub sums: [i64; 2],
}

/// What is owed on cards together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedSum {
    /// What is owed, and how much of that is held, in minor units.
    pub sums: [i64; 2],
    /// On how many cards.
    pub cards: u64,
}

/// The cards of a program, of an age, or all of a currency.
#[derive(Clone, Debug)]
pub struct OwedView<'a> {
    /// Which: a program or days; empty for none, and for all.
    pub which: &'a str,
    /// What they are told apart by: `program`, `age` or `all`.
    pub by: &'a str,
    /// The currency.
    pub currency: Currency,
    /// What the overview said of them, and of when that was.
    pub then: Option<(Moment<'a>, OwedSum)>,
    /// What is owed now.
    pub now: OwedSum,
    /// Whether there are more cards than were looked at.
    pub has_more: bool,
    /// The first of them.
    pub cards: Vec<OwedCard<'a>>,
    /// Leads to the next ones.
    pub next: Option<&'a str>,
}

/// `GET /console/finance/cards`.
pub fn owed_page(visit: &Visit<'_>, view: &OwedView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let days = words.with("money.days", &[("days", view.which)]);
    let which = match (view.by, view.which) {
        ("program", "") => text("money.no_program"),
        ("age", _) => &days,
        (_, which) => which,
    };
    let sum = |when: Markup, one: OwedSum| {
        let [owed, held] = one.sums.map(|minor| signed(words, minor, view.currency));
        vec![when, owed, held, figure(&crate::count(words, one.cards))]
    };
    let mut sums = Vec::new();
    sums.extend(view.then.map(|(at, then)| sum(moment(words, at), then)));
    sums.push(sum(html! { (text("ledger.now")) }, view.now));
    let together = [
        Column::words(text("ledger.when")),
        Column::numbers(text("money.owed_sum")),
        Column::numbers(text("money.held")),
        Column::numbers(text("money.count")),
    ];
    let columns = [
        Column::words(text("money.card")),
        Column::words(text("money.issued")),
        Column::numbers(text("money.owed_sum")),
        Column::numbers(text("money.held")),
    ];
    let card = |one: &OwedCard<'_>| {
        let [owed, held] = one.sums.map(|minor| signed(words, minor, view.currency));
        let account = format!("/console/ledger?of=giftcard/{}", one.id);
        vec![html! { a class="code" href=(account) { (one.id) } }, date(words, one.at), owed, held]
    };
    visit.frame(text("money.owed"), Width::Wide).page(&html! {
        h1 { (text("money.owed")) }
        p class="lead" { (view.currency.code()) " " bdi { (which) } }
        @if view.has_more { p { (text("money.in_part")) } }
        (Table {
            caption: text("money.together"),
            columns: &together,
            rows: sums,
            foot: None,
            nothing: text("money.nothing_owed"),
        }.show())
        (Table {
            caption: text("money.owed_cards"),
            columns: &columns,
            rows: view.cards.iter().map(card).collect(),
            foot: None,
            nothing: text("money.nothing_owed"),
        }.show())
        @if let Some(next) = view.next {
            p { (link_button(next, text("ledger.further"), Weight::Plain)) }
        }
        p { a href="/console/finance" { (text("money.title")) } }
    })
}
