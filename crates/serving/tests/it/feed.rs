//! Pages are served, events are judged, and what they cost is billed once, whatever happens
//! between.

use base::{Region, Span};
use feed::verdict::{Event, Verdict};
use promotions::{EventKind, SliceState, State, Viewer};
use serving::{Asked, Feed};
use tempfile::tempdir;

use crate::town::{Town, cents};

/// A page of one place for a viewer of this number; its token, when something was shown.
fn page(feed: &Feed, number: u32) -> Option<String> {
    let name = format!("viewer-{number}");
    feed.select(&Viewer::default(), Some(&name), 1).pop().map(|served| served.token)
}

/// A view of five seconds.
fn view(feed: &Feed, token: &str) -> Verdict {
    let event = Event {
        token,
        kind: EventKind::View,
        at: None,
        dwell: Some(Span::seconds(5)),
        address: None,
        user_agent: None,
        country: None,
    };
    feed.report(&[event]).pop().unwrap().unwrap().verdict
}

/// What is told of a promotion, of which nobody changed anything.
fn report(town: &Town, feed: &Feed, promotion: base::PromotionId) -> serving::Report {
    let (promotion, stretch) = (&town.promotion(promotion), Span::hours(1));
    feed.report_on(&Asked { promotion, deeds: &[], stretch, reach: &|_| 1 })
}

/// Serves for so many seconds, a page a second and a run after each; tokens that nobody has used.
fn serve(town: &Town, feed: &Feed, seconds: u32, first: u32) -> Vec<String> {
    let mut tokens = Vec::new();
    for second in 0..seconds {
        town.wait(Span::seconds(1));
        tokens.extend(page(feed, first + second));
        feed.run().unwrap();
    }
    tokens
}

#[test]
fn what_is_viewed_is_billed_and_the_rest_goes_back() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 60, 0);
    assert!(tokens.len() > 3, "{} pages in a minute", tokens.len());
    let (viewed, left) = tokens.split_at(tokens.len() - 1);
    for token in viewed {
        assert_eq!(view(&feed, token), Verdict::Billed);
        assert_eq!(view(&feed, token), Verdict::Duplicate);
    }
    // Nothing is billed before it is in the log.
    assert_eq!(town.promotion(promotion).delivery.billed_units, 0);
    feed.run().unwrap();
    let row = town.promotion(promotion);
    assert_eq!(row.delivery.billed_units, viewed.len() as u64);
    assert_eq!(report(&town, &feed, promotion).summary.kinds[0].billed, viewed.len() as u64);
    let told = report(&town, &feed, promotion);
    let served: u64 =
        told.waterfall.iter().map(|(_, counts)| counts.get(feed::Outcome::Served)).sum();
    assert_eq!((served, told.gaps.len()), (tokens.len() as u64, 0));
    let missing: i64 = told.shortfall.minutes.iter().map(|minute| minute.missing()).sum();
    assert_eq!(missing, told.shortfall.missing());

    town.stop(promotion);
    feed.run().unwrap();
    assert_eq!(page(&feed, 1_000), None, "it is over");
    // What was shown before is still billed.
    assert_eq!(view(&feed, &left[0]), Verdict::Billed);
    feed.run().unwrap();
    town.wait(Span::hours(3));
    feed.run().unwrap();
    let row = town.promotion(promotion);
    assert_eq!(row.delivery.billed_units, tokens.len() as u64);
    assert_eq!((row.slices.open, row.state), (0, State::Stopped));
    town.wait(Span::days(4));
    town.settle(promotion).unwrap();
    let row = town.promotion(promotion);
    assert_eq!(row.state, State::Settled);
    assert_eq!(row.incentive_returned.checked_add(row.spend.spent), Some(cents(500_000)));
    assert_eq!(town.escrow(promotion), 0);
    feed.run().unwrap();
}

#[test]
fn a_feed_that_begins_again_goes_on_with_its_log_its_slices_and_its_tokens() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 60, 0);
    assert_eq!(view(&feed, &tokens[0]), Verdict::Billed);
    feed.run().unwrap();
    // It dies: what came since the last run is lost, and was not billed.
    assert_eq!(view(&feed, &tokens[1]), Verdict::Billed);
    drop(feed);
    let feed = town.feed(folder.path());
    feed.run().unwrap();
    assert_eq!(view(&feed, &tokens[0]), Verdict::Duplicate);
    assert_eq!(view(&feed, &tokens[1]), Verdict::Billed);
    assert_eq!(view(&feed, &tokens[2]), Verdict::Billed);
    let slices = town.promotion(promotion).slices.ever;
    feed.run().unwrap();
    let row = town.promotion(promotion);
    assert_eq!((row.delivery.billed_units, row.delivery.unbilled_units), (3, 0));
    assert_eq!(row.slices.ever, slices, "it goes on with the slice it had");
    assert_eq!(report(&town, &feed, promotion).gaps.len(), 1, "a crash is told");
    feed.close().unwrap();
    drop(feed);
    let feed = town.feed(folder.path());
    feed.run().unwrap();
    assert_eq!(report(&town, &feed, promotion).gaps.len(), 1, "an end is no crash");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    // Tokens of the time before and of now are apart.
    let more = serve(&town, &feed, 30, 500);
    assert!(more.iter().all(|token| view(&feed, token) == Verdict::Billed));
}

