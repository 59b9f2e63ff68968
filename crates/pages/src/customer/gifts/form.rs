//! What somebody has filled in so far. It travels in the form: an address would be written down on
//! its way, and a message is personal.

use base::Money;
use maud::{Markup, html};

use crate::components::{Step, StepState, rows, steps};
use crate::customer::refused::trouble;
use crate::{Moment, Visit, Words, moment, money};

/// A gift that is being made, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GiftForm<'a> {
    /// Names this gift, so that it is bought once whatever is sent twice.
    pub gift: &'a str,
    /// A fixed amount in minor units, or `other`.
    pub amount: &'a str,
    /// The other amount, as it was typed.
    pub other: &'a str,
    /// Name of the design.
    pub design: &'a str,
    /// What it is good for: `any`, `creator` or `products`.
    pub good: &'a str,
    /// Id of the creator.
    pub creator: &'a str,
    /// Ids of the products.
    pub products: Vec<&'a str>,
    /// Name of whoever gets it.
    pub to: &'a str,
    /// How it is handed over: `email`, `link` or `print`.
    pub how: &'a str,
    /// Address of whoever gets it.
    pub email: &'a str,
    /// `now` or `later`.
    pub when: &'a str,
    /// Date and time by their clock: `2026-12-24T18:30`.
    pub at: &'a str,
    /// Their time zone, by the IANA database.
    pub zone: &'a str,
    /// Name of whoever gives it.
    pub from: &'a str,
    /// Where the receipt goes.
    pub receipt: &'a str,
    /// A few words.
    pub message: &'a str,
    /// The address that is right although it looks mistyped.
    pub sure: &'a str,
}

impl GiftForm<'_> {
    /// What the first step has asked for, carried along.
    pub(super) fn carried_start(&self) -> Markup {
        let all = [
            ("amount", self.amount),
            ("other", self.other),
            ("design", self.design),
            ("good", self.good),
            ("creator", self.creator),
        ];
        html! {
            (hidden("gift", self.gift))
            @for (name, value) in all { (hidden(name, value)) }
            @for product in &self.products { (hidden("product", product)) }
        }
    }

    /// What the second step has asked for, carried along.
    pub(super) fn carried_compose(&self) -> Markup {
        let all = [
            ("to", self.to),
            ("how", self.how),
            ("email", self.email),
            ("when", self.when),
            ("at", self.at),
            ("zone", self.zone),
            ("from", self.from),
            ("receipt", self.receipt),
            ("message", self.message),
            ("sure", self.sure),
        ];
        html! { @for (name, value) in all { (hidden(name, value)) } }
    }
}

/// A field that nobody sees. Empty ones need not travel.
fn hidden(name: &str, value: &str) -> Markup {
    html! { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiftMistake {
    /// It is empty.
    Missing,
    /// An address without an `@`.
    NoAt,
    /// An address whose domain has no dot.
    NoDot,
    /// No amount, or one with too many decimals.
    NoAmount,
    /// Less than the smallest amount, or more than the largest.
    OutOfRange,
    /// No date and time.
    NoTime,
    /// A time that is over.
    Past,
    /// Nothing was chosen.
    NotChosen,
    /// It has more characters than find room.
    TooLong,
    /// It is filled in, and something else was chosen: nobody can tell which is meant.
    ChosenElse,
}

impl GiftMistake {
    /// The name of what is said of it.
    fn message(self) -> &'static str {
        match self {
            GiftMistake::Missing => "gifts.wrong_missing",
            GiftMistake::NoAt => "gifts.wrong_no_at",
            GiftMistake::NoDot => "gifts.wrong_no_dot",
            GiftMistake::NoAmount => "gifts.wrong_no_amount",
            GiftMistake::OutOfRange => "gifts.wrong_range",
            GiftMistake::NoTime => "gifts.wrong_no_time",
            GiftMistake::Past => "gifts.wrong_past",
            GiftMistake::NotChosen => "gifts.wrong_not_chosen",
            GiftMistake::TooLong => "gifts.wrong_too_long",
            GiftMistake::ChosenElse => "gifts.wrong_chosen_else",
        }
    }
}

/// A field that is not filled in as it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub what: GiftMistake,
}

impl Wrong {
    /// What is said of a field, if anything.
    pub(super) fn of(words: Words, all: &[Wrong], field: &str) -> Option<&'static str> {
        let wrong = all.iter().find(|wrong| wrong.field == field)?;
        Some(words.text(wrong.what.message()))
    }

    /// Whether a field is the first at fault, at which whoever sent the form goes on.
    pub(super) fn is_first(all: &[Wrong], field: &str) -> bool {
        all.first().is_some_and(|wrong| wrong.field == field)
    }
}

/// That something is wrong, above the form.
pub(super) fn mistakes(words: Words, wrong: &[Wrong]) -> Markup {
    html! { @if !wrong.is_empty() { (trouble(words, "invalid_request", "")) } }
}

/// Under which terms cards are sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GiftTerms {
    /// Days a card lives; `None` never expires.
    pub validity_days: Option<u32>,
    /// Days after which a gift that nobody has accepted goes back.
    pub return_days: Option<u16>,
}

impl GiftTerms {
    /// The terms as a list that is read in passing.
    pub(super) fn show(self, words: Words) -> Markup {
        let expiry = match self.validity_days {
            Some(days) => words.counted("gifts.terms_days", u64::from(days)),
            None => words.text("gifts.terms_never").to_owned(),
        };
        let back = self.return_days.map(|days| words.counted("gifts.terms_back", days.into()));
        html! {
            ul class="terms" {
                li { (expiry) }
                li { (words.text("gifts.terms_undo")) }
                @if let Some(back) = back { li { (back) } }
            }
        }
    }
}

/// What is sold: amounts and terms.
#[derive(Clone, Debug)]
pub struct GiftOffer {
    /// Amounts to choose from.
    pub fixed: Vec<Money>,
    /// The smallest amount.
    pub min: Money,
    /// The largest amount.
    pub max: Money,
    /// Its terms.
    pub terms: GiftTerms,
}

/// Which of the three steps somebody is at.
pub(super) fn progress(words: Words, now: usize) -> Markup {
    let names = ["gifts.step_gift", "gifts.step_whom", "gifts.step_pay"];
    let step = |(position, name): (usize, &&str)| Step {
        what: words.text(name).to_owned(),
        when: html! {},
        state: match position + 1 {
            at if at < now => StepState::Done,
            at if at == now => StepState::Now,
            _ => StepState::ToCome,
        },
    };
    let all: Vec<Step> = names.iter().enumerate().map(step).collect();
    html! { div class="progress" { (steps(words, &all)) } }
}

/// Total and terms, in view on every step.
pub(super) fn summary(
    visit: &Visit<'_>,
    value: Option<Money>,
    about: &[(&str, Markup)],
    terms: GiftTerms,
) -> Markup {
    let words = visit.words;
    let total = value.map(|value| (words.text("gifts.you_pay"), money(words, value)));
    html! {
        section class="panel" aria-label=(words.text("gifts.in_short")) {
            @if total.is_some() || !about.is_empty() { (rows(about, total)) }
            (terms.show(words))
        }
    }
}

/// When it is sent, as the recipient's clock shows it.
pub(super) fn when_sent(words: Words, at: Option<Moment<'_>>) -> Markup {
    match at {
        Some(at) => moment(words, at),
        None => html! { (words.text("gifts.at_once")) },
    }
}
