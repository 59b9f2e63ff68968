//! A claim that is to be made: asks only what the platform cannot know, and shows the decision
//! before anything is sent.

use base::Money;
use maud::{Markup, html};

use super::decision::{DecisionView, decision};
use super::names::{GROUNDS, awaited};
use crate::components::{
    Button, Choice, Field, Icon, Input, Tone, Weight, acts, choices, form, notice, rows,
};
use crate::customer::{FormTrouble, promotions};
use crate::show::{date_text, money_text};
use crate::{Moment, Visit, Width, Words, date, figure, money};

/// A claim that is to be made.
#[derive(Clone, Debug)]
pub struct NewClaimView<'a> {
    /// What it is about; nothing until that is chosen.
    pub subject: Option<SubjectView<'a>>,
    /// Promotions to choose from: ids, posts, when they begin, and what was paid for them.
    pub among: Vec<(&'a str, &'a str, Moment<'a>, Money)>,
    /// What is filled in.
    pub typed: ClaimTyped<'a>,
    /// What would be decided, when that was asked for.
    pub trial: Option<TrialView<'a>>,
    /// Why it was refused.
    pub refused: Option<FormTrouble<'a>>,
}

/// What a claim is about, as the platform knows it.
#[derive(Clone, Debug)]
pub struct SubjectView<'a> {
    /// The promotion.
    pub promotion: &'a str,
    /// The charge, where it is named instead.
    pub charge: Option<&'a str>,
    /// The post that it is of.
    pub post: &'a str,
    /// What it is to bring.
    pub goal: &'a str,
    /// What is billed.
    pub unit: &'a str,
    /// Its first and its last moment.
    pub ran: (Moment<'a>, Moment<'a>),
    /// What was paid for it.
    pub paid: Money,
    /// What delivery has cost.
    pub spent: Money,
    /// What was repaid for invalid delivery.
    pub repaid: Money,
    /// What has gone back so far.
    pub returned: Money,
    /// Units that were delivered.
    pub delivered: u64,
}

/// A claim as somebody has typed it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClaimTyped<'a> {
    /// On which ground.
    pub ground: &'a str,
    /// The first day it is about.
    pub starts_on: &'a str,
    /// The last one.
    pub ends_on: &'a str,
    /// What happened.
    pub description: &'a str,
}

/// What would be decided.
#[derive(Clone, Debug)]
pub enum TrialView<'a> {
    /// This, and what it would wait for then.
    Decided(Box<DecisionView<'a>>, &'a str),
    /// Nothing yet: records are still to come.
    Waits,
}

/// `GET /claims/new`.
pub fn new_claim_page(visit: &Visit<'_>, view: &NewClaimView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    visit.frame(text("claim.new_title"), Width::Narrow).page(&html! {
        h1 { (text("claim.new_title")) }
        p class="lead" { (text("claim.new_lead")) }
        (FormTrouble::show(view.refused.as_ref(), words))
        @match &view.subject {
            None => { (choose(words, view)) }
            Some(subject) => {
                h2 { (text("claim.known")) }
                (known(visit, subject))
                h2 { (text("claim.yours")) }
                (form(visit, "/claims/new", &html! { (asked(words, view, subject)) }))
            }
        }
    })
}

/// What it is about is chosen by looking, so it is a form that changes nothing.
fn choose<'a>(words: Words, view: &NewClaimView<'a>) -> Markup {
    let text = |name| words.text(name);
    let name = |(id, post, begins, paid): &(&'a str, &str, Moment<'_>, Money)| {
        (*id, format!("{post} ({}, {})", date_text(words, *begins), money_text(words, *paid)))
    };
    let named: Vec<(&str, String)> = view.among.iter().map(name).collect();
    let among: Vec<Choice<'_>> =
        named.iter().map(|(value, text)| Choice { value, text, is_chosen: false }).collect();
    html! {
        @if among.is_empty() {
            (notice(Tone::Plain, text("claim.choose"), text("claim.choose_none"), None))
        } @else {
            form method="get" action="/claims/new" {
                (choices("promotion", text("claim.choose"), None, &among))
                (Button {
                    text: text("claim.choose_go"),
                    weight: Weight::Main,
                    icon: None,
                    sends: None,
                    is_off: false,
                }.show())
            }
        }
        p { a href="/claims/lost" { (text("claim.lost")) } }
    }
}

