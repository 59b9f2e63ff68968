//! What a book amounts to: counts, totals by currency, and a digest of everything in it.

use std::collections::{BTreeMap, HashMap};

use base::{AccountId, Currency};
use engine::Row;
use journal::{Block, ChainHead, EncodedSink, ReadError, ValueSink, Verifier};
use sha2::{Digest, Sha256};
use store::rows::{TABLES, read_row, table_of, write_row};
use store::{EntryRow, Head, OperationRun, Reader, SweptRow, entry_values};

use crate::CopyError;
use crate::stream::{Chunks, Progress, Sink, Step, stream};

/// What a book amounts to at one instant. Equal books have equal summaries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The last record.
    pub seq: u64,
    /// Hash of the last block, and so of the whole journal.
    pub hash: [u8; 32],
    /// Blocks of the journal.
    pub blocks: u64,
    /// Records in them.
    pub records: u64,
    /// Ledger entries.
    pub entries: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Runs of operations.
    pub runs: u64,
    /// Operations in them.
    pub operations: u64,
    /// Totals of all accounts as the journal leaves them, or as their rows have them since before
    /// it begins, by currency.
    pub currencies: Vec<CurrencyTotal>,
    /// SHA-256 over all entries, rows and runs, in order.
    pub digest: [u8; 32],
}

/// Totals of all accounts of one currency, in minor units. Debits and credits are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyTotal {
    /// The currency.
    pub currency: Currency,
    /// Accounts that have it.
    pub accounts: u64,
    /// Posted debits.
    pub debits: i128,
    /// Posted credits.
    pub credits: i128,
}

/// Sums a book up while it goes by, and checks the chain of its journal. Keeps a few numbers of
/// every account in memory, about a hundred bytes each.
pub struct Tally {
    verifier: Verifier,
    summary: Summary,
    /// The last record before the journal begins.
    removed: u64,
    accounts: HashMap<AccountId, (Currency, i64, i64)>,
    account_table: u8,
    hasher: Sha256,
    buffer: Vec<u8>,
}

impl Tally {
    /// Of a book from its first record on, or with a journal of which records up to `removed` are
    /// gone.
    pub fn new(removed: u64) -> Tally {
        let table = TABLES.iter().find(|table| table.name == "account");
        Tally {
            verifier: Verifier::new(),
            summary: Summary {
                seq: 0,
                hash: [0; 32],
                blocks: 0,
                records: 0,
                entries: 0,
                rows: 0,
                runs: 0,
                operations: 0,
                currencies: Vec::new(),
                digest: [0; 32],
            },
            removed,
            accounts: HashMap::new(),
            account_table: table.expect("there is a table of accounts").number,
            hasher: Sha256::new(),
            buffer: Vec::new(),
        }
    }

    /// The last record that went by.
    pub(crate) fn seq(&self) -> u64 {
        self.verifier.head().seq
    }

    /// The summary of what went by.
    ///
    /// # Errors
    ///
    /// [`CopyError::NotZero`].
    pub fn finish(self) -> Result<Summary, CopyError> {
        let mut totals = BTreeMap::<&'static str, CurrencyTotal>::new();
        // In no order, which sums do not depend on.
        for (currency, debits, credits) in self.accounts.into_values() {
            let empty = CurrencyTotal { currency, accounts: 0, debits: 0, credits: 0 };
            let total = totals.entry(currency.code()).or_insert(empty);
            total.accounts += 1;
            total.debits += i128::from(debits);
            total.credits += i128::from(credits);
        }
        if let Some((code, _)) = totals.iter().find(|(_, total)| total.debits != total.credits) {
            return Err(CopyError::NotZero(code));
        }
        let end = self.verifier.head();
        Ok(Summary {
            seq: end.seq,
            hash: end.hash,
            currencies: totals.into_values().collect(),
            digest: self.hasher.finalize().into(),
            ..self.summary
        })
    }

