//! What is to be promoted, to whom, and for how much.

use maud::{Markup, html};

use super::names::{BOOST, GOALS, counts, goal};
use crate::components::{
    Button, Choice, Field, Input, Weight, choices, form, notice, select, tick,
};
use crate::components::{Prose, Said, Tone, prose};
use crate::customer::FormTrouble;
use crate::{Visit, Width};

/// Terms as somebody has typed them; empty where they have not.
#[derive(Clone, Debug, Default)]
pub struct TermsTyped<'a> {
    /// The address of the post.
    pub url: &'a str,
    /// The id of who made it.
    pub creator: &'a str,
    /// `video` or `live`.
    pub kind: &'a str,
    /// What it is to bring.
    pub goal: &'a str,
    /// How many of it are hoped for.
    pub target: &'a str,
    /// `estimate` or `guarantee`.
    pub promise: &'a str,
    /// What may be spent, in major units.
    pub budget: &'a str,
    /// What may be spent a day.
    pub daily_budget: &'a str,
    /// The first day.
    pub starts_on: &'a str,
    /// The last day.
    pub ends_on: &'a str,
    /// `automatic` or `custom`.
    pub audience: &'a str,
    /// Codes of countries, with commas between.
    pub countries: &'a str,
    /// Codes of regions.
    pub regions: &'a str,
    /// Codes of languages.
    pub languages: &'a str,
    /// The youngest age.
    pub age_min: &'a str,
    /// The oldest age.
    pub age_max: &'a str,
    /// Whether `female`, `male`, `other` are asked for.
    pub genders: [bool; 3],
    /// Interests, with commas between.
    pub interests: &'a str,
    /// Interests of those who are not asked for.
    pub excluded_interests: &'a str,
    /// Whether `phone`, `tablet`, `desktop`, `tv` are asked for.
    pub devices: [bool; 4],
}

/// Genders and devices under the names that forms send.
pub const GENDER_FIELDS: [(&str, &str); 3] =
    [("gender_female", "female"), ("gender_male", "male"), ("gender_other", "other")];
/// The same for devices.
pub const DEVICE_FIELDS: [(&str, &str); 4] = [
    ("device_phone", "phone"),
    ("device_tablet", "tablet"),
    ("device_desktop", "desktop"),
    ("device_tv", "tv"),
];

/// What the terms are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage<'a> {
    /// Of a promotion that is to be.
    New,
    /// Of a draft: all but the post may change.
    Draft(&'a str),
    /// Of one that is paid for.
    Paid {
        /// Which.
        id: &'a str,
        /// Whether a number was sold.
        is_guarantee: bool,
    },
}

/// The form.
#[derive(Clone, Debug)]
pub struct ComposeView<'a> {
    /// What the terms are of.
    pub stage: Stage<'a>,
    /// What is filled in.
    pub typed: TermsTyped<'a>,
    /// Creators to choose from: ids and names.
    pub creators: Vec<(&'a str, String)>,
    /// The code of the currency of the budget.
    pub currency: &'a str,
    /// Why it was refused.
    pub refused: Option<FormTrouble<'a>>,
}

/// `GET /promotions/new`, `GET /promotions/{id}/edit`.
pub fn compose_page(visit: &Visit<'_>, view: &ComposeView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let (title, action, go) = match view.stage {
        Stage::New => ("boost.title", "/promotions/new".to_owned(), "boost.go_on"),
        Stage::Draft(id) => ("boost.edit_title", format!("/promotions/{id}/edit"), "boost.go_on"),
        Stage::Paid { id, .. } => {
            ("boost.edit_title", format!("/promotions/{id}/edit"), "boost.save")
        }
    };
    let button =
        Button { text: text(go), weight: Weight::Main, icon: BOOST, sends: None, is_off: false };
    visit.frame(text(title), Width::Narrow).page(&html! {
        h1 { (text(title)) }
        (FormTrouble::show(view.refused.as_ref(), words))
        @match view.stage {
            Stage::New | Stage::Draft(_) => { p class="lead" { (text("boost.lead")) } }
            Stage::Paid { is_guarantee: true, .. } => { p { (text("boost.edit_guarantee")) } }
            Stage::Paid { .. } => { p { (text("boost.edit_paid")) } }
        }
        @if view.stage == Stage::New && view.creators.is_empty() {
            (notice(Tone::Wait, text("boost.creator"), text("boost.no_creator"), None))
        }
        (form(visit, &action, &html! {
            @if view.stage == Stage::New { (post(visit, view)) }
            @if !matches!(view.stage, Stage::Paid { .. }) { (sold(visit, view)) }
            (dates(visit, view))
            @if !matches!(view.stage, Stage::Paid { is_guarantee: true, .. }) {
                (line(visit, view, "daily_budget", Input::Amount, true))
                (audience(visit, view))
            }
            (button.show())
        }))
    })
}

