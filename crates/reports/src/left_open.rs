//! What the settlement files of all rails leave open, counted for whoever watches.

use std::collections::BTreeMap;

use base::{Instant, Span};
use engine::Row;
use ledger::RailName;
use payments::{Settlement, Standing, StandingState};
use store::{List, Reader, StoreError};

use crate::reconciliation::{OpenAge, ROWS_PER_READ, page};

/// What the files of one rail leave open, in whatever currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOpen {
    /// How long ago a file was last begun.
    pub last_file_age: Span,
    /// What our books have moved and no file tells of, by age.
    pub missing: BTreeMap<OpenAge, u64>,
    /// Of what files tell something else.
    pub differing: u64,
    /// Lines about nothing that is known here.
    pub unknown_lines: u64,
}

impl LeftOpen {
    fn of_file(file: &Settlement, at: Instant) -> LeftOpen {
        let missing = OpenAge::ALL.map(|age| (age, 0)).into();
        LeftOpen { last_file_age: age_of(file, at), missing, differing: 0, unknown_lines: 0 }
    }

    fn add_file(&mut self, file: &Settlement, at: Instant) {
        self.last_file_age = self.last_file_age.min(age_of(file, at));
        self.unknown_lines += u64::from(file.unknown_lines);
    }

    fn add_open(&mut self, standing: &Standing, at: Instant) {
        match standing.state() {
            StandingState::Missing => {
                let age = OpenAge::of(standing.moved_at, at);
                *self.missing.entry(age).or_default() += 1;
            }
            StandingState::Differs => self.differing += 1,
            StandingState::Settled => {}
        }
    }
}

fn age_of(file: &Settlement, at: Instant) -> Span {
    at.since(file.created_at).unwrap_or(Span::ZERO)
}

/// Counts, for every rail that has ever told a file, what its files leave open. `at` is the time
/// ages are counted to.
///
/// It reads all files and all that is open, a page at a time and not at one instant: what changes
/// meanwhile may be counted as it was or as it is. `goes_on` is asked before every page; once it
/// says no, the answer is `None`.
///
/// # Errors
///
/// When the store could not be read.
pub fn left_open(
    reader: &mut dyn Reader,
    at: Instant,
    goes_on: &mut dyn FnMut() -> bool,
) -> Result<Option<BTreeMap<RailName, LeftOpen>>, StoreError> {
    let mut rails: BTreeMap<RailName, LeftOpen> = BTreeMap::new();
    // A rail without files would leave all that it ever moved open.
    for (list, needs_files) in [(List::Settlements, false), (List::Unsettled, true)] {
        if needs_files && rails.is_empty() {
            break;
        }
        let mut after = None;
        loop {
            if !goes_on() {
                return Ok(None);
            }
            let rows = reader.list(list, page(after))?;
            for row in &rows {
                after = match row {
                    Row::Settlement(file) => {
                        let first = || LeftOpen::of_file(file, at);
                        rails.entry(file.rail.clone()).or_insert_with(first).add_file(file, at);
                        Some(file.id.bits())
                    }
                    Row::Standing(standing) => {
                        if let Some(rail) = rails.get_mut(&standing.rail) {
                            rail.add_open(standing, at);
                        }
                        Some(standing.id.bits())
                    }
                    _ => after,
                };
            }
            if rows.len() < ROWS_PER_READ as usize {
                break;
            }
        }
    }
    Ok(Some(rails))
}
