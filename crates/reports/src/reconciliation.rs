//! A rail's clearing account, explained: what its files say that it owes us, what no file tells,
//! what they tell otherwise, and what they tell that is not known here.

use std::collections::BTreeMap;

use base::{Currency, Instant, SettlementId, Span};
use engine::Row;
use ledger::{AccountName, RailName};
use payments::{LineState, Settlement, Standing, StandingState};
use store::{List, Page, Reader, StoreError};

use crate::ReportError;

/// Rows that are read at once.
pub(crate) const ROWS_PER_READ: u32 = 1_000;

/// How long ago something was moved that no file tells of, in days of 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenAge {
    /// Up to 2 days: a rail takes as long to settle.
    UpTo2,
    /// 3 to 7 days.
    UpTo7,
    /// 8 to 30 days.
    UpTo30,
    /// More than 30 days.
    Over30,
}

impl OpenAge {
    /// Every age, youngest first.
    pub const ALL: [OpenAge; 4] =
        [OpenAge::UpTo2, OpenAge::UpTo7, OpenAge::UpTo30, OpenAge::Over30];

    /// The age at `now` of what was moved at `moved_at`. The first day is day 0.
    pub fn of(moved_at: Instant, now: Instant) -> OpenAge {
        let is_within = |days| now < moved_at.saturating_add(Span::days(days));
        match () {
            () if is_within(3) => OpenAge::UpTo2,
            () if is_within(8) => OpenAge::UpTo7,
            () if is_within(31) => OpenAge::UpTo30,
            () => OpenAge::Over30,
        }
    }

    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            OpenAge::UpTo2 => "0-2",
            OpenAge::UpTo7 => "3-7",
            OpenAge::UpTo30 => "8-30",
            OpenAge::Over30 => "over-30",
        }
    }
}

/// So many, and so much, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aged {
    /// How many.
    pub count: u64,
    /// How much; below zero is ours to give.
    pub amount: i128,
}

impl Aged {
    fn add(&mut self, count: u64, amount: i128) {
        self.count += count;
        self.amount += amount;
    }
}

/// The clearing account of a rail in one currency. The amounts add up: balance = at the rail +
/// missing + differing − unknown + other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReconciliationLine {
    /// The currency of all amounts, which are minor units.
    pub currency: Currency,
    /// What `rail/{rail}/clearing` has.
    pub balance: i128,
    /// What all files together say that the rail owes us: told, and not paid out.
    pub at_rail: i128,
    /// What our books have moved and no file tells of, by age.
    pub missing: BTreeMap<OpenAge, Aged>,
    /// What our books have beyond what files tell, where they tell something else.
    pub differing: Aged,
    /// What files tell that nothing here is known of.
    pub unknown: Aged,
    /// What the account has for reasons that files are not held against: payouts of sellers,
    /// refunds by hand, cards that were sold elsewhere, and all from before there were files.
    pub other: i128,
}

impl ReconciliationLine {
    fn new(currency: Currency) -> ReconciliationLine {
        let missing = OpenAge::ALL.map(|age| (age, Aged::default())).into();
        let (differing, unknown) = (Aged::default(), Aged::default());
        let (balance, at_rail, other) = (0, 0, 0);
        ReconciliationLine { currency, balance, at_rail, missing, differing, unknown, other }
    }

    /// What no file tells of, whatever its age.
    pub fn missing_total(&self) -> Aged {
        let mut total = Aged::default();
        for aged in self.missing.values() {
            total.add(aged.count, aged.amount);
        }
        total
    }

    fn close(&mut self) {
        let told = self.at_rail - self.unknown.amount;
        let ours = self.missing_total().amount + self.differing.amount;
        self.other = self.balance - told - ours;
    }
}

/// All currencies of a rail at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Every record up to this one is counted, and none after it.
    pub as_of_seq: u64,
    /// The time ages were counted to.
    pub at: Instant,
    /// In order of currency.
    pub lines: Vec<ReconciliationLine>,
}

/// Explains the clearing account of a rail as it is now. `at` is the time ages are counted to.
///
/// None when the tables hold only a part of the last changes: flush, and ask again.
///
/// # Errors
///
/// [`ReportError::Store`].
pub fn reconciliation(
    reader: &mut dyn Reader,
    rail: &RailName,
    at: Instant,
) -> Result<Option<Reconciliation>, ReportError> {
    let mut made = Ok(None);
    reader.snapshot(&mut |reader| made = of_snapshot(reader, rail, at))?;
    Ok(made?)
}