/// A field by its name, with its words.
fn line(
    visit: &Visit<'_>,
    view: &ComposeView<'_>,
    name: &str,
    input: Input,
    optional: bool,
) -> Markup {
    let words = visit.words;
    let typed = &view.typed;
    let (label, hint, value) = match name {
        "url" => ("boost.url", Some("boost.url_hint"), typed.url),
        "target" => ("boost.target", Some("boost.target_hint"), typed.target),
        "budget" => ("boost.budget", Some("boost.budget_hint"), typed.budget),
        "daily_budget" => ("boost.daily", Some("boost.daily_hint"), typed.daily_budget),
        "starts_on" => ("boost.starts", Some("boost.days_hint"), typed.starts_on),
        "ends_on" => ("boost.ends", None, typed.ends_on),
        "countries" => ("boost.countries", Some("boost.countries_hint"), typed.countries),
        "regions" => ("boost.regions", Some("boost.regions_hint"), typed.regions),
        "languages" => ("boost.languages", Some("boost.languages_hint"), typed.languages),
        "age_min" => ("boost.age_min", None, typed.age_min),
        "age_max" => ("boost.age_max", None, typed.age_max),
        "interests" => ("boost.interests", None, typed.interests),
        _ => ("boost.excluded", None, typed.excluded_interests),
    };
    let label = words.with(label, &[("currency", view.currency)]);
    Field {
        hint: hint.map(|hint| words.text(hint)),
        wrong: FormTrouble::at(view.refused.as_ref(), words, name),
        value,
        is_optional: optional,
        characters_max: Some(2_048),
        ..Field::new(name, &label, input)
    }
    .show()
}

fn post(visit: &Visit<'_>, view: &ComposeView<'_>) -> Markup {
    let text = |name| visit.words.text(name);
    let creators: Vec<Choice<'_>> = view
        .creators
        .iter()
        .map(|(id, name)| Choice { value: id, text: name, is_chosen: *id == view.typed.creator })
        .collect();
    let is_live = view.typed.kind == "live";
    let kinds = [
        Choice { value: "video", text: text("boost.kind_video"), is_chosen: !is_live },
        Choice { value: "live", text: text("boost.kind_live"), is_chosen: is_live },
    ];
    html! {
        h2 { (text("boost.post")) }
        (line(visit, view, "url", Input::Line, false))
        @if !creators.is_empty() {
            (select("creator", text("boost.creator"), None, &creators))
        }
        (choices("kind", text("boost.kind"), None, &kinds))
    }
}

/// What stays once it is paid for: goal, promise, budget. What a goal counts stands beneath it.
fn sold(visit: &Visit<'_>, view: &ComposeView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let chosen = if view.typed.goal.is_empty() { "views" } else { view.typed.goal };
    let goals =
        GOALS.map(|one| Choice { value: one, text: text(goal(one)), is_chosen: one == chosen });
    let explained = GOALS.map(|one| {
        vec![Said::Strong(text(goal(one))), Said::Plain(": "), Said::Plain(text(counts(one)))]
    });
    let is_guarantee = view.typed.promise == "guarantee";
    let promises = [
        Choice {
            value: "estimate",
            text: text("boost.promise_estimate"),
            is_chosen: !is_guarantee,
        },
        Choice {
            value: "guarantee",
            text: text("boost.promise_guarantee"),
            is_chosen: is_guarantee,
        },
    ];
    html! {
        (choices("goal", text("boost.goal"), Some(text("boost.goal_hint")), &goals))
        div class="field" {
            details {
                summary { (text("boost.what_counts")) }
                (prose(&[Prose::List(explained.into())]))
                p { (text("boost.never_counts")) }
            }
        }
        (line(visit, view, "budget", Input::Amount, false))
        (choices("promise", text("boost.promise"), None, &promises))
        (line(visit, view, "target", Input::Number, true))
    }
}

fn dates(visit: &Visit<'_>, view: &ComposeView<'_>) -> Markup {
    let is_guarantee = matches!(view.stage, Stage::Paid { is_guarantee: true, .. });
    html! {
        @if !is_guarantee { (line(visit, view, "starts_on", Input::Day, false)) }
        (line(visit, view, "ends_on", Input::Day, false))
    }
}

fn audience(visit: &Visit<'_>, view: &ComposeView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let typed = &view.typed;
    let is_custom = typed.audience == "custom";
    let kinds = [
        Choice {
            value: "automatic",
            text: text("boost.audience_automatic"),
            is_chosen: !is_custom,
        },
        Choice { value: "custom", text: text("boost.audience_custom"), is_chosen: is_custom },
    ];
    let ticks = |fields: &[(&str, &str)], chosen: &[bool]| {
        html! {
            @for ((name, value), is_chosen) in fields.iter().zip(chosen) {
                (tick(name, super::names::person(value).map_or("", text), *is_chosen))
            }
        }
    };
    html! {
        (choices("audience", text("boost.audience"), None, &kinds))
        div class="field" {
            details open[is_custom] {
                summary { (text("boost.custom")) }
                p { (text("boost.custom_hint")) }
                @for name in ["countries", "regions", "languages"] {
                    (line(visit, view, name, Input::Line, true))
                }
                (line(visit, view, "age_min", Input::Number, true))
                (line(visit, view, "age_max", Input::Number, true))
                fieldset class="field" {
                    legend { (text("boost.genders")) }
                    (ticks(&GENDER_FIELDS, &typed.genders))
                }
                fieldset class="field" {
                    legend { (text("boost.devices")) }
                    (ticks(&DEVICE_FIELDS, &typed.devices))
                }
                (line(visit, view, "interests", Input::Line, true))
                (line(visit, view, "excluded_interests", Input::Line, true))
            }
        }
    }
}
