//! A draft before it is paid: what it costs at most, what it will bring, what counts, what comes
//! back, and what stands in the way.

use base::Money;
use maud::{Markup, html};

use super::names::{BOOST, counts, done, goal, settled_within_days, severity, units};
use crate::components::{
    Button, Icon, Tone, Weight, acts, english, form, link_button, notice, rows, status, tick,
};
use crate::customer::FormTrouble;
use crate::customer::methods::{MethodsView, methods_or_none};
use crate::customer::step_up::{StepUpView, pay_acts};
use crate::show::money_text;
use crate::{Moment, Visit, Width, Words, count, date, figure, moment, money, price};

/// A draft.
#[derive(Clone, Debug)]
pub struct QuoteView<'a> {
    /// Its id.
    pub id: &'a str,
    /// The post that it is of.
    pub post: &'a str,
    /// What it is to bring.
    pub goal: &'a str,
    /// Whether a number is promised.
    pub is_guarantee: bool,
    /// What may be spent, and so the most that is paid.
    pub budget: Money,
    /// What may be spent a day.
    pub daily_budget: Option<Money>,
    /// When it begins.
    pub starts_at: Moment<'a>,
    /// The last moment of it.
    pub ends_at: Moment<'a>,
    /// What one is billed for.
    pub unit: &'a str,
    /// The most that one costs, in millionths of a minor unit.
    pub price_max: u64,
    /// So many are expected, at least and at most; zero where that is chance.
    pub range: (u64, u64),
    /// The number that is promised.
    pub guaranteed: Option<u64>,
    /// People in the audience; zero for few.
    pub audience_size: u64,
    /// Until when all of this holds.
    pub until: Moment<'a>,
    /// What was found about it.
    pub findings: Vec<Finding<'a>>,
    /// How it is paid.
    pub pay: PayView<'a>,
    /// What was just done.
    pub done: Option<&'a str>,
}

/// Something that was found about a draft.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// Its stable code.
    pub code: &'a str,
    /// `blocker`, `warning` or `hint`.
    pub severity: &'a str,
    /// What is wrong, as the rules say it.
    pub message: &'a str,
    /// What to do.
    pub fix: &'a str,
}

/// How a draft is paid, or how far paying is.
#[derive(Clone, Debug, Default)]
pub struct PayView<'a> {
    /// Ways to pay, and which of them was chosen: `none` for gift cards alone.
    pub methods: MethodsView<'a>,
    /// Gift cards of the wallet: id, last characters, what is left, whether it was chosen.
    pub cards: Vec<(&'a str, &'a str, Money, bool)>,
    /// Whether the amount was agreed to.
    pub is_agreed: bool,
    /// When the quote was made that the page shows: what is paid is what was seen.
    pub quoted_at: String,
    /// Why paying was refused.
    pub refused: Option<FormTrouble<'a>>,
    /// Why paying has failed, by the word of the rail.
    pub failure: Option<&'a str>,
    /// Whether it is being paid.
    pub is_being_paid: bool,
    /// Where the payer has to agree first.
    pub challenge: Option<&'a str>,
    /// What a passkey may confirm, for those who have one.
    pub step_up: Option<StepUpView>,
}

/// `GET /promotions/{id}` of a draft.
pub fn quote_page(visit: &Visit<'_>, view: &QuoteView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let mut frame = visit.frame(text("boost.quote_title"), Width::Narrow);
    frame.fresh = view.pay.is_being_paid.then_some(10);
    frame.page(&html! {
        h1 { (text("boost.quote_title")) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, text(done), text("promotion.done_next"), None))
        }
        (progress(words, &view.pay))
        p { (super::list::name(visit, view.goal, view.post)) }
        (sums(words, view))
        @if !view.pay.is_being_paid { (findings(words, view)) }
        h2 { (text("boost.what_counts")) }
        p { (text(counts(view.goal))) }
        p { (text("boost.never_counts")) }
        h2 { (text("boost.back")) }
        p {
            (words.with(
                if view.is_guarantee { "boost.back_guarantee" } else { "boost.back_estimate" },
                &[("days", settled_within_days(view.goal))],
            ))
        }
        p { (text("boost.back_stop")) }
        p { (text("boost.back_claim")) }
        @if !view.pay.is_being_paid { (paying(visit, view)) }
    })
}

/// How far paying is, and why it has failed.
fn progress(words: Words, pay: &PayView<'_>) -> Markup {
    let text = |name| words.text(name);
    html! {
        (FormTrouble::show(pay.refused.as_ref(), words))
        @if let Some(failure) = pay.failure {
            (notice(Tone::Bad, text("boost.failed"), text(failed(failure)), None))
        }
        @if let Some(url) = pay.challenge {
            @let go = link_button(url, text("boost.challenge_go"), Weight::Main);
            (notice(Tone::Wait, text("boost.challenge"), text("boost.challenge_next"), Some(&go)))
        } @else if pay.is_being_paid {
            (notice(Tone::Wait, text("boost.being_paid"), text("boost.being_paid_next"), None))
        }
    }
}