fn of_snapshot(
    reader: &mut dyn Reader,
    rail: &RailName,
    at: Instant,
) -> Result<Option<Reconciliation>, StoreError> {
    let head = reader.head()?;
    if head.watermark != head.seq {
        return Ok(None);
    }
    let mut lines = Lines::default();
    let name = AccountName::RailClearing(rail.clone());
    let accounts = reader.accounts(&name.to_string(), None, ROWS_PER_READ)?;
    for account in accounts.iter().filter(|account| account.name == name) {
        lines.of(account.currency).balance = i128::from(account.balance());
    }
    each_row(reader, List::Settlements, |row| match row {
        Row::Settlement(file) if file.rail == *rail => lines.add_file(file),
        _ => {}
    })?;
    each_row(reader, List::Unsettled, |row| match row {
        Row::Standing(standing) if standing.rail == *rail => lines.add_open(standing, at),
        _ => {}
    })?;
    let mut lines: Vec<ReconciliationLine> = lines.0.into_values().collect();
    lines.iter_mut().for_each(ReconciliationLine::close);
    Ok(Some(Reconciliation { as_of_seq: head.seq, at, lines }))
}

#[derive(Default)]
struct Lines(BTreeMap<Currency, ReconciliationLine>);

impl Lines {
    fn of(&mut self, currency: Currency) -> &mut ReconciliationLine {
        self.0.entry(currency).or_insert_with(|| ReconciliationLine::new(currency))
    }

    fn add_file(&mut self, file: &Settlement) {
        let line = self.of(file.currency);
        line.at_rail += file.sum.net();
        line.unknown.add(u64::from(file.unknown_lines), file.unknown.net());
    }

    fn add_open(&mut self, standing: &Standing, at: Instant) {
        let line = self.of(standing.currency);
        let difference = standing.difference();
        match standing.state() {
            StandingState::Missing => {
                let age = OpenAge::of(standing.moved_at, at);
                line.missing.entry(age).or_default().add(1, difference);
            }
            StandingState::Differs => line.differing.add(1, difference),
            StandingState::Settled => {}
        }
    }
}

/// Lines of a file by how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// About something of ours, and the same.
    pub matched: u64,
    /// About something of ours, and not the same.
    pub differing: u64,
    /// About nothing that is known here.
    pub unknown: u64,
    /// Payouts and fees, posted as they stand.
    pub booked: u64,
    /// Told again with other words; counted above too.
    pub told_otherwise: u64,
}

/// Counts the lines of a file by how they stand now.
///
/// # Errors
///
/// [`ReportError::Store`].
pub fn count_lines(
    reader: &mut dyn Reader,
    settlement: SettlementId,
) -> Result<LineCounts, ReportError> {
    let mut counts = LineCounts::default();
    let mut after = None;
    loop {
        let lines = reader.settlement_lines(settlement, page(after))?;
        for (line, standing) in &lines {
            *match line.state(standing.as_ref()) {
                LineState::Matched => &mut counts.matched,
                LineState::Differs => &mut counts.differing,
                LineState::Unknown => &mut counts.unknown,
                LineState::Booked => &mut counts.booked,
            } += 1;
            counts.told_otherwise += u64::from(line.told_otherwise_by.is_some());
        }
        match lines.last() {
            Some((last, _)) if lines.len() == ROWS_PER_READ as usize => {
                after = Some(last.id.bits())
            }
            _ => return Ok(counts),
        }
    }
}

/// Every row of a list of settlement files or standings.
fn each_row(
    reader: &mut dyn Reader,
    list: List,
    mut each: impl FnMut(&Row),
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let rows = reader.list(list, page(after))?;
        rows.iter().for_each(&mut each);
        let last = match rows.last() {
            Some(_) if rows.len() < ROWS_PER_READ as usize => None,
            Some(Row::Settlement(row)) => Some(row.id.bits()),
            Some(Row::Standing(row)) => Some(row.id.bits()),
            _ => None,
        };
        match last {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}

pub(crate) fn page(after: Option<u128>) -> Page {
    Page::after(after, ROWS_PER_READ)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_counted_in_whole_days() {
        let moved_at = Instant::from_micros(0);
        let check = |span: Span, expected: &str| {
            assert_eq!(OpenAge::of(moved_at, moved_at.saturating_add(span)).as_str(), expected);
        };
        check(Span::ZERO, "0-2");
        check(Span::seconds(3 * 86_400 - 1), "0-2");
        check(Span::days(3), "3-7");
        check(Span::seconds(8 * 86_400 - 1), "3-7");
        check(Span::days(8), "8-30");
        check(Span::seconds(31 * 86_400 - 1), "8-30");
        check(Span::days(31), "over-30");
        assert_eq!(OpenAge::of(Instant::from_micros(5), Instant::from_micros(0)), OpenAge::UpTo2);
    }

    #[test]
    fn what_is_left_over_is_told() {
        let mut line = ReconciliationLine::new(Currency::USD);
        line.balance = 100;
        line.at_rail = 50;
        line.unknown.add(1, 7);
        line.differing.add(1, -3);
        line.missing.entry(OpenAge::UpTo7).or_default().add(2, 20);
        line.missing.entry(OpenAge::Over30).or_default().add(1, 10);
        line.close();
        assert_eq!(line.missing_total(), Aged { count: 3, amount: 30 });
        assert_eq!(line.other, 100 - (50 - 7) - 30 + 3);
    }
}
