//! A promotion that was paid: what it has delivered against what was quoted, what that cost, why
//! less came, and what one can do.

use base::Money;
use maud::{Markup, html};

use super::delivery;
use super::names::{cause, done, goal, restitution, standing, units};
use super::rates::rates;
use super::standing::{StandingView, why};
use crate::components::{
    Button, Column, Table, Tone, Weight, acts, breakable, english, form, link_button, notice, rows,
    status, steps,
};
use crate::customer::freshness::{FRESH_S, freshness};
use crate::customer::refused::trouble;
use crate::{Moment, Visit, Width, Words, count, date, figure, moment, money};

/// A promotion and its report.
#[derive(Clone, Debug)]
pub struct PromotionView<'a> {
    /// Its id.
    pub id: &'a str,
    /// The post that it is of.
    pub post: &'a str,
    /// What it is to bring.
    pub goal: &'a str,
    /// What is billed.
    pub unit: &'a str,
    /// So many were quoted, at least and at most.
    pub range: (u64, u64),
    /// The number that was promised.
    pub guaranteed: Option<u64>,
    /// Where it stands, and why.
    pub standing: StandingView<'a>,
    /// Its money.
    pub money: MoneyView,
    /// What it has delivered.
    pub delivery: delivery::DeliveryView<'a>,
    /// What was repaid without being asked for.
    pub restitutions: Vec<RestitutionView<'a>>,
    /// What went back: when, of how much paid, how much spent, how much back.
    pub settlements: Vec<(Moment<'a>, Money, Money, Money)>,
    /// Claims for it: ids, and where they stand.
    pub claims: Vec<(&'a str, &'a str)>,
    /// Whether it is to be loaded again by itself.
    pub is_fresh: bool,
    /// What was just refused: code and detail.
    pub refused: Option<(&'a str, &'a str)>,
    /// What was just done: the end of a name, `promotion.done_…`.
    pub done: Option<&'a str>,
}

/// Money of a promotion.
#[derive(Clone, Copy, Debug)]
pub struct MoneyView {
    /// What was paid for it.
    pub paid: Money,
    /// What the platform has added.
    pub added: Money,
    /// What delivery has cost.
    pub spent: Money,
    /// What is neither spent nor returned.
    pub left: Money,
    /// What went back.
    pub returned: Money,
    /// What was repaid for invalid delivery.
    pub repaid: Money,
    /// What may be spent a day.
    pub daily: Option<Money>,
}

/// What was repaid without a claim.
#[derive(Clone, Debug)]
pub struct RestitutionView<'a> {
    /// For what.
    pub kind: &'a str,
    /// How much.
    pub amount: Money,
    /// When it arrived, or by when it will have.
    pub when: Moment<'a>,
    /// Whether it has.
    pub has_arrived: bool,
    /// Why, as the statement says.
    pub reasons: Vec<&'a str>,
}

/// `GET /promotions/{id}` of one that was paid.
pub fn promotion_page(visit: &Visit<'_>, view: &PromotionView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let name = super::list::name(visit, view.goal, view.post);
    let mut frame = visit.frame(&name, Width::Wide);
    let changes = !view.standing.is_over();
    frame.fresh = (changes && view.is_fresh).then_some(FRESH_S);
    let (tone, word) = standing(view.standing.status);
    frame.page(&html! {
        h1 { (breakable(&name)) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, text(done), text("promotion.done_next"), None))
        }
        p { (status(tone, text(word))) " " (why(words, &view.standing)) }
        @if changes {
            (freshness(words, &format!("/promotions/{}", view.id), view.is_fresh))
        }
        (delivery::alerts(words, view.unit, &view.delivery))
        (delivery::against_plan(words, &view.delivery))
        h2 { (text("promotion.money")) }
        (sums(words, view))
        (delivery::shortfall(words, view.unit, &view.delivery))
        (suggestions(visit, view))
        (rates(words, view.delivery.currency, &view.delivery.rates))
        (delivery::segments(words, view.unit, &view.delivery))
        (delivery::invalid(words, &view.delivery, view.money.repaid))
        (restitutions(words, view))
        (settlements(words, view))
        h2 { (text("promotion.steps")) }
        (steps(words, &view.standing.steps(words)))
        (what_to_do(visit, view))
    })
}

fn sums(words: Words, view: &PromotionView<'_>) -> Markup {
    let text = |name| words.text(name);
    let MoneyView { paid, added, spent, left, returned, repaid, daily } = view.money;
    let mut all = vec![(text("promotion.goal"), html! { (text(goal(view.goal))) })];
    match (view.guaranteed, view.range) {
        (Some(number), _) => {
            all.push((text("promotion.guaranteed"), figure(&units(words, view.unit, number))));
        }
        (None, (low, high)) if low > 0 => {
            let range = [("low", &*count(words, low)), ("high", &*units(words, view.unit, high))];
            all.push((
                text("promotion.quoted"),
                html! { (words.with("boost.range_text", &range)) },
            ));
        }
        _ => {}
    }
    let delivered = figure(&units(words, view.unit, view.delivery.units));
    all.push((text("promotion.delivered"), delivered));
    all.push((text("promotion.paid"), money(words, paid)));
    if !added.amount.is_zero() {
        all.push((text("promotion.added"), money(words, added)));
    }
    if let Some(daily) = daily {
        all.push((text("promotion.daily"), money(words, daily)));
    }
    all.push((text("promotion.spent"), money(words, spent)));
    if !repaid.amount.is_zero() {
        all.push((text("promotion.repaid"), money(words, repaid)));
    }
    all.push((text("promotion.returned"), money(words, returned)));
    rows(&all, Some((text("promotion.left"), money(words, left))))
}

