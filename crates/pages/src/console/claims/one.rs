//! A claim with its evidence and its arithmetic beside each other, and what can be decided.

use base::Money;
use maud::{Markup, html};

use crate::components::{
    Button, Choice, Column, Field, Input, Step, StepState, Table, Tone, Weight, choices, form,
    notice, rows, select, status, steps, tick_of,
};
use crate::customer::claim_names::{awaited, decision, ground, standing, step};
use crate::customer::{DecisionView, trouble};
use crate::{Moment, Visit, Width, Words, count, figure, moment, money};

/// A fact with where it comes from.
#[derive(Clone, Debug)]
pub struct FactRow<'a> {
    /// What it is called.
    pub title: &'a str,
    /// What is known; why nothing is.
    pub words: &'a str,
    /// Whether nothing is known.
    pub is_unknown: bool,
    /// Who keeps it, and the object it was read from.
    pub source: (&'a str, Option<&'a str>),
    /// When it was so.
    pub at: Option<Moment<'a>>,
}

/// What whoever looks can do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActView {
    /// Nothing.
    Nothing,
    /// Decide.
    Decide,
    /// Agree to what somebody has proposed, or send it back.
    Approve,
}

/// What was filled in to decide.
#[derive(Clone, Debug, Default)]
pub struct DecideForm<'a> {
    /// The outcome.
    pub outcome: &'a str,
    /// The amount, as it was typed.
    pub amount: &'a str,
    /// Code of the main reason.
    pub reason: &'a str,
    /// Codes of more reasons.
    pub more: Vec<&'a str>,
    /// Where something is wrong.
    pub wrong: DecideWrong,
}

/// Where the form has something wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DecideWrong {
    /// Nowhere that one field tells.
    #[default]
    Nothing,
    /// The amount cannot be read.
    Amount,
    /// The amount was refused; why stands above the form.
    RefusedAmount,
    /// There is no reason.
    Reason,
}

/// A claim.
#[derive(Clone, Debug)]
pub struct DeskClaimView<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was made.
    pub made_at: Moment<'a>,
    /// By whom, as far as that is known.
    pub claimant: Option<&'a str>,
    /// Where it stands.
    pub status: &'a str,
    /// On which ground.
    pub ground: &'a str,
    /// The promotion or charge it is about.
    pub about: Option<&'a str>,
    /// What was written.
    pub description: Option<&'a str>,
    /// What happens next, by when, and whether that is late.
    pub next: (&'a str, Option<Moment<'a>>, bool),
    /// Its steps: which, by when, since when it is done.
    pub steps: Vec<(&'a str, Moment<'a>, Option<Moment<'a>>)>,
    /// What was decided, or is proposed.
    pub decision: Option<DecisionView<'a>>,
    /// Whether that is only proposed.
    pub is_proposal: bool,
    /// The facts.
    pub facts: Vec<FactRow<'a>>,
    /// What was promised and what came.
    pub delivery: Option<DeskDelivery<'a>>,
    /// What the report says of the shortfall.
    pub sentences: Vec<&'a str>,
    /// What was paid for it, and what of that can go back at most.
    pub paid: Option<(Money, Money)>,
    /// What can be done.
    pub act: ActView,
    /// The reasons that can be given: code and text.
    pub reasons: Vec<(&'a str, &'a str)>,
    /// What was filled in.
    pub form: DecideForm<'a>,
    /// What was just refused.
    pub refused: Option<(&'a str, &'a str)>,
}

/// What a promotion has promised, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct DeskDelivery<'a> {
    /// What is billed.
    pub unit: &'a str,
    /// Units that were promised, at least and at most; nothing where no number was told.
    pub promised: Option<(u64, u64)>,
    /// Units that were delivered.
    pub delivered: u64,
    /// Units that did not count.
    pub invalid: u64,
    /// What delivery has cost.
    pub spent: Money,
    /// What was paid.
    pub budget: Money,
}

