//! Reaching a person: a request is written, answered, added to, and rated.

use maud::{Markup, html};

use super::refused::trouble;
use crate::components::{
    Button, Choice, Field, Input, Message, Tone, Weight, acts, english, escaped, form, link_button,
    notice, rows, select, status, talk,
};
use crate::{Moment, Visit, Width, Words, moment};

/// The topics that a request can have, in the order in which they are offered.
pub const TOPICS: [&str; 7] =
    ["gifts", "cards", "checkout", "safety", "promotions", "claims", "help"];

/// Characters of a message that a box takes; the rules count bytes, and say so.
const MESSAGE_CHARACTERS_MAX: u32 = 4_000;

/// The form that reaches a person.
#[derive(Clone, Debug)]
pub struct ContactView<'a> {
    /// Whether somebody has signed in. Else they tell the address to which the answer goes.
    pub is_signed_in: bool,
    /// That address, as it was typed.
    pub email: &'a str,
    /// Which topic is chosen.
    pub topic: &'a str,
    /// What was written.
    pub text: &'a str,
    /// The path from which somebody comes.
    pub from: &'a str,
    /// The kind of thing that it is about, and its id, where that is known.
    pub about: Option<(&'a str, &'a str)>,
    /// Articles that may answer at once: name and question.
    pub answers: Vec<(&'a str, &'a str)>,
    /// Why it was not sent.
    pub refused: Option<(&'a str, &'a str)>,
    /// Whether what is wrong is the address.
    pub is_email_wrong: bool,
}

/// What somebody without an account has written, and has just sent.
#[derive(Clone, Copy, Debug)]
pub struct WrittenView<'a> {
    /// What the request is called.
    pub number: &'a str,
    /// By when it is answered.
    pub due_at: Option<Moment<'a>>,
    /// Where the answer goes.
    pub email: &'a str,
}

/// A request in a list.
#[derive(Clone, Debug)]
pub struct RequestRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// What people call it.
    pub number: &'a str,
    /// Its topic.
    pub topic: &'a str,
    /// `open`, `waiting` or `solved`.
    pub state: &'a str,
    /// How it begins; absent when what was written is gone.
    pub beginning: Option<&'a str>,
    /// When something was written last.
    pub last_at: Moment<'a>,
    /// By when it is answered.
    pub due_at: Option<Moment<'a>>,
}

/// A request with all that was written.
#[derive(Clone, Debug)]
pub struct RequestView<'a> {
    /// What it is, as in a list.
    pub row: RequestRow<'a>,
    /// The kind of thing that it is about, and its id.
    pub about: Option<(&'a str, &'a str)>,
    /// The request that it takes up again.
    pub follows: Option<&'a str>,
    /// What was written.
    pub said: Vec<Message<'a>>,
    /// Whether a reply goes on with it; else one begins another.
    pub takes_replies: bool,
    /// Whether the one question is asked.
    pub asks_for_rating: bool,
    /// What was answered to it.
    pub rating: Option<&'a str>,
    /// What was just done: `sent`, `replied`, `solved` or `rated`.
    pub done: Option<&'a str>,
    /// A reply that was not sent, and why.
    pub refused: Option<(&'a str, &'a str, &'a str)>,
}

/// `GET /contact`.
pub fn contact_page(visit: &Visit<'_>, view: &ContactView<'_>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("requests.write_title"), Width::Narrow).page(&html! {
        h1 { (words.text("requests.write_title")) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        p class="lead" {
            (words.text(match view.is_signed_in {
                true => "requests.write_lead",
                false => "requests.unproven_lead",
            }))
        }
        @if !view.answers.is_empty() {
            h2 { (words.text("requests.answers")) }
            ul {
                @for (name, title) in &view.answers {
                    li { a href=(format!("/help/{name}")) { (english(words, title)) } }
                }
            }
        }
        @if let Some((kind, id)) = view.about { (about(words, kind, id)) }
        @if !view.is_signed_in { (sign_in_instead(words, view)) }
        (contact_form(visit, view))
    })
}

/// What answers `POST /contact` of somebody who has not signed in. It is the same whether the
/// address has an account or not.
pub fn written_page(visit: &Visit<'_>, view: &WrittenView<'_>) -> Markup {
    let words = visit.words;
    let mut facts = vec![
        (words.text("requests.number"), html! { bdi class="code" { (view.number) } }),
        (words.text("requests.email"), html! { bdi { (view.email) } }),
    ];
    if let Some(due) = view.due_at {
        facts.push((words.text("requests.due"), moment(words, due)));
    }
    visit.frame(words.text("requests.done_sent"), Width::Narrow).page(&html! {
        h1 { (words.text("requests.done_sent")) }
        p { (words.text("requests.unproven_sent")) }
        (rows(&facts, None))
        p { (words.text("requests.unproven_next")) }
        (acts(&[link_button("/help", words.text("refused.help"), Weight::Plain)]))
    })
}

