//! One's own claims.

use base::Money;
use maud::{Markup, html};

use super::names::{awaited, ground, standing};
use crate::components::{Column, Table, Weight, acts, link_button, status};
use crate::{Moment, Visit, Width, date, moment, money};

/// One's own claims, newest first.
#[derive(Clone, Debug)]
pub struct ClaimsView<'a> {
    /// Those of this page.
    pub all: Vec<ClaimLine<'a>>,
    /// The way to older ones.
    pub older: Option<&'a str>,
}

/// A claim in a list.
#[derive(Clone, Debug)]
pub struct ClaimLine<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was made.
    pub made_at: Moment<'a>,
    /// On which ground.
    pub ground: &'a str,
    /// Where it stands.
    pub status: &'a str,
    /// What it pays, once that is decided.
    pub amount: Option<Money>,
    /// What happens next, and by when.
    pub next: (&'a str, Option<Moment<'a>>),
}

/// `GET /claims`.
pub fn claims_page(visit: &Visit<'_>, view: &ClaimsView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("claim.name")),
        Column::words(text("claim.status")),
        Column::numbers(text("claim.sum")),
        Column::words(text("claim.next")),
    ];
    let row = |one: &ClaimLine<'_>| {
        let (tone, word) = standing(one.status);
        let (next, by) = one.next;
        vec![
            html! {
                a href=(format!("/claims/{}", one.id)) { (text(ground(one.ground))) } ", "
                (date(words, one.made_at))
            },
            status(tone, text(word)),
            match one.amount {
                Some(amount) => money(words, amount),
                None => html! { "–" },
            },
            html! {
                (text(awaited(next)))
                @if let Some(by) = by { " " (moment(words, by)) }
            },
        ]
    };
    let table = Table {
        caption: text("claim.title"),
        columns: &columns,
        rows: view.all.iter().map(row).collect(),
        foot: None,
        nothing: text("claim.none"),
    };
    visit.frame(text("claim.title"), Width::Wide).page(&html! {
        h1 { (text("claim.title")) }
        p class="lead" { (text("claim.lead")) }
        (table.show_titled_list())
        @if let Some(older) = view.older { p { a href=(older) { (text("claim.older")) } } }
        (acts(&[
            link_button("/claims/new", text("claim.new"), Weight::Main),
            link_button("/claims/lost", text("claim.lost"), Weight::Plain),
        ]))
    })
}
