use maud::{Markup, html};

use crate::{Moment, Words, moment};

/// Who has written a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Whoever looks.
    Me,
    /// The customer, where staff look.
    Customer,
    /// Somebody of staff.
    Staff,
    /// Somebody of staff, for staff only.
    Note,
}

/// A message of a request.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Who has written it.
    pub by: Writer,
    /// When.
    pub at: Moment<'a>,
    /// The words; absent when their person was erased.
    pub text: Option<&'a str>,
}

/// What was written, in its order. Each line of a text stands on its own.
pub fn talk(words: Words, all: &[Message<'_>]) -> Markup {
    html! {
        ol class="talk" {
            @for said in all {
                li class=(said.by.class()) {
                    p class="by" {
                        strong { (words.text(said.by.name())) } " " (moment(words, said.at))
                    }
                    @match said.text {
                        Some(text) => div dir="auto" {
                            @for line in text.lines().filter(|line| !line.trim().is_empty()) {
                                p { (line) }
                            }
                        },
                        None => p class="by" { (words.text("talk.erased")) },
                    }
                }
            }
        }
    }
}

impl Writer {
    fn class(self) -> &'static str {
        match self {
            Writer::Me => "said mine",
            Writer::Customer | Writer::Staff => "said",
            Writer::Note => "said note",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Writer::Me => "talk.me",
            Writer::Customer => "talk.customer",
            Writer::Staff => "talk.staff",
            Writer::Note => "talk.note",
        }
    }
}
