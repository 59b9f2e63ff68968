//! A card as support sees it: masked, with its story, and what can be done.

use base::{Currency, Money};
use maud::{Markup, html};

use super::panel::card_address;
use crate::components::{
    Button, Choice, Column, Field, Input, Table, Tone, Weight, acts, form, link_button, notice,
    rows, select, status,
};
use crate::customer::trouble;
use crate::{Moment, Visit, Width, Words, moment, money, signed};

/// Something that happened to the card.
#[derive(Clone, Debug)]
pub struct EventRow<'a> {
    /// When.
    pub at: Moment<'a>,
    /// What.
    pub what: String,
    /// What it did to the balance, in minor units: below zero when the card lost.
    pub amount: (i64, Currency),
    /// What the card was worth then.
    pub balance: Money,
    /// The posting that did it.
    pub posting: &'a str,
}

/// A card.
#[derive(Clone, Debug)]
pub struct CardPageView<'a> {
    /// Its id.
    pub id: &'a str,
    /// The last characters of its code.
    pub last_four: &'a str,
    /// Its status.
    pub status: &'a str,
    /// What blocks it, since when.
    pub blocks: Vec<(&'a str, &'a str, Moment<'a>)>,
    /// What it was issued with.
    pub value: Money,
    /// What it is worth now.
    pub balance: Money,
    /// What of that is held.
    pub held: Money,
    /// Until when it can be spent; absent when it never expires.
    pub expires_at: Option<Moment<'a>>,
    /// Who owns it.
    pub owner: Option<&'a str>,
    /// For whom it is, as far as is known.
    pub recipient: Option<String>,
    /// How it is delivered, and how far that is.
    pub delivery: String,
    /// The reference that the shop gave it.
    pub reference: Option<&'a str>,
    /// What happened to it, the newest first.
    pub events: Vec<EventRow<'a>>,
    /// Where older events go on.
    pub next: Option<&'a str>,
    /// What can be done now: names of acts.
    pub acts: Vec<&'static str>,
    /// The conversation for which one looks.
    pub request: Option<&'a str>,
    /// The act that was just done.
    pub done: Option<&'a str>,
}

/// An act before it is done: what is so, and what will be.
#[derive(Clone, Debug)]
pub struct CardActView<'a> {
    /// The card.
    pub card: &'a str,
    /// The last characters of its code.
    pub last_four: &'a str,
    /// The act: `freeze`, `unfreeze`, `replace-code`, `resend` or `change-recipient`.
    pub act: &'a str,
    /// Its status now.
    pub status: &'a str,
    /// What blocks it now.
    pub blocked: Option<String>,
    /// Who owns it now.
    pub owner: Option<&'a str>,
    /// For whom it is now.
    pub sent_to: Option<String>,
    /// How it is delivered, and how far that is.
    pub delivery: String,
    /// What the card is worth, before and after: no act of these moves money.
    pub balance: Money,
    /// From which value on another of staff has to enter the same, when this is such a card.
    pub two_from: Option<Money>,
    /// The conversation for which it is done.
    pub request: Option<&'a str>,
    /// What was filled in: the address and name of a new recipient.
    pub recipient: (&'a str, &'a str),
    /// Why it was not done.
    pub refused: Option<(&'a str, &'a str)>,
}

/// Reasons that are kept: words for machines, never of people.
pub const REASONS: [&str; 6] =
    ["lost", "stolen", "not_arrived", "wrong_address", "fraud_suspected", "asked_for"];

