//! What becomes of a conversation, as functions of what it is.

use base::{ConversationId, Instant, PersonId};

use super::{About, Clocks, Conversation, Rating, TalkRefusal, TalkState, limits};
use crate::Topic;

/// How much a customer has written when they write again: counted before that message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Messages of the last 24 hours, in all their conversations.
    pub today: u32,
    /// Their conversations that are not solved.
    pub open: u32,
}

/// What a request begins with.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// Its id.
    pub id: ConversationId,
    /// Whose request it is.
    pub person: PersonId,
    /// What it is listed under.
    pub topic: Topic,
    /// The thing that it is about.
    pub about: Option<About>,
    /// The solved conversation that it takes up again.
    pub follows: Option<ConversationId>,
}

/// What comes of a customer's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replied {
    /// The conversation goes on.
    Here(Conversation),
    /// It was solved too long ago: another one begins that follows it.
    Anew(Conversation),
}

impl Replied {
    /// The conversation that has the reply.
    pub fn conversation(&self) -> &Conversation {
        match self {
            Replied::Here(conversation) | Replied::Anew(conversation) => conversation,
        }
    }
}

impl Conversation {
    /// A request with its first message.
    ///
    /// # Errors
    ///
    /// In this order: `TooManyMessages`, `TooManyRequests`.
    pub fn begin(
        beginning: Beginning,
        written: Written,
        clocks: &Clocks,
        now: Instant,
    ) -> Result<Conversation, TalkRefusal> {
        check_day(written)?;
        if written.open >= limits::OPEN_MAX {
            return Err(TalkRefusal::TooManyRequests);
        }
        let Beginning { id, person, topic, about, follows } = beginning;
        Ok(Conversation {
            id,
            person,
            topic,
            about,
            follows,
            state: TalkState::Open,
            assigned: None,
            begun_at: now,
            last_at: now,
            first_answered_at: None,
            due_at: Some(clocks.first_due(topic, now)),
            solved_at: None,
            rating: None,
            messages: 1,
        })
    }

    /// The customer writes. `next` is the id of the conversation that begins when this one was
    /// solved too long ago.
    ///
    /// # Errors
    ///
    /// In this order: `TooManyMessages`, `ConversationFull`; `TooManyRequests` where another one
    /// would begin.
    pub fn reply(
        &self,
        next: ConversationId,
        written: Written,
        clocks: &Clocks,
        now: Instant,
    ) -> Result<Replied, TalkRefusal> {
        check_day(written)?;
        if !self.takes_replies(now) {
            let beginning = Beginning {
                id: next,
                person: self.person,
                topic: self.topic,
                about: self.about,
                follows: Some(self.id),
            };
            return Conversation::begin(beginning, written, clocks, now).map(Replied::Anew);
        }
        let due = || match self.first_answered_at {
            Some(_) => clocks.next_due(self.topic, now),
            None => clocks.first_due(self.topic, now),
        };
        Ok(Replied::Here(Conversation {
            state: TalkState::Open,
            last_at: now,
            // Whoever writes twice does not wait longer for it.
            due_at: Some(self.due_at.unwrap_or_else(due)),
            solved_at: None,
            rating: None,
            messages: self.one_more()?,
            ..self.clone()
        }))
    }

    /// Staff write to the customer. Whoever answers what nobody takes care of does so from now on.
    ///
    /// # Errors
    ///
    /// In this order: `OwnRequest`, `ConversationFull`.
    pub fn answer(&self, by: PersonId, now: Instant) -> Result<Conversation, TalkRefusal> {
        self.check_other(by)?;
        Ok(Conversation {
            state: TalkState::Waiting,
            assigned: self.assigned.or(Some(by)),
            last_at: now,
            first_answered_at: self.first_answered_at.or(Some(now)),
            due_at: None,
            solved_at: None,
            messages: self.one_more()?,
            ..self.clone()
        })
    }

    /// Staff write for staff. Whose turn it is does not change, and the customer sees nothing.
    ///
    /// # Errors
    ///
    /// As [`Conversation::answer`].
    pub fn note(&self, by: PersonId) -> Result<Conversation, TalkRefusal> {
        self.check_other(by)?;
        Ok(Conversation { messages: self.one_more()?, ..self.clone() })
    }

    /// Somebody of staff takes care of it from now on, or nobody.
    ///
    /// # Errors
    ///
    /// In this order: `OwnRequest` when the customer does it or is named, `AlreadyAssigned`.
    pub fn assign(&self, by: PersonId, to: Option<PersonId>) -> Result<Conversation, TalkRefusal> {
        self.check_other(by)?;
        to.map_or(Ok(()), |to| self.check_other(to))?;
        match self.assigned == to {
            true => Err(TalkRefusal::AlreadyAssigned),
            false => Ok(Conversation { assigned: to, ..self.clone() }),
        }
    }

    /// It is solved, says the customer, who may always, or somebody of staff who has answered: a
    /// clock is not stopped by closing what it runs for.
    ///
    /// # Errors
    ///
    /// In this order: `AlreadySolved`, `NotAnswered`.
    pub fn solve(&self, by: PersonId, now: Instant) -> Result<Conversation, TalkRefusal> {
        if self.state == TalkState::Solved {
            return Err(TalkRefusal::AlreadySolved);
        }
        if by != self.person && self.first_answered_at.is_none() {
            return Err(TalkRefusal::NotAnswered);
        }
        let (state, due_at, solved_at) = (TalkState::Solved, None, Some(now));
        Ok(Conversation { state, last_at: now, due_at, solved_at, ..self.clone() })
    }

    /// The customer says how it went; they may think again until it is opened again.
    ///
    /// # Errors
    ///
    /// `NotSolved`.
    pub fn rate(&self, rating: Rating) -> Result<Conversation, TalkRefusal> {
        match self.state {
            TalkState::Solved => Ok(Conversation { rating: Some(rating), ..self.clone() }),
            TalkState::Open | TalkState::Waiting => Err(TalkRefusal::NotSolved),
        }
    }

    fn check_other(&self, staff: PersonId) -> Result<(), TalkRefusal> {
        if staff == self.person { Err(TalkRefusal::OwnRequest) } else { Ok(()) }
    }

    fn one_more(&self) -> Result<u32, TalkRefusal> {
        match self.messages < limits::MESSAGES_MAX {
            true => Ok(self.messages + 1),
            false => Err(TalkRefusal::ConversationFull),
        }
    }
}

fn check_day(written: Written) -> Result<(), TalkRefusal> {
    match written.today < limits::MESSAGES_A_DAY_MAX {
        true => Ok(()),
        false => Err(TalkRefusal::TooManyMessages),
    }
}
