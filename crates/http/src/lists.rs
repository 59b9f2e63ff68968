//! Lists, page by page.

use axum::http::StatusCode;
use base::{Instant, Span};
use ledger::EntryPlace;
use serde::Serialize;
use store::{Page, Reader, StoreError};

use crate::cursor::CursorMaker;
use crate::fields::{self, Checked, refuse};
use crate::problem::Problem;
use crate::query::query_parameters;
use crate::reply::Reply;
use crate::views::list::ListView;

/// Entries of a page when the caller does not say.
const LIMIT_DEFAULT: usize = 20;

/// Entries of a page at most.
const LIMIT_MAX: usize = 100;

/// Rows that one request looks at, for filters that the store does not know.
const SCANNED_ROWS_MAX: usize = 5_000;

/// Rows read at a time while looking for more that fit.
const SCAN_CHUNK: usize = 500;

query_parameters! {
    /// What every list takes.
    PageQuery {
        /// Entries wanted; 20 when left out.
        #[param(value_type = Option<u32>, minimum = 1, maximum = 100)]
        limit,
        /// `next_cursor` of the page before; the first page when left out.
        #[param(min_length = 65, max_length = 65, pattern = "^2[0-9a-f]{64}$")]
        cursor,
    }
}

query_parameters! {
    /// When the entries of a list were made.
    CreatedQuery {
        /// Only what was made at this time or later.
        #[param(value_type = Option<String>, format = DateTime)]
        created_after,
        /// Only what was made before this time.
        #[param(value_type = Option<String>, format = DateTime)]
        created_before,
    }
}

impl PageQuery {
    /// Entries wanted.
    pub(crate) fn limit(&self) -> Checked<usize> {
        let Some(text) = &self.limit else { return Ok(LIMIT_DEFAULT) };
        let number = text.parse().ok().filter(|number| (1..=LIMIT_MAX).contains(number));
        number.ok_or_else(|| refuse("limit", format!("must be a number from 1 to {LIMIT_MAX}")))
    }
}

/// When the entries of a list were made: from `after` on, before `before`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Created {
    pub(crate) after: Option<Instant>,
    pub(crate) before: Option<Instant>,
}

impl CreatedQuery {
    /// The times, checked.
    pub(crate) fn created(&self) -> Checked<Created> {
        Created::read(
            ("created_after", &self.created_after),
            ("created_before", &self.created_before),
        )
    }
}

impl Created {
    /// The times of these fields, checked.
    pub(crate) fn read(
        after: (&str, &Option<String>),
        before: (&str, &Option<String>),
    ) -> Checked<Created> {
        let time = |(name, text): (&str, &Option<String>)| {
            text.as_deref().map(|text| fields::instant(name, text)).transpose()
        };
        Ok(Created { after: time(after)?, before: time(before)? })
    }

    /// Sequences of the records made in this time: the first, and the last if there is an end.
    pub(crate) fn records(self, reader: &mut dyn Reader) -> Result<(u64, Option<u64>), StoreError> {
        let mut last_before = |time: Instant| match time {
            Instant::MIN => Ok(0),
            time => reader.seq_at(time.saturating_sub(Span::from_micros(1))),
        };
        let first = self.after.map(&mut last_before).transpose()?.unwrap_or(0) + 1;
        Ok((first, self.before.map(&mut last_before).transpose()?))
    }
}

/// A part of a list that was found, and where the list goes on if it does.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) entries: Vec<T>,
    pub(crate) next: Option<u128>,
}

/// Whether a row belongs to what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fits {
    Yes,
    No,
    /// It does not, and none after it will.
    NoneFromHere,
}

/// Reads rows after `start` until `limit` that fit are found, the list ends, or too many rows were
/// looked at. In the last case the next page goes on after the last row looked at, so that a
/// filter that fits almost nothing still comes to its end.
///
/// # Errors
///
/// Those of `read`.
pub(crate) fn scan<T, E>(
    (start, limit): (Option<u128>, usize),
    place: impl Fn(&T) -> u128,
    fits: impl Fn(&T) -> Fits,
    mut read: impl FnMut(Option<u128>, u32) -> Result<Vec<T>, E>,
) -> Result<Found<T>, E> {
    let mut found = Found { entries: Vec::new(), next: None };
    let (mut after, mut scanned, mut chunk) = (start, 0, limit + 1);
    loop {
        let rows = read(after, u32::try_from(chunk).unwrap_or(u32::MAX))?;
        let is_last = rows.len() < chunk;
        scanned += rows.len();
        for row in rows {
            after = Some(place(&row));
            match fits(&row) {
                Fits::NoneFromHere => return Ok(found),
                Fits::No => {}
                Fits::Yes if found.entries.len() == limit => {
                    found.next = found.entries.last().map(&place);
                    return Ok(found);
                }
                Fits::Yes => found.entries.push(row),
            }
        }
        if is_last || scanned >= SCANNED_ROWS_MAX {
            found.next = after.filter(|_| !is_last);
            return Ok(found);
        }
        chunk = SCAN_CHUNK;
    }
}

/// What is wanted of a list of objects, newest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    after: Option<u128>,
    limit: usize,
    created: Created,
}

