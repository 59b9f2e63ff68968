//! Help: the best answer first, and a person one step away.

use maud::{Markup, html};

use crate::components::{Button, Icon, Prose, Weight, english, escaped, link_button, prose};
use crate::{Language, Visit, Width, Words};

/// Articles under one heading.
#[derive(Clone, Debug)]
pub struct TopicView<'a> {
    /// The name of the topic.
    pub name: &'a str,
    /// Name and question of each article.
    pub articles: Vec<(&'a str, &'a str)>,
}

/// The help centre.
#[derive(Clone, Debug)]
pub struct HelpView<'a> {
    /// What was searched for, if anything was.
    pub query: Option<&'a str>,
    /// What was found: name, question, and how the answer begins.
    pub found: Vec<(&'a str, &'a str, String)>,
    /// All articles by topic.
    pub topics: Vec<TopicView<'a>>,
    /// The path of the page from which somebody came; the form knows it.
    pub from: Option<&'a str>,
    /// The path of the form that reaches a person, where there is one.
    pub contact: Option<&'a str>,
}

/// An article.
#[derive(Clone, Debug)]
pub struct ArticleView<'a> {
    /// The question.
    pub title: &'a str,
    /// The answer.
    pub answer: Vec<Prose<'a>>,
    /// Others of the same topic: name and question.
    pub others: Vec<(&'a str, &'a str)>,
    /// The path of the page from which somebody came.
    pub from: Option<&'a str>,
    /// The path of the form that reaches a person, where there is one.
    pub contact: Option<&'a str>,
}

/// `GET /help`.
pub fn help_page(visit: &Visit<'_>, view: &HelpView<'_>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("help.title"), Width::Narrow).page(&html! {
        h1 { (words.text("help.title")) }
        (search_form(words, view))
        @if let Some(query) = view.query { (found(words, query, view)) }
        (contact(words, view.contact, view.from))
        @for topic in &view.topics {
            h2 { (words.text(topic_name(topic.name))) }
            ul {
                @for (name, title) in &topic.articles {
                    li { (way(words, name, title, view.from)) }
                }
            }
        }
    })
}

fn search_form(words: Words, view: &HelpView<'_>) -> Markup {
    let go = Button {
        text: words.text("help.search"),
        weight: Weight::Main,
        icon: Some(Icon::Search),
        sends: None,
        is_off: false,
    };
    html! {
        form method="get" action="/help" role="search" {
            div class="field" {
                label for="q" { (words.text("help.ask")) }
                p class="hint" id="q-hint" { (words.text("help.ask_hint")) }
                input class="box" id="q" name="q" type="search" dir="auto" maxlength="200"
                    aria-describedby="q-hint" value=(view.query.unwrap_or(""));
            }
            @if let Some(from) = view.from { input type="hidden" name="from" value=(from); }
            (go.show())
        }
    }
}

fn found(words: Words, query: &str, view: &HelpView<'_>) -> Markup {
    let count = view.found.len() as u64;
    html! {
        section aria-live="polite" {
            @if view.found.is_empty() {
                h2 { (words.with("help.nothing", &[("query", query)])) }
                p { (words.text("help.nothing_next")) }
            } @else {
                h2 { (words.counted("help.found", count)) }
                @for (name, title, beginning) in &view.found {
                    p { (way(words, name, title, view.from)) br; (english(words, beginning)) }
                }
            }
        }
    }
}

fn contact(words: Words, form: Option<&str>, from: Option<&str>) -> Markup {
    let Some(form) = form else { return Markup::default() };
    let path = match from {
        Some(from) => format!("{form}?from={}", escaped(from)),
        None => form.to_owned(),
    };
    html! {
        p { (words.text("help.person")) }
        p { (link_button(&path, words.text("help.write"), Weight::Plain)) }
    }
}

/// An article's address remembers where somebody came from.
fn way(words: Words, name: &str, title: &str, from: Option<&str>) -> Markup {
    let path = match from {
        Some(from) => format!("/help/{name}?from={}", escaped(from)),
        None => format!("/help/{name}"),
    };
    html! { a href=(path) { (english(words, title)) } }
}

fn topic_name(topic: &str) -> &'static str {
    match topic {
        "gifts" => "help.gifts",
        "cards" => "help.cards",
        "checkout" => "help.checkout",
        "safety" => "help.safety",
        "promotions" => "help.promotions",
        "claims" => "help.claims",
        _ => "help.help",
    }
}

/// `GET /help/{article}`.
pub fn article_page(visit: &Visit<'_>, view: &ArticleView<'_>) -> Markup {
    let words = visit.words;
    visit.frame(view.title, Width::Narrow).page(&html! {
        // Articles are in English; on another page they say so.
        @if words.language == Language::English {
            h1 { (view.title) }
            (prose(&view.answer))
        } @else {
            div lang="en" dir="ltr" { h1 { (view.title) } (prose(&view.answer)) }
        }
        @if !view.others.is_empty() {
            h2 { (words.text("help.others")) }
            ul {
                @for (name, title) in &view.others { li { (way(words, name, title, view.from)) } }
            }
        }
        (contact(words, view.contact, view.from.or(Some(visit.path))))
    })
}
