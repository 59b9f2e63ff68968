//! The tables held against the replayed journal.

use engine::{Key, Row};
use journal::Value;
use ledger::EntryPlace;
use store::rows::{TABLES, table_of, write_row};
use store::{EntryRow, Head, Reader, StoreError, SweptRow};

use super::finding::{Check, Findings};
use super::replay::{Image, Replay};
use super::{Progress, Span, Step};

/// Things between two reports of progress.
const PROGRESS_EVERY: u64 = 10_000;

/// Compares every row of every table with the version of the record it says it shows. Returns
/// how many rows were compared.
pub(super) fn compare_rows(
    reader: &mut dyn Reader,
    head: Head,
    replay: &mut Replay,
    findings: &mut Findings,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64, StoreError> {
    let total = replay.rows();
    let mut done = 0;
    let read = reader.all_rows(&mut |swept| {
        compare_row(&swept, head, replay, findings);
        done += 1;
        if done % PROGRESS_EVERY == 0 {
            progress(Progress { step: Step::Rows, done, total });
        }
    });
    if was_read(read, "rows", findings)? {
        progress(Progress { step: Step::Rows, done, total });
        name_missing_rows(replay, findings);
    }
    Ok(done)
}

/// Compares every entry with what its transfer did. Returns how many entries were compared.
pub(super) fn compare_entries(
    reader: &mut dyn Reader,
    span: &Span,
    replay: &Replay,
    findings: &mut Findings,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64, StoreError> {
    let total = replay.entries.len() as u64;
    let (head, start) = (span.head, EntryPlace::last_of(span.from));
    let mut done = 0;
    let mut trail = Trail { left: &replay.entries };
    let read = reader.all_entries(&mut |found| {
        if found.entry.place <= start {
            return;
        }
        if found.entry.place <= EntryPlace::last_of(head.seq) {
            trail.compare(&found, findings);
        }
        done += 1;
        if done % PROGRESS_EVERY == 0 {
            progress(Progress { step: Step::Entries, done, total });
        }
    });
    if was_read(read, "entries", findings)? {
        progress(Progress { step: Step::Entries, done, total });
        trail.finish(findings);
    }
    Ok(done)
}

/// Data that make no sense are a finding; a store that cannot be read is an error.
pub(super) fn was_read(
    read: Result<(), StoreError>,
    what: &str,
    findings: &mut Findings,
) -> Result<bool, StoreError> {
    match read {
        Err(StoreError::Corrupt(detail)) => {
            findings.note(Check::Tables, what, detail);
            Ok(false)
        }
        read => read.map(|()| true),
    }
}

fn compare_row(swept: &SweptRow, head: Head, replay: &mut Replay, findings: &mut Findings) {
    let key = swept.row.key();
    let name = name_of(&key);
    let seq = swept.applied_seq;
    let Some(image) = replay.images.get_mut(&key) else {
        if seq <= head.seq {
            let detail = format!("no record up to {} made it", head.seq);
            findings.note(Check::RowUnknown, name, detail);
        }
        return;
    };
    image.is_in_table = true;
    if seq > head.seq {
        return;
    }
    if let Some(settled) = image.settled().filter(|settled| seq < settled.seq) {
        let (changed, watermark) = (settled.seq, head.watermark);
        let detail = format!(
            "it shows record {seq}, but record {changed} changed it and the watermark is \
             {watermark}"
        );
        findings.note(Check::RowBehind, name, detail);
        return;
    }
    match image.version(seq) {
        None => {
            let detail = format!("it says it shows record {seq}, which did not change it");
            findings.note(Check::Row, name, detail);
        }
        Some(version) if version.row != swept.row => {
            findings.note(Check::Row, name, differences(&swept.row, &version.row));
        }
        Some(_) => {}
    }
}

fn name_missing_rows(replay: &Replay, findings: &mut Findings) {
    for (key, image) in &replay.images {
        if let Some(settled) = Image::settled(image).filter(|_| !image.is_in_table) {
            let detail = format!("record {} changed it, but its table lacks it", settled.seq);
            findings.note(Check::RowMissing, name_of(key), detail);
        }
    }
}

/// What is left of the entries there must be.
struct Trail<'a> {
    left: &'a [EntryRow],
}

impl Trail<'_> {
    fn compare(&mut self, found: &EntryRow, findings: &mut Findings) {
        let place = found.entry.place;
        let before = self.left.partition_point(|expected| expected.entry.place < place);
        self.note_missing(before, findings);
        match self.left.split_first() {
            Some((expected, rest)) if expected.entry.place == place => {
                if expected != found {
                    let detail = format!(
                        "the entry at {} differs from what its transfer did",
                        place_text(found)
                    );
                    findings.note(Check::Entry, expected.entry.account, detail);
                }
                self.left = rest;
            }
            _ => note_unknown(found, findings),
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        self.note_missing(self.left.len(), findings);
    }

    /// Passes over the next `count` entries.
    fn note_missing(&mut self, count: usize, findings: &mut Findings) {
        let (passed, left) = self.left.split_at(count);
        for expected in passed {
            let detail = format!("the entry at {} is missing", place_text(expected));
            findings.note(Check::EntryMissing, expected.entry.account, detail);
        }
        self.left = left;
    }
}

fn note_unknown(found: &EntryRow, findings: &mut Findings) {
    let detail = format!("no transfer left the entry at {}", place_text(found));
    findings.note(Check::EntryUnknown, found.entry.account, detail);
}

pub(super) fn place_text(row: &EntryRow) -> String {
    format!("record {}, transfer {}", row.entry.place.sequence(), row.entry.place.line())
}

/// How people call the row of a key. A code has no name but its card.
fn name_of(key: &Key) -> String {
    match key {
        Key::Book => "book".to_owned(),
        Key::Account(id) => id.to_string(),
        Key::Program(id) => id.to_string(),
        Key::Card(id) => id.to_string(),
        Key::Code(_) => "code".to_owned(),
        Key::Hold(id) => id.to_string(),
        Key::Refund(id) => id.to_string(),
        Key::Method(id) => id.to_string(),
        Key::Payment(id) => id.to_string(),
        Key::RailRefund(id) => id.to_string(),
        Key::Dispute(id) => id.to_string(),
        Key::Seller(id) => id.to_string(),
        Key::Creator(id) => id.to_string(),
        Key::Product(id) => id.to_string(),
        Key::Checkout(id) => id.to_string(),
        Key::Order(id) => id.to_string(),
        Key::OrderRefund(id) => id.to_string(),
        Key::Payout(id) => id.to_string(),
        Key::Purchase(id) => id.to_string(),
        Key::Settlement(id) => id.to_string(),
        Key::SettlementLine(id) => id.to_string(),
        Key::Standing(id) => id.to_string(),
        Key::Sender(id) => id.to_string(),
        Key::Contact(id) => id.to_string(),
        Key::Promotion(id) => id.to_string(),
        Key::Post(id) => id.to_string(),
        Key::Slice(id) => id.to_string(),
        Key::Deed(id) => id.to_string(),
        Key::PromotionSettlement(id) => id.to_string(),
        Key::Stream(id) => id.to_string(),
        Key::Incident(id) => id.to_string(),
        Key::Signals(id) => id.to_string(),
        Key::Claim(id) | Key::ClaimWords(id) => id.to_string(),
        Key::PromotionClaims(id) => id.to_string(),
        Key::Claimant(id) => id.to_string(),
        Key::Restitution(id) => id.to_string(),
        Key::FrozenFacts(id) => id.to_string(),
        Key::ClaimStatement(id) => id.to_string(),
        Key::AutomaticPaid(id) => id.to_string(),
        Key::InstrumentClaims(id) => id.to_string(),
        Key::AccountFreeze(id) => id.to_string(),
        Key::Suspect(id) => id.to_string(),
        Key::Advertiser(id) => id.to_string(),
        Key::Numbering(series) => series.as_str().to_owned(),
        Key::Operation(_) => "operation".to_owned(),
    }
}

/// Names the columns in which two versions of a row differ. Only numbers are told: text may be
/// somebody's.
fn differences(found: &Row, expected: &Row) -> String {
    let (number, _) = table_of(expected);
    let columns = TABLES.iter().find(|table| table.number == number).map(|table| table.columns);
    let (mut left, mut right) = (Vec::<Value>::new(), Vec::<Value>::new());
    write_row(found, &mut left);
    write_row(expected, &mut right);
    let names = columns.unwrap_or_default().iter().map(|column| column.name);
    let mut different = Vec::new();
    for ((name, found), expected) in names.zip(left).zip(right) {
        match (found, expected) {
            (found, expected) if found == expected => {}
            (Value::Int(found), Value::Int(expected)) => {
                different.push(format!("{name} is {found}, by the journal {expected}"));
            }
            _ => different.push(format!("{name} is not as in the journal")),
        }
    }
    different.join("; ")
}
