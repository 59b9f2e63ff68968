//! Promotions that bring less or more than was quoted: the book is told of each once.

use base::{PromotionId, Span};
use promotions::{Alarm, Viewer};
use serving::Feed;
use tempfile::tempdir;

use crate::feed::view;
use crate::town::Town;

/// Runs the feed each hour for so many hours; who was told of.
fn hours(town: &Town, feed: &Feed, hours: u32) -> Vec<(PromotionId, Option<Alarm>)> {
    let mut told = Vec::new();
    for _ in 0..hours {
        town.wait(Span::hours(1));
        told.extend(feed.run().unwrap().alerted);
    }
    told
}

/// So many pages, a second each, of which everything that is shown is viewed.
fn views(town: &Town, feed: &Feed, pages: u32) {
    for number in 0..pages {
        town.wait(Span::seconds(1));
        let name = format!("viewer-{number}");
        for served in feed.select(&Viewer::default(), Some(&name), 1, None) {
            view(feed, &served.token);
        }
        feed.run().unwrap();
    }
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
    assert_eq!(hours(&town, &feed, 600), [(promotion, Some(Alarm::Behind))]);
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

/// What its advertiser holds up is not held against the quote, and its only alarm is kept.
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
        feed.report_on(&asked).expected
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
