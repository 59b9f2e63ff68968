//! Pages are served, events are judged, and what they cost is billed once, whatever happens
//! between.

use std::path::{Path, PathBuf};

use base::{Region, Span};
use feed::verdict::{Event, Reason, Verdict};
use promotions::{EventKind, Goal, SliceState, State, Viewer};
use serving::{Asked, Feed, Told};
use tempfile::tempdir;

use crate::town::{Town, cents};

/// A page of one place for a viewer of this number; its token, when something was shown.
fn page(feed: &Feed, number: u32) -> Option<String> {
    let name = format!("viewer-{number}");
    feed.select(&Viewer::default(), Some(&name), 1, None).pop().map(|served| served.token)
}

/// A view of five seconds.
pub(crate) fn view(feed: &Feed, token: &str) -> Verdict {
    event(feed, token, EventKind::View)
}

/// Something that a viewer did for five seconds.
fn event(feed: &Feed, token: &str, kind: EventKind) -> Verdict {
    let event = Event {
        token,
        kind,
        at: None,
        dwell: Some(Span::seconds(5)),
        address: None,
        user_agent: None,
        country: None,
    };
    feed.report(&[Told::Event(event)]).pop().unwrap().unwrap().verdict
}

/// What is told of a promotion, of which nobody changed anything.
fn report(town: &Town, feed: &Feed, promotion: base::PromotionId) -> serving::Report {
    let (promotion, stretch) = (&town.promotion(promotion), Span::hours(1));
    feed.report_on(&Asked { promotion, deeds: &[], stretch, reach: &|_| 1 }).unwrap()
}

/// The logs of a folder.
pub(crate) fn logs(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "log")).collect()
}

/// Serves for so many seconds, a page a second and a run after each; tokens that nobody has used.
pub(crate) fn serve(town: &Town, feed: &Feed, seconds: u32, first: u32) -> Vec<String> {
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
    assert_eq!(logs(folder.path()).len(), 1);
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
    assert_eq!(logs(folder.path()).len(), 2);
    assert_eq!(view(&other, &tokens[1]), Verdict::Unknown, "it is another stream's");
    // An older copy of the log must not go on: its numbers are used up.
    let late = town.feed(copy.path());
    assert_eq!(logs(copy.path()).len(), 2);
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
    let path = logs(folder.path()).remove(0);
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
fn a_sale_that_comes_back_is_repaid_once() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running_for(Goal::Sales, 1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 120, 0);
    let [bought, viewed] = &tokens[..2] else { panic!("{}", tokens.len()) };
    let give_back = |feed: &Feed, token: &str| {
        feed.report(&[Told::SaleReturned { token }]).pop().unwrap().unwrap()
    };
    assert_eq!(event(&feed, bought, EventKind::Sale), Verdict::Billed);
    assert_eq!(view(&feed, viewed), Verdict::Counted);
    feed.run().unwrap();
    let spent = town.promotion(promotion).spend;
    assert!(spent.due > promotions::Micros::ZERO);

    assert_eq!(give_back(&feed, "no token").verdict, Verdict::Unknown);
    let never = give_back(&feed, viewed);
    assert_eq!((never.verdict, never.reason), (Verdict::Invalid, Some(Reason::NotBilled)));
    let repaid = give_back(&feed, bought);
    assert_eq!((repaid.verdict, repaid.price), (Verdict::Repaid, Some(spent.due)));
    assert_eq!(give_back(&feed, bought).verdict, Verdict::Duplicate);
    feed.run().unwrap();
    let row = town.promotion(promotion);
    assert_eq!((row.spend.due, row.spend.spent), (promotions::Micros::ZERO, cents(0)));
    // Whoever goes on with the log knows of it.
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(give_back(&feed, bought).verdict, Verdict::Duplicate);
    assert_eq!(event(&feed, bought, EventKind::Sale), Verdict::Duplicate);
    feed.run().unwrap();
    assert_eq!(town.promotion(promotion).spend, row.spend);
    assert_eq!(town.promotion(promotion).delivery, row.delivery);
}

#[test]
fn a_feed_that_was_seen_for_a_day_tells_what_an_audience_offers() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let mut terms = town.promotion(promotion).terms;
    terms.audience.regions = vec![base::Region::parse("US").unwrap()];
    let (reserve, assumed) = (promotions::Micros::new(70_000), 123_456);
    let offered = |feed: &Feed| feed.inventory(&terms, reserve, assumed);
    let mut views = 0;
    for number in 0..1_300 {
        town.wait(Span::seconds(70));
        // A hundred people of whom a quarter are American come one after the other.
        let region = if number % 4 == 0 { "US" } else { "DE" };
        let viewer = Viewer { region: base::Region::parse(region).ok(), ..Viewer::default() };
        let name = format!("viewer-{}", number % 100);
        for served in feed.select(&viewer, Some(&name), 1, None) {
            views += u32::from(view(&feed, &served.token) == Verdict::Billed);
        }
        feed.run().unwrap();
        assert!(number >= 1_000 || offered(&feed).is_none(), "after {number} pages");
    }
    let inventory = offered(&feed).unwrap();
    assert_eq!(inventory.audience_size, 25);
    // Twelve pages a day for each of them, of which three count; and the first of another day.
    assert!((75..=100).contains(&inventory.opportunities_per_day), "{inventory:?}");
    // Whoever comes bids against the promotion that runs, or against nobody.
    let prices = inventory.prices;
    assert!(reserve < prices.mean && prices.mean < prices.p90, "{prices:?}");
    assert!(prices.p90 <= town.promotion(promotion).quote.unit_price_max, "{prices:?}");
    assert!(views >= 50 && inventory.units_per_million > 900_000, "{views}, {inventory:?}");
    let sales = promotions::Terms { goal: Goal::Sales, ..terms.clone() };
    let unknown = feed.inventory(&sales, reserve, assumed).unwrap();
    assert_eq!(unknown.units_per_million, assumed);
    // Nobody is there who is asked for.
    terms.audience.regions = vec![base::Region::parse("FR").unwrap()];
    assert_eq!(feed.inventory(&terms, reserve, assumed).unwrap().audience_size, 0);
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
        tokens.extend(feed.select(&viewer, Some(&name), 1, None).pop().map(|served| served.token));
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

