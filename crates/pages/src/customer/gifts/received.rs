//! A gift as whoever gets it sees it.

use base::Money;
use maud::{Markup, html};

use crate::gift::{Design, Written, picture};
use crate::{Moment, Words, date};

/// What arrives.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The name of the shop.
    pub shop: &'a str,
    /// How it looks.
    pub design: Design,
    /// What it is worth.
    pub value: Money,
    /// Who gets it.
    pub to: &'a str,
    /// Who gives it, as the recipient is told: the first name.
    pub from: &'a str,
    /// Their words, without links, as they are delivered.
    pub message: &'a str,
    /// From when on it cannot be spent.
    pub expires_at: Option<Moment<'a>>,
}

impl<'a> Received<'a> {
    /// The same as the page says it that its recipient opens.
    pub(super) fn to_you(self, words: Words) -> Received<'a> {
        Received { to: words.text("reveal.you"), ..self }
    }
}

/// What a giver has written, as its recipient reads it.
pub(in crate::customer) fn said(message: &str) -> Markup {
    html! {
        @if !message.is_empty() {
            blockquote class="wish" dir="auto" { @for line in message.lines() { p { (line) } } }
        }
    }
}

/// The picture with the words beneath it.
pub fn received(words: Words, gift: &Received<'_>) -> Markup {
    let Received { shop, design, value, to, from, message, expires_at } = *gift;
    let written = Written { shop, value: Some(value), to, from };
    html! {
        figure class="received" {
            div class="gift" { (picture(words, design, written)) }
            (said(message))
            @if let Some(expires) = expires_at {
                p class="hint" { (words.text("gifts.good_until")) " " (date(words, expires)) }
            }
        }
    }
}
