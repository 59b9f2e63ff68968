//! The queue: the next right request first.

use maud::{Markup, html};

use crate::components::{Column, Table, Tone, escaped, status};
use crate::customer::topic_name;
use crate::{Moment, Visit, Width, Words, moment};

/// What of the queue is looked at; its address says it all, so that it can be kept and shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter<'a> {
    /// `open`, `waiting` or `solved`.
    pub state: &'a str,
    /// `me`, `nobody`, or empty.
    pub assigned: &'a str,
    /// Only what is late.
    pub is_late: bool,
}

impl Filter<'_> {
    /// The address of this look.
    pub fn address(&self) -> String {
        let mut address = format!("/console/queue?state={}", escaped(self.state));
        if !self.assigned.is_empty() {
            address.push_str(&format!("&assigned={}", escaped(self.assigned)));
        }
        if self.is_late {
            address.push_str("&late=true");
        }
        address
    }
}

/// A request of the queue.
#[derive(Clone, Debug)]
pub struct TalkRow<'a> {
    /// Its id.
    pub id: &'a str,
    /// What people call it.
    pub number: &'a str,
    /// Its topic.
    pub topic: &'a str,
    /// How it begins; absent when what was written is gone.
    pub beginning: Option<&'a str>,
    /// By when an answer is due.
    pub due_at: Option<Moment<'a>>,
    /// Whether that is over.
    pub is_late: bool,
    /// When something was written last.
    pub last_at: Moment<'a>,
    /// Whether nobody has answered yet.
    pub is_first: bool,
    /// Whether whoever looks takes care of it; absent when nobody does.
    pub is_mine: Option<bool>,
    /// Whether an account has written it.
    pub is_proven: bool,
}

/// The queue.
#[derive(Clone, Debug)]
pub struct QueueView<'a> {
    /// What is looked at.
    pub filter: Filter<'a>,
    /// The requests.
    pub rows: Vec<TalkRow<'a>>,
    /// Where it goes on.
    pub next: Option<&'a str>,
}

/// `GET /console/queue`.
pub fn queue_page(visit: &Visit<'_>, view: &QueueView<'_>) -> Markup {
    let words = visit.words;
    visit.frame(words.text("queue.title"), Width::Wide).page(&html! {
        h1 { (words.text("queue.title")) }
        (filters(words, &view.filter))
        (rows(words, view))
        @if let Some(cursor) = view.next {
            @let address = format!("{}&cursor={}", view.filter.address(), escaped(cursor));
            p { a href=(address) { (words.text("queue.more")) } }
        }
    })
}

fn filters(words: Words, now: &Filter<'_>) -> Markup {
    let open = Filter { state: "open", assigned: "", is_late: false };
    let looks = [
        ("queue.open", open),
        ("queue.late", Filter { is_late: true, ..open }),
        ("queue.mine", Filter { assigned: "me", ..open }),
        ("queue.nobodys", Filter { assigned: "nobody", ..open }),
        ("queue.waiting", Filter { state: "waiting", ..open }),
        ("queue.waiting_mine", Filter { state: "waiting", assigned: "me", ..open }),
        ("queue.solved", Filter { state: "solved", ..open }),
    ];
    html! {
        nav aria-label=(words.text("queue.looks")) {
            ul class="filters" {
                @for (name, look) in &looks {
                    li {
                        a href=(look.address()) aria-current=[(look == now).then_some("page")] {
                            (words.text(name))
                        }
                    }
                }
            }
        }
    }
}

fn rows(words: Words, view: &QueueView<'_>) -> Markup {
    let is_open = view.filter.state == "open";
    let clock = if is_open { "queue.due" } else { "queue.last" };
    let columns = [
        Column::words(words.text("queue.request")),
        Column::words(words.text("queue.topic")),
        Column::words(words.text(clock)),
        Column::words(words.text("queue.cares")),
    ];
    let row = |one: &TalkRow<'_>| {
        vec![
            html! {
                a href=(format!("/console/queue/{}", one.id)) dir="auto" {
                    (one.beginning.unwrap_or(words.text("talk.erased")))
                }
                " " small class="code" { (one.number) }
                @if !one.is_proven { " " (status(Tone::Wait, words.text("queue.is_unproven"))) }
            },
            html! { (words.text(topic_name(one.topic))) },
            one.clock(words),
            html! {
                (words.text(match one.is_mine {
                    Some(true) => "queue.me",
                    Some(false) => "queue.other",
                    None => "queue.nobody",
                }))
            },
        ]
    };
    Table {
        caption: words.text("queue.title"),
        columns: &columns,
        rows: view.rows.iter().map(row).collect(),
        foot: None,
        nothing: words.text("queue.nothing"),
    }
    .show_titled_list()
}

impl TalkRow<'_> {
    fn clock(&self, words: Words) -> Markup {
        let Some(due) = self.due_at else { return moment(words, self.last_at) };
        html! {
            (moment(words, due)) " "
            @if self.is_late {
                (status(Tone::Bad, words.text("queue.is_late")))
            } @else if self.is_first {
                (status(Tone::Wait, words.text("queue.first")))
            }
        }
    }
}
