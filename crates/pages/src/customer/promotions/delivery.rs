//! What a promotion has delivered: against the plan, why less, to whom, and what did not count.

use base::{Currency, Money};
use maud::{Markup, html};

use super::names;
use super::rates::RatesView;
use super::report::mostly;
use super::standing::{cell, told};
use crate::components::{Column, Table, Tone, notice};
use crate::plots::{BandPlot, BandPoint, Bar, BarPlot};
use crate::show::money_text;
use crate::{Moment, Words, count, figure, price};

/// What a promotion has delivered.
#[derive(Clone, Debug)]
pub struct DeliveryView<'a> {
    /// The currency of its money.
    pub currency: Currency,
    /// Valid units so far.
    pub units: u64,
    /// By the end of each stretch of time: what was expected, at least and at most, and what had
    /// come. The last may lie ahead, where nothing is known to have come.
    pub points: Vec<Point<'a>>,
    /// Whether the day of its viewers is known.
    pub is_day_known: bool,
    /// That it brings less or more than was quoted.
    pub alerts: Vec<AlertView<'a>>,
    /// What was to be spent by now, and what was.
    pub planned_spent: (Money, Money),
    /// Why less came than was planned.
    pub causes: Vec<CauseView<'a>>,
    /// Changes that would help.
    pub suggestions: Vec<SuggestionView<'a>>,
    /// How often it was shown, what that has cost, and what came of it.
    pub rates: RatesView<'a>,
    /// Who was reached.
    pub segments: Vec<SegmentView<'a>>,
    /// What did not count: kind, cause, how many.
    pub invalid: Vec<(&'a str, &'a str, u64)>,
    /// Units that were billed first and repaid.
    pub repaid_units: u64,
    /// What is billed.
    pub unit: &'a str,
}

/// What was expected and what had come by a moment.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// By when.
    pub by: Moment<'a>,
    /// At least, at most.
    pub expected: (u64, u64),
    /// What had come; nothing is known of what is to come.
    pub came: Option<u64>,
}

/// That a promotion brings less or more than was quoted.
#[derive(Clone, Copy, Debug)]
pub struct AlertView<'a> {
    /// `behind_plan` or `ahead_of_plan`.
    pub code: &'a str,
    /// Since when.
    pub since: Moment<'a>,
    /// What had come by the last full hour.
    pub units: u64,
    /// What was expected by then, at least and at most.
    pub expected: (u64, u64),
    /// What most of what is missing is due to.
    pub cause: Option<&'a str>,
}

/// A cause and its part of what is missing; below zero, more came.
#[derive(Clone, Copy, Debug)]
pub struct CauseView<'a> {
    /// Which.
    pub cause: &'a str,
    /// Whose doing it is.
    pub side: &'a str,
    /// Units.
    pub units: i64,
    /// Millionths of a minor unit.
    pub micros: i64,
    /// Whether nobody saw what it is counted by.
    pub is_estimate: bool,
}

/// A change of one setting that would help.
#[derive(Clone, Copy, Debug)]
pub struct SuggestionView<'a> {
    /// Names it.
    pub number: &'a str,
    /// The setting, as a JSON pointer.
    pub setting: &'a str,
    /// The end that it would have.
    pub ends_at: Option<Moment<'a>>,
    /// Units beyond those that are expected as it is.
    pub more: u64,
    /// Units that are expected as it is.
    pub as_is: u64,
}

/// A part of the audience.
#[derive(Clone, Copy, Debug)]
pub struct SegmentView<'a> {
    /// By what it is grouped.
    pub by: &'a str,
    /// Which group; nothing for all others.
    pub group: Option<&'a str>,
    /// How often it was shown.
    pub shown: u64,
    /// Units that were billed.
    pub units: u64,
    /// What a unit cost, in millionths of a minor unit.
    pub price: Option<u64>,
}

/// What is not as was quoted, as soon as it is so.
pub(super) fn alerts(words: Words, unit: &str, view: &DeliveryView<'_>) -> Markup {
    html! { @for one in &view.alerts { (alert(words, unit, one, !view.suggestions.is_empty())) } }
}

