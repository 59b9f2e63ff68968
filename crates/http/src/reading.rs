//! One object by its id, and lists of objects of payments and of the shop.

use axum::http::StatusCode;
use base::Instant;
use engine::{Answer, Query as Question, Row};
use store::List;

use crate::call::Caller;
use crate::cursor::CursorMaker;
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::Problem;
use crate::problem::catalog::Entry;
use crate::query::Query;
use crate::read_call::{ReadCall, ReadCaller};
use crate::reply::Reply;
use crate::views::{self, shop};

/// Answers with one object, or that there is none.
///
/// # Errors
///
/// `missing`, `unavailable`, `busy`.
pub(crate) async fn one(
    caller: &Caller,
    question: Question,
    missing: &'static Entry,
) -> Result<Reply, Problem> {
    let answer = caller.book().ask(question).await?;
    let answer = answer.ok_or_else(|| Problem::new(missing))?;
    Ok(shown(&answer))
}

/// An answer of the writer, with status 200.
pub(crate) fn shown(answer: &Answer) -> Reply {
    let mut body = Vec::with_capacity(768);
    views::write_answer(answer, None, &mut body);
    Reply::json(StatusCode::OK, body)
}

/// Filters of a list beyond times.
pub(crate) struct Filtered<'a, Q> {
    /// The list, for its cursors.
    pub(crate) name: &'a str,
    pub(crate) page: &'a PageQuery,
    pub(crate) created: &'a CreatedQuery,
    /// All parameters that a cursor depends on.
    pub(crate) filters: &'a Q,
}

/// Answers with a page of a list, newest first.
///
/// # Errors
///
/// `invalid_request` about a parameter; `unavailable`, `busy`.
pub(crate) async fn list<Q: Query>(
    caller: &ReadCaller,
    asked: Filtered<'_, Q>,
    list: List,
) -> Result<Reply, Problem> {
    list_where(caller, asked, list, |_, _| true).await
}

/// The same, of rows that pass `keep` at the book's time. No index knows them, so a page may have
/// fewer entries than wanted although there are more.
///
/// # Errors
///
/// As [`list`].
pub(crate) async fn list_where<Q: Query>(
    caller: &ReadCaller,
    asked: Filtered<'_, Q>,
    list: List,
    keep: impl Fn(&Row, Instant) -> bool + Send + 'static,
) -> Result<Reply, Problem> {
    let Filtered { name, page, created, filters } = asked;
    let cursors = CursorMaker::new(caller, name, filters);
    let wanted = Wanted::read(&cursors, page, created)?;
    let sight = caller.look_at_lists().await?;
    let now = sight.now;
    let found = caller.read(sight, move |reader| {
        let id = |row: &Row| shop::id_of(row).unwrap_or_default();
        wanted.objects(id, |row| keep(row, now), |page| reader.list(list, page))
    });
    let found = found.await?;
    Ok(found.reply(&cursors, |row| shop::ShopView::of_row(row, now)))
}

/// A page of a list without filters of its own.
///
/// # Errors
///
/// As [`list`].
pub(crate) async fn whole_list<S>(
    call: ReadCall<S>,
    name: &'static str,
    whole: List,
) -> Result<Reply, Problem> {
    let (page, created): (PageQuery, CreatedQuery) = call.query()?;
    let asked = Filtered { name, page: &page, created: &created, filters: &created };
    list(&call.caller, asked, whole).await
}
