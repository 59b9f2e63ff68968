//! A conversation with the customer's money beside it.

use maud::{Markup, html};

use super::PanelView;
use crate::components::{
    Button, Field, Input, Message, Tone, Weight, acts, aside_button, form, notice, status, talk,
};
use crate::customer::{about_name, rating_name, text_wrong, topic_name, trouble};
use crate::{Moment, Visit, Width, Words, moment};

/// An answer that is ready to be sent, once it was looked at.
#[derive(Clone, Copy, Debug)]
pub struct CannedView<'a> {
    /// Its name in addresses.
    pub name: &'a str,
    /// What it is for.
    pub title: &'a str,
}

/// A conversation as staff see it.
#[derive(Clone, Debug)]
pub struct TalkView<'a> {
    /// Its id.
    pub id: &'a str,
    /// What people call it.
    pub number: &'a str,
    /// Its topic.
    pub topic: &'a str,
    /// `open`, `waiting` or `solved`.
    pub state: &'a str,
    /// The customer's address; absent when they have none or were erased.
    pub email: Option<&'a str>,
    /// Whether an account has written it; else anybody may have typed the address.
    pub is_proven: bool,
    /// The customer.
    pub person: &'a str,
    /// The kind of thing that it is about, and its id.
    pub about: Option<(&'a str, &'a str)>,
    /// The path from which they came.
    pub from: Option<&'a str>,
    /// The conversation that it takes up again.
    pub follows: Option<&'a str>,
    /// By when an answer is due.
    pub due_at: Option<Moment<'a>>,
    /// Whether that is over.
    pub is_late: bool,
    /// Whether somebody has answered.
    pub is_answered: bool,
    /// Whether whoever looks takes care of it; absent when nobody does.
    pub is_mine: Option<bool>,
    /// What the customer said of the help.
    pub rating: Option<&'a str>,
    /// What was written, notes too.
    pub said: Vec<Message<'a>>,
    /// Answers that are ready.
    pub canned: Vec<CannedView<'a>>,
    /// What stands in the box: a ready answer, or what was not sent.
    pub text: &'a str,
    /// What was just done.
    pub done: Option<&'a str>,
    /// Why something was not done.
    pub refused: Option<(&'a str, &'a str)>,
    /// What belongs to the customer.
    pub panel: PanelView<'a>,
}

/// `GET /console/queue/{id}`.
pub fn talk_page(visit: &Visit<'_>, view: &TalkView<'_>) -> Markup {
    let words = visit.words;
    let title = words.with("requests.one", &[("number", view.number)]);
    let path = format!("/console/queue/{}", view.id);
    visit.frame(&title, Width::Wide).page(&html! {
        p { a href="/console/queue" { (words.text("queue.back")) } }
        h1 { (title) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, words.text(done), words.text("queue.done_next"), None))
        }
        div class="beside" {
            div {
                (head(words, view))
                (talk(words, &view.said))
                (answer(visit, view, &path))
                (note(visit, &path))
            }
            div { (view.panel.show(visit)) }
        }
    })
}

fn head(words: Words, view: &TalkView<'_>) -> Markup {
    let state = match view.state {
        "open" => status(Tone::Wait, words.text("queue.open")),
        "waiting" => status(Tone::Plain, words.text("queue.waiting")),
        _ => status(Tone::Good, words.text("queue.solved")),
    };
    html! {
        p {
            (state) " " (words.text(topic_name(view.topic)))
            @if let Some(due) = view.due_at {
                " · " (words.text("queue.due")) " " (moment(words, due)) " "
                @if view.is_late { (status(Tone::Bad, words.text("queue.is_late"))) }
            }
        }
        p {
            (words.text("talk.customer")) ": " bdi { (view.email.unwrap_or("–")) } " "
            small class="code" { (view.person) }
        }
        @if !view.is_proven {
            @let next = words.text("queue.unproven_next");
            (notice(Tone::Wait, words.text("queue.unproven"), next, None))
        }
        @if let Some((kind, id)) = view.about {
            p {
                (words.text("queue.about")) " " (words.text(about_name(kind))) " "
                @match about_address(kind, id, view) {
                    Some(address) => a class="code" href=(address) target="_blank" { (id) },
                    None => span class="code" { (id) },
                }
                // What somebody says to write about need not be theirs.
                @if view.panel.has(kind, id) == Some(false) {
                    " " (status(Tone::Bad, words.text("queue.not_theirs")))
                }
            }
        }
        @if let Some(from) = view.from {
            p { (words.text("queue.from")) " " span class="code" { (from) } }
        }
        @if let Some(follows) = view.follows {
            p { a href=(format!("/console/queue/{follows}")) { (words.text("queue.follows")) } }
        }
        @if let Some(rating) = view.rating {
            p { (words.text("queue.rated")) " " (words.text(rating_name(rating))) }
        }
    }
}

fn about_address(kind: &str, id: &str, view: &TalkView<'_>) -> Option<String> {
    match kind {
        "gift_card" => Some(super::panel::card_address(id, Some(view.id))),
        "claim" if view.panel.opens_claims => Some(format!("/console/claims/{id}")),
        _ => None,
    }
}

fn answer(visit: &Visit<'_>, view: &TalkView<'_>, path: &str) -> Markup {
    let words = visit.words;
    let field = Field {
        hint: Some(words.text(match view.is_proven {
            true => "queue.answer_hint",
            false => "queue.answer_by_mail",
        })),
        wrong: view.refused.and_then(|(code, _)| text_wrong(words, code)),
        value: view.text,
        characters_max: Some(4_000),
        ..Field::new("text", words.text("queue.answer"), Input::Lines)
    };
    let find = format!("{path}/find");
    let (to, take) = match view.is_mine {
        Some(true) => ("nobody", words.text("queue.give_back")),
        _ => ("me", words.text("queue.take")),
    };
    html! {
        section {
            h2 { (words.text("queue.answer_title")) }
            (form(visit, &format!("{path}/answer"), &html! {
                // What is looked up comes first: it is what the key for a new line sends.
                (view.panel.search(words, &find))
                @if !view.canned.is_empty() {
                    p { (words.text("queue.canned")) }
                    ul class="filters" {
                        @for one in &view.canned {
                            li { (aside_button(one.title, &find, Some(("reply", one.name)))) }
                        }
                    }
                }
                (field.show())
                (acts(&[go(words.text("queue.send"), Weight::Main)]))
            }))
            (form(visit, &format!("{path}/assign"), &html! {
                input type="hidden" name="to" value=(to);
                (acts(&[go(take, Weight::Plain)]))
            }))
            @if view.state != "solved" && view.is_answered {
                (form(visit, &format!("{path}/solve"), &acts(&[
                    go(words.text("queue.solve"), Weight::Plain),
                ])))
            }
        }
    }
}

fn note(visit: &Visit<'_>, path: &str) -> Markup {
    let words = visit.words;
    let field = Field {
        hint: Some(words.text("queue.note_hint")),
        characters_max: Some(4_000),
        ..Field::new("note", words.text("talk.note"), Input::Lines)
    };
    form(
        visit,
        &format!("{path}/note"),
        &html! { (field.show()) (acts(&[go(words.text("queue.keep_note"), Weight::Plain)])) },
    )
}

fn go(text: &str, weight: Weight) -> Markup {
    Button { text, weight, icon: None, sends: None, is_off: false }.show()
}

fn done(what: &str) -> Option<&'static str> {
    match what {
        "answer" => Some("queue.done_answer"),
        "note" => Some("queue.done_note"),
        "assign" => Some("queue.done_assign"),
        "solve" => Some("queue.done_solve"),
        _ => None,
    }
}