/// `GET /console/cards/{id}`.
pub fn card_page(visit: &Visit<'_>, view: &CardPageView<'_>) -> Markup {
    let words = visit.words;
    let title = words.with("console_card.title", &[("end", view.last_four)]);
    visit.frame(&title, Width::Wide).page(&html! {
        @if let Some(request) = view.request {
            p { a href=(format!("/console/queue/{request}")) {
                (words.text("console_card.back"))
            } }
        }
        h1 { (title) }
        @if let Some(done) = view.done.and_then(done) {
            (notice(Tone::Good, words.text(done), words.text("console_card.done_next"), None))
        }
        p {
            span class="code" { (view.id) } " " (state(words, view.status))
            @for (kind, reason, since) in &view.blocks {
                " " (status(Tone::Bad, kind)) " " small {
                    (reason) ", " (moment(words, *since))
                }
            }
        }
        (facts(words, view))
        (ways(words, view))
        (story(words, view))
    })
}

fn state(words: Words, status_name: &str) -> Markup {
    let (tone, name) = match status_name {
        "active" => (Tone::Good, "console_card.active"),
        "pending" => (Tone::Wait, "console_card.pending"),
        "depleted" => (Tone::Plain, "console_card.depleted"),
        "expired" => (Tone::Bad, "console_card.expired"),
        _ => (Tone::Bad, "console_card.canceled"),
    };
    status(tone, words.text(name))
}

fn facts(words: Words, view: &CardPageView<'_>) -> Markup {
    let text = |name| words.text(name);
    let maybe = |value: Option<&str>| html! { bdi { (value.unwrap_or("–")) } };
    rows(
        &[
            (text("console_card.value"), money(words, view.value)),
            (text("queue.held"), money(words, view.held)),
            (
                text("console_card.expires"),
                match view.expires_at {
                    Some(at) => moment(words, at),
                    None => html! { (text("console_card.never")) },
                },
            ),
            (text("console_card.owner"), maybe(view.owner)),
            (text("console_card.recipient"), maybe(view.recipient.as_deref())),
            (text("console_card.delivery"), html! { (view.delivery) }),
            (text("console_card.reference"), maybe(view.reference)),
        ],
        Some((text("queue.balance"), money(words, view.balance))),
    )
}

fn ways(words: Words, view: &CardPageView<'_>) -> Markup {
    let way = |act: &&str| {
        let address = card_address(&format!("{}/{act}", view.id), view.request);
        link_button(&address, words.text(act_name(act)), Weight::Plain)
    };
    let ways: Vec<Markup> = view.acts.iter().map(way).collect();
    html! { @if !ways.is_empty() { (acts(&ways)) } }
}

fn story(words: Words, view: &CardPageView<'_>) -> Markup {
    let columns = [
        Column::words(words.text("console_card.when")),
        Column::words(words.text("console_card.what")),
        Column::numbers(words.text("console_card.amount")),
        Column::numbers(words.text("queue.balance")),
    ];
    let row = |one: &EventRow<'_>| {
        vec![
            moment(words, one.at),
            html! { (one.what) " " small class="code" { (one.posting) } },
            signed(words, one.amount.0, one.amount.1),
            money(words, one.balance),
        ]
    };
    let table = Table {
        caption: words.text("console_card.story"),
        columns: &columns,
        rows: view.events.iter().map(row).collect(),
        foot: None,
        nothing: words.text("console_card.no_story"),
    };
    html! {
        (table.show_list())
        @if let Some(cursor) = view.next {
            @let address = card_address(view.id, view.request);
            @let sign = if address.contains('?') { '&' } else { '?' };
            @let cursor = crate::components::escaped(cursor);
            p { a href=(format!("{address}{sign}cursor={cursor}")) {
                (words.text("console_card.older"))
            } }
        }
    }
}

