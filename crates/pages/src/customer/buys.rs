//! What a gift card buys, and where, in words.

use maud::{Markup, html};

use crate::Words;

/// What a card may be spent on. Lists that are empty do not restrict it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuysView<'a> {
    /// Only these; each list restricts it further.
    pub only: NamesView<'a>,
    /// None of these.
    pub not: NamesView<'a>,
    /// Only in these countries or regions, by their codes.
    pub regions: Vec<&'a str>,
}

/// Names of things that are sold, and of those who sell them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamesView<'a> {
    /// Kinds of things: `goods`, `service`, `digital`, `promotion`.
    pub kinds: Vec<&'a str>,
    /// Categories of the shop.
    pub categories: Vec<&'a str>,
    /// Who sells.
    pub sellers: Vec<&'a str>,
    /// Who is credited with the sale.
    pub creators: Vec<&'a str>,
    /// Products.
    pub products: Vec<&'a str>,
}

impl NamesView<'_> {
    /// Each list with something in it as one text, with the name of its message.
    fn lists(&self, words: Words) -> Vec<(&'static str, String)> {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind_name(words, kind)).collect();
        let lists = [
            ("buys.products", &self.products),
            ("buys.creators", &self.creators),
            ("buys.sellers", &self.sellers),
            ("buys.categories", &self.categories),
            ("buys.kinds", &kinds),
        ];
        let separator = words.text("buys.and");
        let filled = lists.into_iter().filter(|(_, names)| !names.is_empty());
        filled.map(|(what, names)| (what, names.join(separator))).collect()
    }
}

/// What it buys, as a list; one sentence when it buys everything everywhere.
pub fn buys(words: Words, view: &BuysView<'_>) -> Markup {
    if *view == BuysView::default() {
        return html! { (words.text("buys.everything")) };
    }
    let said = |(what, names): (&'static str, String)| words.with(what, &[("names", &names)]);
    let only: Vec<String> = view.only.lists(words).into_iter().map(said).collect();
    let not: Vec<String> = view.not.lists(words).into_iter().map(said).collect();
    let separator = words.text("buys.and");
    html! {
        @if only.is_empty() { (words.text("buys.everything_but")) }
        @for (place, one) in only.iter().enumerate() { @if place > 0 { br; } bdi { (one) } }
        @for one in &not { br; (words.text("buys.not")) " " bdi { (one) } }
        @if !view.regions.is_empty() {
            br; (words.with("buys.regions", &[("names", &view.regions.join(separator))]))
        }
    }
}

fn kind_name(words: Words, kind: &str) -> &str {
    match kind {
        "goods" => words.text("buys.goods"),
        "service" => words.text("buys.service"),
        "digital" => words.text("buys.digital"),
        "promotion" => words.text("buys.promotion"),
        other => other,
    }
}