fn contact_form(visit: &Visit<'_>, view: &ContactView<'_>) -> Markup {
    let words = visit.words;
    let topics = TOPICS.map(|topic| Choice {
        value: topic,
        text: words.text(topic_name(topic)),
        is_chosen: topic == view.topic,
    });
    let email = Field {
        hint: Some(words.text("requests.email_hint")),
        wrong: view.is_email_wrong.then(|| words.text("requests.email_wrong")),
        value: view.email,
        characters_max: Some(254),
        ..Field::new("email", words.text("requests.email"), Input::Mail)
    };
    let is_text_wrong = view.refused.filter(|_| !view.is_email_wrong);
    let text = Field {
        hint: Some(words.text("requests.text_hint")),
        wrong: is_text_wrong.and_then(|(code, _)| text_wrong(words, code)),
        value: view.text,
        characters_max: Some(MESSAGE_CHARACTERS_MAX),
        ..Field::new("text", words.text("requests.text"), Input::Lines)
    };
    form(
        visit,
        "/contact",
        &html! {
            input type="hidden" name="from" value=(view.from);
            @if let Some((_, id)) = view.about { input type="hidden" name="about" value=(id); }
            @if !view.is_signed_in { (email.show()) }
            (select("topic", words.text("requests.topic"), None, &topics))
            (text.show())
            (acts(&[go(words.text("requests.send"), Weight::Main)]))
        },
    )
}

/// Whoever can sign in has the answers in their account, and is known to be who they are.
fn sign_in_instead(words: Words, view: &ContactView<'_>) -> Markup {
    let back = match view.from {
        "" => "/contact".to_owned(),
        from => format!("/contact?from={}", escaped(from)),
    };
    let way = format!("/sign-in?next={}", escaped(&back));
    html! {
        p { (words.text("requests.sign_in_why")) }
        (acts(&[link_button(&way, words.text("requests.sign_in"), Weight::Plain)]))
    }
}

/// What the form knows already.
fn about(words: Words, kind: &str, id: &str) -> Markup {
    html! {
        p {
            (words.text("requests.about")) " " (words.text(about_name(kind))) " "
            span class="code" { (id) }
        }
    }
}

/// `GET /requests`.
pub fn requests_page(visit: &Visit<'_>, rows: &[RequestRow<'_>], next: Option<&str>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("requests.title"), Width::Narrow).page(&html! {
        h1 { (words.text("requests.title")) }
        @if rows.is_empty() { p class="nothing" { (words.text("requests.none")) } }
        ul class="panels" {
            @for row in rows { (row.show(words)) }
        }
        @if let Some(cursor) = next {
            p { a href=(format!("/requests?cursor={}", escaped(cursor))) {
                (words.text("requests.older"))
            } }
        }
        (acts(&[link_button("/contact", words.text("requests.new"), Weight::Main)]))
    })
}

impl RequestRow<'_> {
    fn show(&self, words: Words) -> Markup {
        let gone = words.text("talk.erased");
        html! {
            li class="panel" {
                p { (self.status(words)) " " small { (words.text(topic_name(self.topic))) } }
                h2 dir="auto" {
                    a href=(format!("/requests/{}", self.id)) { (self.beginning.unwrap_or(gone)) }
                }
                p { small {
                    bdi class="code" { (self.number) } " · " (moment(words, self.last_at))
                } }
                @if let Some(due) = self.due_at {
                    p { small { (words.text("requests.due")) " " (moment(words, due)) } }
                }
            }
        }
    }

    fn status(&self, words: Words) -> Markup {
        match self.state {
            "open" => status(Tone::Wait, words.text("requests.is_open")),
            "waiting" => status(Tone::Plain, words.text("requests.is_waiting")),
            _ => status(Tone::Good, words.text("requests.is_solved")),
        }
    }
}