fn alert(words: Words, unit: &str, one: &AlertView<'_>, has_suggestions: bool) -> Markup {
    let text = |name| words.text(name);
    let is_behind = one.code == "behind_plan";
    let (low, high) = one.expected;
    let mut said = words.with(
        "promotion.alert_text",
        &[
            ("units", &*names::units(words, unit, one.units)),
            ("low", &*count(words, low)),
            ("high", &*count(words, high)),
            ("since", &*told(words, one.since)),
        ],
    );
    if let Some(cause) = one.cause {
        said.push(' ');
        said.push_str(&mostly(words, cause));
    }
    let fix = html! { (text(fix(one, is_behind, has_suggestions))) };
    let (tone, what) = match is_behind {
        true => (Tone::Bad, "promotion.behind"),
        false => (Tone::Plain, "promotion.ahead"),
    };
    notice(tone, text(what), &said, Some(&fix))
}

/// What to do about it.
fn fix(one: &AlertView<'_>, is_behind: bool, has_suggestions: bool) -> &'static str {
    match one.cause {
        _ if !is_behind => "promotion.fix_ahead",
        Some("advertiser_pause") => "promotion.fix_resume",
        Some("post_private") => "promotion.fix_public",
        Some("policy") => "promotion.fix_policy",
        _ if has_suggestions => "promotion.fix_suggestion",
        Some(
            "outage" | "errors" | "intake" | "incident" | "review" | "platform_pause" | "invalid"
            | "pacing" | "budget" | "lease",
        ) => "promotion.fix_platform",
        _ => "promotion.fix_nothing",
    }
}

/// Delivered against plan, as a band with its table.
pub(super) fn against_plan(words: Words, view: &DeliveryView<'_>) -> Markup {
    let text = |name| words.text(name);
    if view.points.is_empty() {
        return html! { p { (text("promotion.nothing_served")) } };
    }
    let point = |one: &Point<'_>| BandPoint {
        label: told(words, one.by),
        low: one.expected.0,
        high: one.expected.1,
        came: one.came,
    };
    let plot = BandPlot {
        title: text("promotion.delivered_plot"),
        points: view.points.iter().map(point).collect(),
    };
    html! {
        (plot.show(words))
        @if !view.is_day_known { p { small { (text("promotion.day_unknown")) } } }
    }
}

/// Why less came than was planned: bars with their table, and sentences.
pub(super) fn shortfall(words: Words, unit: &str, view: &DeliveryView<'_>) -> Markup {
    let text = |name| words.text(name);
    if view.points.is_empty() {
        return html! {};
    }
    let (planned, spent) = view.planned_spent;
    let [planned, spent] = [planned, spent].map(|sum| money_text(words, sum));
    let seen: Vec<&CauseView<'_>> =
        view.causes.iter().filter(|one| one.units != 0 || one.minor() > 0).collect();
    let plot = BarPlot {
        title: text("promotion.by_cause"),
        what: text("promotion.cause"),
        measure: text("promotion.missing"),
        bars: seen.iter().map(|one| one.bar(words, unit, view.currency)).collect(),
        total: None,
    };
    html! {
        h2 { (text("promotion.shortfall")) }
        p {
            (words.with("promotion.shortfall_total", &[("planned", &*planned), ("spent", &*spent)]))
        }
        @if seen.is_empty() { p { (text("promotion.shortfall_none")) } }
        @else {
            (plot.show(words))
            ul { @for one in &seen { li { (one.sentence(words, unit, view.currency)) } } }
        }
    }
}

impl CauseView<'_> {
    /// Whole minor units of it.
    fn minor(&self) -> u64 {
        self.micros.unsigned_abs() / 1_000_000
    }

    fn worth(&self, words: Words, currency: Currency) -> String {
        let minor = i64::try_from(self.minor()).unwrap_or(i64::MAX);
        let sum = |minor| Money::new(minor, currency).map(|sum| money_text(words, sum));
        match minor {
            0 => {
                let least = sum(1).unwrap_or_default();
                words.with("promotion.less_than", &[("money", &least)])
            }
            minor => sum(minor).unwrap_or_default(),
        }
    }

    fn bar(&self, words: Words, unit: &str, currency: Currency) -> Bar {
        let units = names::units(words, unit, self.units.unsigned_abs());
        let is_more = self.micros < 0;
        let units = match is_more {
            true => words.with("promotion.missing_more", &[("units", &units)]),
            false => units,
        };
        let worth = self.worth(words, currency);
        let mut label = words.text(names::cause(self.cause)).to_owned();
        if self.is_estimate {
            label = format!("{label} ({})", words.text("promotion.estimate"));
        }
        Bar {
            label,
            // What came beyond the plan is told, and no bar of what is missing.
            value: if is_more { 0 } else { self.micros.unsigned_abs() },
            shown: words.with("promotion.missing_value", &[("units", &units), ("money", &worth)]),
            ink: names::side(self.side).1,
        }
    }

    fn sentence(&self, words: Words, unit: &str, currency: Currency) -> String {
        let units = names::units(words, unit, self.units.unsigned_abs());
        let worth = self.worth(words, currency);
        let values = [
            ("cause", words.text(names::cause(self.cause))),
            ("units", &*units),
            ("money", &*worth),
            ("side", words.text(names::side(self.side).0)),
        ];
        let is_more = self.micros < 0;
        words.with(if is_more { "promotion.sentence_more" } else { "promotion.sentence" }, &values)
    }
}