impl DeskDelivery<'_> {
    fn show(&self, words: Words) -> Markup {
        let text = |name| words.text(name);
        let number = |units| crate::customer::units(words, self.unit, units);
        let promised = match self.promised {
            Some((low, high)) if low < high => format!("{}–{}", count(words, low), number(high)),
            Some((units, _)) => number(units),
            None => "–".to_owned(),
        };
        rows(
            &[
                (text("desk_claim.promised"), figure(&promised)),
                (text("desk_claim.delivered"), figure(&number(self.delivered))),
                (text("desk_claim.invalid"), figure(&number(self.invalid))),
                (text("desk_claim.spent"), money(words, self.spent)),
                (text("desk_claim.budget"), money(words, self.budget)),
            ],
            None,
        )
    }
}

/// `GET /console/claims/{id}`.
pub fn desk_claim_page(visit: &Visit<'_>, view: &DeskClaimView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let title = text(ground(view.ground));
    visit.frame(title, Width::Wide).page(&html! {
        h1 { (title) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        (stands(words, view))
        div class="beside" {
            section class="panel" {
                h2 { (text("desk_claim.evidence")) }
                (evidence(words, view))
            }
            section class="panel" {
                h2 { (text(decision_title(view))) }
                @match &view.decision {
                    Some(decided) => (decision(words, decided)),
                    None => p { (text("desk_claim.undecided")) },
                }
            }
        }
        (act(visit, view))
        h2 { (text("claim.facts")) }
        (facts(words, view))
        h2 { (text("claim.steps")) }
        (all_steps(words, view))
        p { a href="/console/claims" { (text("queue_of_claims.title")) } }
    })
}

fn decision_title(view: &DeskClaimView<'_>) -> &'static str {
    match view.is_proposal && view.decision.is_some() {
        true => "claim.proposal",
        false => "claim.decision",
    }
}

fn stands(words: Words, view: &DeskClaimView<'_>) -> Markup {
    let text = |name| words.text(name);
    let (tone, word) = standing(view.status);
    let (next, by, is_late) = view.next;
    let mut known = vec![
        (text("claim.number"), html! { span class="code" { (view.id) } }),
        (text("claim.made"), moment(words, view.made_at)),
    ];
    if let Some(claimant) = view.claimant {
        known.push((text("desk_claim.by"), html! { span class="code" { (claimant) } }));
    }
    if let Some(about) = view.about {
        known.push((text("claim.about"), html! { span class="code" { (about) } }));
    }
    html! {
        p {
            (status(tone, text(word))) " " (text(awaited(next)))
            @if let Some(by) = by { " " (moment(words, by)) }
            @if is_late { " " (status(Tone::Bad, text("steps.late"))) }
        }
        (rows(&known, None))
    }
}

fn evidence(words: Words, view: &DeskClaimView<'_>) -> Markup {
    let text = |name| words.text(name);
    html! {
        h3 { (text("desk_claim.written")) }
        @match view.description {
            Some(description) => blockquote dir="auto" { (description) },
            None => p { (text("desk_claim.nothing_written")) },
        }
        @if let Some(delivery) = &view.delivery {
            h3 { (text("desk_claim.delivery")) }
            (delivery.show(words))
            ul { @for sentence in &view.sentences { li { (sentence) } } }
        }
        @if let Some((paid, left)) = view.paid {
            h3 { (text("desk_claim.money")) }
            (rows(
                &[(text("claim.charged"), money(words, paid))],
                Some((text("desk_claim.most"), money(words, left))),
            ))
        }
    }
}

fn act(visit: &Visit<'_>, view: &DeskClaimView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let path = |act: &str| format!("/console/claims/{}/{act}", view.id);
    let send = |text, weight, sends| Button { text, weight, icon: None, sends, is_off: false };
    match view.act {
        ActView::Nothing => html! {},
        ActView::Approve => html! {
            h2 { (text("desk_claim.approve")) }
            (notice(Tone::Wait, text("desk_claim.second"), text("desk_claim.second_text"), None))
            (form(visit, &path("approve"), &html! {
                div class="acts" {
                    (send(text("desk_claim.agree"), Weight::Main, Some(("agree", "yes"))).show())
                    (send(text("desk_claim.send_back"), Weight::Plain, Some(("agree", "no")))
                        .show())
                }
            }))
        },
        ActView::Decide => html! {
            h2 { (text("desk_claim.decide")) }
            (form(visit, &path("decide"), &html! {
                (decide_fields(words, view))
                (send(text("desk_claim.decide"), Weight::Main, None).show())
            }))
        },
    }
}

fn decide_fields(words: Words, view: &DeskClaimView<'_>) -> Markup {
    let text = |name| words.text(name);
    let typed = &view.form;
    let outcome =
        |value, name| Choice { value, text: text(name), is_chosen: typed.outcome == value };
    let among = [
        outcome("approve", "claim.outcome_approve"),
        outcome("partly_approve", "claim.outcome_partly"),
        outcome("deny", "claim.outcome_deny"),
    ];
    let wrong = match typed.wrong {
        DecideWrong::Amount => Some(text("desk_claim.amount_wrong")),
        DecideWrong::RefusedAmount => Some(text("desk_claim.amount_refused")),
        DecideWrong::Nothing | DecideWrong::Reason => None,
    };
    let amount = Field {
        hint: Some(text("desk_claim.amount_hint")),
        wrong,
        value: typed.amount,
        is_optional: true,
        has_focus: wrong.is_some(),
        ..Field::new("amount", text("desk_claim.amount"), Input::Amount)
    };
    let none = Choice {
        value: "",
        text: text("desk_claim.choose_reason"),
        is_chosen: typed.reason.is_empty(),
    };
    let mut reasons = vec![none];
    for (value, text) in &view.reasons {
        reasons.push(Choice { value, text, is_chosen: typed.reason == *value });
    }
    let hint = match typed.wrong {
        DecideWrong::Reason => "desk_claim.reason_missing",
        _ => "desk_claim.reason_hint",
    };
    html! {
        (choices("outcome", text("desk_claim.outcome"), None, &among))
        (amount.show())
        (select("reason", text("desk_claim.reason"), Some(text(hint)), &reasons))
        details open[!typed.more.is_empty()] {
            summary { (text("desk_claim.more_reasons")) }
            @for (code, says) in &view.reasons {
                (tick_of("more", code, says, typed.more.contains(code)))
            }
        }
    }
}

fn facts(words: Words, view: &DeskClaimView<'_>) -> Markup {
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("claim.fact")),
        Column::words(text("claim.value")),
        Column::words(text("claim.source")),
        Column::words(text("desk_claim.at")),
    ];
    let row = |one: &FactRow<'_>| {
        let (source, record) = one.source;
        let value = match one.is_unknown {
            true => status(Tone::Wait, one.words),
            false => html! { (one.words) },
        };
        vec![
            html! { (one.title) },
            value,
            html! {
                (source)
                @if let Some(record) = record { br; span class="code" { (record) } }
            },
            html! { @if let Some(at) = one.at { (moment(words, at)) } },
        ]
    };
    Table {
        caption: text("claim.facts"),
        columns: &columns,
        rows: view.facts.iter().map(row).collect(),
        foot: None,
        nothing: text("desk_claim.no_facts"),
    }
    .show_titled_list()
}

fn all_steps(words: Words, view: &DeskClaimView<'_>) -> Markup {
    let (_, _, is_late) = view.next;
    let mut is_first = true;
    let mut all = Vec::new();
    for (name, due_at, done_at) in &view.steps {
        let state = match done_at {
            Some(_) => StepState::Done,
            None if std::mem::take(&mut is_first) => match is_late {
                true => StepState::Late,
                false => StepState::Now,
            },
            None => StepState::ToCome,
        };
        let when = moment(words, done_at.unwrap_or(*due_at));
        all.push(Step { what: words.text(step(name)).to_owned(), when, state });
    }
    steps(words, &all)
}
