//! A decision with everything that explains it: of a claim, or of one that is only tried.

use base::Money;
use maud::{Markup, html};

use super::names::outcome;
use crate::components::{Column, Table, english, rows, status};
use crate::{Moment, Words, figure, moment, money};

/// A decision.
#[derive(Clone, Debug)]
pub struct DecisionView<'a> {
    /// What was decided.
    pub outcome: &'a str,
    /// What the claim pays, tax aside.
    pub amount: Money,
    /// What comes back beside that without it.
    pub elsewhere: Money,
    /// Whether nobody has looked.
    pub is_automated: bool,
    /// When.
    pub decided_at: Moment<'a>,
    /// Why, the main reason first.
    pub reasons: Vec<&'a str>,
    /// How the sum was worked out: what, from what, in numbers, with which result.
    pub arithmetic: Vec<[&'a str; 4]>,
    /// What was looked at: what it is called, what is known, who keeps it.
    pub facts: Vec<[&'a str; 3]>,
    /// Where everything went that was planned, a sentence for each cause.
    pub delivery: Vec<&'a str>,
    /// By which table, row, and what that says.
    pub rule: Option<(&'a str, &'a str, Option<&'a str>)>,
    /// What is done beside paying.
    pub acts: Vec<&'a str>,
    /// What would have led to more.
    pub better: Vec<BetterView<'a>>,
}

/// A better decision, and what it would have taken.
#[derive(Clone, Debug)]
pub struct BetterView<'a> {
    /// What would have been decided; nothing when it would only have been looked into.
    pub outcome: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// What would have to be different, and how.
    pub needed: Vec<(&'a str, &'a str)>,
}

/// The decision, from what it comes to down to each fact.
pub(crate) fn decision(words: Words, view: &DecisionView<'_>) -> Markup {
    let text = |name| words.text(name);
    let (tone, word) = outcome(view.outcome);
    let by = if view.is_automated { "claim.automated" } else { "claim.by_person" };
    let mut sums = vec![(text("claim.decided"), moment(words, view.decided_at))];
    if !view.elsewhere.amount.is_zero() {
        sums.push((text("claim.elsewhere"), money(words, view.elsewhere)));
    }
    html! {
        p { (status(tone, text(word))) " " (text(by)) }
        (rows(&sums, Some((text("claim.pays"), money(words, view.amount)))))
        @if !view.elsewhere.amount.is_zero() { p { (text("claim.elsewhere_text")) } }
        h3 { (text("claim.reasons")) }
        ul { @for reason in &view.reasons { li { (english(words, reason)) } } }
        @if !view.acts.is_empty() {
            h3 { (text("claim.acts")) }
            ul { @for act in &view.acts { li { (english(words, act)) } } }
        }
        (arithmetic(words, view))
        @if !view.delivery.is_empty() {
            h3 { (text("claim.delivery")) }
            ul { @for sentence in &view.delivery { li { (english(words, sentence)) } } }
        }
        (better(words, view))
        (facts(words, view))
    }
}

fn arithmetic(words: Words, view: &DecisionView<'_>) -> Markup {
    let text = |name| words.text(name);
    if view.arithmetic.is_empty() {
        return html! {};
    }
    let columns = [
        Column::words(text("claim.step")),
        Column::words(text("claim.how")),
        Column::words(text("claim.numbers")),
        Column::numbers(text("claim.result")),
    ];
    let row = |[name, how, numbers, result]: &[&str; 4]| {
        let named = |text: &str| html! { span dir="ltr" { (text.replace('_', " ")) } };
        vec![named(name), named(how), named(numbers), figure(result)]
    };
    Table {
        caption: text("claim.arithmetic"),
        columns: &columns,
        rows: view.arithmetic.iter().map(row).collect(),
        foot: None,
        nothing: "",
    }
    .show_list()
}

fn better(words: Words, view: &DecisionView<'_>) -> Markup {
    let text = |name| words.text(name);
    html! {
        h3 { (text("claim.would_change")) }
        @if view.better.is_empty() { p { (text("claim.nothing_would")) } }
        @else {
            ul {
                @for one in &view.better {
                    li {
                        @let name = outcome(one.outcome.unwrap_or("review")).1;
                        (words.with("claim.would_be", &[("outcome", text(name))]))
                        @if let Some(reason) = one.reason { " " (english(words, reason)) }
                        ul {
                            @for (what, value) in &one.needed {
                                li {
                                    @let needed = [("what", *what), ("value", *value)];
                                    (english(words, &words.with("claim.needed", &needed)))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn facts(words: Words, view: &DecisionView<'_>) -> Markup {
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("claim.fact")),
        Column::words(text("claim.value")),
        Column::words(text("claim.source")),
    ];
    let row = |fact: &[&str; 3]| {
        fact.map(|said| english(words, said)).into_iter().collect::<Vec<Markup>>()
    };
    let table = Table {
        caption: text("claim.facts"),
        columns: &columns,
        rows: view.facts.iter().map(row).collect(),
        foot: None,
        nothing: "–",
    };
    html! {
        details {
            summary { (text("claim.facts")) }
            (table.show_titled_list())
            @if let Some((name, row, says)) = view.rule {
                p {
                    (text("claim.rule")) ": "
                    (words.with("claim.rule_text", &[("row", row), ("table", name)])) ". "
                    @if let Some(says) = says { (english(words, says)) }
                }
            }
        }
    }
}