fn failed(code: &str) -> &'static str {
    match code {
        "declined" => "boost.failed_declined",
        "insufficient_funds" => "boost.failed_insufficient",
        "expired" | "expired_card" => "boost.failed_expired",
        _ => "boost.failed_other",
    }
}

fn sums(words: Words, view: &QuoteView<'_>) -> Markup {
    let text = |name| words.text(name);
    let goal_text = html! { (text(goal(view.goal))) };
    let range = match view.range {
        (0, _) => html! { (text("boost.range_none")) },
        (low, high) => {
            let (low, high) = (count(words, low), units(words, view.unit, high));
            html! { (words.with("boost.range_text", &[("low", &low), ("high", &high)])) }
        }
    };
    let people = match view.audience_size {
        0 => html! { (text("boost.few")) },
        people => figure(&count(words, people)),
    };
    let price_max = price(words, view.price_max, view.budget.currency);
    let mut all = vec![(text("boost.unit"), goal_text), (text("boost.price_max"), price_max)];
    match view.guaranteed {
        Some(number) => {
            all.push((text("boost.guaranteed"), figure(&units(words, view.unit, number))));
        }
        None => all.push((text("boost.range"), range)),
    }
    all.push((text("boost.audience_size"), people));
    all.push((
        text("boost.when"),
        html! {
            (date(words, view.starts_at)) " – " (date(words, view.ends_at))
        },
    ));
    if let Some(daily) = view.daily_budget {
        all.push((text("promotion.daily"), money(words, daily)));
    }
    all.push((text("boost.until"), moment(words, view.until)));
    rows(&all, Some((text("boost.most"), money(words, view.budget))))
}

/// What was found, each with what to do about it.
fn findings(words: Words, view: &QuoteView<'_>) -> Markup {
    let text = |name| words.text(name);
    let edit = format!("/promotions/{}/edit", view.id);
    html! {
        h2 { (text("boost.findings")) }
        @if view.findings.is_empty() { p { (text("boost.findings_none")) } }
        @else {
            ul {
                @for one in &view.findings {
                    li {
                        @let (tone, word) = severity(one.severity);
                        @let what = said(words, one.code, "", one.message);
                        p { (status(tone, text(word))) " " (what) }
                        p { (said(words, one.code, "_fix", one.fix)) }
                    }
                }
            }
        }
        (acts(&[link_button(&edit, text("boost.change"), Weight::Plain)]))
    }
}

/// The words for a finding, or what the rules themselves say.
fn said(words: Words, code: &str, part: &str, otherwise: &str) -> Markup {
    let name = format!("finding.{code}{part}");
    match words.says(&name) {
        true => html! { (words.text(&name)) },
        false => english(words, otherwise),
    }
}

/// What keeps a draft from being paid; an old quote is renewed by its own button.
fn is_blocked(view: &QuoteView<'_>) -> bool {
    view.findings.iter().any(|one| one.severity == "blocker")
}

fn paying(visit: &Visit<'_>, view: &QuoteView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let is_old = view.findings.iter().any(|one| one.code == "quote_expired");
    let discard = Button {
        text: text("boost.discard"),
        weight: Weight::Grave,
        icon: None,
        sends: None,
        is_off: false,
    };
    html! {
        h2 { (text("boost.pay")) }
        @if is_old {
            (form(visit, &format!("/promotions/{}/quote", view.id), &html! {
                (Button {
                    text: text("boost.new_quote"),
                    weight: Weight::Main,
                    icon: BOOST,
                    sends: None,
                    is_off: false,
                }.show())
            }))
        } @else {
            (pay_form(visit, view))
        }
        (acts(&[form(visit, &format!("/promotions/{}/discard", view.id), &discard.show())]))
    }
}

fn pay_form(visit: &Visit<'_>, view: &QuoteView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let pay = &view.pay;
    let amount = money_text(words, view.budget);
    let blocked = is_blocked(view);
    let none = (!pay.cards.is_empty()).then(|| text("boost.method_none"));
    let has_method = pay.methods.is_played || !pay.methods.kept.is_empty();
    let button = Button {
        text: &words.with("boost.pay_now", &[("amount", &amount)]),
        weight: Weight::Main,
        icon: Some(Icon::Lock),
        sends: None,
        is_off: blocked,
    };
    form(
        visit,
        &format!("/promotions/{}/pay", view.id),
        &html! {
            input type="hidden" name="quoted_at" value=(pay.quoted_at);
            @if !has_method { p { (text("boost.no_method")) } }
            @if !pay.cards.is_empty() {
                fieldset class="field" {
                    legend { (text("boost.cards")) }
                    @for (id, last, left, is_chosen) in &pay.cards {
                        @let left = money_text(words, *left);
                        @let values = [("last", *last), ("amount", &*left)];
                        @let name = words.with("boost.card_text", &values);
                        (tick(&format!("card_{id}"), &name, *is_chosen))
                    }
                }
            }
            @if has_method { (methods_or_none(words, &pay.methods, none)) } @else {
                input type="hidden" name="method" value="none";
            }
            (tick("agree", &words.with("boost.agree", &[("amount", &amount)]), pay.is_agreed))
            @if blocked { p { (text("boost.cannot_pay")) } }
            (pay_acts(visit, pay.step_up.as_ref(), button, &[]))
        },
    )
}
