//! `/gifts`: what one has given.

use base::Money;
use maud::{Markup, html};

use super::one::{GiftCardState, GiftStatus};
use crate::components::{Column, Table, Weight, acts, escaped, link_button, status};
use crate::{Moment, Visit, Width, date, money};

/// A gift in the list.
#[derive(Clone, Debug)]
pub struct GiftRow<'a> {
    /// The id of its purchase.
    pub id: &'a str,
    /// For whom it is; empty when nobody was named, or it is several.
    pub to: String,
    /// How many cards.
    pub quantity: u64,
    /// What all of it cost.
    pub total: Money,
    /// When it was bought.
    pub at: Moment<'a>,
    /// Where the purchase stands.
    pub status: GiftStatus,
    /// Where its card stands, when it is one card.
    pub card: Option<GiftCardState>,
}

/// What one has given.
#[derive(Clone, Debug)]
pub struct GiftsView<'a> {
    /// Newest first.
    pub gifts: Vec<GiftRow<'a>>,
    /// Where the list goes on.
    pub next: Option<&'a str>,
}

/// `GET /gifts`.
pub fn gifts_page(visit: &Visit<'_>, view: &GiftsView<'_>) -> Markup {
    let words = visit.words;
    let columns = [
        Column::words(words.text("gifts.to_short")),
        Column::words(words.text("gifts.state")),
        Column::words(words.text("gifts.bought")),
        Column::numbers(words.text("gifts.amount")),
    ];
    let row = |gift: &GiftRow<'_>| {
        let name = match (&*gift.to, gift.quantity) {
            ("", 1) => words.text("gifts.nobody_named").to_owned(),
            ("", many) => words.counted("gifts.cards", many),
            (name, _) => name.to_owned(),
        };
        let (tone, word) = gift.status.word(gift.card);
        vec![
            html! { a href=(format!("/gifts/{}", gift.id)) { bdi { (name) } } },
            status(tone, words.text(word)),
            date(words, gift.at),
            money(words, gift.total),
        ]
    };
    let table = Table {
        caption: words.text("gifts.title"),
        columns: &columns,
        rows: view.gifts.iter().map(row).collect(),
        foot: None,
        nothing: words.text("gifts.nothing"),
    };
    visit.frame(words.text("gifts.title"), Width::Wide).page(&html! {
        h1 { (words.text("gifts.title")) }
        (acts(&[link_button("/gifts/new", words.text("gifts.give"), Weight::Main)]))
        (table.show_titled_list())
        @if let Some(next) = view.next {
            p { a href=(format!("/gifts?after={}", escaped(next))) { (words.text("gifts.more")) } }
        }
    })
}
