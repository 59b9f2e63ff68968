//! A claim as it stands: what happens next and by when, what was decided and why, where the money
//! is, and how to have somebody else decide.

use base::Money;
use maud::{Markup, html};

use super::decision::{DecisionView, decision};
use super::names::{arrival, awaited, done, ground, standing, step};
use crate::components::{
    Button, Column, Step, StepState, Table, Tone, Weight, breakable, form, notice, rows, status,
    steps,
};
use crate::customer::freshness::{FRESH_S, freshness};
use crate::customer::{promotions, refused::trouble};
use crate::show::moment_text;
use crate::{Moment, Visit, Width, Words, date, moment, money};

/// A claim.
#[derive(Clone, Debug)]
pub struct ClaimView<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was made.
    pub made_at: Moment<'a>,
    /// Where it stands.
    pub status: &'a str,
    /// On which ground.
    pub ground: &'a str,
    /// The promotion it is about: its id, what it is to bring, its post.
    pub promotion: Option<(&'a str, &'a str, &'a str)>,
    /// The days it is about: the first moment of both.
    pub days: Option<(Moment<'a>, Moment<'a>)>,
    /// Whether it waits for the end of a dispute.
    pub is_held: bool,
    /// What happens next, by when, and whether that is late.
    pub next: (&'a str, Option<Moment<'a>>, bool),
    /// Its steps: which, by when, since when it is done.
    pub steps: Vec<(&'a str, Moment<'a>, Option<Moment<'a>>)>,
    /// What was decided, or waits for a second person.
    pub decision: Option<DecisionView<'a>>,
    /// Whether that is only proposed.
    pub is_proposal: bool,
    /// Until when somebody else may be asked to decide.
    pub appeal_until: Option<Moment<'a>>,
    /// Money that has set out.
    pub payouts: Vec<PayoutView<'a>>,
    /// Whether it is to be loaded again by itself.
    pub is_fresh: bool,
    /// What was just refused: code and detail.
    pub refused: Option<(&'a str, &'a str)>,
    /// What was just done.
    pub done: Option<&'a str>,
}

/// Money of a claim that has set out.
#[derive(Clone, Debug)]
pub struct PayoutView<'a> {
    /// How much, tax included.
    pub amount: Money,
    /// What comes back beside that, without the claim.
    pub elsewhere: Money,
    /// When it set out.
    pub started_at: Moment<'a>,
    /// By when it should arrive.
    pub expected_by: Option<Moment<'a>>,
    /// When it had arrived.
    pub paid_at: Option<Moment<'a>>,
    /// To what it goes: whether that is a gift card, how much, how far.
    pub parts: Vec<(bool, Money, &'a str)>,
}

impl ClaimView<'_> {
    fn can_appeal(&self) -> bool {
        self.appeal_until.is_some() && !self.is_proposal && matches!(self.status, "denied" | "paid")
    }

    fn can_withdraw(&self) -> bool {
        !matches!(self.status, "denied" | "withdrawn" | "paying" | "paid")
    }

    /// Whether it goes on by itself.
    fn goes_on(&self) -> bool {
        !matches!(self.status, "denied" | "withdrawn" | "paid")
    }
}

/// `GET /claims/{id}`.
pub fn claim_page(visit: &Visit<'_>, view: &ClaimView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let name = match view.promotion {
        Some((_, goal, post)) => {
            let of = promotions::name(visit, goal, post);
            words.with("claim.one_title", &[("promotion", &of)])
        }
        None => text("claim.one_lost").to_owned(),
    };
    let mut frame = visit.frame(&name, Width::Narrow);
    frame.fresh = (view.goes_on() && view.is_fresh).then_some(FRESH_S);
    let title = if view.is_proposal { "claim.proposal" } else { "claim.decision" };
    frame.page(&html! {
        h1 { (breakable(&name)) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, text(done), text("claim.done_next"), None))
        }
        (stands(words, view))
        @if view.goes_on() {
            (freshness(words, &format!("/claims/{}", view.id), view.is_fresh))
        }
        @if let Some(decided) = &view.decision {
            h2 { (text(title)) }
            (decision(words, decided))
        }
        (payouts(words, view))
        h2 { (text("claim.steps")) }
        (steps(words, &all_steps(words, view)))
        (what_to_do(visit, view))
        (about(words, view))
    })
}

/// Where it stands, and what happens next by when.
fn stands(words: Words, view: &ClaimView<'_>) -> Markup {
    let text = |name| words.text(name);
    let (tone, word) = match view.is_held {
        true => (Tone::Wait, "claim.held"),
        false => standing(view.status),
    };
    let (next, by, is_late) = view.next;
    // How long a bank takes is not for us to say.
    let is_theirs = next == "dispute_end";
    let name = if is_theirs { "claim.by_bank" } else { "claim.by" };
    let by = by.map(|by| words.with(name, &[("when", &moment_text(words, by))]));
    html! {
        p { (status(tone, text(word))) }
        p {
            strong { (text(awaited(next))) }
            @if let Some(by) = by { " " (by) @if !is_theirs { "." } }
        }
        @if is_late { p { (text("claim.late")) } }
    }
}