fn known(visit: &Visit<'_>, subject: &SubjectView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let name = promotions::name(visit, subject.goal, subject.post);
    let delivered = promotions::units(words, subject.unit, subject.delivered);
    let (start, end) = subject.ran;
    let mut all = vec![
        (
            text("claim.promotion"),
            html! {
                a href=(format!("/promotions/{}", subject.promotion)) { (name) }
            },
        ),
        (text("claim.ran"), html! { (date(words, start)) " – " (date(words, end)) }),
        (text("claim.charged"), money(words, subject.paid)),
        (text("claim.spent"), money(words, subject.spent)),
        (text("claim.delivered"), figure(&delivered)),
    ];
    if !subject.repaid.amount.is_zero() {
        all.push((text("claim.repaid"), money(words, subject.repaid)));
    }
    if let Some(charge) = subject.charge {
        all.push((text("claim.charge"), html! { span class="code" { (charge) } }));
    }
    all.push((text("claim.back"), money(words, subject.returned)));
    rows(&all, None)
}

fn asked(words: Words, view: &NewClaimView<'_>, subject: &SubjectView<'_>) -> Markup {
    let text = |name| words.text(name);
    let preview = Button {
        text: text("claim.preview"),
        weight: if view.trial.is_some() { Weight::Plain } else { Weight::Main },
        icon: Some(Icon::Search),
        sends: Some(("act", "preview")),
        is_off: false,
    };
    html! {
        @match subject.charge {
            Some(charge) => { input type="hidden" name="charge" value=(charge); }
            None => { input type="hidden" name="promotion" value=(subject.promotion); }
        }
        (grounds(words, view.typed.ground))
        fieldset class="field" {
            legend { (text("claim.on_days")) }
            p class="hint" { (text("claim.on_days_hint")) }
            (day(words, view, "starts_on"))
            (day(words, view, "ends_on"))
        }
        (description(words, view.typed.description, view.refused.as_ref()))
        (acts(&[preview.show()]))
        @if let Some(trial) = &view.trial { (tried(words, trial)) }
    }
}

/// Grounds with what each means.
pub(super) fn grounds(words: Words, chosen: &str) -> Markup {
    let named = GROUNDS.map(|(value, name, meant)| {
        (value, format!("{}. {}", words.text(name), words.text(meant)))
    });
    let among: Vec<Choice<'_>> = named
        .iter()
        .map(|(value, text)| Choice { value, text, is_chosen: *value == chosen })
        .collect();
    choices("ground", words.text("claim.ground"), None, &among)
}

fn day(words: Words, view: &NewClaimView<'_>, name: &str) -> Markup {
    let (label, value) = match name {
        "starts_on" => ("claim.starts", view.typed.starts_on),
        _ => ("claim.ends", view.typed.ends_on),
    };
    Field {
        wrong: FormTrouble::at(view.refused.as_ref(), words, name),
        value,
        is_optional: true,
        ..Field::new(name, words.text(label), Input::Day)
    }
    .show()
}

/// What happened, in one's own words.
pub(super) fn description(words: Words, value: &str, refused: Option<&FormTrouble<'_>>) -> Markup {
    Field {
        hint: Some(words.text("claim.description_hint")),
        wrong: FormTrouble::at(refused, words, "description"),
        value,
        characters_max: Some(4_000),
        ..Field::new("description", words.text("claim.description"), Input::Lines)
    }
    .show()
}

/// Whether rules would pay, and a person has to agree all the same.
fn waits_for_a_person(decided: &DecisionView<'_>, next: &str) -> bool {
    let pays = matches!(decided.outcome, "approve" | "partly_approve");
    pays && matches!(next, "second_person" | "review")
}

/// What would be decided, with the way to send the claim.
fn tried(words: Words, trial: &TrialView<'_>) -> Markup {
    let text = |name| words.text(name);
    let is_in_vain = matches!(trial, TrialView::Decided(one, _) if one.outcome == "deny");
    let file = Button {
        text: text(if is_in_vain { "claim.file_anyway" } else { "claim.file" }),
        weight: Weight::Main,
        icon: Some(Icon::Claim),
        sends: Some(("act", "file")),
        is_off: false,
    };
    html! {
        section class="panel" {
            h2 { (text("claim.preview_title")) }
            p { (text("claim.preview_note")) }
            @match trial {
                TrialView::Decided(one, next) => {
                    (decision(words, one))
                    p { strong { (text("claim.preview_then")) } " " (text(awaited(next))) }
                    @if waits_for_a_person(one, next) { p { (text("claim.preview_person")) } }
                }
                TrialView::Waits => { p { (text("claim.preview_waits")) } }
            }
        }
        p { (text("claim.files")) }
        (acts(&[file.show()]))
    }
}
