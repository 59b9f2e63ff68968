//! What `makegood bench feed` tells.

use serde::Serialize;

use super::times::Times;

/// Choosing among so many promotions, on one core.
#[derive(Debug, Serialize)]
pub(super) struct SizeReport {
    pub(super) promotions: u32,
    /// All that match a viewer, by the index.
    pub(super) matching: Times,
    /// The best of them, the auction, caps and pacing: what is chosen for a page.
    pub(super) page: Times,
    /// Memory of the index, as it counts it.
    pub(super) index_bytes_per_promotion: u64,
    /// Memory of everything else that choosing needs, as the system counts it.
    pub(super) chooser_bytes_per_promotion: u64,
    /// All that match, by asking each audience.
    pub(super) naive: Times,
    /// All that match, by the crate `a-tree`: in a build with the feature, up to 100 thousand.
    pub(super) a_tree: Option<TreeReport>,
}

/// The crate `a-tree`.
#[derive(Debug, Serialize)]
pub(super) struct TreeReport {
    pub(super) searching: Times,
    pub(super) bytes_per_promotion: u64,
}

/// Events from their verdicts to money in the book.
#[derive(Debug, Serialize)]
pub(super) struct EventsReport {
    pub(super) promotions: u64,
    pub(super) events: u64,
    /// Units that the book was billed for; the rest are other kinds of events.
    pub(super) billed_units: u64,
    /// From the first verdict to the last bill.
    pub(super) seconds: f64,
    pub(super) events_per_second: u64,
    /// Judging alone, while bills are written beside it.
    pub(super) judged_per_second: u64,
    /// The log of the feed.
    pub(super) log_bytes_per_event: u64,
    /// Runs of the feed meanwhile, one a second: log, promotions, bills, money.
    pub(super) run_p50_ms: u64,
    pub(super) run_worst_ms: u64,
    /// The longest in which a snapshot was made; none is made of a small log.
    pub(super) run_with_snapshot_ms: Option<u64>,
    /// Memory of the feed once all was shown, as the system counts it, what it keeps for quotes and
    /// for reports among it.
    pub(super) feed_bytes_per_promotion: u64,
    pub(super) opening: OpeningReport,
}

/// Opening a feed, its promotions included.
#[derive(Debug, Serialize)]
pub(super) struct OpeningReport {
    /// Without a log.
    pub(super) new_ms: u64,
    /// Reading all volumes of the log, and making a snapshot.
    pub(super) from_all_volumes_ms: u64,
    /// Reading that snapshot.
    pub(super) from_snapshot_ms: u64,
    pub(super) snapshot_bytes: u64,
}

/// Redemptions at an even rate, without and with events beside them.
#[derive(Debug, Serialize)]
pub(super) struct BesideReport {
    pub(super) redemptions_per_second: u64,
    pub(super) alone_p50_us: u64,
    pub(super) alone_p99_us: u64,
    pub(super) beside_p50_us: u64,
    pub(super) beside_p99_us: u64,
    /// The longest time a redemption took beside events.
    pub(super) beside_worst_us: u64,
    /// Events that were answered a second.
    pub(super) events_per_second: u64,
    /// Of a request of events.
    pub(super) events_p99_us: u64,
    /// Redemptions and requests of events that were not answered with 2xx.
    pub(super) refused: u64,
}

/// What the whole run showed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) crowd: &'static str,
    pub(super) sizes: Vec<SizeReport>,
    pub(super) events: EventsReport,
    pub(super) redemptions: BesideReport,
}

impl Report {
    /// For people.
    pub(super) fn text(&self) -> String {
        let sizes: String = self.sizes.iter().map(SizeReport::text).collect();
        format!("crowd: {}\n{sizes}{}{}", self.crowd, self.events.text(), self.redemptions.text())
    }
}

fn line(name: &str, times: &Times) -> String {
    let micros = |nanos: u64| nanos as f64 / 1_000.0;
    format!(
        "  {name:<9}{:>9} a second  p50 {:>9.1} us  p99 {:>9.1} us  on the processor {:>9.1} and \
         {:>9.1} us  finds {:.1}\n",
        times.per_second,
        micros(times.p50_ns),
        micros(times.p99_ns),
        micros(times.processor_p50_ns),
        micros(times.processor_p99_ns),
        times.found_in_all as f64 / times.searches.max(1) as f64,
    )
}

impl SizeReport {
    fn text(&self) -> String {
        let tree = self.a_tree.as_ref().map(|tree| line("a-tree", &tree.searching));
        format!(
            "{} promotions: {} bytes each in the index, {} elsewhere\n{}{}{}{}",
            self.promotions,
            self.index_bytes_per_promotion,
            self.chooser_bytes_per_promotion,
            line("matching", &self.matching),
            line("page", &self.page),
            line("naive", &self.naive),
            tree.unwrap_or_default(),
        )
    }
}

impl EventsReport {
    fn text(&self) -> String {
        format!(
            "{} events of {} promotions judged and billed in {:.2} s: {} a second, {} judged a \
             second; {} units, {} bytes of log an event, {} bytes of memory a promotion\n  a run \
             of the feed p50 {} ms, worst {} ms, with a snapshot {}\n  opened anew in {} ms, from \
             all volumes in {} ms, from a snapshot of {} bytes in {} ms\n",
            self.events,
            self.promotions,
            self.seconds,
            self.events_per_second,
            self.judged_per_second,
            self.billed_units,
            self.log_bytes_per_event,
            self.feed_bytes_per_promotion,
            self.run_p50_ms,
            self.run_worst_ms,
            self.run_with_snapshot_ms.map_or("none".to_owned(), |took| format!("{took} ms")),
            self.opening.new_ms,
            self.opening.from_all_volumes_ms,
            self.opening.snapshot_bytes,
            self.opening.from_snapshot_ms,
        )
    }
}

impl BesideReport {
    fn text(&self) -> String {
        format!(
            "{} redemptions a second: alone p50 {} us, p99 {} us; beside {} events a second p50 {} \
             us, p99 {} us, worst {} us; events p99 {} us; {} refused\n",
            self.redemptions_per_second,
            self.alone_p50_us,
            self.alone_p99_us,
            self.events_per_second,
            self.beside_p50_us,
            self.beside_p99_us,
            self.beside_worst_us,
            self.events_p99_us,
            self.refused,
        )
    }
}
