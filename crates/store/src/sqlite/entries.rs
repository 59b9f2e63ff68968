//! Entries: appended with their block, read along the chain of their account.

use std::collections::{HashMap, hash_map};

use base::{AccountId, Amount};
use journal::ValueSink;
use ledger::{Account, Entry, EntryPlace};
use rusqlite::Connection;

use super::values::{Binder, Columns, write_grouped};
use crate::catalogue::entries;
use crate::{AccountAt, EntryRow, Head, StoreError, entry_values};

/// Appends the entries of a block.
pub(super) fn append(connection: &Connection, rows: &[EntryRow]) -> Result<(), StoreError> {
    write_grouped(connection, entries::insert(), rows, |row, binder| {
        entry_values::write(row, binder);
    })
}

/// Entries of an account below `before`, newest first: from one to the one it names.
pub(super) fn of_account(
    connection: &Connection,
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
pub(super) fn each_after(
    connection: &Connection,
    after: i64,
    mut each: impl FnMut(EntryRow) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(entries::AFTER)?;
    let mut binder = Binder::new(&mut statement);
    binder.int(after);
    let mut rows = binder.query()?;
    while let Some(row) = rows.next()? {
        let row = entry_values::read(&mut Columns::new(row, 0, entry_values::COLUMNS))?;
        if !each(row)? {
            break;
        }
    }
    Ok(())
}

/// Totals of accounts at a cut.
pub(super) enum TotalsAt {
    /// Read forwards: an account that is not here had no entry yet.
    Forwards(HashMap<AccountId, Totals>),
    /// Read backwards from now: an account that is not here has not moved since the cut; one
    /// without totals had no entry yet.
    Backwards(HashMap<AccountId, Option<Totals>>),
}

#[derive(Clone, Copy)]
pub(super) struct Totals {
    debits_posted: Amount,
    credits_posted: Amount,
    held: Amount,
}

/// The totals at `seq`, read from whichever side of the cut has fewer entries.
pub(super) fn totals_at(
    connection: &Connection,
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
    let mut totals = HashMap::new();
    each_after(connection, EntryPlace::last_of(seq).number(), |row| {
        // Only the first entry of an account after the cut names the last one before it.
        if let hash_map::Entry::Vacant(vacant) = totals.entry(row.entry.account) {
            let before = match row.entry.previous {
                Some(place) => Some(at(connection, place)?.ok_or_else(|| broken_chain(place))?),
                None => None,
            };
            vacant.insert(before.map(|row| Totals::after(&row.entry)));
        }
        Ok(true)
    })?;
    Ok(TotalsAt::Backwards(totals))
}

impl TotalsAt {
    /// The totals of `account` at the cut; `None` when it had no entry yet.
    pub(super) fn of(&self, account: Account) -> Option<AccountAt> {
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

fn last_of(connection: &Connection, account: AccountId) -> Result<Option<EntryPlace>, StoreError> {
    let mut statement = connection.prepare_cached(entries::LAST)?;
    let mut binder = Binder::new(&mut statement);
    binder.bytes(&account.to_bytes());
    let mut rows = binder.query()?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let number: Option<i64> = row.get(0)?;
    Ok(number.and_then(EntryPlace::from_number))
}

fn at(connection: &Connection, place: EntryPlace) -> Result<Option<EntryRow>, StoreError> {
    let mut statement = connection.prepare_cached(entries::AT)?;
    let mut binder = Binder::new(&mut statement);
    binder.int(place.number());
    match binder.query()?.next()? {
        Some(row) => {
            let mut columns = Columns::new(row, 0, entry_values::COLUMNS);
            Ok(Some(entry_values::read(&mut columns)?))
        }
        None => Ok(None),
    }
}

fn broken_chain(place: EntryPlace) -> StoreError {
    let (seq, line) = (place.sequence(), place.line());
    StoreError::Corrupt(format!("an entry of record {seq}, transfer {line} is named but missing"))
}
