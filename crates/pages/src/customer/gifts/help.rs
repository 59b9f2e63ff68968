//! Pages of one act each: another recipient, taking a gift back, handing over its link.

use base::Money;
use maud::{Markup, html};

use super::form::Wrong;
use crate::components::{
    Button, Field, Input, Tone, Weight, acts, form, link_button, loose_button, notice, rows,
};
use crate::customer::refused::trouble;
use crate::{Visit, Width, money};

/// Another recipient, or the same one with another address.
#[derive(Clone, Debug)]
pub struct ChangeView<'a> {
    /// The id of the purchase.
    pub id: &'a str,
    /// The id of the card.
    pub card: &'a str,
    /// Their name.
    pub to: &'a str,
    /// Their address.
    pub email: &'a str,
    /// What they are told; empty keeps what was written.
    pub message: &'a str,
    /// Whether it is mailed.
    pub is_mailed: bool,
    /// The address that was probably meant.
    pub meant: Option<&'a str>,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
    /// What was refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// `GET /gifts/{purchase}/change`.
pub fn change_page(visit: &Visit<'_>, view: &ChangeView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let to_wrong = Wrong::of(words, &view.wrong, "to");
    let email_wrong = Wrong::of(words, &view.wrong, "email");
    visit.frame(text("gifts.change_title"), Width::Narrow).page(&html! {
        h1 { (text("gifts.change_title")) }
        p class="lead" { (text("gifts.change_lead")) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        (form(visit, &format!("/gifts/{}/change", view.id), &html! {
            input type="hidden" name="card" value=(view.card);
            @if let Some(meant) = view.meant { (did_you_mean(visit, view, meant)) }
            (Field {
                wrong: to_wrong,
                value: view.to,
                characters_max: Some(60),
                ..Field::new("to", text("gifts.to"), Input::Line)
            }.show())
            @if view.is_mailed {
                (Field {
                    wrong: email_wrong,
                    value: view.email,
                    characters_max: Some(254),
                    ..Field::new("email", text("gifts.email"), Input::OtherMail)
                }.show())
            }
            (Field {
                hint: Some(text("gifts.change_message_hint")),
                value: view.message,
                is_optional: true,
                characters_max: Some(500),
                ..Field::new("message", text("gifts.message"), Input::Lines)
            }.show())
            (acts(&[
                Button {
                    text: text("gifts.change_do"),
                    weight: Weight::Main,
                    icon: None,
                    sends: None,
                    is_off: false,
                }.show(),
                link_button(&format!("/gifts/{}", view.id), text("gifts.back"), Weight::Plain),
            ]))
        }))
    })
}

fn did_you_mean(visit: &Visit<'_>, view: &ChangeView<'_>, meant: &str) -> Markup {
    let words = visit.words;
    let next = html! {
        (loose_button(&words.with("gifts.use_meant", &[("email", meant)]), ("go", "use")))
    };
    html! {
        input type="hidden" name="sure" value=(view.email);
        input type="hidden" name="meant" value=(meant);
        (notice(
            Tone::Wait,
            &words.with("gifts.did_you_mean", &[("email", meant)]),
            words.text("gifts.or_go_on"),
            Some(&next),
        ))
    }
}

/// What taking a gift back would bring.
#[derive(Clone, Copy, Debug)]
pub struct CancelView<'a> {
    /// The id of the purchase.
    pub id: &'a str,
    /// What goes back, and to whoever paid it.
    pub back: Money,
    /// What was refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// `GET /gifts/{purchase}/cancel`.
pub fn cancel_page(visit: &Visit<'_>, view: &CancelView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("gifts.cancel_title"), Width::Narrow).page(&html! {
        h1 { (text("gifts.cancel_title")) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        p { (text("gifts.cancel_means")) }
        (rows(&[], Some((text("gifts.goes_back"), money(words, view.back)))))
        (form(visit, &format!("/gifts/{}/cancel", view.id), &acts(&[
            Button {
                text: text("gifts.cancel"),
                weight: Weight::Grave,
                icon: None,
                sends: None,
                is_off: false,
            }.show(),
            link_button(&format!("/gifts/{}", view.id), text("gifts.keep"), Weight::Plain),
        ])))
    })
}

/// The link by which a gift is accepted, for its giver to hand over.
#[derive(Clone, Copy, Debug)]
pub struct LinkView<'a> {
    /// The id of the purchase.
    pub id: &'a str,
    /// The link.
    pub link: &'a str,
}

/// The answer to `POST /gifts/{purchase}/link`.
pub fn link_page(visit: &Visit<'_>, view: &LinkView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("gifts.link_title"), Width::Narrow).page(&html! {
        h1 { (text("gifts.link_title")) }
        p { (text("gifts.link_text")) }
        div class="field" {
            label for="link" { (text("gifts.link")) }
            textarea class="box code" id="link" dir="ltr" readonly { (view.link) }
        }
        p { (text("gifts.link_once")) }
        p { a href=(format!("/gifts/{}", view.id)) { (text("gifts.back_to_gift")) } }
    })
}
