//! What the commands that copy books have in common: how they tell what was copied.

pub(super) mod backup;
pub(super) mod move_books;
pub(super) mod restore;

use copies::{CurrencyTotal, Step, Summary};
use serde::Serialize;
use store::BookRecord;

use crate::progress::Progress;

/// A book that was copied, with what was compared.
#[derive(Serialize)]
struct BookView {
    book: String,
    kind: &'static str,
    /// Sixteen hexadecimal digits.
    incarnation: String,
    /// The last record.
    sequence: u64,
    /// Hash of the last block, and so of the whole journal.
    journal_hash: String,
    blocks: u64,
    records: u64,
    entries: u64,
    rows: u64,
    operations: u64,
    /// SHA-256 over all entries, rows and operations.
    digest: String,
    totals: Vec<TotalView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_keys: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_endpoints: Option<u64>,
    /// True when an earlier run had copied it, and it was compared again.
    #[serde(skip_serializing_if = "Option::is_none")]
    was_there: Option<bool>,
}

/// All accounts of a currency, in minor units.
#[derive(Serialize)]
struct TotalView {
    currency: &'static str,
    accounts: u64,
    debits: i128,
    credits: i128,
}

impl BookView {
    fn new(record: &BookRecord, summary: &Summary) -> BookView {
        let Summary { seq, blocks, records, entries, rows, operations, .. } = *summary;
        BookView {
            book: record.name.to_string(),
            kind: if record.is_test { "test" } else { "live" },
            incarnation: format!("{:016x}", record.incarnation),
            sequence: seq,
            journal_hash: hex(&summary.hash),
            blocks,
            records,
            entries,
            rows,
            operations,
            digest: hex(&summary.digest),
            totals: summary.currencies.iter().map(TotalView::new).collect(),
            api_keys: None,
            webhook_endpoints: None,
            was_there: None,
        }
    }

    fn moved(moved: &copies::Moved) -> BookView {
        let view = BookView::new(&moved.record, &moved.summary);
        BookView {
            api_keys: Some(moved.keys),
            webhook_endpoints: Some(moved.endpoints),
            was_there: Some(moved.was_there),
            ..view
        }
    }

    fn text(&self) -> String {
        let BookView { book, kind, sequence, records, entries, rows, operations, .. } = self;
        let again = if self.was_there == Some(true) { ", there already" } else { "" };
        let mut text = format!(
            "book {book} ({kind}{again}): {records} records up to {sequence}, {entries} entries, \
             {rows} rows, {operations} operations\n  journal {}\n  tables  {}\n",
            self.journal_hash, self.digest
        );
        if let Some((keys, endpoints)) = self.api_keys.zip(self.webhook_endpoints) {
            text += &format!("  {keys} API keys, {endpoints} webhook endpoints\n");
        }
        for TotalView { currency, accounts, debits, credits } in &self.totals {
            text += &format!(
                "  {currency}: {accounts} accounts, debits {debits}, credits {credits}, \
                 difference {}\n",
                debits - credits
            );
        }
        text
    }
}

impl TotalView {
    fn new(total: &CurrencyTotal) -> TotalView {
        let CurrencyTotal { currency, accounts, debits, credits } = *total;
        TotalView { currency: currency.code(), accounts, debits, credits }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn show(progress: &mut Progress, at: copies::Progress) {
    let what = match at.step {
        Step::Journal => "journal",
        Step::Rows => "rows",
        Step::Operations => "operations",
        Step::Compare => "comparing",
    };
    progress.step(what, at.done, at.total);
}
