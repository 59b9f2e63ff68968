//! What customers and staff write to each other, as rules: what is said, who may say it, and by
//! when we answer.

mod about;
mod act;
mod clocks;
pub mod limits;
mod refusal;
mod said;

pub use about::About;
pub use act::{Beginning, Replied, Written};
use base::{ConversationId, Instant, PersonId};
pub use clocks::{ClockError, Clocks, Term};
pub use refusal::TalkRefusal;
pub use said::{Author, MessageText, Rating};

use crate::Topic;

/// Whose turn it is. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TalkState {
    /// We owe an answer.
    Open = 1,
    /// The customer may write; nothing is due.
    Waiting = 2,
    /// Nobody expects anything. A reply soon enough opens it again.
    Solved = 3,
}

impl TalkState {
    /// Every state.
    pub const ALL: [TalkState; 3] = [TalkState::Open, TalkState::Waiting, TalkState::Solved];

    /// Stable lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            TalkState::Open => "open",
            TalkState::Waiting => "waiting",
            TalkState::Solved => "solved",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<TalkState> {
        TalkState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Reads the stored number back.
    pub fn from_number(number: u8) -> Option<TalkState> {
        TalkState::ALL.into_iter().find(|state| *state as u8 == number)
    }
}

/// One request of a customer, from its first message to its end.
///
/// What was written is kept beside it, sealed; here is only what decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Which one.
    pub id: ConversationId,
    /// Whose request it is.
    pub person: PersonId,
    /// What it is listed under.
    pub topic: Topic,
    /// The thing that it is about, if it is known.
    pub about: Option<About>,
    /// The conversation that it takes up again, too long after that was solved.
    pub follows: Option<ConversationId>,
    /// Whose turn it is.
    pub state: TalkState,
    /// Who of staff takes care of it.
    pub assigned: Option<PersonId>,
    /// When it began.
    pub begun_at: Instant,
    /// When customer or staff wrote last, or it was solved; notes do not count, for customers see
    /// this.
    pub last_at: Instant,
    /// When staff wrote to the customer for the first time.
    pub first_answered_at: Option<Instant>,
    /// By when the next answer is due; there exactly while it is open.
    pub due_at: Option<Instant>,
    /// When it was solved; there exactly while it is.
    pub solved_at: Option<Instant>,
    /// What the customer said of it since it was solved.
    pub rating: Option<Rating>,
    /// How many messages there are, notes included.
    pub messages: u32,
}

impl Conversation {
    /// Whether an answer is overdue.
    pub fn is_late(&self, now: Instant) -> bool {
        self.due_at.is_some_and(|due| due <= now)
    }

    /// What people call it: `7K2M-9QXA`, from the random end of its id. Two of a shop may share
    /// one, so nothing is looked up by it.
    pub fn number(&self) -> String {
        let id = self.id.to_string().to_uppercase();
        let end = id.split_at(id.len() - 8).1;
        format!("{}-{}", &end[..4], &end[4..])
    }

    /// Whether a reply goes on with it; else one begins another.
    pub fn takes_replies(&self, now: Instant) -> bool {
        let until = self.solved_at.map(|at| at.saturating_add(limits::REOPENED_WITHIN));
        until.is_none_or(|until| now < until)
    }

    /// Whether the customer is asked how it went.
    pub fn asks_for_rating(&self) -> bool {
        self.state == TalkState::Solved && self.rating.is_none()
    }
}
