//! How long it takes to open a feed: anew, from all volumes of its log, from a snapshot.

use std::path::{Path, PathBuf};
use std::time::Duration;

use outside::clock::{Clock, SystemClock};
use serving::{Feed, FeedParts};

use super::report::OpeningReport;
use crate::failure::{Done, Failure};

/// Opens the feed, and says how long that took.
pub(super) fn open(parts: FeedParts) -> Done<(Feed, Duration)> {
    let clock = SystemClock::new();
    let begin = clock.monotonic();
    let feed = Feed::open(parts).map_err(Failure::new)?;
    Ok((feed, clock.monotonic().saturating_sub(begin)))
}

/// Opens the log that a feed has closed: first without its snapshots, which makes one, then with
/// that. `parts` makes what a feed is opened with, and `new` is how long its first opening took.
pub(super) fn measure(parts: impl Fn() -> FeedParts, new: Duration) -> Done<OpeningReport> {
    let folder = parts().folder;
    for path in snapshots(&folder)? {
        std::fs::remove_file(path).map_err(Failure::new)?;
    }
    let mut times = [Duration::ZERO; 2];
    for time in &mut times {
        let (feed, took) = open(parts())?;
        feed.close().map_err(Failure::new)?;
        *time = took;
    }
    let mut snapshot_bytes = 0;
    for path in snapshots(&folder)? {
        snapshot_bytes = std::fs::metadata(path).map_err(Failure::new)?.len().max(snapshot_bytes);
    }
    let millis = |time: Duration| time.as_millis() as u64;
    let [all, snapshot] = times.map(millis);
    Ok(OpeningReport {
        new_ms: millis(new),
        from_all_volumes_ms: all,
        from_snapshot_ms: snapshot,
        snapshot_bytes,
    })
}

/// The snapshots of a folder of logs.
pub(super) fn snapshots(folder: &Path) -> Done<Vec<PathBuf>> {
    let items = std::fs::read_dir(folder).map_err(Failure::new)?;
    let paths = items.filter_map(Result::ok).map(|item| item.path());
    let is_one = |path: &PathBuf| path.to_string_lossy().contains(".snapshot-");
    let mut found: Vec<PathBuf> = paths.filter(is_one).collect();
    found.sort_unstable();
    Ok(found)
}
