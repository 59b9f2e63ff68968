//! Entries, read along the chain of their account.

use std::collections::{HashMap, hash_map};

use ::journal::{Value, ValueSource};
use base::{AccountId, Amount, Instant};
use ledger::{Account, Entry, EntryPlace};

use super::{SqlConnection, SqlRow, collect, columns, first};
use crate::catalogue::{KEYS_SOUGHT, entries};
use crate::{AccountAt, EntryRow, Head, StoreError, entry_values};

/// Entries asked for with one statement: a server sends all that was asked for, wanted or not.
const ENTRIES_AT_ONCE: i64 = 8_192;

/// Entries of an account below `before`, newest first: from one to the one it names.
pub(crate) fn of_account<C: SqlConnection>(
    connection: &mut C,
    account: AccountId,
    before: Option<EntryPlace>,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut next = match before {
        None => last_of(connection, account)?,
        // A place that is not one of this account's has nothing before it.
        Some(place) => at(connection, place)?
            .filter(|row| row.entry.account == account)
            .and_then(|row| row.entry.previous),
    };
    let mut found = Vec::new();
    while let Some(place) = next
        && found.len() < limit as usize
    {
        let row = at(connection, place)?.ok_or_else(|| broken_chain(place))?;
        next = row.entry.previous;
        found.push(row);
    }
    Ok(found)
}

/// Calls `each` for every entry after the place `after` in order, until it returns false.
pub(crate) fn each_after<C: SqlConnection>(
    connection: &mut C,
    after: i64,
    mut each: impl FnMut(EntryRow) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut after = after;
    loop {
        let mut found = 0;
        let mut goes_on = true;
        let values = [Value::Int(after), Value::Int(ENTRIES_AT_ONCE)];
        connection.each_row(entries::AFTER, &values, &mut |row| {
            let row = read(row)?;
            (after, found) = (row.entry.place.number(), found + 1);
            goes_on = each(row)?;
            Ok(goes_on)
        })?;
        if !goes_on || found < ENTRIES_AT_ONCE {
            return Ok(());
        }
    }
}

/// Sequence of the last record up to `last` that left an entry at or before `at`; zero when there
/// is none. Found by bisecting places, for instants never go back along them.
pub(crate) fn seq_at<C: SqlConnection>(
    connection: &mut C,
    at: Instant,
    last: u64,
) -> Result<u64, StoreError> {
    // Up to and including `reached`, entries are at or before `at`; those after `end` are later.
    let (mut reached, mut end) = (0, EntryPlace::last_of(last).number());
    while reached < end {
        let middle = reached + (end - reached + 1) / 2;
        match at_or_before(connection, middle)? {
            Some((place, micros)) if at.micros() < micros => end = place - 1,
            _ => reached = middle,
        }
    }
    let found = at_or_before(connection, reached)?;
    let place = found.and_then(|(place, _)| EntryPlace::from_number(place));
    Ok(place.map_or(0, EntryPlace::sequence))
}

/// Place and instant of the last entry at or before a place.
fn at_or_before<C: SqlConnection>(
    connection: &mut C,
    place: i64,
) -> Result<Option<(i64, i64)>, StoreError> {
    first(connection, entries::AT_OR_BEFORE, &[Value::Int(place)], |row| {
        let mut source = columns(row, 0, 2);
        Ok((source.int()?, source.int()?))
    })
}

/// Totals of accounts at a cut.
pub(crate) enum TotalsAt {
    /// Read forwards: an account that is not here had no entry yet.
    Forwards(HashMap<AccountId, Totals>),
    /// Read backwards from now: an account that is not here has not moved since the cut; one
    /// without totals had no entry yet.
    Backwards(HashMap<AccountId, Option<Totals>>),
}

#[derive(Clone, Copy)]
pub(crate) struct Totals {
    debits_posted: Amount,
    credits_posted: Amount,
    held: Amount,
}