impl SuggestionView<'_> {
    /// What would change.
    pub(super) fn title(&self, words: Words) -> String {
        match (self.setting, self.ends_at) {
            (_, Some(end)) => words.with("promotion.suggest_end", &[("end", &told(words, end))]),
            ("/daily_budget", None) => words.text("promotion.suggest_daily").to_owned(),
            _ => words.text("promotion.suggest_audience").to_owned(),
        }
    }

    /// What is expected of it.
    pub(super) fn effect(&self, words: Words, unit: &str) -> String {
        let (more, as_is) = (names::units(words, unit, self.more), count(words, self.as_is));
        words.with("promotion.suggest_effect", &[("more", &*more), ("as_is", &*as_is)])
    }
}

/// Who was reached: a table for each thing that people are told apart by, folded.
pub(super) fn segments(words: Words, unit: &str, view: &DeliveryView<'_>) -> Markup {
    let text = |name| words.text(name);
    if view.points.is_empty() {
        return html! {};
    }
    let mut kinds: Vec<&str> = Vec::new();
    for one in &view.segments {
        if !kinds.contains(&one.by) {
            kinds.push(one.by);
        }
    }
    html! {
        h2 { (text("promotion.segments")) }
        p { (text("promotion.segments_text")) }
        @if kinds.is_empty() { p { (text("promotion.segments_none")) } }
        @for by in kinds {
            details {
                summary { (text(names::dimension(by))) }
                (groups(words, unit, view, by))
            }
        }
    }
}

fn groups(words: Words, unit: &str, view: &DeliveryView<'_>, by: &str) -> Markup {
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("promotion.group")),
        Column::numbers(text("promotion.shown")),
        Column::numbers(text("promotion.units")),
        Column::numbers(text("promotion.unit_price")),
    ];
    let row = |one: &SegmentView<'_>| {
        let group = match one.group {
            None => text("promotion.others"),
            Some(group) => names::person(group).map_or(group, |name| words.text(name)),
        };
        vec![
            html! { bdi { (group) } },
            figure(&count(words, one.shown)),
            figure(&names::units(words, unit, one.units)),
            match one.price {
                Some(micros) => price(words, micros, view.currency),
                None => cell("–"),
            },
        ]
    };
    Table {
        caption: text(names::dimension(by)),
        columns: &columns,
        rows: view.segments.iter().filter(|one| one.by == by).map(row).collect(),
        foot: None,
        nothing: "",
    }
    .show_titled()
}

/// What did not count, and what of it was repaid.
pub(super) fn invalid(words: Words, view: &DeliveryView<'_>, repaid: Money) -> Markup {
    let text = |name| words.text(name);
    if view.points.is_empty() {
        return html! {};
    }
    let columns = [
        Column::words(text("promotion.what")),
        Column::words(text("promotion.why")),
        Column::numbers(text("promotion.events")),
    ];
    let row = |(kind, cause, events): &(&str, &str, u64)| {
        vec![
            cell(text(names::event(kind))),
            cell(text(names::invalid(cause))),
            figure(&count(words, *events)),
        ]
    };
    let units = names::units(words, view.unit, view.repaid_units);
    html! {
        h2 { (text("promotion.invalid")) }
        p { (text("promotion.invalid_text")) }
        @if !repaid.amount.is_zero() {
            p {
                (words.with("promotion.total_repaid", &[
                    ("money", &*money_text(words, repaid)), ("units", &*units),
                ]))
            }
        }
        (Table {
            caption: text("promotion.invalid"),
            columns: &columns,
            rows: view.invalid.iter().map(row).collect(),
            foot: None,
            nothing: text("promotion.invalid_none"),
        }.show_titled_list())
    }
}
