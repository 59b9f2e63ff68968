//! The read side of a book, on a connection of its own.

use std::collections::HashMap;

use ::journal::{Block, Value, ValueSource};
use base::{AccountId, CardId, Instant, SettlementId, Text};
use engine::{BookRow, Key, Row as EngineRow};
use giftcards::{Card, Hold, Program};
use ledger::{Account, AccountName, EntryPlace};
use payments::{SettlementLine, Standing};

use super::{SqlConnection, SqlRow, columns, entries, first, head, journal, operations, unsigned};
use crate::catalogue::lists::{self, Query, Timer};
use crate::catalogue::{self, KEYS_SOUGHT};
use crate::rows::{self, FieldSource, TABLES, Table};
use crate::{
    AccountAt, BookName, CardFilter, Due, EntryRow, Head, List, OperationRun, Page, Reader,
    RunInfo, StoreError, SweptRow,
};

/// The read side of one book.
#[derive(Debug)]
pub struct SqlReader<C> {
    connection: C,
    book: BookName,
    /// True inside [`Reader::snapshot`]: everything is then read in its transaction.
    in_snapshot: bool,
}

impl<C: SqlConnection> SqlReader<C> {
    /// Reads `book` through this connection, on which its tables are current.
    pub(crate) fn new(connection: C, book: &BookName) -> SqlReader<C> {
        SqlReader { connection, book: book.clone(), in_snapshot: false }
    }

    /// What it reads through, for tests of how that was set up.
    #[cfg(test)]
    pub(crate) fn into_connection(self) -> C {
        self.connection
    }

    /// Runs `work` with one state of the tables: that of the snapshot, when there is one.
    fn read<T>(
        &mut self,
        work: impl FnOnce(&mut C) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.in_snapshot { work(&mut self.connection) } else { self.connection.read(work) }
    }
}

impl<C: SqlConnection> Reader for SqlReader<C> {
    fn head(&mut self) -> Result<Head, StoreError> {
        head::read(&mut self.connection, self.book.as_str())
    }

    fn book(&mut self) -> Result<Option<BookRow>, StoreError> {
        let statement = &catalogue::of(&rows::book::TABLE).select_all;
        first(&mut self.connection, statement, &[], |row| {
            match read_row(&rows::book::TABLE, row, 0)? {
                EngineRow::Book(book) => Ok(book),
                _ => Err(another_table()),
            }
        })
    }

    fn rows(&mut self, keys: &[Key]) -> Result<Vec<Option<EngineRow>>, StoreError> {
        self.read(|connection| rows_by_key(connection, keys))
    }

    fn cards(
        &mut self,
        filter: &CardFilter,
        page: Page,
    ) -> Result<Vec<(Card, Account)>, StoreError> {
        collect(&mut self.connection, &lists::cards(filter, page), card_and_account)
    }

    fn holds(
        &mut self,
        reference: Option<&str>,
        page: Page,
    ) -> Result<Vec<(Hold, Account)>, StoreError> {
        collect(&mut self.connection, &lists::holds(reference, page), |row| {
            let hold = match read_row(&rows::hold::TABLE, row, 0)? {
                EngineRow::Hold(hold) => (*hold).clone(),
                _ => return Err(another_table()),
            };
            Ok((hold, account(row, rows::hold::TABLE.columns.len())?))
        })
    }

    fn programs(&mut self, page: Page) -> Result<Vec<Program>, StoreError> {
        collect(&mut self.connection, &lists::programs(page), |row| {
            match read_row(&rows::program::TABLE, row, 0)? {
                EngineRow::Program(program) => Ok((*program).clone()),
                _ => Err(another_table()),
            }
        })
    }

    fn list(&mut self, list: List, page: Page) -> Result<Vec<EngineRow>, StoreError> {
        let (table, query) = lists::list(list, page);
        collect(&mut self.connection, &query, |row| read_row(table, row, 0))
    }

