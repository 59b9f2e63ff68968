//! What is owed on cards, by currency, before and after.

use std::collections::BTreeMap;

use base::Currency;
use reports::{By, liability};

use crate::failure::Done;
use crate::wiring::{Installation, OpenBook};

/// What a book owes to the holders of cards, in minor units by currency.
pub(super) struct Owed(BTreeMap<Currency, i128>);

impl Owed {
    /// What it owes now.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub(super) fn now(installation: &Installation, book: &OpenBook) -> Done<Owed> {
        // Up to whatever the last record is: an import that was killed may have left the tables
        // behind.
        book.handle().flush_and_wait(u64::MAX)?;
        let mut reader = installation.reader(&book.record)?;
        let watermark = reader.head()?.watermark;
        let report = liability(reader.as_mut(), watermark, installation.now(), By::Currency)?;
        Ok(Owed(report.lines.iter().map(|line| (line.currency, line.owed)).collect()))
    }

    /// In one currency.
    pub(super) fn of(&self, currency: Currency) -> i128 {
        self.0.get(&currency).copied().unwrap_or(0)
    }
}
