//! Queries: questions about rows by key, never stale because the writer answers them.

use base::{AccountId, CardId, HoldId, Instant, ProgramId, RefundId};
use giftcards::account_of;

use crate::rows::Walk;
use crate::{Answer, AnswerRef, CardRef, Key, Rows, answer};

/// A question about one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The book and its time.
    Book,
    /// A program.
    Program(ProgramId),
    /// A card by id.
    Card(CardId),
    /// A card by its code. A replaced code finds nothing.
    Lookup(CardRef),
    /// A hold.
    Hold(HoldId),
    /// A refund.
    Refund(RefundId),
    /// A ledger account.
    Account(AccountId),
}

/// The keys the query still lacks; empty when it can be answered.
pub fn query_needs<R: Rows>(query: &Query, rows: &R) -> Vec<Key> {
    let mut walk = Walk::new(rows);
    resolve(query, &mut walk);
    walk.missing()
}

/// Answers a query whose needs are met; `None` when there is no such object.
pub fn ask<R: Rows>(query: &Query, rows: &R, now: Instant) -> Option<Answer> {
    if let Query::Account(id) = query {
        return Walk::new(rows).account(*id).cloned().map(Answer::Account);
    }
    let named = resolve(query, &mut Walk::new(rows))?;
    answer(named, rows, now)
}

fn resolve<R: Rows>(query: &Query, walk: &mut Walk<'_, R>) -> Option<AnswerRef> {
    match query {
        Query::Book => walk.book().map(|_| AnswerRef::Book),
        Query::Program(id) => walk.program(*id).map(|_| AnswerRef::Program(*id)),
        Query::Card(id) => card(*id, walk),
        Query::Lookup(CardRef::Id(id)) => card(*id, walk),
        Query::Lookup(CardRef::Code(hashes)) => {
            let mut found = None;
            for hash in hashes {
                let row = walk.code(*hash).filter(|row| row.live);
                found = found.or(row.map(|row| row.card));
            }
            found.and_then(|id| card(id, walk))
        }
        Query::Hold(id) => {
            let hold = walk.hold(*id)?;
            walk.account(account_of(hold.card)).map(|_| AnswerRef::Hold(*id))
        }
        Query::Refund(id) => walk.refund(*id).map(|_| AnswerRef::Refund(*id)),
        Query::Account(id) => {
            walk.account(*id);
            None
        }
    }
}

fn card<R: Rows>(id: CardId, walk: &mut Walk<'_, R>) -> Option<AnswerRef> {
    let card = walk.card(id);
    let account = walk.account(account_of(id));
    card.and(account).map(|_| AnswerRef::Card(id))
}
