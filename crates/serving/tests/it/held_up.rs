//! What a promotion misses while it may not be shown is counted, and is due to whoever held it up.

use base::{PromotionId, Span};
use feed::shortfall::Why;
use feed::{Cause, Counts, Outcome};
use promotions::{Goal, Viewer};
use serving::{Asked, Feed};
use tempfile::tempdir;

use crate::feed::view;
use crate::town::Town;

/// Two hours of pages, one every ten seconds, each for somebody else. What is shown is viewed.
fn two_hours(town: &Town, feed: &Feed, first: u32) {
    for number in first..first + 720 {
        town.wait(Span::seconds(10));
        let name = format!("viewer-{number}");
        for served in feed.select(&Viewer::default(), Some(&name), 1, None) {
            view(feed, &served.token);
        }
        feed.run().unwrap();
    }
}

/// The report of now, and all opportunities.
fn report(town: &Town, feed: &Feed, promotion: PromotionId) -> (serving::Report, Counts) {
    let (promotion, deeds) = (&town.promotion(promotion), &town.deeds(promotion));
    let stretch = Span::hours(1);
    let told = feed.report_on(&Asked { promotion, deeds, stretch, reach: &|_| 1 }).unwrap();
    let mut counts = Counts::default();
    told.waterfall.iter().for_each(|(_, one)| counts.absorb(one));
    (told, counts)
}

/// What was missed in two hours is due to that, and about what two hours bring.
#[track_caller]
fn check(town: &Town, feed: &Feed, promotion: PromotionId, why: Why, cause: Cause) {
    let (told, counts) = report(town, feed, promotion);
    assert_eq!(counts.opportunities(), 1_440, "{counts:?}");
    assert_eq!(counts.get(Outcome::Lost(cause)), 720, "{counts:?}");
    let (spent, missed) = (told.shortfall.spent, told.shortfall.part(why));
    assert!(spent > 50_000_000, "{spent}");
    assert!((spent * 7 / 10..=spent * 13 / 10).contains(&missed), "{missed} beside {spent}");
    let others = [Why::AdvertiserStop, Why::Policy, Why::PostDeleted, Why::Review];
    for other in others.into_iter().filter(|other| *other != why) {
        assert_eq!(told.shortfall.part(other), 0, "{other}");
    }
}

/// Two hours, then something happens, and two hours more.
#[track_caller]
fn check_after(happens: fn(&Town, PromotionId), why: Why, cause: Cause) {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    two_hours(&town, &feed, 0);
    happens(&town, promotion);
    feed.run().unwrap();
    two_hours(&town, &feed, 1_000);
    check(&town, &feed, promotion, why, cause);
}

#[test]
fn slow_what_is_missed_after_a_stop_is_its_advertisers() {
    check_after(|town, promotion| town.stop(promotion), Why::AdvertiserStop, Cause::Paused);
}

#[test]
fn slow_what_is_missed_after_a_removal_is_the_rules() {
    check_after(|town, promotion| town.remove(promotion), Why::Policy, Cause::Policy);
}

#[test]
fn slow_what_is_missed_without_its_post_is_its_advertisers() {
    check_after(|town, _| town.delete_post(1), Why::PostDeleted, Cause::Paused);
}

#[test]
fn slow_what_is_missed_during_a_late_first_review_is_the_platforms() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.paid(Goal::Views, 1, 500_000);
    let feed = town.feed(folder.path());
    two_hours(&town, &feed, 0);
    let (told, _) = report(&town, &feed, promotion);
    assert_eq!(told.shortfall.part(Why::Review), told.shortfall.missing(), "nobody has looked");
    assert!(told.shortfall.missing() > 0);
    town.approve(promotion);
    feed.run().unwrap();
    two_hours(&town, &feed, 1_000);
    check(&town, &feed, promotion, Why::Review, Cause::Policy);
}
