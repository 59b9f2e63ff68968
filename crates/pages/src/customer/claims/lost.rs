//! A claim of somebody who knows a charge from a bank statement only.

use maud::{Markup, html};

use super::new::{description, grounds};
use crate::components::{Button, Field, Icon, Input, Tone, Weight, form, link_button, notice};
use crate::customer::FormTrouble;
use crate::show::moment_text;
use crate::{Moment, Visit, Width};

/// The form.
#[derive(Clone, Copy, Debug)]
pub struct LostView<'a> {
    /// Whether somebody has signed in, and so can follow the claim.
    pub is_known: bool,
    /// What is filled in.
    pub typed: LostTyped<'a>,
    /// The code of the currency.
    pub currency: &'a str,
    /// Why it was refused.
    pub refused: Option<FormTrouble<'a>>,
}

/// What somebody has typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct LostTyped<'a> {
    /// What the statement calls the charge.
    pub descriptor: &'a str,
    /// Last digits of the card or account.
    pub last4: &'a str,
    /// What was charged, in major units.
    pub amount: &'a str,
    /// On which day.
    pub charged_on: &'a str,
    /// On which ground.
    pub ground: &'a str,
    /// What happened.
    pub description: &'a str,
    /// How to reach somebody without an account.
    pub email: &'a str,
}

/// `GET /claims/lost`.
pub fn lost_page(visit: &Visit<'_>, view: &LostView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let button = Button {
        text: text("claim.file"),
        weight: Weight::Main,
        icon: Some(Icon::Claim),
        sends: None,
        is_off: false,
    };
    let typed = view.typed;
    let ground = if typed.ground.is_empty() { "unauthorized_charge" } else { typed.ground };
    visit.frame(text("claim.lost_title"), Width::Narrow).page(&html! {
        h1 { (text("claim.lost_title")) }
        p class="lead" { (text("claim.lost_lead")) }
        (FormTrouble::show(view.refused.as_ref(), words))
        @if !view.is_known {
            @let name = text("claim.lost_go_sign_in");
            @let go = link_button("/sign-in?next=/claims/lost", name, Weight::Plain);
            (notice(Tone::Plain, name, text("claim.lost_sign_in"), Some(&go)))
        }
        (form(visit, "/claims/lost", &html! {
            (line(visit, view, "descriptor"))
            (line(visit, view, "last4"))
            (line(visit, view, "amount"))
            (line(visit, view, "charged_on"))
            (grounds(words, ground))
            (description(words, typed.description, view.refused.as_ref()))
            @if !view.is_known { (line(visit, view, "email")) }
            (button.show())
        }))
    })
}

fn line(visit: &Visit<'_>, view: &LostView<'_>, name: &str) -> Markup {
    let words = visit.words;
    let typed = view.typed;
    let (label, hint, value, input, most) = match name {
        "descriptor" => {
            let hint = Some("claim.descriptor_hint");
            ("claim.descriptor", hint, typed.descriptor, Input::Line, 100)
        }
        "last4" => ("claim.last_four", None, typed.last4, Input::Number, 4),
        "amount" => ("claim.amount", None, typed.amount, Input::Amount, 20),
        "charged_on" => ("claim.charged_on", None, typed.charged_on, Input::Day, 10),
        _ => ("claim.email", Some("claim.email_hint"), typed.email, Input::Mail, 254),
    };
    let label = words.with(label, &[("currency", view.currency)]);
    Field {
        hint: hint.map(|hint| words.text(hint)),
        wrong: FormTrouble::at(view.refused.as_ref(), words, name),
        value,
        is_optional: name == "charged_on",
        characters_max: Some(most),
        ..Field::new(name, &label, input)
    }
    .show()
}

/// A claim that was made without an account.
#[derive(Clone, Copy, Debug)]
pub struct LostDoneView<'a> {
    /// Its id.
    pub id: &'a str,
    /// By when somebody looks for the charge.
    pub by: Option<Moment<'a>>,
}

/// The answer to `POST /claims/lost` of somebody without an account.
pub fn lost_done_page(visit: &Visit<'_>, view: &LostDoneView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("claim.lost_done"), Width::Narrow).page(&html! {
        h1 { (text("claim.lost_done")) }
        p { (text("claim.lost_done_text")) " " span class="code" { (view.id) } }
        @if let Some(by) = view.by {
            p { (words.with("claim.lost_done_by", &[("when", &moment_text(words, by))])) }
        }
        p { (text("claim.lost_done_next")) }
    })
}