/// Shows everything to one viewer until so many were seen, and tells of it; how many there were.
fn shown_to(town: &Town, feed: &Feed, name: &str, most: usize, seconds: u32) -> usize {
    let mut shown = 0;
    for _ in 0..seconds {
        town.wait(Span::seconds(1));
        if shown < most {
            for served in feed.select(&Viewer::default(), Some(name), 1, None) {
                event(feed, &served.token, EventKind::Impression);
                event(feed, &served.token, EventKind::View);
                shown += 1;
            }
        }
        feed.run().unwrap();
    }
    shown
}

#[test]
fn a_viewer_at_the_cap_is_not_shown_it_again_after_a_restart() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    town.running(1, 5_000_000);
    let feed = town.feed(folder.path());
    assert_eq!(shown_to(&town, &feed, "Ann", 9, 120), 3);
    assert_eq!(shown_to(&town, &feed, "Bob", 2, 120), 2);
    feed.close().unwrap();
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(shown_to(&town, &feed, "Ann", 9, 120), 0);
    assert_eq!(shown_to(&town, &feed, "Bob", 9, 120), 1);
    // As after a crash.
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(shown_to(&town, &feed, "Bob", 9, 60), 0);
    assert_eq!(shown_to(&town, &feed, "Cem", 9, 120), 3);
    // A day later all of it is forgotten.
    town.wait(Span::days(1));
    assert_eq!(shown_to(&town, &feed, "Ann", 9, 120), 3);
}

#[test]
fn slow_ten_thousand_promotions_of_one_advertiser_leave_room_for_a_view() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    for number in 1..=10_000 {
        town.running_for(Goal::Sales, number, 10_000);
    }
    let view = town.running(10_001, 500_000);
    let feed = town.feed(folder.path());
    let (mut shown, pages) = (0, 20);
    for number in 0..pages {
        town.wait(Span::seconds(5));
        feed.run().unwrap();
        let name = format!("viewer-{number}");
        let served = feed.select(&Viewer::default(), Some(&name), 1, None);
        shown += served.iter().filter(|served| served.offer.promotion == view).count();
    }
    feed.run().unwrap();
    assert!(shown > 0, "a view is worth more than a sale that is seldom");
    for promotion in [view, base::PromotionId::from_bits(7), base::PromotionId::from_bits(9_999)] {
        let told = report(&town, &feed, promotion);
        let counted = told.waterfall.iter().map(|(_, counts)| counts.opportunities());
        assert_eq!(counted.sum::<u64>(), pages, "each is counted on each page");
    }
}

/// What was spent from slices that are closed is spent once, also when a feed has to look at
/// everything again because the journal has forgotten what it had not heard.
#[test]
fn what_is_spent_counts_once_after_everything_was_looked_at_again() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.quoted(Goal::Views, 1, 500, 500);
    town.approve(promotion);
    let feed = town.feed(folder.path());
    let by_the_half_hour = |times: std::ops::Range<u32>| {
        for time in times {
            town.wait(Span::minutes(30));
            feed.run().unwrap();
            for token in (0..4).filter_map(|number| page(&feed, time * 4 + number)) {
                view(&feed, &token);
            }
        }
        feed.run().unwrap();
        town.promotion(promotion).spend.spent.minor()
    };
    let before = by_the_half_hour(0..950);
    assert!((200..300).contains(&before), "{before}");
    town.pause(promotion);
    town.wait(Span::days(2));
    town.resume(promotion);
    town.forget_journal();
    feed.run().unwrap();
    let after = by_the_half_hour(1_000..1_390);
    // Were it counted twice, this would be all that is left.
    assert!(after > 500 - before, "{after} after {before}");
}

#[test]
fn what_was_logged_and_not_billed_when_a_process_died_is_charged_to_its_slice() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running(1, 500_000);
    let feed = town.feed(folder.path());
    let mut tokens = serve(&town, &feed, 120, 0);
    // No more money comes, and more is sold than the slice can pay when everything is viewed.
    for number in 1_000..1_500 {
        town.wait(Span::seconds(1));
        tokens.extend(page(&feed, number));
    }
    let (first, rest) = tokens.split_at(tokens.len() / 2);
    for token in first {
        assert_eq!(view(&feed, token), Verdict::Billed);
    }
    // It writes its log, and dies before the book has heard of it.
    let town = town.without_writer(|| {
        feed.close().unwrap();
        drop(feed);
    });
    assert_eq!(town.promotion(promotion).delivery.billed_units, 0);
    let feed = town.feed(folder.path());
    let verdicts: Vec<Verdict> = rest.iter().map(|token| view(&feed, token)).collect();
    let billed = verdicts.iter().filter(|verdict| **verdict == Verdict::Billed).count();
    let counted = verdicts.iter().filter(|verdict| **verdict == Verdict::Counted).count();
    assert!(billed > 0 && counted > 0 && billed + counted == rest.len(), "{billed}, {counted}");
    feed.run().unwrap();
    // The book refuses nothing that the process has billed.
    let delivery = town.promotion(promotion).delivery;
    let expected = ((first.len() + billed) as u64, counted as u64);
    assert_eq!((delivery.billed_units, delivery.unbilled_units), expected);
    assert_eq!(view(&feed, &first[0]), Verdict::Duplicate);
}