/// The totals at `seq`, read from whichever side of the cut has fewer entries.
pub(crate) fn totals_at<C: SqlConnection>(
    connection: &mut C,
    head: &Head,
    seq: u64,
) -> Result<TotalsAt, StoreError> {
    if seq < head.seq / 2 {
        let end = EntryPlace::last_of(seq);
        let mut totals = HashMap::new();
        each_after(connection, 0, |row| {
            let is_before = row.entry.place <= end;
            if is_before {
                totals.insert(row.entry.account, Totals::after(&row.entry));
            }
            Ok(is_before)
        })?;
        return Ok(TotalsAt::Forwards(totals));
    }
    // Only the first entry of an account after the cut names the last one before it.
    let mut totals = HashMap::new();
    let mut before = Vec::new();
    each_after(connection, EntryPlace::last_of(seq).number(), |row| {
        if let hash_map::Entry::Vacant(vacant) = totals.entry(row.entry.account) {
            vacant.insert(None);
            before.extend(row.entry.previous);
        }
        Ok(true)
    })?;
    before.sort_unstable();
    for places in before.chunks(KEYS_SOUGHT) {
        for row in at_all(connection, places)? {
            totals.insert(row.entry.account, Some(Totals::after(&row.entry)));
        }
    }
    Ok(TotalsAt::Backwards(totals))
}

impl TotalsAt {
    /// The totals of `account` at the cut; `None` when it had no entry yet.
    pub(crate) fn of(&self, account: Account) -> Option<AccountAt> {
        let totals = match self {
            TotalsAt::Forwards(totals) => totals.get(&account.id).copied(),
            TotalsAt::Backwards(totals) => match totals.get(&account.id) {
                Some(totals) => *totals,
                None => account.last_entry.map(|_| Totals {
                    debits_posted: account.debits_posted,
                    credits_posted: account.credits_posted,
                    held: account.held(),
                }),
            },
        };
        let Totals { debits_posted, credits_posted, held } = totals?;
        Some(AccountAt { account, debits_posted, credits_posted, held })
    }
}

impl Totals {
    fn after(entry: &Entry) -> Totals {
        Totals {
            debits_posted: entry.debits_posted,
            credits_posted: entry.credits_posted,
            held: entry.held,
        }
    }
}

fn last_of<C: SqlConnection>(
    connection: &mut C,
    account: AccountId,
) -> Result<Option<EntryPlace>, StoreError> {
    let values = [Value::Bytes(account.to_bytes().to_vec())];
    let number =
        first(connection, entries::LAST, &values, |row| Ok(columns(row, 0, 1).opt_int()?))?;
    Ok(number.flatten().and_then(EntryPlace::from_number))
}

fn at<C: SqlConnection>(
    connection: &mut C,
    place: EntryPlace,
) -> Result<Option<EntryRow>, StoreError> {
    first(connection, &entries::at().one, &[Value::Int(place.number())], read)
}

/// The entries of at most [`KEYS_SOUGHT`] places.
fn at_all<C: SqlConnection>(
    connection: &mut C,
    places: &[EntryPlace],
) -> Result<Vec<EntryRow>, StoreError> {
    let Some(last) = places.last() else { return Ok(Vec::new()) };
    let filled = places.iter().chain(std::iter::repeat(last)).take(KEYS_SOUGHT);
    let values: Vec<Value> = filled.map(|place| Value::Int(place.number())).collect();
    let found = collect(connection, &entries::at().several, &values, read)?;
    let missing = places.iter().find(|place| !found.iter().any(|row| row.entry.place == **place));
    match missing {
        Some(place) => Err(broken_chain(*place)),
        None => Ok(found),
    }
}

fn read(row: &dyn SqlRow) -> Result<EntryRow, StoreError> {
    Ok(entry_values::read(&mut columns(row, 0, entry_values::COLUMNS))?)
}

fn broken_chain(place: EntryPlace) -> StoreError {
    let (seq, line) = (place.sequence(), place.line());
    StoreError::Corrupt(format!("an entry of record {seq}, transfer {line} is named but missing"))
}
