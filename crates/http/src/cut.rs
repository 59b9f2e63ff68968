//! The instant and the record at which a report cuts the books.

use base::Instant;
use reports::ReportError;
use store::Reader;
use writer::Handle;

use crate::fields::{self, Checked};
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;

query_parameters! {
    /// When.
    AtQuery {
        /// The time of the report; now when left out or in the future. `as_of` tells which time it
        /// was.
        #[param(value_type = Option<String>, format = DateTime)]
        at,
    }
}

impl AtQuery {
    /// The time, checked.
    pub(crate) fn at(&self) -> Checked<Option<Instant>> {
        self.at.as_deref().map(|text| fields::instant("at", text)).transpose()
    }
}

/// Every record up to `seq`, which is the last one made by `at`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) at: Instant,
    pub(crate) seq: u64,
}

impl Cut {
    /// Finds the cut at a time and waits until the tables hold it. Blocks.
    ///
    /// # Errors
    ///
    /// `unavailable`, `busy`.
    pub(crate) fn find(
        handle: &Handle,
        reader: &mut dyn Reader,
        wanted: Option<Instant>,
        now: Instant,
    ) -> Result<Cut, Problem> {
        let at = wanted.map_or(now, |wanted| wanted.min(now));
        let seq = reader.seq_at(at).map_err(ReportError::from)?;
        handle.flush_and_wait(seq)?;
        Ok(Cut { at, seq })
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Problem {
        // What it says is for the operator: a caller can only come back later.
        match &error {
            ReportError::Store(_) => tracing::warn!(%error, "a report could not be made"),
            _ => tracing::error!(%error, "a report could not be made: verify the book"),
        }
        Problem::new(&catalog::UNAVAILABLE)
    }
}
