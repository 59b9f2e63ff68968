//! The people of the city before the real feed: pages, events, and a book that keeps up with them.

use std::sync::Arc;

use base::{Instant, Span};
use feed::verdict::Event;
use outside::clock::ManualClock;
use serving::{Feed, Told};
use world::{Campaign, News, Offer, Page, Platform, Report};

use super::desk::{self, Bought};
use crate::commands::demo::shop::Keeper;
use crate::failure::{Done, Failure};
use crate::progress::Progress;

/// Time between two runs of the feed: slices are leased for five minutes of the plan.
const RUN_EVERY: Span = Span::minutes(4);

/// Time between two looks for what falls due, such as the end of a promotion.
const DUE_EVERY: Span = Span::hours(1);

/// The book's feed while a day passes in seconds.
///
/// The book's clock is moved before each run; between two of them pages and events have the time
/// of the city, for the feed reads a clock of its own.
pub(super) struct Eyes<'a> {
    keeper: &'a Keeper<'a>,
    feed: Feed,
    clock: ManualClock,
    /// Microseconds that the book's clock is ahead of the wall clock, as the feed knows it.
    ahead: i64,
    /// By the number of their campaigns.
    promotions: Vec<Bought>,
    /// Before that nobody is shown anything.
    opened_at: Instant,
    run_at: Instant,
    due_at: Instant,
    progress: Progress,
    /// Minutes that have passed, and all of them.
    minutes: (u64, u64),
    trouble: Option<Failure>,
}

/// What the progress is of.
const WHAT: &str = "a day of a city before the feed";

impl<'a> Eyes<'a> {
    /// Opens the feed, `minutes` before all is over.
    pub(super) fn open(
        keeper: &'a Keeper<'a>,
        promotions: Vec<Bought>,
        minutes: u64,
    ) -> Done<Eyes<'a>> {
        let (now, ahead) = keeper.book_time()?;
        let clock = ManualClock::new(shifted(now, ahead));
        let feed = keeper.open_feed(Arc::new(clock.clone()))?;
        Ok(Eyes {
            keeper,
            feed,
            clock,
            ahead,
            promotions,
            opened_at: now,
            run_at: now,
            due_at: now,
            progress: Progress::new(WHAT, minutes),
            minutes: (0, minutes),
            trouble: None,
        })
    }

    /// Lets the book catch up with the city, and the feed with the book.
    pub(super) fn run(&mut self, at: Instant) -> Done {
        if self.due_at <= at {
            self.due_at = at.saturating_add(DUE_EVERY);
            self.keeper.pass_until(at)?;
        } else {
            self.keeper.move_clock(at)?;
        }
        self.run_at = at.saturating_add(RUN_EVERY);
        let (now, ahead) = self.keeper.book_time()?;
        self.ahead = ahead;
        self.clock.set(shifted(now, ahead));
        self.feed.run().map_err(Failure::new)?;
        Ok(())
    }

    /// Closes the feed, so that the log tells of no crash; or says what went wrong on the way.
    pub(super) fn close(self) -> Done {
        self.progress.finish();
        match self.trouble {
            Some(trouble) => Err(trouble),
            None => self.feed.close().map_err(Failure::new),
        }
    }

    fn keep(&mut self, done: Done) {
        if let Err(trouble) = done {
            self.trouble.get_or_insert(trouble);
        }
    }

    fn look_at_clock(&self, at: Instant) {
        self.clock.set(shifted(at, self.ahead));
    }

    /// An advertiser is known to the platform by their id, in the city by a number.
    fn name(&self, viewer: &promotions::Viewer) -> Option<String> {
        let name = viewer.id.as_ref()?.as_str();
        let number = name.strip_prefix('a').and_then(|number| number.parse::<usize>().ok());
        let own = number.and_then(|number| self.promotions.get(number));
        Some(own.map_or_else(|| name.to_owned(), |bought| bought.advertiser.to_string()))
    }
}

/// What the wall clock shows when it is `at` in a book that is so far ahead.
fn shifted(at: Instant, ahead: i64) -> Instant {
    Instant::from_micros(at.micros().saturating_sub(ahead))
}

/// Tells the feed what somebody did.
pub(super) fn tell(feed: &Feed, token: &str, report: &Report<'_>) {
    let event = Event {
        token,
        kind: report.kind,
        at: None,
        dwell: report.dwell_ms.map(|millis| Span::from_micros(u64::from(millis) * 1_000)),
        address: Some(report.looker.address.into()),
        user_agent: Some(report.looker.agent),
        country: report.looker.viewer.region,
    };
    // The verdict is the advertiser's to read.
    let _ = feed.report(&[Told::Event(event)]);
}

impl Platform for Eyes<'_> {
    type Token = String;

    /// They were bought before the day began.
    fn launch(&mut self, _: &Campaign) {}

    fn select(&mut self, at: Instant, page: &Page<'_>) -> Vec<Offer<String>> {
        if at < self.opened_at {
            return Vec::new();
        }
        self.look_at_clock(at);
        let (viewer, slots) = (&page.looker.viewer, usize::from(page.slots));
        let served = self.feed.select(viewer, self.name(viewer).as_deref(), slots, None);
        let offer = |served: serving::Served| {
            let is_it = |bought: &Bought| bought.promotion == served.offer.promotion;
            let campaign = u32::try_from(self.promotions.iter().position(is_it)?).ok()?;
            Some(Offer { campaign, token: served.token })
        };
        served.into_iter().filter_map(offer).collect()
    }

    /// Nothing fails in these days.
    fn fail(&mut self, _: Instant, _: &Page<'_>) {}

    fn report(&mut self, at: Instant, token: &String, report: &Report<'_>) {
        self.look_at_clock(at);
        tell(&self.feed, token, report);
    }

    fn give_back(&mut self, at: Instant, token: &String) {
        self.look_at_clock(at);
        // A sale that was not billed has nothing to repay.
        let _ = self.feed.report(&[Told::SaleReturned { token }]);
    }

    fn tell(&mut self, _: Instant, news: &News) {
        let command = match news {
            News::Deleted(number) | News::Removed(number) | News::Paused(number, _) => {
                desk::follow(&self.promotions[*number as usize], news)
            }
            News::Incident(incident) => Some(desk::declare(self.keeper, incident)),
            _ => return,
        };
        let done = command.map_or(Ok(()), |command| self.keeper.decide_all(vec![command]));
        self.keep(done);
    }

    fn minute_over(&mut self, at: Instant) {
        if self.run_at <= at && self.trouble.is_none() {
            let done = self.run(at);
            self.keep(done);
        }
        self.minutes.0 += 1;
        self.progress.step(WHAT, self.minutes.0, self.minutes.1);
    }
}
