//! Requests to the support: `/account/requests` for customers, `/account/queue` for staff.
//!
//! They are endpoints for browsers, as those for accounts are. What is written goes through here
//! and into rows as ciphertext under the customer's key; rules are those of
//! [`support::conversation`].

pub(crate) mod console;
mod mails;
pub(crate) mod mine;
mod place;
mod sealing;
pub(crate) mod unproven;
mod views;

use base::ConversationId;
use outside::people::{AccountRows, PeopleError};
use support::conversation::{Conversation, TalkRefusal};

use crate::account::door::Visitor;
use crate::problem::{Problem, catalog};

/// Requests of a page of a list.
const PAGE: u32 = 20;

/// The part of the path that names a request: `/account/requests/{request}`.
const REQUEST_PART: usize = 3;

/// What comes of work on rows: done, or a named no.
type Done<T> = Result<Result<T, TalkRefusal>, PeopleError>;

/// The request that a path names. What is no id names nothing.
fn named(visitor: &Visitor) -> Result<ConversationId, Problem> {
    visitor.part(REQUEST_PART).parse().map_err(|_| Problem::new(&catalog::NOT_FOUND))
}

/// The problem of a refusal.
fn refused(refusal: TalkRefusal) -> Problem {
    let problem = Problem::new(catalog::of_talk(refusal));
    match refusal.is_transient() {
        true => problem.retry_after(base::Span::hours(24)),
        false => problem,
    }
}

/// Unwraps what was found, what is not there, and what was refused.
fn found<T>(done: Option<Result<T, TalkRefusal>>) -> Result<T, Problem> {
    done.ok_or_else(|| Problem::new(&catalog::NOT_FOUND))?.map_err(refused)
}

/// Changes a conversation that is there by a rule, without a message.
fn change(
    rows: &AccountRows<'_>,
    one: &Conversation,
    rule: impl FnOnce(&Conversation) -> Result<Conversation, TalkRefusal>,
) -> Done<Conversation> {
    let changed = match rule(one) {
        Ok(changed) => changed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    rows.put_conversation(&changed)?;
    Ok(Ok(changed))
}
