//! The city goes on while the demonstration runs: its people look at pages, so reports move.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use base::{Instant, Span};
use jobs::FeedKeeper;
use serving::{Feed, Told};
use world::{Bots, Campaign, News, Offer, Page, Platform, Report, World};

use super::{cast, eyes, midnight_before, plan};
use crate::failure::{Done, Failure};

/// Days that the city lasts, should nobody stop the demonstration before.
const DAYS: u16 = 365;

/// How many times as many visits there are as in the days that were loaded: whoever looks at a
/// report again does not want to wait for long, not even at night.
const AS_MANY: u32 = 60;

/// Who should have come this long ago does not come any more: the clock was moved.
const LATE: Span = Span::minutes(2);

/// Time between two looks at the clock, which may be moved.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Lets the people of the city look at the feed from now on, in a thread that ends with the
/// process.
pub(in crate::commands::demo) fn look_on(feed: Arc<FeedKeeper>) -> Done {
    let people = move || {
        // Nobody sends: it is waited on only.
        let (_silent, ticks) = mpsc::channel();
        let mut live = Live { feed, ticks };
        let Some(now) = live.wait_for_feed() else { return };
        let plan = plan(midnight_before(now));
        let visits_per_thousand = plan.visits_per_thousand * AS_MANY;
        let plan = world::Plan { days: DAYS, visits_per_thousand, ..plan };
        // Whatever is shown is met alike, also what visitors of the demonstration promote.
        let campaigns = vec![cast::LAST.boosts[0].campaign(0, plan.starts_at)];
        let world = World {
            plan,
            campaigns,
            bots: Bots { crawlers: 2, ..Bots::default() },
            faults: Vec::new(),
        };
        world.run(&mut live);
    };
    std::thread::Builder::new().name("city".to_owned()).spawn(people).map_err(Failure::new)?;
    Ok(())
}

struct Live {
    feed: Arc<FeedKeeper>,
    ticks: mpsc::Receiver<()>,
}

impl Live {
    /// Lets a moment pass. `false` would mean that somebody has hung up, and nobody does.
    fn tick(&self, time: Duration) -> bool {
        self.ticks.recv_timeout(time) == Err(RecvTimeoutError::Timeout)
    }

    /// The book's time, once its feed is there.
    fn wait_for_feed(&self) -> Option<Instant> {
        loop {
            if let Some(feed) = self.feed.feed() {
                return Some(feed.now());
            }
            if !self.tick(LOOK_EVERY) {
                return None;
            }
        }
    }

    /// The feed, when it is `at`; nothing when that is long past.
    fn feed_at(&self, at: Instant) -> Option<&Feed> {
        let feed = self.feed.feed()?;
        loop {
            let now = feed.now();
            let Some(left) = at.since(now).filter(|left| left.micros() > 0) else {
                return now.since(at).is_none_or(|late| late <= LATE).then_some(feed);
            };
            if !self.tick(LOOK_EVERY.min(Duration::from_micros(left.micros()))) {
                return None;
            }
        }
    }
}

impl Platform for Live {
    type Token = String;

    fn launch(&mut self, _: &Campaign) {}

    fn select(&mut self, at: Instant, page: &Page<'_>) -> Vec<Offer<String>> {
        let Some(feed) = self.feed_at(at) else { return Vec::new() };
        let viewer = &page.looker.viewer;
        let name = viewer.id.as_ref().map(|name| name.as_str());
        let served = feed.select(viewer, name, usize::from(page.slots), None);
        served.into_iter().map(|served| Offer { campaign: 0, token: served.token }).collect()
    }

    fn fail(&mut self, _: Instant, _: &Page<'_>) {}

    fn report(&mut self, at: Instant, token: &String, report: &Report<'_>) {
        if let Some(feed) = self.feed_at(at) {
            eyes::tell(feed, token, report);
        }
    }

    fn give_back(&mut self, at: Instant, token: &String) {
        if let Some(feed) = self.feed_at(at) {
            // A sale that was not billed has nothing to repay.
            let _ = feed.report(&[Told::SaleReturned { token }]);
        }
    }

    fn tell(&mut self, _: Instant, _: &News) {}

    fn minute_over(&mut self, _: Instant) {}
}