    fn named_by_rail(&mut self, names: &[Text<255>]) -> Result<Vec<EngineRow>, StoreError> {
        let mut found = Vec::new();
        for table in lists::NAMED_BY_RAIL {
            for sought in names.chunks(KEYS_SOUGHT) {
                // The statement has one length; the last name fills what is left of it.
                let filling = sought.iter().chain(std::iter::repeat(&sought[sought.len() - 1]));
                let name = |name: &Text<255>| Value::Text(name.as_str().to_owned());
                let values: Vec<Value> = filling.take(KEYS_SOUGHT).map(name).collect();
                each_row(&mut self.connection, &lists::named_by_rail(table), &values, |row| {
                    found.push(read_row(table, row, 0)?);
                    Ok(())
                })?;
            }
        }
        Ok(found)
    }

    fn settlement_lines(
        &mut self,
        settlement: SettlementId,
        page: Page,
    ) -> Result<Vec<(SettlementLine, Option<Standing>)>, StoreError> {
        collect(&mut self.connection, &lists::settlement_lines(settlement, page), line_and_standing)
    }

    fn accounts(
        &mut self,
        prefix: &str,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        self.read(|connection| accounts_by_name(connection, prefix, after, limit))
    }

    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        account_of_id(&mut self.connection, id)
    }

    fn entries(
        &mut self,
        account: AccountId,
        before: Option<EntryPlace>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        self.read(|connection| entries::of_account(connection, account, before, limit))
    }

    fn accounts_at(&mut self, seq: u64, each: &mut dyn FnMut(AccountAt)) -> Result<(), StoreError> {
        let book = self.book.clone();
        self.read(|connection| {
            let head = head::read(connection, book.as_str())?;
            let totals = entries::totals_at(connection, &head, seq)?;
            each_row(connection, &lists::all_accounts(), &[], |row| {
                if let Some(at) = totals.of(account(row, 0)?) {
                    each(at);
                }
                Ok(())
            })
        })
    }

    fn cards_by_id(
        &mut self,
        after: Option<CardId>,
        limit: u32,
    ) -> Result<Vec<(Card, Account)>, StoreError> {
        let query = lists::cards_by_id(after.map(CardId::bits), limit);
        collect(&mut self.connection, &query, card_and_account)
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        journal::after(&mut self.connection, seq, bytes_max)
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        journal::block_of(&mut self.connection, seq)
    }

    fn seq_at(&mut self, at: Instant) -> Result<u64, StoreError> {
        let book = self.book.clone();
        self.read(|connection| {
            let head = head::read(connection, book.as_str())?;
            journal::seq_at(connection, at, &head)
        })
    }

    fn due(&mut self, now: Instant, limit: u32) -> Result<Vec<Due>, StoreError> {
        due_of(&lists::TIMERS, &mut self.connection, now, limit)
    }

    fn due_of_claims(&mut self, now: Instant, limit: u32) -> Result<Vec<Due>, StoreError> {
        due_of(&lists::CLAIM_TIMERS, &mut self.connection, now, limit)
    }

    fn next_due(&mut self, now: Instant) -> Result<Option<Due>, StoreError> {
        let mut found = Vec::new();
        for timer in &lists::TIMERS {
            let values = [Value::Int(now.micros())];
            each_row(&mut self.connection, &lists::next_due(timer), &values, |row| {
                found.push(due(timer, row)?);
                Ok(())
            })?;
        }
        Ok(found.into_iter().min())
    }

    fn all_rows(&mut self, each: &mut dyn FnMut(SweptRow)) -> Result<(), StoreError> {
        self.read(|connection| {
            for table in TABLES {
                each_row(connection, &catalogue::of(table).select_all, &[], |row| {
                    each(read_swept(table, row)?);
                    Ok(())
                })?;
            }
            Ok(())
        })
    }

    fn all_entries(&mut self, each: &mut dyn FnMut(EntryRow)) -> Result<(), StoreError> {
        entries::each_after(&mut self.connection, 0, |row| {
            each(row);
            Ok(true)
        })
    }

    fn entries_after(&mut self, seq: u64, last: u64) -> Result<Vec<EntryRow>, StoreError> {
        let end = EntryPlace::last_of(last);
        let mut found = Vec::new();
        let start = EntryPlace::last_of(seq).number();
        entries::each_after(&mut self.connection, start, |row| {
            let is_wanted = row.entry.place <= end;
            if is_wanted {
                found.push(row);
            }
            Ok(is_wanted)
        })?;
        Ok(found)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        operations::runs(&mut self.connection)
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        self.read(|connection| operations::whole(connection, run))
    }

    fn snapshot(&mut self, work: &mut dyn FnMut(&mut dyn Reader)) -> Result<(), StoreError> {
        if self.in_snapshot {
            work(self);
            return Ok(());
        }
        self.connection.begin_read()?;
        // The state is that of the first read, and not of the beginning.
        let first = head::read(&mut self.connection, self.book.as_str());
        if first.is_ok() {
            self.in_snapshot = true;
            work(self);
            self.in_snapshot = false;
        }
        self.connection.end_read();
        first.map(drop)
    }
}