#[test]
fn a_log_that_somebody_writes_or_that_lacks_what_was_billed_is_left_alone() {
    let (town, folder, copy) = (Town::new(), tempdir().unwrap(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 60, 0);
    for item in std::fs::read_dir(folder.path()).unwrap() {
        let path = item.unwrap().path();
        std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    assert_eq!(view(&feed, &tokens[0]), Verdict::Billed);
    feed.run().unwrap();
    let other = town.feed(folder.path());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(view(&other, &tokens[1]), Verdict::Unknown, "it is another stream's");
    // An older copy of the log must not go on: its numbers are used up.
    let late = town.feed(copy.path());
    assert_eq!(std::fs::read_dir(copy.path()).unwrap().count(), 2);
    assert_eq!(view(&late, &tokens[2]), Verdict::Unknown);
    late.run().unwrap();
    other.run().unwrap();
    assert_eq!(view(&feed, &tokens[1]), Verdict::Billed);
    feed.run().unwrap();
    assert_eq!(town.promotion(promotion).delivery.billed_units, 2);
}

#[test]
fn a_log_that_was_cut_off_goes_on_before_the_cut() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 60, 0);
    assert_eq!(view(&feed, &tokens[0]), Verdict::Billed);
    feed.run().unwrap();
    drop(feed);
    let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(&[0, 0, 0, 9, 1, 2, 3]);
    std::fs::write(&path, &bytes).unwrap();
    let feed = town.feed(folder.path());
    assert_eq!(view(&feed, &tokens[0]), Verdict::Duplicate);
    assert_eq!(view(&feed, &tokens[1]), Verdict::Billed);
    feed.run().unwrap();
    assert_eq!(town.promotion(promotion).delivery.billed_units, 2);
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(view(&feed, &tokens[1]), Verdict::Duplicate);
}

#[test]
fn a_process_that_dies_for_good_leaves_its_slice_to_lapse() {
    let (town, folder, other) = (Town::new(), tempdir().unwrap(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 60, 0);
    assert!(!tokens.is_empty());
    drop(feed);
    let feed = town.feed(other.path());
    let more = serve(&town, &feed, 60, 100);
    assert!(!more.is_empty(), "the rest of the money is there for others");
    assert_eq!(view(&feed, &tokens[0]), Verdict::Unknown);
    town.wait(Span::hours(3));
    let lapse = engine::PromotionCommand::LapseSlice { promotion, slice: 1 };
    town.promote(lapse).unwrap();
    assert_eq!(town.slice(promotion, 1).state, SliceState::Lapsed);
}

#[test]
fn who_was_reached_outlives_a_restart_and_is_of_many() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let viewer = Viewer { region: Some(Region::parse("US").unwrap()), ..Viewer::default() };
    let (mut tokens, mut told) = (Vec::new(), Vec::new());
    for number in 0.. {
        let name = format!("viewer-{number}");
        tokens.extend(feed.select(&viewer, Some(&name), 1).pop().map(|served| served.token));
        town.wait(Span::seconds(1));
        feed.run().unwrap();
        // All are alike: whoever is not told of yet would be found by subtraction.
        told = report(&town, &feed, promotion).segments;
        let shown: Vec<u64> = told.iter().map(|row| row.counts.shown).collect();
        assert!(shown.is_empty() || shown == [tokens.len() as u64], "{told:?}");
        assert!(shown.is_empty() || tokens.len() >= 10);
        if tokens.len() >= 20 && !told.is_empty() {
            break;
        }
    }
    feed.close().unwrap();
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(report(&town, &feed, promotion).segments, told);
    // Whose view this is, nobody remembers; and nobody is to find out by subtraction.
    assert_eq!(view(&feed, &tokens[19]), Verdict::Billed);
    feed.run().unwrap();
    assert_eq!(report(&town, &feed, promotion).segments, []);
}
