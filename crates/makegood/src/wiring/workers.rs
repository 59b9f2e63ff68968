//! What works for a book as long as it is here: booking what falls due, calling rails, telling
//! webhook endpoints, sending mails, serving its feed, leading its claims on, and counting what
//! settlement files leave open.

mod claims;
mod sending;

use std::sync::Arc;
use std::time::Duration;

use http::RailWork;
use jobs::mail::Postman;
use jobs::webhooks::Deliverer;
use jobs::{Booked, ClaimClerk, Expirer, FeedKeeper, FeedReport, JobError, OutgoingFigures};
use jobs::{RailCaller, RailParts, RailReport, SettlementFigures, SettlementWatch, SpareIds};
use outside::clock::{Clock, SystemClock};
use outside::random::SystemRandomness;
use promotions::Alarm;
use serving::{Feed, FeedParts, RealDisk};
use store::BookRecord;
use writer::Handle;

use super::Installation;
use crate::config::Settings;
use crate::failure::{Done, Failure};
use crate::whole_file::make_folder;

/// Time between two looks for what rails are to be asked; what is asked of the API is nudged.
const RAIL_INTERVAL: Duration = Duration::from_secs(1);

/// Time between two runs of the feed: what a crash may lose.
const FEED_INTERVAL: Duration = Duration::from_secs(1);
/// Time between two counts of what settlement files leave open: what matters there are days.
const SETTLEMENTS_EVERY: Duration = Duration::from_secs(600);

/// The workers of one book. Dropping them stops them, whoever else still has the way to the rails.
pub(crate) struct Workers {
    deliverer: Option<Deliverer>,
    /// None when nobody takes our mail.
    postman: Option<Postman>,
    expirer: Option<Expirer>,
    rails: Arc<RailCaller>,
    /// None where nothing is promoted, in tests.
    feed: Option<Arc<FeedKeeper>>,
    /// None in tests.
    claims: Option<Arc<ClaimClerk>>,
    outgoing: Arc<OutgoingFigures>,
    settlements: Option<SettlementWatch>,
    left_open: Arc<SettlementFigures>,
}

impl Workers {
    /// For routes: the way to the rails.
    pub(crate) fn rails(&self) -> Arc<dyn RailWork> {
        Arc::clone(&self.rails) as Arc<dyn RailWork>
    }

    /// For routes: the feed.
    pub(crate) fn feed(&self) -> Option<Arc<FeedKeeper>> {
        self.feed.clone()
    }

    /// For routes: whoever leads claims on.
    pub(crate) fn claims(&self) -> Option<Arc<ClaimClerk>> {
        self.claims.clone()
    }

    /// For routes: what is counted of webhooks and mails.
    pub(crate) fn outgoing(&self) -> Arc<OutgoingFigures> {
        Arc::clone(&self.outgoing)
    }

    /// For routes: what is counted of settlement files.
    pub(crate) fn settlements(&self) -> Arc<SettlementFigures> {
        Arc::clone(&self.left_open)
    }

    /// What sends mail, with rails that are none, for tests.
    #[cfg(test)]
    pub(crate) fn only_mail(
        postman: Postman,
        handle: &Handle,
        open_reader: jobs::OpenReader,
    ) -> Workers {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let rails = RailCaller::spawn(RailParts {
            handle: handle.clone(),
            open_reader,
            rails: Vec::new(),
            late: Vec::new(),
            clock: Arc::clone(&clock),
            ids: SpareIds::new(clock, Box::new(SystemRandomness)),
            interval: RAIL_INTERVAL,
            report: Box::new(|_| {}),
        });
        let rails = Arc::new(rails.unwrap());
        Workers {
            deliverer: None,
            postman: Some(postman),
            expirer: None,
            feed: None,
            claims: None,
            rails,
            outgoing: Arc::default(),
            settlements: None,
            left_open: Arc::default(),
        }
    }

    /// Has all of them stop. Returns at once.
    pub(crate) fn tell_to_stop(&self) {
        self.rails.tell_to_stop();
        self.postman.iter().for_each(Postman::tell_to_stop);
        self.deliverer.iter().for_each(Deliverer::tell_to_stop);
        self.expirer.iter().for_each(Expirer::tell_to_stop);
        self.claims.iter().for_each(|claims| claims.tell_to_stop());
        self.feed.iter().for_each(|feed| feed.tell_to_stop());
        self.settlements.iter().for_each(SettlementWatch::tell_to_stop);
    }

