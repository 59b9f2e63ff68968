//! What rails have told of what we moved over them, and what they have not.

use base::Currency;
use maud::{Markup, html};

use crate::components::{Column, Table, Tone, Weight, acts, link_button, notice, status};
use crate::{Moment, Visit, Width, Words, count, figure, moment, signed};

/// What is missing and that old.
#[derive(Clone, Debug)]
pub struct AgeSum<'a> {
    /// Days: `3-7`.
    pub age: &'a str,
    /// How many.
    pub count: u64,
    /// How much, in minor units.
    pub amount: i64,
}

/// A rail in one currency.
#[derive(Clone, Debug)]
pub struct RailSum<'a> {
    /// The rail.
    pub rail: &'a str,
    /// The currency.
    pub currency: Currency,
    /// What its clearing account has, what the rail says it has of ours, and what is left over that
    /// nothing explains, in minor units.
    pub balance: i64,
    /// What files say lies at the rail, in minor units.
    pub at_rail: i64,
    /// What the rail has not told yet: number and sum.
    pub missing: (u64, i64),
    /// The same by age.
    pub ages: Vec<AgeSum<'a>>,
    /// What the rail tells otherwise than we: number and sum of differences.
    pub differing: (u64, i64),
    /// What the rail tells and we know nothing of: number and sum.
    pub unknown: (u64, i64),
    /// What is in the account for other reasons, in minor units.
    pub other: i64,
}

/// All rails.
#[derive(Clone, Debug)]
pub struct ReconciliationView<'a> {
    /// The instant of the numbers.
    pub as_of: Option<Moment<'a>>,
    /// The rails.
    pub rails: Vec<RailSum<'a>>,
}

/// `GET /console/reconciliation`.
pub fn reconciliation_page(visit: &Visit<'_>, view: &ReconciliationView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("rails.title"), Width::Wide).page(&html! {
        h1 { (text("rails.title")) }
        @if let Some(as_of) = view.as_of {
            p class="lead" { (text("money.as_of")) " " (moment(words, as_of)) }
        }
        @if view.rails.is_empty() { p { (text("rails.none")) } }
        @for rail in &view.rails { (one_rail(words, rail)) }
    })
}

fn one_rail(words: Words, rail: &RailSum<'_>) -> Markup {
    let text = |name| words.text(name);
    let shown = |minor| signed(words, minor, rail.currency);
    let (missing, differing, unknown) = (rail.missing, rail.differing, rail.unknown);
    let is_open = missing.0 + differing.0 + unknown.0 > 0;
    let said = match is_open {
        false => status(Tone::Good, text("rails.whole")),
        true => status(Tone::Wait, text("rails.open")),
    };
    let with_count = |(number, sum): (u64, i64)| {
        html! { (shown(sum)) @if number > 0 { " (" (figure(&count(words, number))) ")" } }
    };
    let columns = [
        Column::words(text("rails.age")),
        Column::numbers(text("money.count")),
        Column::numbers(text("rails.sum")),
    ];
    let row = |one: &AgeSum<'_>| {
        vec![
            html! { (words.with("money.days", &[("days", one.age)])) },
            figure(&count(words, one.count)),
            shown(one.amount),
        ]
    };
    let title = words.with("rails.of", &[("rail", rail.rail), ("currency", rail.currency.code())]);
    let open = format!("/console/reconciliation/{}", rail.rail);
    html! {
        section class="panel" {
            h2 { (&title) " " (said) }
            (crate::components::rows(
                &[
                    (text("rails.balance"), shown(rail.balance)),
                    (text("rails.missing"), with_count(missing)),
                    (text("rails.differing"), with_count(differing)),
                    (text("rails.unknown"), with_count(unknown)),
                    (text("rails.at_rail"), shown(rail.at_rail)),
                    (text("rails.other"), shown(rail.other)),
                ],
                None,
            ))
            @if missing.0 > 0 {
                @let caption = format!("{title}: {}", text("rails.by_age"));
                (Table {
                    caption: &caption,
                    columns: &columns,
                    rows: rail.ages.iter().map(row).collect(),
                    foot: None,
                    nothing: "",
                }.show())
            }
            @if is_open { (acts(&[link_button(&open, text("rails.look"), Weight::Plain)])) }
        }
    }
}

/// Something that rail and ledger do not tell alike.
#[derive(Clone, Debug)]
pub struct OpenRow<'a> {
    /// What it is: `missing`, `differing`, `unknown`.
    pub status: &'a str,
    /// The payment, refund or dispute that it is about.
    pub about: &'a str,
    /// When we moved it.
    pub moved_at: Option<Moment<'a>>,
    /// Its currency.
    pub currency: Currency,
    /// What we have, what the rail has told, and the difference, in minor units.
    pub sums: [i64; 3],
}

/// What is open at a rail.
#[derive(Clone, Debug)]
pub struct UnsettledView<'a> {
    /// The rail.
    pub rail: &'a str,
    /// What is open.
    pub rows: Vec<OpenRow<'a>>,
    /// Where the next page begins.
    pub next: Option<&'a str>,
}

/// `GET /console/reconciliation/{rail}`.
pub fn unsettled_page(visit: &Visit<'_>, view: &UnsettledView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("rails.about")),
        Column::words(text("rails.what")),
        Column::words(text("rails.since")),
        Column::numbers(text("rails.ours")),
        Column::numbers(text("rails.told")),
        Column::numbers(text("rails.difference")),
    ];
    let row = |one: &OpenRow<'_>| {
        let [ours, told, difference] = one.sums.map(|minor| signed(words, minor, one.currency));
        vec![
            html! { span class="code" { (one.about) } },
            html! { (status(Tone::Wait, text(status_name(one.status)))) },
            match one.moved_at {
                Some(at) => moment(words, at),
                None => html! { (text("rails.not_known")) },
            },
            ours,
            told,
            difference,
        ]
    };
    let table = Table {
        caption: text("rails.open"),
        columns: &columns,
        rows: view.rows.iter().map(row).collect(),
        foot: None,
        nothing: text("rails.whole"),
    };
    let path = format!("/console/reconciliation/{}", view.rail);
    let next = view.next.map(|next| format!("{path}?cursor={}", crate::components::escaped(next)));
    visit.frame(text("rails.title"), Width::Wide).page(&html! {
        h1 { (words.with("rails.open_at", &[("rail", view.rail)])) }
        (notice(Tone::Plain, text("rails.explained"), text("rails.explained_text"), None))
        ul {
            li { strong { (text("rails.is_missing")) } ": " (text("rails.is_missing_text")) }
            li { strong { (text("rails.is_differing")) } ": " (text("rails.is_differing_text")) }
            li { strong { (text("rails.is_unknown")) } ": " (text("rails.is_unknown_text")) }
        }
        (table.show_list())
        @if let Some(next) = &next {
            (acts(&[link_button(next, text("ledger.further"), Weight::Plain)]))
        }
        p { a href="/console/reconciliation" { (text("rails.title")) } }
    })
}

fn status_name(status: &str) -> &'static str {
    match status {
        "missing" => "rails.is_missing",
        "differing" => "rails.is_differing",
        _ => "rails.is_unknown",
    }
}
