//! `GET /v1/signals`: what happened to the account of a person, newest first.

use base::PersonId;
use engine::{Key, Row};
use promotions::{Signal, signal_id};
use store::{Page, Reader, StoreError};

use crate::cursor::CursorMaker;
use crate::fields::{self, refuse};
use crate::lists::{CreatedQuery, PageQuery, Wanted};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::read_call::ReadCall;
use crate::reply::Reply;
use crate::scope::Read;
use crate::views::list::ListView;
use crate::views::signal::SignalView;

query_parameters! {
    /// Whose signals.
    SignalsQuery {
        /// Whose account it is.
        #[param(pattern = "^per_[0-9a-hjkmnp-tv-z]{26}$", required = true)]
        person,
    }
}

/// The name of the answer in the documentation.
type SignalList = ListView<SignalView>;

/// List what happened to an account
///
/// Newest first, by when it happened; at most a hundred are kept. `created_after` and
/// `created_before` are about when it was told. Shows at least everything that this key has
/// written.
#[utoipa::path(get, path = "/v1/signals", operation_id = "list_signals", tag = "Promotions",
    params(PageQuery, CreatedQuery, SignalsQuery),
    responses((status = 200, description = "Signals", body = SignalList)))]
pub(crate) async fn handle(call: ReadCall<Read>) -> Result<Reply, Problem> {
    let (page, filters): (PageQuery, (CreatedQuery, SignalsQuery)) = call.query()?;
    let (created, wanted) = &filters;
    let caller = &call.caller;
    let cursors = CursorMaker::new(caller, "signals", &filters);
    let part_of = Wanted::read(&cursors, &page, created)?;
    let person = wanted.person.as_deref().ok_or_else(|| refuse("person", "must be given"))?;
    let person: PersonId = fields::id("person", person)?;
    let sight = caller.look_at_lists().await?;
    let id = move |signal: &Signal| signal_id(person, &signal.happened).bits();
    let found = caller.read(sight, move |reader| {
        let mut kept = signals_of(reader, person)?;
        kept.sort_by_key(|signal| std::cmp::Reverse(id(signal)));
        part_of.objects(id, |_| true, |page| Ok(part(&kept, page, id)))
    });
    Ok(found.await?.reply(&cursors, |signal| SignalView::new(person, signal)))
}

fn signals_of(reader: &mut dyn Reader, person: PersonId) -> Result<Vec<Signal>, StoreError> {
    let row = reader.rows(&[Key::Signals(person)])?.pop().flatten();
    Ok(match row {
        Some(Row::Signals(row)) => row.kept.clone(),
        _ => Vec::new(),
    })
}

/// What of all of them, newest first, a page shows: they are one row, so no store knows pages.
fn part(all: &[Signal], page: Page, id: impl Fn(&Signal) -> u128) -> Vec<Signal> {
    let is_wanted = |signal: &&Signal| {
        page.after.is_none_or(|after| id(signal) < after)
            && page.created_after.is_none_or(|after| after <= signal.told_at)
            && page.created_before.is_none_or(|before| signal.told_at < before)
    };
    all.iter().filter(is_wanted).take(page.limit as usize).copied().collect()
}