/// `GET /console/cards/{id}/{act}`: what is so, what will be, and why.
pub fn card_act_page(visit: &Visit<'_>, view: &CardActView<'_>) -> Markup {
    let words = visit.words;
    let name = words.text(act_name(view.act));
    let title = words.with("console_card.act", &[("act", name), ("end", view.last_four)]);
    let action = format!("/console/cards/{}/{}", view.card, view.act);
    let reasons = REASONS.map(|reason| Choice {
        value: reason,
        text: words.text(reason_name(reason)),
        is_chosen: false,
    });
    let grave = matches!(view.act, "freeze" | "replace-code");
    let weight = if grave { Weight::Grave } else { Weight::Main };
    let button = Button { text: name, weight, icon: None, sends: None, is_off: false };
    let back = card_address(view.card, view.request);
    visit.frame(&title, Width::Narrow).page(&html! {
        h1 { (title) }
        @if let Some((code, detail)) = view.refused { (trouble(words, code, detail)) }
        h2 { (words.text("console_card.before")) }
        (before(words, view))
        h2 { (words.text("console_card.after")) }
        p { (words.text(after_name(view.act))) }
        p { (words.text("console_card.same_balance")) " " (money(words, view.balance)) }
        @if let Some(from) = view.two_from {
            p { (words.text("console_card.two_from")) " " (money(words, from)) }
            p { (words.text("console_card.two_text")) }
        }
        (form(visit, &action, &html! {
            @if let Some(request) = view.request {
                input type="hidden" name="request" value=(request);
            }
            @if view.act == "change-recipient" { (new_recipient(words, view)) }
            (select("reason", words.text("console_card.why"), None, &reasons))
            (acts(&[button.show(), link_button(&back, words.text("refused.back"), Weight::Plain)]))
        }))
    })
}

/// What is so now. A value that is not there is a dash.
fn before(words: Words, view: &CardActView<'_>) -> Markup {
    let maybe = |value: Option<&str>| html! { bdi { (value.unwrap_or("–")) } };
    rows(
        &[
            (words.text("queue.status"), state(words, view.status)),
            (words.text("console_card.blocked"), maybe(view.blocked.as_deref())),
            (words.text("console_card.owner"), maybe(view.owner)),
            (words.text("console_card.recipient"), maybe(view.sent_to.as_deref())),
            (words.text("console_card.delivery"), maybe(Some(&view.delivery))),
        ],
        Some((words.text("queue.balance"), money(words, view.balance))),
    )
}

fn new_recipient(words: Words, view: &CardActView<'_>) -> Markup {
    let (email, name) = view.recipient;
    let is_wrong = view.refused.is_some_and(|(code, _)| code == "invalid_request");
    let email = Field {
        wrong: is_wrong.then(|| words.text("console_card.email_wrong")),
        value: email,
        characters_max: Some(254),
        ..Field::new("email", words.text("console_card.new_email"), Input::Mail)
    };
    let name = Field {
        value: name,
        is_optional: true,
        characters_max: Some(100),
        ..Field::new("name", words.text("console_card.new_name"), Input::Line)
    };
    html! { (email.show()) (name.show()) }
}

fn act_name(act: &str) -> &'static str {
    match act {
        "freeze" => "console_card.freeze",
        "unfreeze" => "console_card.unfreeze",
        "replace-code" => "console_card.replace",
        "resend" => "console_card.resend",
        _ => "console_card.readdress",
    }
}

fn after_name(act: &str) -> &'static str {
    match act {
        "freeze" => "console_card.after_freeze",
        "unfreeze" => "console_card.after_unfreeze",
        "replace-code" => "console_card.after_replace",
        "resend" => "console_card.after_resend",
        _ => "console_card.after_readdress",
    }
}

fn done(act: &str) -> Option<&'static str> {
    match act {
        "freeze" => Some("console_card.done_freeze"),
        "unfreeze" => Some("console_card.done_unfreeze"),
        "replace-code" => Some("console_card.done_replace"),
        "resend" => Some("console_card.done_resend"),
        "change-recipient" => Some("console_card.done_readdress"),
        "asked" => Some("console_card.done_asked"),
        _ => None,
    }
}

fn reason_name(reason: &str) -> &'static str {
    match reason {
        "lost" => "console_card.reason_lost",
        "stolen" => "console_card.reason_stolen",
        "not_arrived" => "console_card.reason_not_arrived",
        "wrong_address" => "console_card.reason_wrong_address",
        "fraud_suspected" => "console_card.reason_fraud",
        _ => "console_card.reason_asked",
    }
}
