//! Events through verdicts to money, on the embedded store: the feed as it is served, without HTTP.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use base::Span;
use engine::{Answer, Query};
use feed::verdict::{Event, Verdict};
use outside::clock::{Clock, SystemClock};
use promotions::{EventKind, Viewer};
use serving::{Feed, Told};

use super::Args;
use super::book::{self, Bench, PROMOTIONS};
use super::report::EventsReport;
use crate::failure::{Done, Failure};

/// Events that are told in one call, as the API allows.
const AT_ONCE: usize = 1_000;

/// Promoted posts of a page: as many views by one viewer.
const PLACES: usize = 5;

/// Time between two runs of the feed, as when it is served.
const RUN_EVERY: Duration = Duration::from_secs(1);

/// Time in which money must have been leased.
const LEASE_TIME_MAX: Duration = Duration::from_secs(60);

/// Software of the viewers.
const AGENT: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 8) Mobile Safari/537.36";

/// A post that was shown to the viewer of a number.
struct Shown {
    token: String,
    viewer: u32,
}

/// Measures in a new installation in this folder.
pub(super) fn measure(args: &Args, folder: &Path) -> Done<EventsReport> {
    std::fs::create_dir_all(folder).map_err(Failure::new)?;
    let bench = book::open(folder)?;
    let parts = bench.installation.feed_parts(
        &bench.record,
        bench.book.handle(),
        &bench.settings,
        Arc::new(bench.installation.clock),
    );
    let logs = parts.folder.clone();
    let feed = Feed::open(parts).map_err(Failure::new)?;
    // An impression and a view each.
    let shown = show(&feed, args.events.div_ceil(2))?;
    let told = tell(&feed, &shown)?;
    feed.close().map_err(Failure::new)?;
    let billed_units = billed_units(&bench)?;
    if billed_units != told.billed {
        let what = format!("{} views were billed, the book knows {billed_units}", told.billed);
        return Err(Failure::new(what));
    }
    let log_bytes: u64 = std::fs::read_dir(logs)
        .map_err(Failure::new)?
        .filter_map(|item| item.ok()?.metadata().ok())
        .map(|item| item.len())
        .sum();
    bench.book.stop();
    let events = 2 * shown.len() as u64;
    let per_second = |time: Duration| (events as f64 / time.as_secs_f64()) as u64;
    Ok(EventsReport {
        events,
        billed_units,
        seconds: told.until_billed.as_secs_f64(),
        events_per_second: per_second(told.until_billed),
        judged_per_second: per_second(told.until_judged),
        log_bytes_per_event: log_bytes / events.max(1),
    })
}

/// Shows so many posts, each viewer some.
fn show(feed: &Feed, count: u64) -> Done<Vec<Shown>> {
    let clock = SystemClock::new();
    let (mut shown, mut viewer, mut run_at) = (Vec::new(), 0, Duration::ZERO);
    let everybody = Viewer::default();
    let mut found_at = clock.monotonic();
    while (shown.len() as u64) < count {
        let now = clock.monotonic();
        if now >= run_at {
            feed.run().map_err(Failure::new)?;
            run_at = now + RUN_EVERY / 4;
        }
        let page = feed.select(&everybody, Some(&format!("viewer-{viewer}")), PLACES, None);
        if !page.is_empty() {
            found_at = now;
        } else if now.saturating_sub(found_at) > LEASE_TIME_MAX {
            return Err(Failure::new("the feed shows nothing more"));
        }
        shown.extend(page.into_iter().map(|served| Shown { token: served.token, viewer }));
        viewer += 1;
    }
    Ok(shown)
}

/// What became of the events.
struct Judged {
    billed: u64,
    until_judged: Duration,
    until_billed: Duration,
}

/// Tells of an impression and a view of each, while the feed is run each second.
fn tell(feed: &Feed, shown: &[Shown]) -> Done<Judged> {
    feed.run().map_err(Failure::new)?;
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    let (end, ended) = mpsc::channel::<()>();
    let (billed, until_judged) = std::thread::scope(|scope| {
        let running = scope.spawn(move || -> Done {
            while ended.recv_timeout(RUN_EVERY) == Err(RecvTimeoutError::Timeout) {
                feed.run().map_err(Failure::new)?;
            }
            Ok(())
        });
        let judged = judge(feed, shown);
        let until_judged = clock.monotonic().saturating_sub(begin);
        drop(end);
        running.join().map_err(|_| Failure::new("the feed has panicked"))??;
        judged.map(|billed| (billed, until_judged))
    })?;
    // What was judged since the last run.
    feed.run().map_err(Failure::new)?;
    let until_billed = clock.monotonic().saturating_sub(begin);
    Ok(Judged { billed, until_judged, until_billed })
}

/// Views that were billed.
fn judge(feed: &Feed, shown: &[Shown]) -> Done<u64> {
    let mut billed = 0;
    let mut batch = Vec::with_capacity(AT_ONCE);
    for (number, one) in (1..).zip(shown) {
        batch.extend(
            [EventKind::Impression, EventKind::View].map(|kind| Told::Event(event(one, kind))),
        );
        if batch.len() < AT_ONCE && number < shown.len() {
            continue;
        }
        for answer in feed.report(&batch) {
            match answer {
                Ok(judgement) => billed += u64::from(judgement.verdict == Verdict::Billed),
                Err(_) => return Err(Failure::new("the feed was asked for more than it writes")),
            }
        }
        batch.clear();
    }
    Ok(billed)
}

fn event(shown: &Shown, kind: EventKind) -> Event<'_> {
    let [_, high, middle, low] = shown.viewer.to_be_bytes();
    Event {
        token: &shown.token,
        kind,
        at: None,
        dwell: Some(Span::seconds(4)),
        address: Some([10, high, middle, low].into()),
        user_agent: Some(AGENT),
        country: None,
    }
}

/// Units that the book was billed for.
fn billed_units(bench: &Bench) -> Done<u64> {
    let mut units = 0;
    for number in 0..PROMOTIONS {
        let asked = bench.book.handle().ask(Query::Promotion(book::promotion(number)))?;
        if let Some(Answer::Promotion { promotion, .. }) = asked {
            units += promotion.delivery.billed_units;
        }
    }
    Ok(units)
}