    fn block(&mut self, block: &Block) -> Result<(), CopyError> {
        let seq = block.first_seq;
        if self.summary.blocks == 0 && self.removed > 0 {
            // The block before it is archived: its word is taken, which its own hash holds.
            let (seq, hash) = (self.removed, block.previous_hash);
            self.verifier = Verifier::resume(ChainHead { seq, hash, ..ChainHead::GENESIS });
        }
        self.verifier.push(block).map_err(|error| CopyError::Chain { seq, error })?;
        self.accounts(block).map_err(|error| CopyError::Record { seq, error })?;
        self.summary.blocks += 1;
        self.summary.records += u64::from(block.count);
        Ok(())
    }

    fn accounts(&mut self, block: &Block) -> Result<(), ReadError> {
        for record in block.records() {
            for change in record?.changes() {
                let change = change?;
                if change.table != self.account_table {
                    continue;
                }
                let row = read_row(change.table, change.version, &mut change.source())?;
                if let Row::Account(row) = row {
                    let totals = (row.debits_posted.minor(), row.credits_posted.minor());
                    self.accounts.insert(row.id, (row.currency, totals.0, totals.1));
                }
            }
        }
        Ok(())
    }

    /// Adds what `write` puts into the buffer to the digest.
    fn digest(&mut self, write: impl FnOnce(&mut EncodedSink<'_>)) {
        self.buffer.clear();
        write(&mut EncodedSink(&mut self.buffer));
        self.hasher.update(&self.buffer);
    }
}

impl Sink for Tally {
    fn journal(&mut self, blocks: &[Block], entries: &[EntryRow]) -> Result<(), CopyError> {
        blocks.iter().try_for_each(|block| self.block(block))?;
        for entry in entries {
            self.digest(|sink| entry_values::write(entry, sink));
        }
        self.summary.entries += entries.len() as u64;
        Ok(())
    }

    fn rows(&mut self, rows: &[SweptRow]) -> Result<(), CopyError> {
        for row in rows {
            if let Row::Account(account) = &row.row
                && row.applied_seq <= self.removed
            {
                // Unless the journal has a later state of it.
                let totals = (account.debits_posted.minor(), account.credits_posted.minor());
                let own = (account.currency, totals.0, totals.1);
                self.accounts.entry(account.id).or_insert(own);
            }
            self.digest(|sink| {
                sink.int(i64::from(table_of(&row.row).0));
                sink.int(row.applied_seq.cast_signed());
                write_row(&row.row, sink);
            });
        }
        self.summary.rows += rows.len() as u64;
        Ok(())
    }

    fn run(&mut self, run: &OperationRun) -> Result<(), CopyError> {
        self.digest(|sink| {
            sink.int(run.run.cast_signed());
            sink.int(run.last_at.micros());
            for (hash, seq) in &run.entries {
                sink.int(hash.cast_signed());
                sink.int(seq.cast_signed());
            }
        });
        self.summary.runs += 1;
        self.summary.operations += run.entries.len() as u64;
        Ok(())
    }
}

/// Sums up the book that `reader` shows at one instant, whose head is `head`.
///
/// # Errors
///
/// [`CopyError`].
pub fn summarize(
    reader: &mut dyn Reader,
    head: &Head,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, CopyError> {
    let mut tally = Tally::new(head.removed);
    stream(reader, head, 0, Chunks::default(), &mut tally, &mut |at| {
        progress(Progress { step: Step::Compare, ..at });
    })?;
    tally.finish()
}

impl Summary {
    /// Refuses a copy that is not what it was made from.
    ///
    /// # Errors
    ///
    /// [`CopyError::Differs`] with what differs.
    pub fn expect(&self, copy: &Summary) -> Result<(), CopyError> {
        let compared = [
            ("the journals", self.hash == copy.hash && self.seq == copy.seq),
            ("the numbers of blocks", self.blocks == copy.blocks),
            ("the numbers of entries", self.entries == copy.entries),
            ("the numbers of rows", self.rows == copy.rows),
            ("the numbers of operations", self.operations == copy.operations),
            ("the totals by currency", self.currencies == copy.currencies),
            ("the contents of the tables", self == copy),
        ];
        match compared.into_iter().find(|(_, is_equal)| !is_equal) {
            Some((what, _)) => Err(CopyError::Differs { what }),
            None => Ok(()),
        }
    }
}
