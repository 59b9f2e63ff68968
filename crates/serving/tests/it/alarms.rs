//! Promotions that bring less or more than was quoted: the book is told once when that begins, and
//! once when it is over.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{PromotionId, Span};
use promotions::{Alarm, Goal, Viewer};
use serving::{Disk, Feed, ServingError};
use tempfile::tempdir;

use crate::feed::view;
use crate::town::Town;

type Told = Vec<(PromotionId, Option<Alarm>)>;

/// Runs the feed each hour for so many hours; who was told of.
fn hours(town: &Town, feed: &Feed, hours: u32) -> Told {
    let mut told = Vec::new();
    for _ in 0..hours {
        town.wait(Span::hours(1));
        told.extend(feed.run().unwrap().alerted);
    }
    told
}

/// So many pages, a second each, of which everything that is shown is viewed; who was told of.
fn views(town: &Town, feed: &Feed, pages: u64) -> Told {
    let mut told = Vec::new();
    for _ in 0..pages {
        town.wait(Span::seconds(1));
        let name = format!("viewer-{}", town.now());
        for served in feed.select(&Viewer::default(), Some(&name), 1, None) {
            view(feed, &served.token);
        }
        told.extend(feed.run().unwrap().alerted);
    }
    told
}

/// An hour that begins with so many pages.
fn hour(town: &Town, feed: &Feed, pages: u64) -> Told {
    let told = views(town, feed, pages);
    town.wait(Span::seconds(3_600 - pages));
    [told, feed.run().unwrap().alerted].concat()
}

#[test]
fn who_is_behind_is_told_of_once_also_after_a_restart() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    // 100 units of 30 days at least: two by now, and none is as likely as not.
    assert_eq!(hours(&town, &feed, 20), []);
    assert_eq!(feed.outside_quotes(), [1, 0, 0]);
    let before = town.promotion(promotion).deeds;
    assert_eq!(hours(&town, &feed, 48), [(promotion, Some(Alarm::Behind))]);
    assert_eq!(feed.outside_quotes(), [1, 1, 0]);
    assert_eq!(town.promotion(promotion).deeds, before + 1);
    feed.close().unwrap();
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(hours(&town, &feed, 24), []);
    assert_eq!(feed.outside_quotes(), [1, 1, 0]);
    assert_eq!(town.promotion(promotion).deeds, before + 1);
    town.stop(promotion);
    feed.run().unwrap();
    assert_eq!(feed.outside_quotes(), [0, 0, 0]);
}

#[test]
fn who_is_ahead_is_told_of_too_and_may_fall_behind_later() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    views(&town, &feed, 60);
    assert_eq!(hours(&town, &feed, 4), [(promotion, Some(Alarm::Ahead))]);
    // What came at once is as was quoted after some days, and too little after some more.
    let told = hours(&town, &feed, 600);
    assert_eq!(told, [(promotion, None), (promotion, Some(Alarm::Behind))]);
}

/// A part of what was delivered is always too little.
#[test]
fn whoever_knows_a_part_of_it_tells_nothing() {
    let (town, folder, other) = (Town::new(), tempdir().unwrap(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    views(&town, &feed, 60);
    feed.close().unwrap();
    drop(feed);
    assert!(town.promotion(promotion).delivery.billed_units > 3);
    let feed = town.feed(other.path());
    assert_eq!(hours(&town, &feed, 200), []);
    assert_eq!(feed.outside_quotes(), [1, 0, 0]);
}

/// The platform begins at midnight, and a day of its people is not known before it was seen.
#[test]
fn slow_a_quiet_night_of_the_first_day_alarms_nobody() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.quoted_for(Goal::Views, 1, 500_000, 1, (300, 800));
    town.approve(promotion);
    let feed = town.feed(folder.path());
    feed.run().unwrap();
    let pages =
        [13, 8, 6, 4, 3, 5, 8, 15, 19, 21, 22, 24, 27, 27, 25, 25, 26, 28, 30, 34, 37, 38, 33, 23];
    for (at, pages) in pages.into_iter().enumerate() {
        assert_eq!(hour(&town, &feed, pages), [], "in hour {at}");
    }
    assert_eq!(hours(&town, &feed, 3), []);
    let units = town.promotion(promotion).delivery.billed_units;
    assert!((450..=501).contains(&units), "{units}");
}

#[test]
fn slow_who_catches_up_is_told_of_and_may_fall_behind_again() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.quoted_for(Goal::Views, 1, 500_000, 4, (200, 2_000));
    town.approve(promotion);
    let again = |feed: Feed| {
        feed.close().unwrap();
        drop(feed);
        town.feed(folder.path())
    };
    let (behind, back) = ((promotion, Some(Alarm::Behind)), (promotion, None));
    let feed = town.feed(folder.path());
    assert_eq!(hours(&town, &feed, 24), [behind]);
    let feed = again(feed);
    assert_eq!(hours(&town, &feed, 2), []);
    // More than the most that was to be expected at least by then, whatever the hours are like.
    assert_eq!(hour(&town, &feed, 110), []);
    assert_eq!(hours(&town, &feed, 2), [back]);
    assert_eq!(feed.outside_quotes(), [1, 0, 0]);
    let feed = again(feed);
    assert_eq!(hours(&town, &feed, 60), [behind]);
    assert_eq!(feed.outside_quotes(), [1, 1, 0]);
    let deeds = town.promotion(promotion).deeds;
    let feed = again(feed);
    assert_eq!(hours(&town, &feed, 5), []);
    assert_eq!(town.promotion(promotion).deeds, deeds);
}

