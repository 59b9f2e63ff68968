//! A commit as one round trip.
//!
//! Everything from `begin` to `commit` is sent at once. The first statement moves the head row, or
//! fails when it is not where the writer believes it to be; after a failure PostgreSQL refuses the
//! rest and makes the `commit` a roll-back. So the fence needs no answer before the rest is sent.
//! Should `begin` itself be refused, the rest is refused one by one: on this connection nothing
//! can be written outside of a transaction that says it writes.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use ::journal::{Block, Value, ValueSink};
use engine::Row;
use futures_util::future::{MaybeDone, maybe_done};
use tokio_postgres::Statement;
use tokio_postgres::error::SqlState;

use super::columns::{Columns, parameters, singles};
use super::link::Link;
use super::session::Broken;
use super::statements;
use crate::catalogue::{journal, operations};
use crate::rows;
use crate::sql::{self, signed};
use crate::{
    Commit, EntryRow, FillPart, Head, OperationRun, StoreError, SweptRow, dialect, entry_values,
};

/// Bytes that one statement may carry: PostgreSQL refuses a message of a gigabyte.
const STATEMENT_BYTES_MAX: usize = 256 << 20;

/// A statement with its values, ready to be sent.
struct Ready {
    statement: Statement,
    values: Values,
    /// What it means that its key is there already.
    on_conflict: &'static str,
}

enum Values {
    Single(Vec<Value>),
    Lists(Columns),
}

/// What one transaction writes: a commit, or a part of a book that is filled.
pub(super) struct Writes<'a> {
    expected: &'a Head,
    next: &'a Head,
    blocks: &'a [Block],
    rows: &'a [SweptRow],
    entries: &'a [EntryRow],
    dropped_runs: Vec<u64>,
    runs: &'a [OperationRun],
}

