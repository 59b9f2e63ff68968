//! The proof that a book is sound: everything in its tables, computed again from its journal.

mod finding;
mod journal;
mod objects;
mod replay;
mod shop;
mod tables;

use store::{Head, Reader, StoreError};

pub use finding::{Check, FINDINGS_MAX, Finding};

use finding::Findings;
use replay::Replay;

/// What verification is doing, for people who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being gone through.
    pub step: Step,
    /// How far it is, in things of the step.
    pub done: u64,
    /// How many there are; more may appear while a service writes.
    pub total: u64,
}

/// The steps of a verification, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Records of the journal are checked and replayed.
    Journal,
    /// Replayed objects are held against one another.
    Objects,
    /// Rows of the tables are compared.
    Rows,
    /// Entries are compared.
    Entries,
}

/// What was verified, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// The head of the book when verification began: all that lies after it was not looked at.
    pub head: Head,
    /// Blocks read.
    pub blocks: u64,
    /// Records replayed.
    pub records: u64,
    /// Transfers recomputed.
    pub transfers: u64,
    /// Rows compared.
    pub rows: u64,
    /// Entries compared.
    pub entries: u64,
    /// False when the journal could not be replayed to its end: then nothing was compared with
    /// it, and its findings say why.
    pub compared: bool,
    /// What is wrong, the first [`FINDINGS_MAX`] of it. Damage in one place is often found by
    /// several checks; the first finding is the best start.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub findings_left_off: u64,
}

impl VerifyReport {
    /// True when nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Recomputes the whole book from its journal and compares every table with the result.
///
/// It looks at everything up to the head it finds at the start, so the service may write while it
/// runs: rows and entries of later records are passed over. It keeps every row and entry of the
/// book in memory, about a kilobyte for each redemption there ever was.
///
/// # Errors
///
/// [`StoreError`] when the store cannot be read. Stored data that make no sense are findings.
pub fn verify(
    reader: &mut dyn Reader,
    progress: &mut dyn FnMut(Progress),
) -> Result<VerifyReport, StoreError> {
    let head = reader.head()?;
    let mut findings = Findings::default();
    let mut replay = Replay::new(head.watermark);
    let journal = journal::replay_all(reader, head, &mut replay, &mut findings, progress)?;
    let mut report = VerifyReport {
        head,
        blocks: journal.blocks,
        records: journal.records,
        transfers: replay.transfers,
        rows: 0,
        entries: 0,
        compared: journal.is_whole,
        findings: Vec::new(),
        findings_left_off: 0,
    };
    if journal.is_whole {
        progress(Progress { step: Step::Objects, done: 0, total: replay.rows() });
        objects::check(&replay, &mut findings);
        shop::check(&replay, &mut findings);
        report.rows = tables::compare_rows(reader, head, &mut replay, &mut findings, progress)?;
        report.entries = tables::compare_entries(reader, head, &replay, &mut findings, progress)?;
    }
    (report.findings, report.findings_left_off) = findings.finish();
    Ok(report)
}
