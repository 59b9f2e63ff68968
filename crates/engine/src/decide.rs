//! The two functions of the core: which rows a command needs, and what it does to them.

use base::{HoldId, Instant};
use giftcards::Undo;

use crate::rows::Walk;
use crate::{AnswerRef, BookRefusal, BookRow, Change, Command, Context, Key};
use crate::{OperationRefusal, OperationTrace, Refusal, ReversalStatus, Row, Rows, gift_cards};

/// The keys the command still lacks; empty when it can be decided. Asked again after loading,
/// at most [`crate::NEEDS_ROUNDS_MAX`] times.
pub fn needs<R: Rows>(command: &Command, rows: &R, now: Instant) -> Vec<Key> {
    let mut walk = Walk::new(rows);
    // The walk of a decision on rows that are not all there yet names those that are missing;
    // its result means nothing and is dropped.
    let context = Context { now, sequence: 0 };
    let _ = walk_command(command, &mut walk, context);
    walk.missing()
}

/// Decides a command whose needs are met.
///
/// # Errors
///
/// A named [`Refusal`]; nothing has happened then.
///
/// # Panics
///
/// When a row is missing: the caller did not ask [`needs`] first. Nonsense is never written.
pub fn decide<R: Rows>(command: &Command, rows: &R, context: Context) -> Result<Change, Refusal> {
    let mut walk = Walk::new(rows);
    let decided = walk_command(command, &mut walk, context);
    assert!(walk.is_complete(), "a command was decided before its rows were loaded");
    decided
}

fn walk_command<R: Rows>(
    command: &Command,
    walk: &mut Walk<'_, R>,
    context: Context,
) -> Result<Change, Refusal> {
    match command {
        Command::OpenBook { is_test, ring } => {
            if walk.book().is_some() {
                return Err(BookRefusal::BookExists.into());
            }
            Ok(book_change(BookRow {
                is_test: *is_test,
                clock_ahead_micros: 0,
                ring: *ring,
                created_at: context.now,
            }))
        }
        Command::AdvanceClock { to } => advance_clock(*to, walk, context),
        Command::Reverse { operation } => match walk.operation(*operation) {
            None => Ok(reversal(ReversalStatus::Barred)),
            Some(OperationTrace::Did(undo)) => reverse(*undo, walk, context),
            Some(OperationTrace::Refused | OperationTrace::Reversed) => {
                Ok(reversal(ReversalStatus::NothingToUndo))
            }
            Some(OperationTrace::Irreversible) => Err(OperationRefusal::Irreversible.into()),
        },
        Command::GiftCards(command) => gift_cards::walk(command, walk, context),
    }
}

fn advance_clock<R: Rows>(
    to: Instant,
    walk: &mut Walk<'_, R>,
    context: Context,
) -> Result<Change, Refusal> {
    let Some(book) = walk.book().filter(|book| book.is_test) else {
        return Err(BookRefusal::NotATestBook.into());
    };
    if to < context.now {
        return Err(BookRefusal::ClockBackwards.into());
    }
    let further = to.micros() - context.now.micros();
    let clock_ahead_micros = book.clock_ahead_micros.saturating_add(further);
    Ok(book_change(BookRow { clock_ahead_micros, ..book.clone() }))
}

fn reverse<R: Rows>(
    undo: Undo,
    walk: &mut Walk<'_, R>,
    context: Context,
) -> Result<Change, Refusal> {
    let (refund, hold_id) = match undo {
        Undo::Hold(id) | Undo::Capture(id, _) | Undo::Redemption(id) => (None, id),
        Undo::Refund(id) => {
            let refund = walk.refund(id);
            (refund, refund.map_or(HoldId::from_bits(0), |refund| refund.hold))
        }
    };
    let rows = gift_cards::HoldRows::find(hold_id, walk)?;
    let outcome = giftcards::reverse(
        undo,
        rows.hold,
        rows.card,
        (rows.account, &rows.clearing),
        refund.map(|refund| refund.as_ref()),
        gift_cards::context(context),
    )?;
    let answer = AnswerRef::Reversal(ReversalStatus::Undone, Some(hold_id));
    Ok(Change::from_outcome(outcome, answer))
}

fn reversal(status: ReversalStatus) -> Change {
    empty_change(AnswerRef::Reversal(status, None))
}

fn book_change(book: BookRow) -> Change {
    Change { rows: vec![Row::Book(book)], ..empty_change(AnswerRef::Book) }
}

fn empty_change(answer: AnswerRef) -> Change {
    let (rows, transfers, entries, events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Change { rows, transfers, entries, events, answer }
}