fn all_steps(words: Words, view: &ClaimView<'_>) -> Vec<Step> {
    let (_, _, is_late) = view.next;
    let mut is_first = true;
    let one = |(name, due_at, done_at): &(&str, Moment<'_>, Option<Moment<'_>>)| {
        let state = match done_at {
            Some(_) => StepState::Done,
            None if is_first => {
                is_first = false;
                if is_late { StepState::Late } else { StepState::Now }
            }
            None => StepState::ToCome,
        };
        let when = match done_at {
            Some(done_at) => moment(words, *done_at),
            None => {
                let by = words.with("claim.by", &[("when", &moment_text(words, *due_at))]);
                html! { (by) }
            }
        };
        Step { what: words.text(step(name)).to_owned(), when, state }
    };
    view.steps.iter().map(one).collect()
}

fn payouts(words: Words, view: &ClaimView<'_>) -> Markup {
    html! {
        @if !view.payouts.is_empty() {
            h2 { (words.text("claim.money")) }
            @for one in &view.payouts { (payout(words, one)) }
        }
    }
}

fn payout(words: Words, one: &PayoutView<'_>) -> Markup {
    let text = |name| words.text(name);
    let mut sums = vec![(text("claim.payout_set_out"), moment(words, one.started_at))];
    match (one.paid_at, one.expected_by) {
        (Some(paid_at), _) => sums.push((text("claim.payout_arrived"), moment(words, paid_at))),
        (None, Some(by)) => sums.push((text("claim.payout_by"), moment(words, by))),
        (None, None) => {}
    }
    if !one.elsewhere.amount.is_zero() {
        sums.push((text("claim.elsewhere"), money(words, one.elsewhere)));
    }
    let name = if one.paid_at.is_some() { "claim.payout_paid" } else { "claim.payout_sum" };
    let columns = [
        Column::words(text("claim.about")),
        Column::numbers(text("claim.sum")),
        Column::words(text("claim.status")),
    ];
    let row = |(is_card, amount, state): &(bool, Money, &str)| {
        let (tone, word) = arrival(state);
        let to = text(if *is_card { "claim.to_card" } else { "claim.to_method" });
        vec![html! { (to) }, money(words, *amount), status(tone, text(word))]
    };
    html! {
        (rows(&sums, Some((text(name), money(words, one.amount)))))
        @if !one.parts.is_empty() {
            (Table {
                caption: text("claim.money"),
                columns: &columns,
                rows: one.parts.iter().map(row).collect(),
                foot: None,
                nothing: "",
            }.show_titled_list())
        }
    }
}

fn what_to_do(visit: &Visit<'_>, view: &ClaimView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let act = |act: &str, name, weight| {
        let button = Button { text: text(name), weight, icon: None, sends: None, is_off: false };
        form(visit, &format!("/claims/{}/{act}", view.id), &button.show())
    };
    let withdraws = match view.status {
        "appealed" => "claim.withdraw_appeal",
        _ => "claim.withdraw_text",
    };
    html! {
        @if let Some(until) = view.appeal_until.filter(|_| view.can_appeal()) {
            h2 { (text("claim.appeal")) }
            p {
                (words.with("claim.appeal_text", &[("until", &moment_text(words, until))]))
            }
            (act("appeal", "claim.appeal_go", Weight::Main))
        }
        @if view.can_withdraw() {
            details {
                summary { (text("claim.withdraw")) }
                p { (text(withdraws)) }
                (act("withdraw", "claim.withdraw", Weight::Grave))
            }
        }
    }
}

fn about(words: Words, view: &ClaimView<'_>) -> Markup {
    let text = |name| words.text(name);
    let mut all = vec![
        (text("claim.number"), html! { span class="code" { (view.id) } }),
        (text("claim.made"), moment(words, view.made_at)),
        (text("claim.ground"), html! { (text(ground(view.ground))) }),
    ];
    if let Some((first, last)) = view.days {
        all.push((text("claim.days"), html! { (date(words, first)) " – " (date(words, last)) }));
    }
    if let Some((promotion, _, post)) = view.promotion {
        all.push((
            text("claim.promotion"),
            html! {
                a href=(format!("/promotions/{promotion}")) { (post) }
            },
        ));
    }
    html! {
        h2 { (text("claim.about")) }
        (rows(&all, None))
        p { (text("claim.help")) }
    }
}
