//! The proof that a book is sound: everything in its tables, computed again from its journal.

mod finding;
mod foundation;
mod journal;
mod objects;
mod promotions;
mod replay;
mod shop;
mod tables;

use ::journal::Block;
use base::Amount;
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
    /// The last record that was not replayed, because it has left the journal and no archive was at
    /// hand; zero when everything was.
    pub from: u64,
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

/// Blocks after a record out of the archive of a book, a few at a time; none when it has none.
pub type Archive<'a> = &'a mut dyn FnMut(u64) -> Result<Vec<Block>, StoreError>;

/// What is replayed: records after `from` up to the head.
struct Span {
    head: Head,
    from: u64,
}

/// Recomputes the whole book from its journal and compares every table with the result.
///
/// Records that have [left the journal](Head::removed) are replayed out of `archive`. Without one,
/// their entries are held against one another, the accounts against those, and rows that nobody
/// has changed since are taken as they are. Such a book is read at one instant, while its log
/// grows.
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
    mut archive: Option<Archive<'_>>,
    progress: &mut dyn FnMut(Progress),
) -> Result<VerifyReport, StoreError> {
    if reader.head()?.removed == 0 {
        let report = verify_once(reader, &mut None, progress)?;
        // Blocks may have begun to leave meanwhile.
        if reader.head()?.removed == 0 {
            return Ok(report);
        }
    }
    let mut report = None;
    reader.snapshot(&mut |reader| report = Some(verify_once(reader, &mut archive, progress)))?;
    report.expect("a snapshot runs its work")
}

fn verify_once(
    reader: &mut dyn Reader,
    archive: &mut Option<Archive<'_>>,
    progress: &mut dyn FnMut(Progress),
) -> Result<VerifyReport, StoreError> {
    let head = reader.head()?;
    let span = Span { head, from: if archive.is_some() { 0 } else { head.removed } };
    let mut findings = Findings::default();
    let mut replay = Replay::new(head.watermark);
    if span.from > 0 {
        foundation::lay(reader, span.from, &mut replay, &mut findings)?;
    }
    let journal =
        journal::replay_all(reader, archive, &span, &mut replay, &mut findings, progress)?;
    let mut report = VerifyReport {
        head,
        from: span.from,
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
        promotions::check(&replay, &mut findings);
        report.rows = tables::compare_rows(reader, head, &mut replay, &mut findings, progress)?;
        report.entries = tables::compare_entries(reader, &span, &replay, &mut findings, progress)?;
    }
    (report.findings, report.findings_left_off) = findings.finish();
    Ok(report)
}

/// An amount, for sums that are larger than one.
fn minor(amount: Amount) -> i128 {
    i128::from(amount.minor())
}
