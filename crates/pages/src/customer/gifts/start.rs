//! `/gifts/new`, the first step: how much, how it looks, what it is good for.

use maud::{Markup, html};

use super::form::{GiftForm, GiftOffer, Wrong, mistakes, progress, summary};
use crate::components::{
    Button, Choice, Field, Input, Weight, acts, choices, form, select, tick_of, wrong_choices,
};
use crate::customer::refused::trouble;
use crate::gift::{Design, Written, picture};
use crate::show::money_text;
use crate::{Visit, Width, Words};

/// Something with an id and a name.
#[derive(Clone, Copy, Debug)]
pub struct NamedThing<'a> {
    /// Its id.
    pub id: &'a str,
    /// What people call it.
    pub name: &'a str,
}

/// The first step.
#[derive(Clone, Debug)]
pub struct StartView<'a> {
    /// What was filled in.
    pub form: GiftForm<'a>,
    /// What is sold.
    pub offer: &'a GiftOffer,
    /// Creators for whom a gift can be good.
    pub creators: Vec<NamedThing<'a>>,
    /// Products for which a gift can be good.
    pub products: Vec<NamedThing<'a>>,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
    /// What was refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// `GET /gifts/new`.
pub fn start_page(visit: &Visit<'_>, view: &StartView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("gifts.new"), Width::Narrow).page(&html! {
        h1 { (text("gifts.new")) }
        (progress(words, 1))
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        (mistakes(words, &view.wrong))
        (form(visit, "/gifts/new", &html! {
            input type="hidden" name="gift" value=(view.form.gift);
            (view.form.carried_compose())
            (amounts(words, view))
            (designs(visit, view))
            (good_for(words, view))
            (summary(visit, None, &[], view.offer.terms))
            (acts(&[Button {
                text: text("gifts.go_whom"),
                weight: Weight::Main,
                icon: None,
                sends: Some(("go", "whom")),
                is_off: false,
            }.show()]))
        }))
    })
}

fn amounts(words: Words, view: &StartView<'_>) -> Markup {
    let GiftOffer { fixed, min, max, .. } = view.offer;
    let minor: Vec<String> = fixed.iter().map(|one| one.amount.minor().to_string()).collect();
    let shown: Vec<String> = fixed.iter().map(|one| money_text(words, *one)).collect();
    let chosen = view.form.amount;
    let mut among: Vec<Choice<'_>> = minor
        .iter()
        .zip(&shown)
        .map(|(value, text)| Choice { value, text, is_chosen: chosen == value })
        .collect();
    let other = words.text("gifts.other_amount");
    among.push(Choice { value: "other", text: other, is_chosen: chosen == "other" });
    let limits: [(&str, &str); 2] =
        [("min", &money_text(words, *min)), ("max", &money_text(words, *max))];
    let hint = words.with("gifts.other_hint", &limits);
    let label = words.with("gifts.other_label", &[("currency", min.currency.code())]);
    let wrong = Wrong::of(words, &view.wrong, "other");
    html! {
        (choices("amount", words.text("gifts.amount"), None, &among))
        div class="if-other" {
            (Field {
                hint: Some(&hint),
                wrong,
                value: view.form.other,
                is_optional: true,
                characters_max: Some(20),
                has_focus: Wrong::is_first(&view.wrong, "other"),
                ..Field::new("other", &label, Input::Amount)
            }.show())
        }
    }
}

/// The designs as pictures, for nobody chooses a picture by its name.
fn designs(visit: &Visit<'_>, view: &StartView<'_>) -> Markup {
    let words = visit.words;
    let written = Written { shop: visit.shop, value: None, to: "", from: "" };
    html! {
        fieldset class="field" {
            legend { (words.text("gifts.design")) }
            div class="pictures" {
                @for design in Design::ALL {
                    label class="choice" {
                        input type="radio" name="design" value=(design.name()) required
                            checked[design.name() == view.form.design];
                        span { (picture(words, design, written)) (design.title(words)) }
                    }
                }
            }
        }
    }
}

fn good_for(words: Words, view: &StartView<'_>) -> Markup {
    let (form, creators, products) = (&view.form, &view.creators, &view.products);
    if creators.is_empty() && products.is_empty() {
        return html! { input type="hidden" name="good" value="any"; };
    }
    let choice =
        |value, text| Choice { value, text: words.text(text), is_chosen: form.good == value };
    let mut among = vec![choice("any", "gifts.good_any")];
    if !creators.is_empty() {
        among.push(choice("creator", "gifts.good_creator"));
    }
    if !products.is_empty() {
        among.push(choice("products", "gifts.good_products"));
    }
    // Whoever did not choose one has chosen none: else a gift for anything would name one as well.
    let none = words.text("gifts.no_creator");
    let mut named = vec![Choice { value: "", text: none, is_chosen: form.creator.is_empty() }];
    named.extend(creators.iter().map(|one| Choice {
        value: one.id,
        text: one.name,
        is_chosen: one.id == form.creator,
    }));
    let legend = words.text("gifts.good");
    let has_focus = Wrong::is_first(&view.wrong, "good");
    html! {
        @match Wrong::of(words, &view.wrong, "good") {
            Some(wrong) => (wrong_choices("good", legend, wrong, &among, has_focus)),
            None => (choices("good", legend, None, &among)),
        }
        @if !creators.is_empty() {
            div class="if-creator" {
                (select("creator", words.text("gifts.which_creator"), None, &named))
            }
        }
        @if !products.is_empty() {
            details class="if-products"
                open[form.good == "products" || !form.products.is_empty()] {
                summary { (words.text("gifts.which_products")) }
                @for one in products {
                    (tick_of("product", one.id, one.name, form.products.contains(&one.id)))
                }
            }
        }
    }
}
