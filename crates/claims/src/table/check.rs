//! What a table must not have: gaps, overlaps nobody told of, rows that never decide, and denials
//! for want of evidence.

use crate::Outcome;
use crate::expression::Name;
use crate::fact::{FactName, Kind, NUMBER_MAX};
use crate::table::document::LoadError;
use crate::table::grid::Cell;
use crate::table::values::{Values, domain};
use crate::table::{About, Row, Table, Test};

/// Comparisons of two boxes that checking one table may take: forty times what the largest of the
/// default tables takes, and less than a second.
const WORK_MAX: usize = 100_000;
/// Boxes that may be open at the same time.
const BOXES_MAX: usize = 20_000;
/// Errors told at once.
const ERRORS_MAX: usize = 20;

/// Checks a table that was read. All that is wrong is told, up to a limit.
pub(super) fn check(table: &Table) -> Result<(), Vec<LoadError>> {
    let mut checker = Checker { table, work: 0, errors: Vec::new() };
    checker.denials();
    let done = checker.overlaps().and_then(|()| checker.coverage());
    if done.is_none() {
        let message = "the table is too complex to be checked; split rows or test fewer facts";
        checker.tell(1, message.to_owned());
    }
    checker.errors.sort();
    checker.errors.truncate(ERRORS_MAX);
    if checker.errors.is_empty() { Ok(()) } else { Err(checker.errors) }
}

struct Checker<'t> {
    table: &'t Table,
    work: usize,
    errors: Vec<LoadError>,
}

impl Checker<'_> {
    fn tell(&mut self, line: usize, message: String) {
        self.errors.push(LoadError { file: self.table.file.clone(), line, message });
    }

    /// Counts a step. Nothing when there were too many.
    fn step(&mut self) -> Option<()> {
        self.work += 1;
        (self.work <= WORK_MAX).then_some(())
    }

    /// A denial rests on a positive fact, in every alternative.
    fn denials(&mut self) {
        let table = self.table;
        for row in table.rows.iter().filter(|row| row.outcome == Outcome::Deny) {
            for alternative in row.when.iter().filter(|it| !it.tests.iter().any(is_positive)) {
                let message = format!(
                    "row `{}` denies without a positive fact: a denial rests on something that is \
                     on record; absence decides for the claimant or goes to a person (`review`)",
                    row.id.as_str()
                );
                self.tell(alternative.line, message);
            }
        }
    }

    /// Rows that fit the same facts say so in `over`, and no others.
    fn overlaps(&mut self) -> Option<()> {
        let table = self.table;
        for (place, row) in table.rows.iter().enumerate() {
            for (later, other) in table.rows.iter().enumerate().skip(place + 1) {
                let shared = self.shared(row, other)?;
                let (id, other_id) = (row.id.as_str(), other.id.as_str());
                match (shared, row.over.contains(&later)) {
                    (Some(cell), false) => {
                        let example = table.grid.example(&cell);
                        self.tell(row.line, format!(
                            "row `{id}` and row `{other_id}` (line {}) both fit {example}; \
                             write `over = [\"{other_id}\"]` in `{id}` if it is to decide",
                            other.line
                        ));
                    }
                    (None, true) => self.tell(row.line, format!(
                        "row `{id}` is `over` row `{other_id}` (line {}), but nothing fits both; \
                         take it away",
                        other.line
                    )),
                    _ => {}
                }
            }
        }
        Some(())
    }

    /// Something that both rows fit. The outer `Option` is empty when it took too long to tell.
    fn shared(&mut self, row: &Row, other: &Row) -> Option<Option<Cell>> {
        for left in &row.when {
            for right in &other.when {
                self.step()?;
                if let Some(cell) = self.table.grid.meet(&left.cell, &right.cell) {
                    return Some(Some(cell));
                }
            }
        }
        Some(None)
    }

    /// Each row decides something, and a table of a ground decides everything.
    fn coverage(&mut self) -> Option<()> {
        let table = self.table;
        let mut open = vec![table.grid.everything()];
        for (place, row) in table.rows.iter().enumerate() {
            let mut decides = false;
            for alternative in &row.when {
                let mut rest = Vec::new();
                for cell in open {
                    self.step()?;
                    decides |= table.grid.meet(&cell, &alternative.cell).is_some();
                    rest.extend(table.grid.subtract(&cell, &alternative.cell));
                    if rest.len() > BOXES_MAX {
                        return None;
                    }
                }
                open = rest;
            }
            if !decides {
                self.unreachable(place, row)?;
            }
        }
        if let (About::Ground(_), Some(cell)) = (table.about, open.first()) {
            let example = table.grid.example(cell);
            let line = table.rows.last().map_or(1, |row| row.line);
            self.tell(line, format!("no row fits {example}; add one, or widen a row"));
        }
        Some(())
    }

    fn unreachable(&mut self, place: usize, row: &Row) -> Option<()> {
        let mut above = Vec::new();
        for other in &self.table.rows[..place] {
            if self.shared(other, row)?.is_some() {
                above.push(format!("`{}` (line {})", other.id.as_str(), other.line));
            }
        }
        let id = row.id.as_str();
        let message = match above.is_empty() {
            true => format!("row `{id}` can never fit: its tests exclude each other"),
            false => {
                let above = above.join(", ");
                format!("row `{id}` can never decide: what it fits is decided above, by {above}")
            }
        };
        self.tell(row.line, message);
        Some(())
    }
}

/// Whether the test demands something that is on record.
fn is_positive(test: &Test) -> bool {
    let Name::Fact(fact) = test.name else { return false };
    let positive = positive_values(fact);
    test.values.is_within(&positive, domain(test.kind, false))
}

/// The values of a fact that are evidence of something; the others, and not knowing, only tell
/// that something is not on record.
///
/// * a flag that is set,
/// * a number above zero,
/// * an age of something that has happened,
/// * a word that does not stand for an absence.
pub(crate) fn positive_values(fact: FactName) -> Values {
    let kind = fact.kind();
    let domain = domain(kind, false);
    match kind {
        Kind::Flag => Values::range(1, 1, domain),
        Kind::Count | Kind::Money => Values::range(1, domain.1, domain),
        Kind::Span => Values::range(0, NUMBER_MAX - 1, domain),
        Kind::Word(words) => {
            let absent = fact.absent_words();
            let present = (0..).zip(words).filter(|(_, word)| !absent.contains(*word));
            present.fold(Values::EMPTY, |values, (at, _)| values.or(&Values::range(at, at, domain)))
        }
    }
}
