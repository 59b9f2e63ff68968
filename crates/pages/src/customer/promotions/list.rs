//! One's own promotions.

use base::Money;
use maud::{Markup, html};

use super::names::{goal, standing};
use crate::components::{Column, Table, Tone, Weight, acts, link_button, notice, status};
use crate::{Moment, Visit, Width, count, date, figure, money};

/// One's own promotions, newest first.
#[derive(Clone, Debug)]
pub struct PromotionsView<'a> {
    /// Those of this page.
    pub all: Vec<PromotionLine<'a>>,
    /// The way to older ones.
    pub older: Option<&'a str>,
    /// Whether a draft was just thrown away.
    pub is_one_gone: bool,
}

/// A promotion in a list.
#[derive(Clone, Debug)]
pub struct PromotionLine<'a> {
    /// Its id.
    pub id: &'a str,
    /// The post that it is of.
    pub post: &'a str,
    /// What it is to bring.
    pub goal: &'a str,
    /// Where it stands.
    pub status: &'a str,
    /// What may be spent.
    pub budget: Money,
    /// What was.
    pub spent: Money,
    /// Units that were delivered.
    pub delivered: u64,
    /// When it ends.
    pub ends_at: Moment<'a>,
}

/// `GET /promotions`.
pub fn promotions_page(visit: &Visit<'_>, view: &PromotionsView<'_>) -> Markup {
    let text = |name| visit.words.text(name);
    visit.frame(text("promotion.title"), Width::Wide).page(&html! {
        h1 { (text("promotion.title")) }
        @if view.is_one_gone {
            (notice(Tone::Good, text("promotion.gone"), text("promotion.gone_next"), None))
        }
        p class="lead" { (text("promotion.lead")) }
        (table(visit, view))
        @if let Some(older) = view.older { p { a href=(older) { (text("promotion.older")) } } }
        (acts(&[
            link_button("/promotions/new", text("promotion.new"), Weight::Main),
            link_button("/claims", text("promotion.claim"), Weight::Plain),
        ]))
    })
}

fn table(visit: &Visit<'_>, view: &PromotionsView<'_>) -> Markup {
    let words = visit.words;
    let text = |name| words.text(name);
    let columns = [
        Column::words(text("promotion.name")),
        Column::words(text("promotion.status")),
        Column::numbers(text("promotion.budget")),
        Column::numbers(text("promotion.spent")),
        Column::numbers(text("promotion.delivered")),
        Column::words(text("promotion.ends")),
    ];
    let row = |one: &PromotionLine<'_>| {
        let name = name(visit, one.goal, one.post);
        let (tone, word) = standing(one.status);
        vec![
            html! { a href=(format!("/promotions/{}", one.id)) { (name) } },
            status(tone, text(word)),
            money(words, one.budget),
            money(words, one.spent),
            figure(&count(words, one.delivered)),
            date(words, one.ends_at),
        ]
    };
    Table {
        caption: text("promotion.title"),
        columns: &columns,
        rows: view.all.iter().map(row).collect(),
        foot: None,
        nothing: text("promotion.none"),
    }
    .show_titled_list()
}

/// What a promotion is called: nobody gives it a name.
pub(in crate::customer) fn name(visit: &Visit<'_>, of_goal: &str, post: &str) -> String {
    let words = visit.words;
    words.with("promotion.one_title", &[("goal", words.text(goal(of_goal))), ("post", post)])
}
