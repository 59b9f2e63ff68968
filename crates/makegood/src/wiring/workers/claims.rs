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
        Ok(led) => {
            let ClaimsLed { gathered, decided, sent, paid, late, .. } = led;
            let ClaimsLed { restituted, repaid, searched, refused, .. } = led;
            let ClaimsLed { stuck, late_restitutions, .. } = led;
            if late > 0 {
                tracing::warn!(book, late, "steps of claims are late");
            }
            if late_restitutions > 0 {
                tracing::warn!(book, late_restitutions, "restitutions are late");
            }
            if stuck > 0 {
                tracing::warn!(
                    book,
                    stuck,
                    "orders refuse restitutions: a person has to resolve them"
                );
            }
            if gathered + decided + sent + paid > 0 {
                tracing::info!(book, gathered, decided, sent, paid, "led claims on");
            }
            if restituted + repaid + searched > 0 {
                tracing::info!(book, restituted, repaid, searched, "repaid without a claim");
            }
            for (what, refusal) in refused {
                tracing::warn!(book, ?what, %refusal, "a claim or restitution could not go on");
            }
        }
        Err(error) => tracing::warn!(book, %error, "could not lead claims on"),
    }
}
