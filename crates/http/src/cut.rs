//! The instant and the record at which a report cuts the books.

use base::Instant;
use reports::ReportError;

use crate::fields::{self, Checked};
use crate::problem::{Problem, catalog};
use crate::query::query_parameters;
use crate::read_call::ReadCaller;
use crate::sight::Sight;

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
    /// Finds the cut at a time and waits until the tables hold it, as whoever reads them there
    /// must see.
    ///
    /// # Errors
    ///
    /// `unavailable`, `busy`.
    pub(crate) async fn find(
        caller: &ReadCaller,
        wanted: Option<Instant>,
    ) -> Result<(Cut, Sight), Problem> {
        let sight = caller.look(0).await?;
        let at = wanted.map_or(sight.now, |wanted| wanted.min(sight.now));
        let seq = caller.read(sight, move |reader| reader.seq_at(at)).await?;
        Ok((Cut { at, seq }, caller.look(seq).await?))
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
