//! Leading the claims of a book on.

use std::sync::Arc;
use std::time::Duration;

use jobs::{ClaimClerk, ClaimsLed, FeedKeeper, JobError};
use store::BookRecord;
use writer::Handle;

use super::Installation;
use crate::failure::{Done, Failure};

/// Time between two looks at a book in which something has happened.
const CLAIMS_EVERY: Duration = Duration::from_secs(1);

impl Installation {
    /// Starts whoever leads claims on; `feed` tells what was delivered.
    pub(super) fn start_claim_clerk(
        &self,
        record: &BookRecord,
        handle: &Handle,
        feed: &Arc<FeedKeeper>,
    ) -> Done<ClaimClerk> {
        let name = record.name.to_string();
        let readers = Box::new(self.reader_source(record));
        let report = move |ended: Result<ClaimsLed, JobError>| report_claims(&name, ended);
        let feed = Some(Arc::clone(feed));
        ClaimClerk::spawn(handle.clone(), readers, feed, CLAIMS_EVERY, report).map_err(Failure::new)
    }
}

fn report_claims(book: &str, ended: Result<ClaimsLed, JobError>) {
    match ended {
        Ok(ClaimsLed { gathered, decided, sent, paid, late, refused }) => {
            if late > 0 {
                tracing::warn!(book, late, "steps of claims are late");
            }
            tracing::info!(book, gathered, decided, sent, paid, "led claims on");
            for (claim, refusal) in refused {
                tracing::warn!(book, %claim, %refusal, "a claim could not be led on");
            }
        }
        Err(error) => tracing::warn!(book, %error, "could not lead claims on"),
    }
}
