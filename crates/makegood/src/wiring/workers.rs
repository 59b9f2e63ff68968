//! What works for a book as long as it is here: booking what falls due, and calling rails.

use std::sync::Arc;
use std::time::Duration;

use http::RailWork;
use jobs::{Booked, Expirer, JobError, RailCaller, RailParts, RailReport, SpareIds};
use outside::clock::Clock;
use outside::random::SystemRandomness;
use store::BookRecord;
use writer::Handle;

use super::Installation;
use crate::failure::{Done, Failure};

/// Time between two looks for what rails are to be asked; what is asked of the API is nudged.
const RAIL_INTERVAL: Duration = Duration::from_secs(1);

/// The workers of one book. Dropping them stops them, whoever else still has the way to the rails.
pub(crate) struct Workers {
    _expirer: Expirer,
    rails: Arc<RailCaller>,
}

impl Workers {
    /// For routes: the way to the rails.
    pub(crate) fn rails(&self) -> Arc<dyn RailWork> {
        Arc::clone(&self.rails) as Arc<dyn RailWork>
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.rails.stop();
    }
}

impl Installation {
    /// Starts the workers of a book whose writer runs.
    ///
    /// # Errors
    ///
    /// There is no thread.
    pub(crate) fn start_workers(
        &self,
        record: &BookRecord,
        handle: &Handle,
        expiry_interval: Duration,
    ) -> Done<Workers> {
        let clock: Arc<dyn Clock> = Arc::new(self.clock);
        let name = record.name.to_string();
        let rails = RailCaller::spawn(RailParts {
            handle: handle.clone(),
            open_reader: Box::new(self.reader_source(record)),
            rails: self.stripe_of(record),
            late: self.sandbox_of(record, handle),
            clock: Arc::clone(&clock),
            ids: SpareIds::new(clock, Box::new(SystemRandomness)),
            interval: RAIL_INTERVAL,
            report: Box::new(move |report| report_rail(&name, &report)),
        });
        let rails = Arc::new(rails.map_err(Failure::new)?);
        let name = record.name.to_string();
        let readers = Box::new(self.reader_source(record));
        let report = move |ended: Result<Booked, JobError>| report_expiry(&name, ended);
        let expirer = Expirer::spawn(handle.clone(), readers, expiry_interval, report);
        Ok(Workers { _expirer: expirer.map_err(Failure::new)?, rails })
    }
}

fn report_rail(book: &str, report: &RailReport) {
    if report.is_error() {
        tracing::error!(book, %report, "a rail needs a person");
    } else {
        tracing::warn!(book, %report, "about a rail");
    }
}

fn report_expiry(book: &str, ended: Result<Booked, JobError>) {
    match ended {
        Ok(booked) if booked == Booked::default() => {}
        Ok(Booked { holds, cards, deliveries, checkouts, refused }) => {
            tracing::info!(book, holds, cards, deliveries, checkouts, "booked what had fallen due");
            for (what, refusal) in refused {
                tracing::warn!(book, ?what, %refusal, "could not be booked as expired");
            }
        }
        Err(error) => tracing::warn!(book, %error, "could not book what had fallen due"),
    }
}