impl<'a> Writes<'a> {
    /// What a commit writes.
    pub(super) fn of_commit(commit: &Commit<'a>) -> Writes<'a> {
        let Commit { expected, next, block, rows, entries, run, dropped_runs } = *commit;
        let blocks = block.map_or(&[][..], std::slice::from_ref);
        let runs = run.map_or(&[][..], std::slice::from_ref);
        let dropped_runs = dropped_runs.to_vec();
        Writes { expected, next, blocks, rows, entries, dropped_runs, runs }
    }

    /// What a part of a filled book writes: runs that are there under their number are replaced.
    pub(super) fn of_part(part: &FillPart<'a>) -> Writes<'a> {
        let FillPart { expected, next, blocks, entries, rows, runs, dropped_runs } = *part;
        let replaced = runs.iter().map(|run| run.run);
        let dropped_runs = dropped_runs.iter().copied().chain(replaced).collect();
        Writes { expected, next, blocks, rows, entries, dropped_runs, runs }
    }
}

/// Runs the transaction.
pub(super) async fn run(link: &mut Link, book: &str, writes: &Writes<'_>) -> Result<(), Broken> {
    let ready = prepare(link, book, writes).await?;
    link.calm();
    send(link, &ready).await?;
    link.unwarned()
}

/// The statements of a commit, the head first: a fenced writer does no work.
async fn prepare(link: &mut Link, book: &str, writes: &Writes<'_>) -> Result<Vec<Ready>, Broken> {
    let mut ready = Vec::with_capacity(16);
    let moved = sql::head::compare_and_set(book, writes.expected, writes.next);
    ready.push(single(link, statements::fence(), moved, "the head").await?);
    if writes.next.removed > writes.expected.removed {
        let removed = vec![Value::Int(signed(writes.next.removed))];
        ready.push(single(link, journal::REMOVE, removed, "a block that is removed").await?);
    }
    for block in writes.blocks {
        let what = "a block of this sequence exists";
        ready.push(single(link, journal::INSERT, sql::journal::values(block), what).await?);
    }
    let number = |row: &SweptRow| rows::describe(&row.row).number;
    for group in writes.rows.chunk_by(|one, other| number(one) == number(other)) {
        let table = rows::describe(&group[0].row);
        let mut lists = Columns::new(statements::kinds_of(table));
        group.iter().for_each(|row| write(&row.row, row.applied_seq, &mut lists));
        ready.push(listed(link, &statements::of(table).upsert, lists, "a row").await?);
    }
    if !writes.entries.is_empty() {
        let mut lists = Columns::new(entry_values::KINDS);
        writes.entries.iter().for_each(|row| entry_values::write(row, &mut lists));
        let what = "an entry of this place exists";
        ready.push(listed(link, statements::insert_entries(), lists, what).await?);
    }
    for run in &writes.dropped_runs {
        for text in [operations::DELETE_RUN, operations::DELETE_PAGES] {
            let number = vec![Value::Int(signed(*run))];
            ready.push(single(link, text, number, "a run that is dropped").await?);
        }
    }
    for run in writes.runs {
        let what = "a run of operations of this number exists";
        let values = sql::operations::run_values(run).to_vec();
        ready.push(single(link, operations::INSERT_RUN, values, what).await?);
        for page in sql::operations::page_values(run) {
            ready.push(single(link, operations::INSERT_PAGE, page.to_vec(), what).await?);
        }
    }
    Ok(ready)
}

fn write(row: &Row, applied_seq: u64, lists: &mut Columns) {
    rows::write_row(row, lists);
    lists.int(signed(applied_seq));
}

async fn single(
    link: &mut Link,
    text: &str,
    values: Vec<Value>,
    on_conflict: &'static str,
) -> Result<Ready, Broken> {
    let statement = link.prepared(text, &[]).await?;
    Ok(Ready { statement, values: Values::Single(values), on_conflict })
}

async fn listed(
    link: &mut Link,
    typed: &statements::Typed,
    lists: Columns,
    on_conflict: &'static str,
) -> Result<Ready, Broken> {
    if lists.bytes() > STATEMENT_BYTES_MAX {
        return Err(StoreError::Inconsistent("a commit is larger than a message may be").into());
    }
    let statement = link.prepared(&typed.text, &typed.types).await?;
    Ok(Ready { statement, values: Values::Lists(lists), on_conflict })
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + 'a>>;

/// Sends everything, then waits for all answers.
async fn send(link: &Link, ready: &[Ready]) -> Result<(), Broken> {
    let client = &link.client;
    let simple = |text: &'static str| -> Sent<'_> {
        Box::pin(async move { client.batch_execute(text).await.map(|()| 0) })
    };
    let mut sent: Vec<MaybeDone<Sent<'_>>> = Vec::with_capacity(ready.len() + 2);
    sent.push(maybe_done(simple(dialect::POSTGRES_BEGIN_WRITE)));
    for one in ready {
        sent.push(maybe_done(Box::pin(execute(client, one))));
    }
    poll_once(&mut sent).await;
    // What could not even be sent must not be missing from a transaction that is committed. The
    // open transaction ends with its connection.
    let unsent = sent.iter_mut().find_map(|one| one_error(one));
    if let Some(error) = unsent {
        return Err(Broken::Lost(StoreError::from(error)));
    }
    sent.push(maybe_done(simple("commit")));
    poll_once(&mut sent).await;
    for (place, mut answer) in sent.into_iter().enumerate() {
        Pin::new(&mut answer).await;
        let answer = Pin::new(&mut answer).take_output().expect("it has been waited for");
        if let Err(error) = answer {
            let is_conflict = error.code() == Some(&SqlState::UNIQUE_VIOLATION);
            let one = place.checked_sub(1).and_then(|place| ready.get(place));
            return Err(match one {
                Some(one) if is_conflict => StoreError::Inconsistent(one.on_conflict).into(),
                Some(_) => Broken::from(error),
                // Without its beginning or its end nobody knows what happened: the head tells.
                None => Broken::Lost(error.into()),
            });
        }
    }
    Ok(())
}

/// Hands everything to the connection, in order, without waiting for an answer.
async fn poll_once(sent: &mut [MaybeDone<Sent<'_>>]) {
    poll_fn(|context| {
        for one in &mut *sent {
            let _ = Pin::new(one).poll(context);
        }
        Poll::Ready(())
    })
    .await;
}

/// The error of what has failed already.
fn one_error(one: &mut MaybeDone<Sent<'_>>) -> Option<tokio_postgres::Error> {
    let has_failed = matches!(one, MaybeDone::Done(Err(_)));
    has_failed.then(|| Pin::new(one).take_output().and_then(Result::err)).flatten()
}

async fn execute(
    client: &tokio_postgres::Client,
    one: &Ready,
) -> Result<u64, tokio_postgres::Error> {
    match &one.values {
        Values::Lists(lists) => client.execute(&one.statement, &lists.parameters()).await,
        Values::Single(values) => {
            client.execute(&one.statement, &parameters(&singles(values))).await
        }
    }
}