/// Changes that would help, each done by one press.
fn suggestions(visit: &Visit<'_>, view: &PromotionView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    html! {
        @if !view.delivery.suggestions.is_empty() {
            h2 { (text("promotion.suggestions")) }
            ul class="panels" {
                @for one in &view.delivery.suggestions {
                    li class="panel" {
                        h3 { (one.title(words)) }
                        p { (one.effect(words, view.unit)) }
                        (form(visit, &format!("/promotions/{}/apply", view.id), &html! {
                            input type="hidden" name="n" value=(one.number);
                            (button(text("promotion.apply"), Weight::Plain))
                        }))
                    }
                }
            }
        }
    }
}

fn restitutions(words: Words, view: &PromotionView<'_>) -> Markup {
    let text = |name| words.text(name);
    if view.restitutions.is_empty() {
        return html! {};
    }
    let columns = [
        Column::words(text("promotion.what")),
        Column::numbers(text("promotion.amount")),
        Column::words(text("promotion.status")),
        Column::words(text("promotion.statement")),
    ];
    let row = |one: &RestitutionView<'_>| {
        let arrival = if one.has_arrived { "promotion.arrived" } else { "promotion.due" };
        vec![
            html! { (text(restitution(one.kind))) },
            money(words, one.amount),
            html! { (text(arrival)) " " (date(words, one.when)) },
            html! { @for reason in &one.reasons { p { (english(words, reason)) } } },
        ]
    };
    html! {
        h2 { (text("promotion.restitutions")) }
        (Table {
            caption: text("promotion.restitutions"),
            columns: &columns,
            rows: view.restitutions.iter().map(row).collect(),
            foot: None,
            nothing: "",
        }.show_titled_list())
    }
}

fn settlements(words: Words, view: &PromotionView<'_>) -> Markup {
    html! {
        @if !view.settlements.is_empty() {
            h2 { (words.text("promotion.settlements")) }
            ul {
                @for (at, paid, spent, back) in &view.settlements {
                    @let [paid, spent, back] =
                        [paid, spent, back].map(|sum| crate::show::money_text(words, *sum));
                    li {
                        (moment(words, *at)) ": "
                        (words.with("promotion.settlement_text", &[
                            ("paid", &*paid), ("spent", &*spent), ("returned", &*back),
                        ]))
                    }
                }
            }
        }
    }
}

/// What can be done now, as far as it may be.
fn what_to_do(visit: &Visit<'_>, view: &PromotionView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let (id, stands) = (view.id, &view.standing);
    let act = |act: &str, name, weight| {
        form(visit, &format!("/promotions/{id}/{act}"), &button(text(name), weight))
    };
    let way = |to: String, name| link_button(&to, text(name), Weight::Plain);
    html! {
        h2 { (text("promotion.acts")) }
        @if stands.can_pause() { (act("pause", "promotion.pause", Weight::Plain)) }
        @if stands.can_resume() { (act("resume", "promotion.resume", Weight::Main)) }
        @if stands.can_appeal() {
            p { (text("promotion.appeal_text")) }
            (act("appeal", "promotion.appeal", Weight::Plain))
        }
        (acts(&[
            html! {
                @if stands.can_change() {
                    (way(format!("/promotions/{id}/edit"), "promotion.change"))
                }
            },
            way(format!("/claims/new?promotion={id}"), "promotion.claim"),
        ]))
        @if stands.can_stop() {
            details {
                summary { (text("promotion.stop")) }
                p { (text("promotion.stop_text")) }
                (act("stop", "promotion.stop", Weight::Grave))
            }
        }
        @if !view.claims.is_empty() {
            h2 { (text("promotion.claims")) }
            ul {
                @for (claim, stands) in &view.claims {
                    @let (tone, word) = crate::customer::claims::standing(stands);
                    li {
                        a href=(format!("/claims/{claim}")) { span class="code" { (claim) } } " "
                        (status(tone, text(word)))
                    }
                }
            }
        }
    }
}

fn button(text: &str, weight: Weight) -> Markup {
    Button { text, weight, icon: None, sends: None, is_off: false }.show()
}

/// Most of what is missing is due to it, in a sentence.
pub(super) fn mostly(words: Words, code: &str) -> String {
    words.with("promotion.alert_cause", &[("cause", words.text(cause(code)))])
}