/// `GET /requests/{id}`.
pub fn request_page(visit: &Visit<'_>, view: &RequestView<'_>) -> Markup {
    let words = visit.words;
    let title = words.with("requests.one", &[("number", view.row.number)]);
    visit.frame(&title, Width::Narrow).page(&html! {
        h1 { (title) }
        @if let Some((code, detail, _)) = view.refused { (trouble(words, code, detail)) }
        @if let Some((what, next)) = view.done.and_then(done) {
            (notice(Tone::Good, words.text(what), words.text(next), None))
        }
        p { (view.row.status(words)) " " (words.text(topic_name(view.row.topic))) }
        @if let Some(due) = view.row.due_at {
            p { (words.text("requests.due")) " " (moment(words, due)) }
        }
        @if let Some((kind, id)) = view.about { (about(words, kind, id)) }
        @if let Some(follows) = view.follows {
            p { a href=(format!("/requests/{follows}")) { (words.text("requests.follows")) } }
        }
        (talk(words, &view.said))
        @if view.asks_for_rating { (rate_form(visit, view)) }
        @if let Some(rating) = view.rating {
            p { (words.text("requests.rated")) " " (words.text(rating_name(rating))) }
        }
        (reply_form(visit, view))
    })
}

fn rate_form(visit: &Visit<'_>, view: &RequestView<'_>) -> Markup {
    let words = visit.words;
    let answer = |value| {
        Button {
            text: words.text(rating_name(value)),
            weight: Weight::Plain,
            icon: None,
            sends: Some(("rating", value)),
            is_off: false,
        }
        .show()
    };
    let answers = ["helped", "helped_in_part", "did_not_help"].map(answer);
    html! {
        section class="panel" {
            h2 { (words.text("requests.did_it_help")) }
            (form(visit, &format!("/requests/{}/rate", view.row.id), &acts(&answers)))
        }
    }
}

fn reply_form(visit: &Visit<'_>, view: &RequestView<'_>) -> Markup {
    let words = visit.words;
    let hint = match (view.row.state, view.takes_replies) {
        ("solved", true) => Some(words.text("requests.opens_again")),
        ("solved", false) => Some(words.text("requests.begins_anew")),
        _ => None,
    };
    let field = Field {
        hint,
        wrong: view.refused.and_then(|(code, ..)| text_wrong(words, code)),
        value: view.refused.map_or("", |(_, _, text)| text),
        characters_max: Some(MESSAGE_CHARACTERS_MAX),
        ..Field::new("text", words.text("requests.reply"), Input::Lines)
    };
    let path = format!("/requests/{}", view.row.id);
    html! {
        (form(visit, &format!("{path}/reply"), &html! {
            (field.show())
            (acts(&[go(words.text("requests.send"), Weight::Main)]))
        }))
        @if view.row.state != "solved" {
            (form(visit, &format!("{path}/solve"), &acts(&[
                go(words.text("requests.solve"), Weight::Plain),
            ])))
        }
    }
}

/// What is wrong with a text that was refused for what it is.
pub(crate) fn text_wrong(words: Words, code: &str) -> Option<&'static str> {
    (code == "invalid_request").then(|| words.text("requests.text_wrong"))
}

fn go(text: &str, weight: Weight) -> Markup {
    Button { text, weight, icon: None, sends: None, is_off: false }.show()
}

fn done(what: &str) -> Option<(&'static str, &'static str)> {
    match what {
        "sent" => Some(("requests.done_sent", "requests.done_sent_next")),
        "replied" => Some(("requests.done_replied", "requests.done_replied_next")),
        "solved" => Some(("requests.done_solved", "requests.done_solved_next")),
        "rated" => Some(("requests.done_rated", "requests.done_rated_next")),
        _ => None,
    }
}

/// What a topic is called, as in help.
pub(crate) fn topic_name(topic: &str) -> &'static str {
    match topic {
        "gifts" => "help.gifts",
        "cards" => "help.cards",
        "checkout" => "help.checkout",
        "safety" => "help.safety",
        "promotions" => "help.promotions",
        "claims" => "help.claims",
        _ => "requests.topic_other",
    }
}

/// What a kind of thing is called.
pub(crate) fn about_name(kind: &str) -> &'static str {
    match kind {
        "gift_card" => "requests.about_gift_card",
        "purchase" => "requests.about_purchase",
        "order" => "requests.about_order",
        "promotion" => "requests.about_promotion",
        "claim" => "requests.about_claim",
        _ => "requests.about_charge",
    }
}

/// What an answer to the one question is called.
pub(crate) fn rating_name(rating: &str) -> &'static str {
    match rating {
        "helped" => "requests.helped",
        "helped_in_part" => "requests.helped_in_part",
        _ => "requests.did_not_help",
    }
}
