use maud::{Markup, html};

use super::refused::trouble;
use crate::Words;

/// Why a form that was sent was refused.
#[derive(Clone, Copy, Debug)]
pub struct FormTrouble<'a> {
    /// Its stable code.
    pub code: &'a str,
    /// What the refusal itself says to do.
    pub detail: &'a str,
    /// The field at fault, by the name under which it is sent; empty where none is.
    pub field: &'a str,
    /// Whether the detail is in the language of the page; what the rules say is in English.
    pub is_in_words: bool,
}

impl FormTrouble<'_> {
    /// The refusal, to stand above the form.
    pub(super) fn show(this: Option<&Self>, words: Words) -> Markup {
        html! { @if let Some(one) = this { (trouble(words, one.code, one.detail)) } }
    }

    /// What is wrong with a field, when it is the one at fault. On pages in other languages than
    /// that of the rules, their words are not shown, and the box is only pointed at.
    pub(super) fn at<'a>(
        this: Option<&FormTrouble<'a>>,
        words: Words,
        field: &str,
    ) -> Option<&'a str> {
        let one = this.filter(|one| one.field == field)?;
        let is_read = one.is_in_words || words.language == crate::Language::English;
        Some(match is_read && !one.detail.is_empty() {
            true => one.detail,
            false => words.text("boost.wrong_here"),
        })
    }
}

/// What is wrong with a field before anybody was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// It is no amount of money.
    Amount,
    /// It is no whole number.
    Number,
    /// It is no day.
    Day,
    /// It is not four digits.
    FourDigits,
    /// It is something else.
    Other,
}

impl Mistake {
    /// What to say beside the field.
    pub fn text(self, words: Words) -> &'static str {
        words.text(match self {
            Mistake::Amount => "boost.not_an_amount",
            Mistake::Number => "boost.not_a_number",
            Mistake::Day => "boost.not_a_day",
            Mistake::FourDigits => "claim.not_four",
            Mistake::Other => "boost.wrong_here",
        })
    }
}
