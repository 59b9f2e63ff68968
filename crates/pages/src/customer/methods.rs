//! Ways to pay, as checkouts and purchases let people choose one. Whoever shows them puts them into
//! a form of its own, which sends the chosen one as `method`.

use maud::{Markup, html};

use crate::Words;
use crate::components::{Choice, choices};
use crate::show::month_text;

/// A way to pay that somebody keeps here.
#[derive(Clone, Copy, Debug)]
pub struct MethodView<'a> {
    /// Names it.
    pub id: &'a str,
    /// What people call it, such as `visa`.
    pub brand: Option<&'a str>,
    /// Last characters of its number.
    pub last4: Option<&'a str>,
    /// The last month in which it may be used: `2027-12`.
    pub expires: Option<&'a str>,
}

/// What somebody may pay with.
#[derive(Clone, Debug, Default)]
pub struct MethodsView<'a> {
    /// What they keep here.
    pub kept: Vec<MethodView<'a>>,
    /// Whether payments are played, so that cards which behave in some way can be chosen.
    pub is_played: bool,
    /// What is chosen: the id of a way to pay, or the token of a played card; empty is the first.
    pub chosen: &'a str,
}

/// A card that is played: its token, the end of its number, and what it does.
pub const PLAYED_CARDS: [(&str, &str, &str); 10] = [
    ("tok_ok", "4242", "methods.works"),
    ("tok_declined", "0002", "methods.declined"),
    ("tok_insufficient", "9995", "methods.insufficient"),
    ("tok_expired", "0069", "methods.expired"),
    ("tok_expires_soon", "0028", "methods.expires_soon"),
    ("tok_challenge", "3220", "methods.challenge"),
    ("tok_timeout", "0408", "methods.timeout"),
    ("tok_refund_pending", "7726", "methods.refund_pending"),
    ("tok_refund_fails", "5126", "methods.refund_fails"),
    ("tok_disputed", "0259", "methods.disputed"),
];

/// The choice, as a part of a form. Where there is nothing to choose, it says so.
pub fn methods(words: Words, view: &MethodsView<'_>) -> Markup {
    methods_or_none(words, view, None)
}

/// The same where gift cards may pay everything: `none` is the text of the choice of nothing else.
pub(super) fn methods_or_none(words: Words, view: &MethodsView<'_>, none: Option<&str>) -> Markup {
    let mut all: Vec<(&str, String)> =
        view.kept.iter().map(|one| (one.id, method_name(words, one))).collect();
    if view.is_played {
        let played = |&(token, last4, does): &(&'static str, &str, &str)| {
            let values = [("what", words.text(does)), ("last", last4)];
            (token, words.with("methods.played", &values))
        };
        all.extend(PLAYED_CARDS.iter().map(played));
    }
    if all.is_empty() {
        return html! { p { (words.text("methods.none")) } };
    }
    all.extend(none.map(|none| ("none", none.to_owned())));
    let is_there = all.iter().any(|(value, _)| *value == view.chosen);
    let among: Vec<Choice<'_>> = all
        .iter()
        .enumerate()
        .map(|(place, (value, text))| Choice {
            value,
            text,
            is_chosen: if is_there { *value == view.chosen } else { place == 0 },
        })
        .collect();
    let hint = view.is_played.then(|| words.text("methods.played_hint"));
    choices("method", words.text("methods.title"), hint, &among)
}

/// What people call a brand that rails write in small letters.
pub(super) fn brand_name(brand: &str) -> &str {
    match brand {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "amex" => "American Express",
        other => other,
    }
}

/// What a way to pay is called. Of a played card, what it does.
pub fn method_name(words: Words, method: &MethodView<'_>) -> String {
    let last4 = method.last4.unwrap_or("");
    let played = PLAYED_CARDS.iter().find(|(_, known, _)| *known == last4);
    match (method.brand, played) {
        (Some("sandbox"), Some((_, _, does))) => {
            words.with("methods.played", &[("what", words.text(does)), ("last", last4)])
        }
        (brand, _) => {
            let brand = brand.map_or_else(|| words.text("methods.some"), brand_name);
            let named = [("brand", brand), ("last", last4)];
            match method.expires {
                Some(month) => {
                    let month = month_text(words, month);
                    let values = [named[0], named[1], ("month", &*month)];
                    words.with("methods.kept_until", &values)
                }
                None => words.with("methods.kept", &named),
            }
        }
    }
}