impl Wanted {
    /// Checks what the caller wants.
    pub(crate) fn read(
        cursors: &CursorMaker<'_>,
        page: &PageQuery,
        created: &CreatedQuery,
    ) -> Result<Wanted, Problem> {
        Ok(Wanted {
            after: cursors.read(page.cursor.as_deref())?,
            limit: page.limit()?,
            created: created.created()?,
        })
    }

    /// Finds objects that pass `keep` among those that a reader lists.
    pub(crate) fn objects<T>(
        self,
        id: impl Fn(&T) -> u128,
        keep: impl Fn(&T) -> bool,
        mut list: impl FnMut(Page) -> Result<Vec<T>, StoreError>,
    ) -> Result<Found<T>, StoreError> {
        let Created { after: created_after, before: created_before } = self.created;
        let fits = |row: &T| if keep(row) { Fits::Yes } else { Fits::No };
        scan((self.after, self.limit), id, fits, |after, limit| {
            list(Page { after, limit, created_after, created_before })
        })
    }

    /// All objects that a reader lists in this time; `None` when they are more than `rows_max`.
    pub(crate) fn everything<T>(
        created: Created,
        rows_max: usize,
        id: impl Fn(&T) -> u128,
        mut list: impl FnMut(Page) -> Result<Vec<T>, StoreError>,
    ) -> Result<Option<Vec<T>>, StoreError> {
        let Created { after: created_after, before: created_before } = created;
        let limit = u32::try_from(SCAN_CHUNK).unwrap_or(u32::MAX);
        let mut all = Vec::new();
        loop {
            let after = all.last().map(&id);
            let rows = list(Page { after, limit, created_after, created_before })?;
            let is_last = rows.len() < SCAN_CHUNK;
            all.extend(rows);
            if all.len() > rows_max {
                return Ok(None);
            }
            if is_last {
                return Ok(Some(all));
            }
        }
    }

    /// Finds entries of one account: `entries` reads those before a place.
    pub(crate) fn entries<T, E: From<StoreError>>(
        self,
        reader: &mut dyn Reader,
        place: impl Fn(&T) -> EntryPlace,
        mut entries: impl FnMut(&mut dyn Reader, Option<EntryPlace>, u32) -> Result<Vec<T>, E>,
    ) -> Result<Found<T>, E> {
        let (first, last) = self.created.records(reader)?;
        let fits = |row: &T| match place(row).sequence() {
            sequence if sequence < first => Fits::NoneFromHere,
            sequence if last.is_some_and(|last| last < sequence) => Fits::No,
            _ => Fits::Yes,
        };
        let number = |row: &T| u128::from(place(row).number().unsigned_abs());
        scan((self.after, self.limit), number, fits, |before, limit| {
            let number = before.and_then(|number| i64::try_from(number).ok());
            entries(reader, number.and_then(EntryPlace::from_number), limit)
        })
    }
}

impl<T> Found<T> {
    /// The answer.
    pub(crate) fn reply<'a, V: Serialize>(
        &'a self,
        cursors: &CursorMaker<'_>,
        view: impl Fn(&'a T) -> V,
    ) -> Reply {
        let data = self.entries.iter().map(view).collect();
        let next_cursor = self.next.map(|position| cursors.write(position));
        let list = ListView { data, has_more: next_cursor.is_some(), next_cursor };
        Reply::view(StatusCode::OK, &list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages through numbers that fall, of which every `nth` above `end` is wanted.
    fn walk(rows: u128, nth: u128, end: u128) -> (Vec<u128>, usize) {
        let (mut all, mut requests, mut start) = (Vec::new(), 0, None);
        loop {
            let fits = |row: &u128| match *row {
                row if row <= end => Fits::NoneFromHere,
                row if row.is_multiple_of(nth) => Fits::Yes,
                _ => Fits::No,
            };
            let read = |after: Option<u128>, limit| {
                let rows = (1..after.unwrap_or(rows + 1)).rev().take(limit as usize);
                Ok::<_, StoreError>(rows.collect())
            };
            let found = scan((start, 10), |row: &u128| *row, fits, read).unwrap();
            requests += 1;
            assert!(found.entries.len() <= 10);
            all.extend(found.entries);
            start = found.next;
            if start.is_none() {
                return (all, requests);
            }
        }
    }

    #[test]
    fn every_row_that_fits_is_found_once() {
        for rows in [0, 1, 9, 10, 11, 20, 21, 1_000, 12_345] {
            for (nth, end) in [(1, 0), (2, 0), (7, 5), (100, 0), (20_000, 0), (1, 12_000)] {
                let (all, requests) = walk(rows, nth, end);
                let fits = |row: &u128| row.is_multiple_of(nth) && *row > end;
                let expected: Vec<u128> = (1..=rows).rev().filter(fits).collect();
                let what = format!("{rows} rows, every {nth}th above {end}");
                assert_eq!(all, expected, "{what}");
                let full_pages = expected.len().div_ceil(10).max(1);
                let scans = usize::try_from(rows).unwrap() / SCANNED_ROWS_MAX;
                assert!(requests <= full_pages + scans, "{what}: {requests} requests");
            }
        }
    }
}
