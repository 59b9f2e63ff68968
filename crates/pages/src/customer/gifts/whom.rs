//! `/gifts/new`, the second step: for whom, how it gets there, and a few words.

use base::Money;
use maud::{Markup, html};

use super::form::{GiftForm, GiftTerms, Wrong, mistakes, progress, summary};
use super::received::{Received, received};
use super::zones::{ZONES, place};
use crate::components::{
    Button, Choice, Field, Input, Tone, Weight, acts, choices, form, loose_button, notice, select,
};
use crate::customer::refused::trouble;
use crate::{Visit, Width, Words};

/// Characters of a message at most.
const MESSAGE_MAX: u32 = 500;

/// The second step.
#[derive(Clone, Debug)]
pub struct WhomView<'a> {
    /// What was filled in.
    pub form: GiftForm<'a>,
    /// What it is worth.
    pub value: Money,
    /// Its terms.
    pub terms: GiftTerms,
    /// What it will look like, when that was asked for.
    pub preview: Option<Received<'a>>,
    /// The address that was probably meant.
    pub meant: Option<&'a str>,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
    /// What was refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// The answer to the first step.
pub fn whom_page(visit: &Visit<'_>, view: &WhomView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let form_view = &view.form;
    let main = |text, value| Button {
        text,
        weight: Weight::Main,
        icon: None,
        sends: Some(("go", value)),
        is_off: false,
    };
    visit.frame(text("gifts.whom_title"), Width::Narrow).filled_in().page(&html! {
        h1 { (text("gifts.whom_title")) }
        (progress(words, 2))
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        (mistakes(words, &view.wrong))
        (form(visit, "/gifts/new", &html! {
            (form_view.carried_start())
            @if let Some(meant) = view.meant {
                (did_you_mean(words, form_view.email, meant))
            } @else if !form_view.sure.is_empty() {
                input type="hidden" name="sure" value=(form_view.sure);
            }
            (whom(words, view))
            (way(words, view))
            (time(words, view))
            (said(words, view))
            @if let Some(preview) = &view.preview {
                h2 id="preview" { (text("gifts.preview")) }
                p { (text("gifts.preview_text")) }
                (received(words, &preview.to_you(words)))
            }
            (summary(visit, Some(view.value), &[], view.terms))
            (acts(&[
                main(text("gifts.go_pay"), "pay").show(),
                loose_button(text("gifts.look"), ("go", "look")),
                loose_button(text("gifts.back"), ("go", "amount")),
            ]))
        }))
    })
}

/// An address that looks mistyped is asked about, never refused: it may be right.
fn did_you_mean(words: Words, typed: &str, meant: &str) -> Markup {
    let use_it = words.with("gifts.use_meant", &[("email", meant)]);
    let next = html! { (loose_button(&use_it, ("go", "use"))) };
    html! {
        input type="hidden" name="sure" value=(typed);
        input type="hidden" name="meant" value=(meant);
        (notice(
            Tone::Wait,
            &words.with("gifts.did_you_mean", &[("email", meant)]),
            words.text("gifts.or_go_on"),
            Some(&next),
        ))
    }
}

fn whom(words: Words, view: &WhomView<'_>) -> Markup {
    let wrong = Wrong::of(words, &view.wrong, "to");
    Field {
        wrong,
        hint: Some(words.text("gifts.to_hint")),
        value: view.form.to,
        characters_max: Some(60),
        has_focus: Wrong::is_first(&view.wrong, "to"),
        ..Field::new("to", words.text("gifts.to"), Input::Line)
    }
    .show()
}

fn way(words: Words, view: &WhomView<'_>) -> Markup {
    let choice =
        |value, text| Choice { value, text: words.text(text), is_chosen: view.form.how == value };
    let among = [
        choice("email", "gifts.by_email"),
        choice("link", "gifts.by_link"),
        choice("print", "gifts.by_print"),
    ];
    let wrong = Wrong::of(words, &view.wrong, "email");
    html! {
        (choices("how", words.text("gifts.how"), None, &among))
        (Field {
            wrong,
            hint: Some(words.text("gifts.email_hint")),
            value: view.form.email,
            is_optional: true,
            characters_max: Some(254),
            has_focus: Wrong::is_first(&view.wrong, "email"),
            ..Field::new("email", words.text("gifts.email"), Input::OtherMail)
        }.show())
    }
}

fn time(words: Words, view: &WhomView<'_>) -> Markup {
    let form = &view.form;
    let choice =
        |value, text| Choice { value, text: words.text(text), is_chosen: form.when == value };
    let among = [choice("now", "gifts.now"), choice("later", "gifts.later")];
    let places: Vec<String> = ZONES.iter().map(|zone| place(zone)).collect();
    let mut zones: Vec<Choice<'_>> = ZONES
        .iter()
        .zip(&places)
        .map(|(value, text)| Choice { value, text, is_chosen: *value == form.zone })
        .collect();
    zones.sort_by_key(|zone| zone.text);
    let wrong = Wrong::of(words, &view.wrong, "at");
    html! {
        (choices("when", words.text("gifts.when"), Some(words.text("gifts.when_hint")), &among))
        details open[form.when == "later" || wrong.is_some()] {
            summary { (words.text("gifts.later_details")) }
            (Field {
                wrong,
                value: form.at,
                is_optional: true,
                has_focus: Wrong::is_first(&view.wrong, "at"),
                ..Field::new("at", words.text("gifts.at"), Input::DayTime)
            }.show())
            (select("zone", words.text("gifts.zone"), Some(words.text("gifts.zone_hint")), &zones))
        }
    }
}

fn said(words: Words, view: &WhomView<'_>) -> Markup {
    let wrong = |field| Wrong::of(words, &view.wrong, field);
    let (message, from, receipt) = (wrong("message"), wrong("from"), wrong("receipt"));
    html! {
        (Field {
            wrong: message,
            hint: Some(words.text("gifts.message_hint")),
            value: view.form.message,
            is_optional: true,
            characters_max: Some(MESSAGE_MAX),
            has_focus: Wrong::is_first(&view.wrong, "message"),
            ..Field::new("message", words.text("gifts.message"), Input::Lines)
        }.show())
        (Field {
            wrong: from,
            hint: Some(words.text("gifts.from_hint")),
            value: view.form.from,
            characters_max: Some(60),
            has_focus: Wrong::is_first(&view.wrong, "from"),
            ..Field::new("from", words.text("gifts.from"), Input::Line)
        }.show())
        (Field {
            wrong: receipt,
            hint: Some(words.text("gifts.receipt_hint")),
            value: view.form.receipt,
            is_optional: true,
            characters_max: Some(254),
            has_focus: Wrong::is_first(&view.wrong, "receipt"),
            ..Field::new("receipt", words.text("gifts.receipt"), Input::Mail)
        }.show())
    }
}
