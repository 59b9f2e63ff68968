//! A reader that shows something else than what is stored.

use base::{AccountId, CardId, Instant, SettlementId, Text};
use engine::{BookRow, Key, Row};
use giftcards::{Card, Hold, Program};
use journal::Block;
use ledger::{Account, EntryPlace};
use payments::{SettlementLine, Standing};
use store::{
    AccountAt, CardFilter, Due, EntryRow, Head, List, MemoryReader, OperationRun, Page, Reader,
    RunInfo, StoreError, SweptRow,
};

/// Shows every block, row and entry after it was bent; what is bent to `None` is not shown.
pub struct Bent {
    pub inner: MemoryReader,
    pub head: Option<Head>,
    pub block: Box<dyn Fn(Block) -> Option<Block> + Send>,
    pub row: Box<dyn Fn(SweptRow) -> Option<SweptRow> + Send>,
    pub entry: Box<dyn Fn(EntryRow) -> Option<EntryRow> + Send>,
    pub at: Box<dyn Fn(AccountAt) -> Option<AccountAt> + Send>,
    pub rows_are_corrupt: bool,
}

impl Bent {
    /// Nothing is bent yet.
    pub fn straight(inner: MemoryReader) -> Bent {
        Bent {
            inner,
            head: None,
            block: Box::new(Some),
            row: Box::new(Some),
            entry: Box::new(Some),
            at: Box::new(Some),
            rows_are_corrupt: false,
        }
    }
}

impl Reader for Bent {
    fn head(&mut self) -> Result<Head, StoreError> {
        self.head.map_or_else(|| self.inner.head(), Ok)
    }

    fn book(&mut self) -> Result<Option<BookRow>, StoreError> {
        self.inner.book()
    }

    fn rows(&mut self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        self.inner.rows(keys)
    }

    fn cards(
        &mut self,
        filter: &CardFilter,
        page: Page,
    ) -> Result<Vec<(Card, Account)>, StoreError> {
        self.inner.cards(filter, page)
    }

    fn holds(
        &mut self,
        reference: Option<&str>,
        page: Page,
    ) -> Result<Vec<(Hold, Account)>, StoreError> {
        self.inner.holds(reference, page)
    }

    fn programs(&mut self, page: Page) -> Result<Vec<Program>, StoreError> {
        self.inner.programs(page)
    }

    fn list(&mut self, list: List, page: Page) -> Result<Vec<Row>, StoreError> {
        self.inner.list(list, page)
    }

    fn named_by_rail(&mut self, names: &[Text<255>]) -> Result<Vec<Row>, StoreError> {
        self.inner.named_by_rail(names)
    }

    fn settlement_lines(
        &mut self,
        settlement: SettlementId,
        page: Page,
    ) -> Result<Vec<(SettlementLine, Option<Standing>)>, StoreError> {
        self.inner.settlement_lines(settlement, page)
    }

    fn accounts(
        &mut self,
        prefix: &str,
        after: Option<AccountId>,
        limit: u32,
    ) -> Result<Vec<Account>, StoreError> {
        self.inner.accounts(prefix, after, limit)
    }

    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.inner.account(id)
    }

    fn entries(
        &mut self,
        account: AccountId,
        before: Option<EntryPlace>,
        limit: u32,
    ) -> Result<Vec<EntryRow>, StoreError> {
        self.inner.entries(account, before, limit)
    }

    fn accounts_at(&mut self, seq: u64, each: &mut dyn FnMut(AccountAt)) -> Result<(), StoreError> {
        let bend = &self.at;
        self.inner.accounts_at(seq, &mut |at| {
            if let Some(at) = bend(at) {
                each(at);
            }
        })
    }

    fn cards_by_id(
        &mut self,
        after: Option<CardId>,
        limit: u32,
    ) -> Result<Vec<(Card, Account)>, StoreError> {
        // One at a time, so that a report that joins has to go on reading.
        self.inner.cards_by_id(after, limit.min(1))
    }

    fn blocks_after(&mut self, seq: u64, bytes_max: usize) -> Result<Vec<Block>, StoreError> {
        let blocks = self.inner.blocks_after(seq, bytes_max)?;
        Ok(blocks.into_iter().filter_map(&self.block).collect())
    }

    fn block_of(&mut self, seq: u64) -> Result<Option<Block>, StoreError> {
        self.inner.block_of(seq)
    }

    fn seq_at(&mut self, at: Instant) -> Result<u64, StoreError> {
        self.inner.seq_at(at)
    }

    fn due(&mut self, now: Instant, limit: u32) -> Result<Vec<Due>, StoreError> {
        self.inner.due(now, limit)
    }

    fn due_of_claims(&mut self, now: Instant, limit: u32) -> Result<Vec<Due>, StoreError> {
        self.inner.due_of_claims(now, limit)
    }

    fn next_due(&mut self, now: Instant) -> Result<Option<Due>, StoreError> {
        self.inner.next_due(now)
    }

    fn all_rows(&mut self, each: &mut dyn FnMut(SweptRow)) -> Result<(), StoreError> {
        if self.rows_are_corrupt {
            return Err(StoreError::Corrupt("a row cannot be read".to_owned()));
        }
        let bend = &self.row;
        self.inner.all_rows(&mut |row| {
            if let Some(row) = bend(row) {
                each(row);
            }
        })
    }

    fn all_entries(&mut self, each: &mut dyn FnMut(EntryRow)) -> Result<(), StoreError> {
        let bend = &self.entry;
        self.inner.all_entries(&mut |entry| {
            if let Some(entry) = bend(entry) {
                each(entry);
            }
        })
    }

    fn entries_after(&mut self, seq: u64, last: u64) -> Result<Vec<EntryRow>, StoreError> {
        self.inner.entries_after(seq, last)
    }

    fn operation_runs(&mut self) -> Result<Vec<RunInfo>, StoreError> {
        self.inner.operation_runs()
    }

    fn operation_run(&mut self, run: u64) -> Result<Option<OperationRun>, StoreError> {
        self.inner.operation_run(run)
    }

    fn snapshot(&mut self, work: &mut dyn FnMut(&mut dyn Reader)) -> Result<(), StoreError> {
        // Nobody writes meanwhile.
        work(self);
        Ok(())
    }
}
