//! A small shop of a test book, so that there is something to spend a gift card on.

use base::Money;
use maud::{Markup, html};

use super::refused::trouble;
use crate::components::{Button, Weight, form};
use crate::{Visit, Width, money};

/// What can be bought.
#[derive(Clone, Debug)]
pub struct ShopView<'a> {
    /// The things, newest first.
    pub products: Vec<ShopProductView<'a>>,
    /// What was just refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// Something to buy.
#[derive(Clone, Copy, Debug)]
pub struct ShopProductView<'a> {
    /// Names it.
    pub id: &'a str,
    /// What it is.
    pub name: &'a str,
    /// Its category.
    pub category: Option<&'a str>,
    /// What one costs.
    pub price: Money,
}

/// `GET /shop`.
pub fn shop_page(visit: &Visit<'_>, view: &ShopView<'_>) -> Markup {
    let words = visit.words;
    let buy = |text: &str, count| {
        let (text, sends) = (words.text(text), Some(("quantity", count)));
        Button { text, weight: Weight::Plain, icon: None, sends, is_off: false }.show()
    };
    visit.frame(words.text("shop.title"), Width::Wide).page(&html! {
        h1 { (words.text("shop.title")) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        p class="lead" { (words.text("shop.lead")) }
        @if view.products.is_empty() { p { (words.text("shop.nothing")) } }
        ul class="panels" {
            @for one in &view.products {
                li class="panel" {
                    h2 { bdi { (one.name) } }
                    p {
                        (money(words, one.price))
                        @if let Some(category) = one.category { " · " bdi { (category) } }
                    }
                    (form(visit, "/shop", &html! {
                        input type="hidden" name="product" value=(one.id);
                        div class="acts" { (buy("shop.one", "1")) (buy("shop.two", "2")) }
                    }))
                }
            }
        }
        p { a href="/wallet" { (words.text("shop.wallet")) } }
    })
}
