//! The queue of claims: nothing older than its promise goes unseen.

use base::Money;
use maud::{Markup, html};

use crate::components::{Choice, Column, Table, Tone, Weight, acts, link_button, select, status};
use crate::customer::claim_names::{GROUNDS, awaited, ground, standing};
use crate::plots::{Bar, BarPlot};
use crate::{Moment, Visit, Width, Words, count, figure, moment, money};

/// Open claims of which the next step is due then.
#[derive(Clone, Copy, Debug)]
pub struct AgeBar {
    /// Which: the end of a name, `queue_of_claims.age_…`.
    pub name: &'static str,
    /// How many.
    pub count: u64,
}

/// A claim of the queue.
#[derive(Clone, Debug)]
pub struct QueueRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was made.
    pub made_at: Moment<'a>,
    /// On which ground.
    pub ground: &'a str,
    /// Where it stands.
    pub status: &'a str,
    /// What happens next, by when, and whether that is late.
    pub next: (&'a str, Option<Moment<'a>>, bool),
    /// What was decided or proposed.
    pub amount: Option<Money>,
}

/// The queue.
#[derive(Clone, Debug)]
pub struct ClaimsQueueView<'a> {
    /// What the address asks for: status and ground, empty for all.
    pub asked: [&'a str; 2],
    /// Open claims by when they are due.
    pub ages: Vec<AgeBar>,
    /// How many are open and how many of them are late.
    pub open: (u64, u64),
    /// Whether there are more than are counted.
    pub has_more: bool,
    /// The claims, what is due first before the others.
    pub rows: Vec<QueueRow<'a>>,
    /// Leads to those that are due after these.
    pub later: Option<&'a str>,
}

/// Where claims can stand that a filter names.
const STANDINGS: [&str; 8] =
    ["received", "gathering", "in_review", "appealed", "approved", "paying", "paid", "denied"];

/// `GET /console/claims`.
pub fn claims_queue_page(visit: &Visit<'_>, view: &ClaimsQueueView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let (open, late) = view.open;
    visit.frame(text("queue_of_claims.title"), Width::Wide).page(&html! {
        h1 { (text("queue_of_claims.title")) }
        p class="lead" {
            (words.counted("queue_of_claims.open", open)) " "
            @if late > 0 { (status(Tone::Bad, &words.counted("queue_of_claims.late", late))) }
            @else { (status(Tone::Good, text("queue_of_claims.none_late"))) }
        }
        @if view.has_more { p { (text("queue_of_claims.more")) } }
        (ages(words, view))
        (filters(words, view))
        (table(words, view))
    })
}

fn ages(words: Words, view: &ClaimsQueueView<'_>) -> Markup {
    let bar = |(ink, age): (u8, &AgeBar)| Bar {
        label: words.text(age.name).to_owned(),
        value: age.count,
        shown: count(words, age.count),
        ink,
    };
    BarPlot {
        title: words.text("queue_of_claims.ages"),
        what: words.text("queue_of_claims.due"),
        measure: words.text("queue_of_claims.count"),
        // What is late has the ink of warnings.
        bars: [4, 2, 1, 3].into_iter().zip(&view.ages).map(bar).collect(),
        total: Some(count(words, view.ages.iter().map(|age| age.count).sum())),
    }
    .show(words)
}

fn filters(words: Words, view: &ClaimsQueueView<'_>) -> Markup {
    let text = |name| words.text(name);
    let [asked_status, asked_ground] = view.asked;
    let all = |asked: &str| Choice {
        value: "",
        text: text("queue_of_claims.all"),
        is_chosen: asked.is_empty(),
    };
    let one = |value, name, asked| Choice { value, text: text(name), is_chosen: asked == value };
    let mut statuses = vec![all(asked_status)];
    statuses.extend(STANDINGS.map(|value| one(value, standing(value).1, asked_status)));
    let mut grounds = vec![all(asked_ground)];
    grounds.extend(GROUNDS.map(|(value, name, _)| one(value, name, asked_ground)));
    html! {
        form method="get" action="/console/claims" class="picked" {
            (select("status", text("claim.status"), None, &statuses))
            (select("ground", text("claim.ground"), None, &grounds))
            button type="submit" class="button" { (text("queue_of_claims.show")) }
        }
    }
}

fn table(words: Words, view: &ClaimsQueueView<'_>) -> Markup {
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("claim.name")),
        Column::words(text("claim.ground")),
        Column::words(text("claim.status")),
        Column::words(text("queue_of_claims.next")),
        Column::words(text("queue_of_claims.due")),
        Column::numbers(text("claim.sum")),
    ];
    let row = |one: &QueueRow<'_>| {
        let (tone, word) = standing(one.status);
        let (next, by, is_late) = one.next;
        let path = format!("/console/claims/{}", one.id);
        vec![
            html! { a href=(path) { (moment(words, one.made_at)) } },
            html! { (text(ground(one.ground))) },
            status(tone, text(word)),
            html! { (text(awaited(next))) },
            html! {
                @if let Some(by) = by { (moment(words, by)) }
                @if is_late { " " (status(Tone::Bad, text("steps.late"))) }
            },
            match one.amount {
                Some(amount) => money(words, amount),
                None => figure("–"),
            },
        ]
    };
    let table = Table {
        caption: text("queue_of_claims.title"),
        columns: &columns,
        rows: view.rows.iter().map(row).collect(),
        foot: None,
        nothing: text("queue_of_claims.nothing"),
    };
    html! {
        (table.show_titled_list())
        @if let Some(later) = view.later {
            p { (link_button(later, text("queue_of_claims.later"), Weight::Plain)) }
        }
        (acts(&[link_button("/console/claims", text("queue_of_claims.reset"), Weight::Plain)]))
    }
}