    /// Has all of them stop, and waits, for so long at most, until what was done outside of the
    /// book is noted in it. So the writer has to be there still. Whoever is at a mail then is left
    /// alone: it writes down what becomes of it without the book.
    pub(crate) fn note_what_is_under_way(&mut self, time_max: Duration) {
        let clock = SystemClock::new();
        self.tell_to_stop();
        if let Some(postman) = &mut self.postman
            && !postman.has_ended_within(time_max)
        {
            tracing::warn!("a mail server keeps a mail waiting; what becomes of it is noted later");
        }
        let _all_noted = self.rails.is_noted_within(time_max.saturating_sub(clock.monotonic()));
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.tell_to_stop();
        self.claims.iter().for_each(|claims| claims.stop());
        self.feed.iter().for_each(|feed| feed.stop());
        self.rails.stop();
    }
}

impl Installation {
    /// Starts the workers of a book whose writer runs.
    ///
    /// # Errors
    ///
    /// There is no thread, or the control store cannot be opened.
    pub(crate) fn start_workers(
        &self,
        record: &BookRecord,
        handle: &Handle,
        settings: &Settings,
    ) -> Done<Workers> {
        let outgoing = Arc::<OutgoingFigures>::default();
        let left_open = Arc::<SettlementFigures>::default();
        let feed = Arc::new(self.start_feed(record, handle, settings)?);
        Ok(Workers {
            rails: Arc::new(self.start_rail_caller(record, handle)?),
            expirer: Some(self.start_expirer(record, handle, settings)?),
            deliverer: Some(self.start_deliverer(record, handle, settings, &outgoing)?),
            postman: self.start_postman(record, handle, &outgoing)?,
            claims: Some(Arc::new(self.start_claim_clerk(record, handle, &feed)?)),
            feed: Some(feed),
            settlements: Some(self.start_settlement_watch(record, handle, &left_open)?),
            outgoing,
            left_open,
        })
    }

    /// Starts whoever calls the rails of a book, alone.
    ///
    /// # Errors
    ///
    /// There is no thread.
    pub(crate) fn start_rail_caller(
        &self,
        record: &BookRecord,
        handle: &Handle,
    ) -> Done<RailCaller> {
        let clock: Arc<dyn Clock> = Arc::new(self.clock);
        let name = record.name.to_string();
        let rails = RailCaller::spawn(RailParts {
            handle: handle.clone(),
            open_reader: Box::new(self.reader_source(record)),
            rails: self.stripe_of(record),
            late: self.sandboxes_of(record, handle),
            clock: Arc::clone(&clock),
            ids: SpareIds::new(clock, Box::new(SystemRandomness)),
            interval: RAIL_INTERVAL,
            report: Box::new(move |report| report_rail(&name, &report)),
        });
        rails.map_err(Failure::new)
    }

    /// What the feed of a book is made of; `clock` is its wall clock, which may be set at will.
    pub(crate) fn feed_parts(
        &self,
        record: &BookRecord,
        handle: &Handle,
        settings: &Settings,
        clock: Arc<dyn Clock>,
    ) -> FeedParts {
        let parts = self.feed_parts_source(record, handle, settings, clock)();
        FeedParts { clock_jump_max: Duration::MAX, ..parts }
    }

    /// As [`Installation::feed_parts`], as often as wanted.
    fn feed_parts_source(
        &self,
        record: &BookRecord,
        handle: &Handle,
        settings: &Settings,
        clock: Arc<dyn Clock>,
    ) -> impl Fn() -> FeedParts + Send + use<> {
        let book = record.name.to_string();
        let folder = settings.data_folder().join("feed").join(&book);
        let (handle, ring) = (handle.clone(), Arc::clone(&self.ring));
        let source = self.reader_source(record);
        let lists = settings.feed_lists();
        let clock_jump_max = settings.writer_options().clock_jump_max;
        move || {
            // Closed to others; what cannot be made the feed tells itself.
            let _ = make_folder(&folder);
            FeedParts {
                book: book.clone(),
                handle: handle.clone(),
                open_reader: Box::new(source.clone()),
                folder: folder.clone(),
                ring: Arc::clone(&ring),
                clock: Arc::clone(&clock),
                clock_jump_max,
                lists: lists.clone(),
                disk: Arc::new(RealDisk),
            }
        }
    }

