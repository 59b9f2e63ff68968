//! `/gifts/{purchase}/print`: a gift on paper. Its code stands on the page that a button asks for,
//! and on no other.

use maud::{Markup, html};

use super::received::Received;
use crate::components::{Button, Choice, Icon, Tone, Weight, choices, form, notice};
use crate::customer::refused::trouble;
use crate::gift::{Written, picture};
use crate::{Visit, Width, Words, date, qr};

/// What it is printed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// A4, folded once.
    A4,
    /// Letter, folded once.
    Letter,
    /// A card of 85.6 by 54 millimeters, front and back (ISO/IEC 7810, ID-1).
    Card,
}

impl Paper {
    /// Every paper.
    pub const ALL: [Paper; 3] = [Paper::A4, Paper::Letter, Paper::Card];

    /// Its name in forms.
    pub fn name(self) -> &'static str {
        match self {
            Paper::A4 => "a4",
            Paper::Letter => "letter",
            Paper::Card => "card",
        }
    }

    /// The paper of that name.
    pub fn parse(name: &str) -> Option<Paper> {
        Paper::ALL.into_iter().find(|paper| paper.name() == name)
    }

    fn title(self) -> &'static str {
        match self {
            Paper::A4 => "gifts.paper_a_four",
            Paper::Letter => "gifts.paper_letter",
            Paper::Card => "gifts.paper_card",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Paper::A4 => "sheet a4",
            Paper::Letter => "sheet letter",
            Paper::Card => "sheet card-size",
        }
    }
}

/// What is only on the page that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct PrintedCard<'a> {
    /// The code.
    pub code: &'a str,
    /// The address at which it is entered.
    pub address: &'a str,
}

/// A gift to be printed.
#[derive(Clone, Copy, Debug)]
pub struct PrintView<'a> {
    /// The id of the purchase.
    pub id: &'a str,
    /// The id of the card.
    pub card: &'a str,
    /// What stands on it.
    pub gift: Received<'a>,
    /// On what.
    pub paper: Paper,
    /// Its code, once it was asked for.
    pub printed: Option<PrintedCard<'a>>,
    /// What was refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// `GET /gifts/{purchase}/print`, and the answer to the button there.
pub fn print_page(visit: &Visit<'_>, view: &PrintView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let mut frame = visit.frame(text("gifts.print_title"), Width::Wide);
    frame.prints = true;
    frame.page(&html! {
        div class="no-print" {
            h1 { (text("gifts.print_title")) }
            @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
            @if view.printed.is_some() {
                (notice(Tone::Wait, text("gifts.print_now"), text("gifts.print_now_text"), None))
            } @else {
                p { (text("gifts.print_text")) }
            }
            (choose(visit, view))
            p { a href=(format!("/gifts/{}", view.id)) { (text("gifts.back_to_gift")) } }
        }
        @if let Some(printed) = view.printed { (sheet(words, view, printed)) }
    })
}

fn choose(visit: &Visit<'_>, view: &PrintView<'_>) -> Markup {
    let words = visit.words;
    let among = Paper::ALL.map(|paper| Choice {
        value: paper.name(),
        text: words.text(paper.title()),
        is_chosen: paper == view.paper,
    });
    let is_shown = view.printed.is_some();
    let go = Button {
        text: words.text(if is_shown { "gifts.print_other" } else { "gifts.print_show" }),
        weight: if is_shown { Weight::Plain } else { Weight::Main },
        icon: Some(Icon::Print),
        sends: None,
        is_off: false,
    };
    form(
        visit,
        &format!("/gifts/{}/print", view.id),
        &html! {
            input type="hidden" name="card" value=(view.card);
            (choices("paper", words.text("gifts.paper"), None, &among))
            (go.show())
        },
    )
}

/// The picture is outside, code and words are inside; a card has two sides.
fn sheet(words: Words, view: &PrintView<'_>, printed: PrintedCard<'_>) -> Markup {
    let Received { shop, design, value, to, from, message, expires_at } = view.gift;
    let written = Written { shop, value: Some(value), to, from };
    html! {
        div class="sheets" {
            article class=(view.paper.class()) {
                div class="outside" { (picture(words, design, written)) }
                div class="inside" {
                    @if !message.is_empty() && view.paper != Paper::Card {
                        blockquote dir="auto" {
                            @for line in message.lines() { p { (line) } }
                        }
                    }
                    div class="redeem" {
                        (qr(printed.address, words.text("gifts.print_qr")))
                        div {
                            p { (words.text("gifts.print_enter")) " "
                                bdi { (printed.address) } }
                            p class="code" { (printed.code) }
                            @if let Some(expires) = expires_at {
                                p { (words.text("gifts.good_until")) " " (date(words, expires)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
