//! `/gifts/new`, the third step: what is bought, as it will arrive, and what pays it.

use base::Money;
use maud::{Markup, html};

use super::form::{GiftForm, GiftTerms, progress, summary, when_sent};
use super::received::{Received, received};
use crate::components::{Button, Icon, Tone, Weight, form, loose_button, notice};
use crate::customer::methods::{MethodsView, methods};
use crate::customer::refused::trouble;
use crate::customer::step_up::{StepUpView, pay_acts};
use crate::show::money_text;
use crate::{Moment, Visit, Width, Words};

/// Whether there is anything to pay with.
pub(super) fn can_pay(ways: &MethodsView<'_>) -> bool {
    ways.is_played || !ways.kept.is_empty()
}

/// What pays. Where nothing can, the page says so before anybody has to find out.
pub(super) fn what_pays(words: Words, ways: &MethodsView<'_>) -> Markup {
    if can_pay(ways) {
        return methods(words, ways);
    }
    notice(Tone::Wait, words.text("gifts.no_method"), words.text("gifts.no_method_next"), None)
}

/// The third step.
#[derive(Clone, Debug)]
pub struct PayGiftView<'a> {
    /// What was filled in.
    pub form: GiftForm<'a>,
    /// What it is worth, and costs.
    pub value: Money,
    /// Its terms.
    pub terms: GiftTerms,
    /// What arrives.
    pub gift: Received<'a>,
    /// What it is good for; empty for everything.
    pub good_for: String,
    /// When it is sent; `None` at once.
    pub at: Option<Moment<'a>>,
    /// What somebody can pay with.
    pub ways: MethodsView<'a>,
    /// What a passkey may confirm, for those who have one.
    pub step_up: Option<StepUpView>,
    /// What was refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// The answer to the second step.
pub fn pay_gift_page(visit: &Visit<'_>, view: &PayGiftView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let pay = words.with("gifts.pay", &[("amount", &money_text(words, view.value))]);
    visit.frame(text("gifts.pay_title"), Width::Narrow).filled_in().page(&html! {
        h1 { (text("gifts.pay_title")) }
        (progress(words, 3))
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        p { (text("gifts.preview_text")) }
        (received(words, &view.gift.to_you(words)))
        (form(visit, "/gifts/new", &html! {
            (view.form.carried_start())
            (view.form.carried_compose())
            (what_pays(words, &view.ways))
            (summary(visit, Some(view.value), &about(words, view), view.terms))
            @let button = Button {
                text: &pay,
                weight: Weight::Main,
                icon: Some(Icon::Lock),
                sends: Some(("go", "buy")),
                is_off: !can_pay(&view.ways),
            };
            @let back = loose_button(text("gifts.back"), ("go", "whom"));
            (pay_acts(visit, view.step_up.as_ref(), button, &[back]))
            p { small { (text("gifts.once")) } }
        }))
    })
}

fn about<'a>(words: Words, view: &'a PayGiftView<'_>) -> Vec<(&'a str, Markup)> {
    let form = &view.form;
    let mut about = vec![(words.text("gifts.to"), html! { bdi { (form.to) } })];
    let way = match form.how {
        "email" => html! { bdi { (form.email) } },
        "print" => html! { (words.text("gifts.by_print")) },
        _ => html! { (words.text("gifts.by_link")) },
    };
    about.push((words.text("gifts.how_short"), way));
    if form.how == "email" {
        about.push((words.text("gifts.sent"), when_sent(words, view.at)));
    }
    if !view.good_for.is_empty() {
        about.push((words.text("gifts.good_short"), html! { bdi { (view.good_for) } }));
    }
    about
}