/// What some timers say is due, in due order.
fn due_of<C: SqlConnection>(
    timers: &[Timer],
    connection: &mut C,
    now: Instant,
    limit: u32,
) -> Result<Vec<Due>, StoreError> {
    let values = [Value::Int(now.micros()), Value::Int(i64::from(limit))];
    let mut found = Vec::new();
    for timer in timers {
        each_row(connection, &lists::due(timer), &values, |row| {
            found.push(due(timer, row)?);
            Ok(())
        })?;
    }
    found.sort();
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn each_row<C: SqlConnection>(
    connection: &mut C,
    statement: &str,
    values: &[Value],
    mut each: impl FnMut(&dyn SqlRow) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    connection.each_row(statement, values, &mut |row| each(row).map(|()| true))
}

fn collect<C: SqlConnection, T>(
    connection: &mut C,
    query: &Query,
    read: impl FnMut(&dyn SqlRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    super::collect(connection, &query.text, &query.values, read)
}

/// Rows by key, [`KEYS_SOUGHT`] of a table with one statement.
fn rows_by_key<C: SqlConnection>(
    connection: &mut C,
    keys: &[Key],
) -> Result<Vec<Option<EngineRow>>, StoreError> {
    let number = |key: &Key| rows::table_of_key(key).map(|table| table.number);
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut by_key = HashMap::with_capacity(sorted.len());
    for group in sorted.chunk_by(|one, other| number(one) == number(other)) {
        let Some(table) = rows::table_of_key(&group[0]) else { continue };
        let select = &catalogue::of(table).select;
        for sought in group.chunks(KEYS_SOUGHT) {
            let (text, length) = match sought {
                [_] => (&select.one, 1),
                _ => (&select.several, KEYS_SOUGHT),
            };
            let mut values: Vec<Value> = Vec::with_capacity(length);
            // The statement has one length; the last key fills what is left of it.
            let filling = sought.iter().chain(std::iter::repeat(&sought[sought.len() - 1]));
            filling.take(length).for_each(|key| rows::write_key(key, &mut values));
            each_row(connection, text, &values, |row| {
                let row = read_row(table, row, 0)?;
                by_key.insert(row.key(), row);
                Ok(())
            })?;
        }
    }
    Ok(keys.iter().map(|key| by_key.get(key).cloned()).collect())
}

/// Accounts of cards have no stored name, so the list is woven from two: both are sorted, and
/// each holds as many rows as could be wanted.
fn accounts_by_name<C: SqlConnection>(
    connection: &mut C,
    prefix: &str,
    after: Option<AccountId>,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    let after = match after {
        None => None,
        Some(id) => match account_of_id(connection, id)? {
            Some(account) => Some((account.name, id)),
            None => return Ok(Vec::new()),
        },
    };
    let after_text = after.as_ref().map(|(name, id)| (name.to_string(), id.bits()));
    let after_text = after_text.as_ref().map(|(name, bits)| (name.as_str(), *bits));
    let query = lists::named_accounts(prefix, after_text, limit);
    let mut found = collect(connection, &query, |row| account(row, 0))?;
    found.retain(|account| account.name.to_string().starts_with(prefix));
    if let Some((first, last)) = card_range(prefix, after.as_ref().map(|(name, _)| name)) {
        let query = lists::card_accounts(first, last, limit);
        found.extend(collect(connection, &query, |row| account(row, 0))?);
    }
    found.sort_by_cached_key(|account| (account.name.to_string(), account.id));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// The first and last id of cards whose accounts' names start with `prefix` and come after
/// `after`. The text of an id sorts as the id does, so a prefix of it is a range of ids.
fn card_range(prefix: &str, after: Option<&AccountName>) -> Option<(u128, u128)> {
    let start = format!("giftcard/{}_", CardId::PREFIX);
    let (first, last) = if start.starts_with(prefix) {
        (0, u128::MAX)
    } else {
        let characters = prefix.strip_prefix(&start)?;
        let filled = |with: char| {
            let missing = 26_usize.checked_sub(characters.len())?;
            let rest: String = std::iter::repeat_n(with, missing).collect();
            let id: CardId = format!("{}_{characters}{rest}", CardId::PREFIX).parse().ok()?;
            Some(id.bits())
        };
        (filled('0')?, filled('z')?)
    };
    match after {
        None => Some((first, last)),
        Some(AccountName::GiftCard(card)) => Some((first.max(card.bits().checked_add(1)?), last)),
        Some(name) => (name.to_string() < start).then_some((first, last)),
    }
}

fn account_of_id<C: SqlConnection>(
    connection: &mut C,
    id: AccountId,
) -> Result<Option<Account>, StoreError> {
    let values = [Value::Bytes(id.to_bytes().to_vec())];
    let statement = &catalogue::of(&rows::account::TABLE).select.one;
    first(connection, statement, &values, |row| account(row, 0))
}

/// A row of `table` whose columns begin at `start`.
fn read_row(table: &Table, row: &dyn SqlRow, start: usize) -> Result<EngineRow, StoreError> {
    let mut columns = columns(row, start, table.columns.len());
    Ok(rows::read_row(table.number, table.version, &mut columns)?)
}

/// A row of `table` with its `applied_seq` behind it.
pub(crate) fn read_swept(table: &Table, row: &dyn SqlRow) -> Result<SweptRow, StoreError> {
    let applied_seq = unsigned(columns(row, table.columns.len(), 1).int()?)?;
    Ok(SweptRow { row: read_row(table, row, 0)?, applied_seq })
}

fn account(row: &dyn SqlRow, start: usize) -> Result<Account, StoreError> {
    match read_row(&rows::account::TABLE, row, start)? {
        EngineRow::Account(account) => Ok(account),
        _ => Err(another_table()),
    }
}

fn card_and_account(row: &dyn SqlRow) -> Result<(Card, Account), StoreError> {
    let card = match read_row(&rows::card::TABLE, row, 0)? {
        EngineRow::Card(card) => (*card).clone(),
        _ => return Err(another_table()),
    };
    Ok((card, account(row, rows::card::TABLE.columns.len())?))
}

/// A line has a standing when it is about something.
fn line_and_standing(row: &dyn SqlRow) -> Result<(SettlementLine, Option<Standing>), StoreError> {
    let table = &rows::settlement_line::TABLE;
    let line = match read_row(table, row, 0)? {
        EngineRow::SettlementLine(line) => (*line).clone(),
        _ => return Err(another_table()),
    };
    if line.of.is_none() {
        return Ok((line, None));
    }
    // Lines are swept before standings: for a moment there may be the one without the other.
    if columns(row, table.columns.len(), 1).opt_fixed16()?.is_none() {
        return Ok((line, None));
    }
    match read_row(&rows::standing::TABLE, row, table.columns.len())? {
        EngineRow::Standing(standing) => Ok((line, Some((*standing).clone()))),
        _ => Err(another_table()),
    }
}

fn due(timer: &Timer, row: &dyn SqlRow) -> Result<Due, StoreError> {
    let mut source = columns(row, 0, 2);
    let (at, id) = (source.instant()?, source.fixed16()?);
    Ok(Due { at, what: (timer.what)(id) })
}

/// The codec of one table gave a row of another, which its own tests rule out.
fn another_table() -> StoreError {
    StoreError::Corrupt("a row is of another table".to_owned())
}
