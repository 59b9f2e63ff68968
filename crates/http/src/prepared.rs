//! Commands on their way to the writer, and decisions on their way back.

use axum::http::StatusCode;
use engine::{Answer, Command, Refusal};
use giftcards::{Refusal as CardRefusal, Why};
use risk::budget::Asker;
use writer::{Decided, Operation, Outcome, Request};

use crate::call::Caller;
use crate::guesses;
use crate::problem::{Problem, catalog};
use crate::reply::Reply;
use crate::shown_code;
use crate::views;

/// A command that cannot be malformed any more, with what is needed to answer it.
pub(crate) struct Prepared {
    pub(crate) command: Command,
    pub(crate) operation: Option<Operation>,
    /// Who named a code, if one was named.
    pub(crate) asker: Option<Asker>,
    /// The status of success.
    pub(crate) status: StatusCode,
}

impl Prepared {
    /// A command that makes something.
    pub(crate) fn creating(command: Command, operation: Operation) -> Prepared {
        let status = StatusCode::CREATED;
        Prepared { command, operation: Some(operation), asker: None, status }
    }

    /// A command that makes something, for which a key is not asked.
    pub(crate) fn creating_with(command: Command, operation: Option<Operation>) -> Prepared {
        let status = StatusCode::CREATED;
        Prepared { status, ..Prepared::changing(command, operation) }
    }

    /// A command that changes something.
    pub(crate) fn changing(command: Command, operation: impl Into<Option<Operation>>) -> Prepared {
        let (operation, status) = (operation.into(), StatusCode::OK);
        Prepared { command, operation, asker: None, status }
    }

    /// Splits off what the writer gets.
    pub(crate) fn into_request(self, caller: &Caller) -> (Request, Expected) {
        let Prepared { command, operation, asker, status } = self;
        (Request { command, actor: caller.key.id, operation }, Expected { asker, status })
    }

    /// Has it decided and makes the answer.
    pub(crate) async fn decide(self, caller: &Caller) -> Result<Reply, Problem> {
        let told = self.told(caller).await?;
        let mut body = Vec::with_capacity(768);
        told.write_body(&mut body);
        Ok(Reply::json(told.status, body).replayed(told.is_replayed()))
    }

    /// Has it decided, for whoever makes the answer.
    pub(crate) async fn told(self, caller: &Caller) -> Result<Told, Problem> {
        let (request, expected) = self.into_request(caller);
        let mut outcomes = caller.book().decide(vec![request], false).await?;
        let outcome = outcomes.pop();
        let outcome = outcome.ok_or_else(|| Problem::new(&catalog::OUTCOME_UNKNOWN))?;
        expected.settle(caller, outcome).await
    }
}

/// What is needed to answer an outcome.
pub(crate) struct Expected {
    asker: Option<Asker>,
    status: StatusCode,
}

impl Expected {
    /// Books what an outcome means for guess budgets and lists, and finds what may be shown.
    pub(crate) async fn settle(self, caller: &Caller, outcome: Outcome) -> Result<Told, Problem> {
        let decided = outcome?;
        let found = if decided.replayed { None } else { found_a_card(&decided.result) };
        if let (Some(asker), Some(found)) = (&self.asker, found) {
            guesses::record(caller, asker, found);
        }
        if decided.seq > 0 {
            caller.key.wrote(decided.seq);
        }
        if let Err(refusal) = &decided.result {
            return Err(Problem::refused(refusal, decided.replayed));
        }
        let code = shown_code::of(caller, &decided).await?;
        Ok(Told { decided, code, status: self.status })
    }
}

/// A decision that was accepted, with what may be told of it.
pub(crate) struct Told {
    decided: Decided,
    code: Option<String>,
    pub(crate) status: StatusCode,
}

impl Told {
    /// What was decided.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        self.decided.result.as_ref().ok()
    }

    /// True when an earlier decision is repeated.
    pub(crate) fn is_replayed(&self) -> bool {
        self.decided.replayed
    }

    /// Appends the body of the answer.
    pub(crate) fn write_body(&self, out: &mut Vec<u8>) {
        if let Ok(answer) = &self.decided.result {
            views::write_answer(answer, self.code.as_deref(), out);
        }
    }
}

/// Whether a code led to a card; `None` when the decision was made without looking, which must
/// put nobody into good standing.
fn found_a_card<T>(result: &Result<T, Refusal>) -> Option<bool> {
    match result {
        Err(Refusal::GiftCards(CardRefusal::NotUsable(Why::Unknown | Why::CodeReplaced))) => {
            Some(false)
        }
        Err(
            Refusal::Book(_)
            | Refusal::Operation(_)
            | Refusal::Payments(_)
            | Refusal::Shop(_)
            | Refusal::Promotions(_)
            | Refusal::Claims(_)
            | Refusal::Tender { .. },
        )
        | Err(Refusal::GiftCards(CardRefusal::IdTaken)) => None,
        Ok(_) | Err(Refusal::GiftCards(_)) => Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::OperationRefusal;

    #[test]
    fn only_a_look_at_a_card_counts_as_one() {
        let check = |refusal: Refusal, expected| {
            assert_eq!(found_a_card::<()>(&Err(refusal)), expected, "{refusal:?}");
        };
        assert_eq!(found_a_card(&Ok(())), Some(true));
        check(CardRefusal::NotUsable(Why::Unknown).into(), Some(false));
        check(CardRefusal::NotUsable(Why::CodeReplaced).into(), Some(false));
        check(CardRefusal::NotUsable(Why::Frozen).into(), Some(true));
        check(CardRefusal::CurrencyMismatch.into(), Some(true));
        check(CardRefusal::IdTaken.into(), None);
        check(OperationRefusal::Reversed.into(), None);
        check(OperationRefusal::BatchAborted.into(), None);
    }
}