/// Whoever catches up and falls behind again within a day is told of when the day is over.
#[test]
fn slow_the_same_alarm_is_told_once_a_day() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.quoted_for(Goal::Views, 1, 500_000, 2, (4_000, 200_000));
    town.approve(promotion);
    let (behind, back) = ((promotion, Some(Alarm::Behind)), (promotion, None));
    let feed = town.feed(folder.path());
    assert_eq!(hours(&town, &feed, 2), [behind]);
    let told = views(&town, &feed, 600);
    assert_eq!([told, hours(&town, &feed, 2)].concat(), [back]);
    assert_eq!(hours(&town, &feed, 20), []);
    assert_eq!(feed.outside_quotes(), [1, 1, 0]);
    assert_eq!(hours(&town, &feed, 2), [behind]);
}

/// The last that is told of it is how it ended.
#[test]
fn slow_who_is_behind_at_the_end_is_told_of_though_it_was_told_of_that_day() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.quoted_for(Goal::Views, 1, 500_000, 1, (2_000, 100_000));
    town.approve(promotion);
    let (behind, back) = ((promotion, Some(Alarm::Behind)), (promotion, None));
    let feed = town.feed(folder.path());
    assert_eq!(hours(&town, &feed, 2), [behind]);
    let told = views(&town, &feed, 600);
    assert_eq!([told, hours(&town, &feed, 2)].concat(), [back]);
    assert_eq!(hours(&town, &feed, 19), []);
    assert_eq!(feed.outside_quotes(), [1, 1, 0]);
    assert_eq!(hours(&town, &feed, 2), [behind]);
    town.advance(promotion);
    assert_eq!(hours(&town, &feed, 3), []);
}

/// A disk on which nothing can be written while it is full.
#[derive(Debug, Default)]
struct Filling {
    is_full: AtomicBool,
}

impl Disk for Filling {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        match self.is_full.load(Ordering::SeqCst) {
            true => Err(io::Error::other("the disk is full")),
            false => file.write_all(bytes),
        }
    }
}

/// The book was told, and tells nobody of it again.
#[test]
fn who_is_behind_is_told_of_also_by_a_run_that_could_not_write_its_log() {
    let (mut town, folder, disk) = (Town::new(), tempdir().unwrap(), Arc::new(Filling::default()));
    town.disk = Arc::clone(&disk) as Arc<dyn Disk>;
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    feed.run().unwrap();
    disk.is_full.store(true, Ordering::SeqCst);
    town.wait(Span::hours(100));
    let cut_short = feed.run().unwrap_err();
    assert!(matches!(cut_short.error, ServingError::Log(_)), "{cut_short}");
    assert_eq!(cut_short.done.alerted, [(promotion, Some(Alarm::Behind))]);
    assert_eq!(cut_short.done.logged, 0);
    disk.is_full.store(false, Ordering::SeqCst);
    let ran = feed.run().unwrap();
    assert!(ran.logged > 0 && ran.alerted.is_empty(), "{ran:?}");
}

/// What its advertiser holds up is not held against the quote, and no alarm is used up.
#[test]
fn a_pause_of_its_advertiser_alarms_nobody() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    feed.run().unwrap();
    town.pause(promotion);
    assert_eq!(hours(&town, &feed, 100), []);
    assert_eq!(feed.outside_quotes(), [1, 0, 0]);
    town.resume(promotion);
    assert_eq!(hours(&town, &feed, 2), [(promotion, Some(Alarm::Behind))]);
}

/// How the pages of a day are spread over its hours is known after a restart, too.
#[test]
fn the_shape_of_days_outlives_a_restart() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    for hour in 0..26 {
        let pages = if (8..20).contains(&hour) { 100 } else { 1 };
        for number in 0..pages {
            let _ = feed.select(&Viewer::default(), Some(&format!("viewer-{number}")), 1, None);
        }
        feed.run().unwrap();
        town.wait(Span::hours(1));
    }
    feed.run().unwrap();
    let expected = |feed: &Feed| {
        let (promotion, stretch) = (&town.promotion(promotion), Span::hours(1));
        let asked = serving::Asked { promotion, deeds: &[], stretch, reach: &|_| 1 };
        feed.report_on(&asked).unwrap().expected
    };
    let before = expected(&feed);
    feed.close().unwrap();
    drop(feed);
    assert_eq!(expected(&town.feed(folder.path())), before);
}

/// The events of the last hour come when it is over.
#[test]
fn who_is_over_is_looked_at_once_more() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    town.wait(Span::days(30));
    town.wait(Span::minutes(10));
    town.advance(promotion);
    assert_eq!(town.promotion(promotion).state, promotions::State::Completed);
    let feed = town.feed(folder.path());
    assert_eq!(hours(&town, &feed, 1), [(promotion, Some(Alarm::Behind))]);
    assert_eq!(hours(&town, &feed, 3), []);
    assert_eq!(feed.outside_quotes(), [0, 0, 0]);
}
