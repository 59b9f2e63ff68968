//! Events through verdicts to money, on the embedded store: the feed as it is served, without HTTP.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use base::Span;
use engine::{Answer, Query};
use feed::verdict::{Event, Verdict};
use outside::clock::{Clock, SystemClock};
use promotions::{Audience, EventKind, Viewer};
use serving::{Feed, Told};
use world::crowd::Crowd;

use super::book::{self, Bench};
use super::report::EventsReport;
use super::times::resident_bytes;
use super::{Args, opening};
use crate::failure::{Done, Failure};

/// Events that are told in one call, as the API allows.
const AT_ONCE: usize = 1_000;

/// Promoted posts of a page: as many views by one viewer.
const PLACES: usize = 5;

/// Time between two runs of the feed, as when it is served.
const RUN_EVERY: Duration = Duration::from_secs(1);

/// Time in which money must have been leased.
const LEASE_TIME_MAX: Duration = Duration::from_secs(600);

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
    let mut crowd = Crowd::new(args.crowd, args.serving_promotions);
    let audiences: Vec<Audience> = (0..args.serving_promotions).map(|_| crowd.audience()).collect();
    let mut viewers: Vec<Viewer> = (0..args.viewers).map(|_| crowd.viewer()).collect();
    // What is told later comes from the device on which it was shown.
    viewers.iter_mut().for_each(|viewer| viewer.device = feed::bots::device(AGENT));
    let bench = book::open(folder, audiences.into_iter())?;
    let parts = || {
        let clock = Arc::new(bench.installation.clock);
        bench.installation.feed_parts(&bench.record, bench.book.handle(), &bench.settings, clock)
    };
    let logs = parts().folder;
    let before = resident_bytes();
    let (feed, new) = opening::open(parts())?;
    // An impression and a view each.
    let shown = show(&feed, &viewers, args.events.div_ceil(2))?;
    let feed_bytes = resident_bytes().saturating_sub(before);
    let told = tell(&feed, &shown, &logs)?;
    feed.close().map_err(Failure::new)?;
    drop(feed);
    let billed_units = billed_units(&bench, args.serving_promotions)?;
    if billed_units != told.billed {
        let what = format!("{} views were billed, the book knows {billed_units}", told.billed);
        return Err(Failure::new(what));
    }
    let log_bytes: u64 = std::fs::read_dir(&logs)
        .map_err(Failure::new)?
        .filter_map(Result::ok)
        // Not the snapshots, which are of many events or few.
        .filter(|item| !item.file_name().to_string_lossy().contains(".snapshot-"))
        .filter_map(|item| item.metadata().ok())
        .map(|item| item.len())
        .sum();
    let opening = opening::measure(parts, new)?;
    bench.book.stop();
    let events = 2 * shown.len() as u64;
    let per_second = |time: Duration| (events as f64 / time.as_secs_f64()) as u64;
    let millis = |time: Duration| time.as_millis() as u64;
    Ok(EventsReport {
        promotions: args.serving_promotions,
        events,
        billed_units,
        seconds: told.until_billed.as_secs_f64(),
        events_per_second: per_second(told.until_billed),
        judged_per_second: per_second(told.until_judged),
        log_bytes_per_event: log_bytes / events.max(1),
        run_p50_ms: millis(told.runs.p50()),
        run_worst_ms: millis(told.runs.worst()),
        run_with_snapshot_ms: told.runs.with_snapshot.map(millis),
        feed_bytes_per_promotion: feed_bytes / args.serving_promotions,
        opening,
    })
}

/// Shows so many posts, each viewer some; people like these come in turn, each once.
fn show(feed: &Feed, people: &[Viewer], count: u64) -> Done<Vec<Shown>> {
    let clock = SystemClock::new();
    let (mut shown, mut viewer, mut run_at) = (Vec::new(), 0, Duration::ZERO);
    let mut people = people.iter().cycle();
    let mut found_at = clock.monotonic();
    while (shown.len() as u64) < count {
        let now = clock.monotonic();
        if now >= run_at {
            feed.run().map_err(Failure::new)?;
            run_at = clock.monotonic() + RUN_EVERY / 4;
        }
        let Some(one) = people.next() else { return Err(Failure::new("nobody looks")) };
        let page = feed.select(one, Some(&format!("viewer-{viewer}")), PLACES, None);
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
    runs: Runs,
    until_judged: Duration,
    until_billed: Duration,
}

/// How long runs of the feed took.
#[derive(Default)]
struct Runs {
    all: Vec<Duration>,
    /// The longest in which a snapshot was made.
    with_snapshot: Option<Duration>,
}

impl Runs {
    /// Runs the feed once.
    fn run(&mut self, feed: &Feed, logs: &Path) -> Done {
        let clock = SystemClock::new();
        let (before, begin) = (opening::snapshots(logs)?, clock.monotonic());
        feed.run().map_err(Failure::new)?;
        let took = clock.monotonic().saturating_sub(begin);
        self.all.push(took);
        if opening::snapshots(logs)? != before {
            self.with_snapshot = self.with_snapshot.max(Some(took));
        }
        Ok(())
    }

    fn p50(&self) -> Duration {
        let mut all = self.all.clone();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    }

    fn worst(&self) -> Duration {
        self.all.iter().copied().max().unwrap_or_default()
    }
}

/// Tells of an impression and a view of each, while the feed is run each second.
fn tell(feed: &Feed, shown: &[Shown], logs: &Path) -> Done<Judged> {
    feed.run().map_err(Failure::new)?;
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    let (end, ended) = mpsc::channel::<()>();
    let (billed, until_judged, mut runs) = std::thread::scope(|scope| {
        let running = scope.spawn(move || -> Done<Runs> {
            let mut runs = Runs::default();
            while ended.recv_timeout(RUN_EVERY) == Err(RecvTimeoutError::Timeout) {
                runs.run(feed, logs)?;
            }
            Ok(runs)
        });
        let judged = judge(feed, shown);
        let until_judged = clock.monotonic().saturating_sub(begin);
        drop(end);
        let runs = running.join().map_err(|_| Failure::new("the feed has panicked"))??;
        judged.map(|billed| (billed, until_judged, runs))
    })?;
    // What was judged since the last run.
    runs.run(feed, logs)?;
    let until_billed = clock.monotonic().saturating_sub(begin);
    Ok(Judged { billed, runs, until_judged, until_billed })
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
fn billed_units(bench: &Bench, promotions: u64) -> Done<u64> {
    let mut units = 0;
    for number in 0..promotions {
        let asked = bench.book.handle().ask(Query::Promotion(book::promotion(number)))?;
        if let Some(Answer::Promotion { promotion, .. }) = asked {
            units += promotion.delivery.billed_units;
        }
    }
    Ok(units)
}
