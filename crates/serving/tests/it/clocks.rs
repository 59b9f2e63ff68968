//! Clocks that jump.

use std::time::Duration;

use base::Span;
use feed::verdict::Verdict;
use tempfile::tempdir;

use crate::feed::{logs, serve, view};
use crate::town::Town;

const JUMP_MAX: Duration = Duration::from_secs(300);

#[test]
fn a_wall_clock_that_jumps_ahead_makes_nothing_late() {
    let (mut town, folder) = (Town::new(), tempdir().unwrap());
    town.clock_jump_max = JUMP_MAX;
    town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 120, 0);
    let now = town.now();
    town.clock.set(now.saturating_add(Span::days(1)));
    // What comes while it stands wrong is judged, written and billed.
    assert_eq!(view(&feed, &tokens[0]), Verdict::Billed);
    feed.run().unwrap();
    town.clock.set(now.saturating_add(Span::seconds(1)));
    assert_eq!(view(&feed, &tokens[1]), Verdict::Billed);
    feed.run().unwrap();
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(view(&feed, &tokens[2]), Verdict::Billed);
    assert_eq!(view(&feed, &tokens[0]), Verdict::Duplicate);
}

#[test]
fn a_log_from_the_future_is_left_alone() {
    let folder = tempdir().unwrap();
    let logs = || logs(folder.path()).len();
    {
        let town = Town::new();
        town.running(1, 500_000);
        town.wait(Span::days(2));
        let feed = town.feed(folder.path());
        let tokens = serve(&town, &feed, 120, 0);
        assert_eq!(view(&feed, &tokens[0]), Verdict::Billed);
        feed.run().unwrap();
    }
    let with_logs = logs();
    // A book of the same name, of two days before, that was never told of that stream.
    let mut town = Town::new();
    town.clock_jump_max = JUMP_MAX;
    town.running(1, 500_000);
    let feed = town.feed(folder.path());
    assert!(logs() > with_logs, "a stream was begun");
    let tokens = serve(&town, &feed, 120, 0);
    assert_eq!(view(&feed, &tokens[0]), Verdict::Billed);
    drop(feed);
    // The one that can be gone on with is found again.
    let with_logs = logs();
    let feed = town.feed(folder.path());
    assert_eq!(view(&feed, &tokens[1]), Verdict::Billed);
    assert_eq!(logs(), with_logs);
}
