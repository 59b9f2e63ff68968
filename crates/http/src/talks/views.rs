//! Requests as they are told.

use base::{ConversationId, Instant, PersonId};
use outside::people::KnownMessage;
use serde::Serialize;
use support::conversation::{About, Author, Conversation, Rating};

use super::sealing::Words;
use crate::views::{Id, Time};

/// A request without what was written.
#[derive(Serialize)]
pub(super) struct RequestView {
    id: Id<ConversationId>,
    /// What people call it.
    number: String,
    topic: &'static str,
    about: Option<AboutView>,
    state: &'static str,
    begun_at: Time,
    last_at: Time,
    /// By when the next answer is due, while it is open.
    due_at: Option<Time>,
    solved_at: Option<Time>,
    rating: Option<&'static str>,
    /// Whether a reply goes on with it; else one begins another.
    takes_replies: bool,
    asks_for_rating: bool,
    follows: Option<Id<ConversationId>>,
    /// How the first message begins, in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    beginning: Option<String>,
    /// Whether an account has written it; else anybody may have typed the address. For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    is_proven: Option<bool>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    staff: Option<StaffView>,
}

#[derive(Serialize)]
struct AboutView {
    kind: &'static str,
    id: String,
}

/// What only staff are told of a request.
#[derive(Serialize)]
pub(super) struct StaffView {
    person: Id<PersonId>,
    assigned: Option<Id<PersonId>>,
    is_mine: bool,
    is_late: bool,
    first_answered_at: Option<Time>,
}

/// Characters of a first message that lists tell.
const BEGINNING_CHARACTERS: usize = 120;

impl RequestView {
    pub(super) fn new(one: &Conversation, now: Instant) -> RequestView {
        RequestView {
            id: Id(one.id),
            number: one.number(),
            topic: one.topic.name(),
            about: one
                .about
                .map(|about: About| AboutView { kind: about.kind(), id: about.to_string() }),
            state: one.state.name(),
            begun_at: Time(one.begun_at),
            last_at: Time(one.last_at),
            due_at: one.due_at.map(Time),
            solved_at: one.solved_at.map(Time),
            rating: one.rating.map(Rating::name),
            takes_replies: one.takes_replies(now),
            asks_for_rating: one.asks_for_rating(),
            follows: one.follows.map(Id),
            beginning: None,
            is_proven: None,
            staff: None,
        }
    }

    /// The same with how it begins.
    pub(super) fn beginning_with(mut self, first: Option<&Words>) -> RequestView {
        self.beginning = first.map(|words| {
            let line = words.text.split_whitespace().collect::<Vec<_>>().join(" ");
            line.chars().take(BEGINNING_CHARACTERS).collect()
        });
        self
    }

    /// The same with whether an account has written it.
    pub(super) fn proven(mut self, is_proven: bool) -> RequestView {
        self.is_proven = Some(is_proven);
        self
    }

    /// The same for somebody of staff.
    pub(super) fn for_staff(
        mut self,
        one: &Conversation,
        me: PersonId,
        now: Instant,
    ) -> RequestView {
        self.staff = Some(StaffView {
            person: Id(one.person),
            assigned: one.assigned.map(Id),
            is_mine: one.assigned == Some(me),
            is_late: one.is_late(now),
            first_answered_at: one.first_answered_at.map(Time),
        });
        self
    }
}

/// A message.
#[derive(Serialize)]
pub(super) struct MessageView {
    /// `customer`, `staff`, or `note`.
    author: &'static str,
    at: Time,
    /// Absent when the customer was erased.
    text: Option<String>,
    /// The page from which the customer came, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Who of staff has written it, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Id<PersonId>>,
}

impl MessageView {
    pub(super) fn new(message: &KnownMessage, words: Option<Words>, is_staff: bool) -> MessageView {
        let author = match message.author {
            Author::Customer => "customer",
            Author::Staff(_) => "staff",
            Author::Note(_) => "note",
        };
        let (text, from) = words.map_or((None, None), |words| (Some(words.text), words.from));
        MessageView {
            author,
            at: Time(message.at),
            text,
            from: from.filter(|_| is_staff),
            by: message.author.staff().filter(|_| is_staff).map(Id),
        }
    }
}

/// A page of requests.
#[derive(Serialize)]
pub(super) struct ListView {
    pub(super) data: Vec<RequestView>,
    pub(super) next_cursor: Option<String>,
}

/// A request with all that was written.
#[derive(Serialize)]
pub(super) struct ThreadView {
    pub(super) request: RequestView,
    pub(super) messages: Vec<MessageView>,
    /// The customer's mail address, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    /// Under which id gifts to that address are kept, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recipient: Option<Id<PersonId>>,
}