    fn start_feed(
        &self,
        record: &BookRecord,
        handle: &Handle,
        settings: &Settings,
    ) -> Done<FeedKeeper> {
        let name = record.name.to_string();
        // A slip is told of at the start; one that is made later leaves in force what was known.
        settings.feed_lists().check().map_err(Failure::new)?;
        let parts = self.feed_parts_source(record, handle, settings, Arc::new(self.clock));
        let open = move || Feed::open(parts());
        let readers = Box::new(self.reader_source(record));
        let report = move |report: FeedReport| report_feed(&name, &report);
        let keeper =
            FeedKeeper::spawn(handle.clone(), readers, Box::new(open), FEED_INTERVAL, report);
        keeper.map_err(Failure::new)
    }

    fn start_expirer(
        &self,
        record: &BookRecord,
        handle: &Handle,
        settings: &Settings,
    ) -> Done<Expirer> {
        let name = record.name.to_string();
        let readers = Box::new(self.reader_source(record));
        let report = move |ended: Result<Booked, JobError>| report_expiry(&name, ended);
        let every = settings.expiry_interval();
        Expirer::spawn(handle.clone(), readers, every, report).map_err(Failure::new)
    }

    fn start_settlement_watch(
        &self,
        record: &BookRecord,
        handle: &Handle,
        figures: &Arc<SettlementFigures>,
    ) -> Done<SettlementWatch> {
        let name = record.name.to_string();
        let readers = Box::new(self.reader_source(record));
        let report = move |error: JobError| report_settlements(&name, &error);
        let (handle, figures) = (handle.clone(), Arc::clone(figures));
        SettlementWatch::spawn(handle, readers, SETTLEMENTS_EVERY, figures, report)
            .map_err(Failure::new)
    }
}

fn report_settlements(book: &str, error: &JobError) {
    tracing::warn!(book, %error, "could not count what settlement files leave open");
}

fn report_rail(book: &str, report: &RailReport) {
    if report.is_error() {
        tracing::error!(book, %report, "a rail needs a person");
    } else {
        tracing::warn!(book, %report, "about a rail");
    }
}

fn report_feed(book: &str, report: &FeedReport) {
    match report {
        FeedReport::Opened => tracing::info!(book, "the feed is served"),
        FeedReport::Ran(ran) => {
            for component in &ran.opened {
                let component = component.as_str();
                tracing::warn!(book, component, "the feed has detected an incident");
            }
            for component in &ran.ended {
                let component = component.as_str();
                tracing::info!(book, component, "an incident that the feed had detected is over");
            }
            for (promotion, alarm) in &ran.alerted {
                let told = alarm.map_or("back_on_plan", Alarm::as_str);
                tracing::info!(book, %promotion, told, "a promotion goes otherwise than before");
            }
            for record in &ran.set_aside {
                tracing::error!(book, ?record, "the book never takes what this record costs");
            }
            tracing::debug!(book, ?ran, "the feed is up to date");
        }
        FeedReport::Failed(error) => {
            tracing::warn!(book, %error, "the feed is not up to date; it goes on within a second");
        }
        FeedReport::Panicked => tracing::error!(book, "the feed has panicked, and begins anew"),
    }
}

fn report_expiry(book: &str, ended: Result<Booked, JobError>) {
    match ended {
        Ok(booked) if booked == Booked::default() => {}
        Ok(Booked { holds, cards, deliveries, returns, promotions, checkouts, refused }) => {
            tracing::info!(
                book,
                holds,
                cards,
                deliveries,
                returns,
                promotions,
                checkouts,
                "booked what had fallen due"
            );
            for (what, refusal) in refused {
                tracing::warn!(book, ?what, %refusal, "could not be booked as expired");
            }
        }
        Err(error) => tracing::warn!(book, %error, "could not book what had fallen due"),
    }
}
