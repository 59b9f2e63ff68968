//! Promotions that are settled leave memory, and are told of as before.

use std::path::{Path, PathBuf};

use base::{PromotionId, Span};
use feed::verdict::{Event, Verdict};
use promotions::{EventKind, Goal, Viewer};
use serving::{Asked, Feed, Told};
use tempfile::tempdir;

use crate::town::Town;

/// All that is told of a promotion.
pub(crate) fn told(town: &Town, feed: &Feed, promotion: PromotionId) -> String {
    let (promotion, stretch) = (&town.promotion(promotion), Span::hours(1));
    let asked = Asked { promotion, deeds: &[], stretch, reach: &|_| 1 };
    format!("{:#?}", feed.report_on(&asked).unwrap())
}

/// The files of a folder whose ending begins so.
pub(crate) fn with_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().path()).collect();
    paths.retain(|path| path.extension().unwrap().to_str().unwrap().starts_with(ending));
    paths.sort();
    paths
}

/// Serves pages for so many seconds; what was shown, and bought at once if it is to be.
pub(crate) fn serve(town: &Town, feed: &Feed, seconds: u32, is_sold: bool) -> Vec<String> {
    let mut tokens = Vec::new();
    for second in 0..seconds {
        town.wait(Span::seconds(1));
        let name = format!("viewer-{second}");
        let page = feed.select(&Viewer::default(), Some(&name), 1, None);
        let before = tokens.len();
        tokens.extend(page.into_iter().map(|served| served.token));
        if let Some(token) = tokens.last().filter(|_| is_sold && tokens.len() > before) {
            assert_eq!(sell(feed, token), Verdict::Billed);
        }
        feed.run().unwrap();
    }
    tokens
}

/// Its viewer bought something.
pub(crate) fn sell(feed: &Feed, token: &str) -> Verdict {
    let kind = EventKind::Sale;
    let (at, dwell, address, user_agent, country) = (None, None, None, None, None);
    let event = Event { token, kind, at, dwell, address, user_agent, country };
    feed.report(&[Told::Event(event)]).pop().unwrap().unwrap().verdict
}

/// What was bought came back.
pub(crate) fn give_back(feed: &Feed, token: &str) -> Verdict {
    feed.report(&[Told::SaleReturned { token }]).pop().unwrap().unwrap().verdict
}

/// It is over, and its slices have lapsed.
pub(crate) fn end(town: &Town, feed: &Feed, promotion: PromotionId) {
    town.stop(promotion);
    feed.run().unwrap();
    town.wait(Span::days(9));
    for slice in 1..=town.promotion(promotion).slices.ever {
        let _ = town.promote(engine::PromotionCommand::LapseSlice { promotion, slice });
    }
}

#[test]
fn slow_a_settled_promotion_leaves_memory_and_is_told_of_as_before() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotion = town.running_for(Goal::Sales, 1, 500_000);
    let feed = town.feed(folder.path());
    let tokens = serve(&town, &feed, 120, true);
    let files = || with_ending(folder.path(), "settled").len();
    end(&town, &feed, promotion);
    feed.run().unwrap();
    town.wait(Span::days(2));
    assert_eq!(give_back(&feed, &tokens[1]), Verdict::Repaid);
    town.settle(promotion).unwrap();
    feed.run().unwrap();
    let (mut days, mut before) = (0, String::new());
    while files() == 0 {
        town.wait(Span::days(1));
        days += 1;
        before = told(&town, &feed, promotion);
        feed.run().unwrap();
        assert!(days <= 10, "it stays");
    }
    assert!(days >= 7, "what comes soon is added to the rest");
    assert_eq!(told(&town, &feed, promotion), before);
    feed.close().unwrap();
    drop(feed);
    let feed = town.feed(folder.path());
    assert_eq!(told(&town, &feed, promotion), before);

    // What comes later is added, and leaves in its turn.
    assert_eq!(give_back(&feed, &tokens[2]), Verdict::Repaid);
    assert_eq!(give_back(&feed, &tokens[2]), Verdict::Duplicate);
    feed.run().unwrap();
    assert!(told(&town, &feed, promotion) != before);
    assert!(town.promotion(promotion).delivery.invalid_units == 2);
    for _ in 0..9 {
        town.wait(Span::days(1));
        before = told(&town, &feed, promotion);
        feed.run().unwrap();
        assert_eq!(told(&town, &feed, promotion), before);
    }
    assert_eq!(files(), 2);
    assert_eq!(give_back(&feed, &tokens[3]), Verdict::Repaid);
    assert_eq!(give_back(&feed, &tokens[3]), Verdict::Duplicate);

    // It is not in memory: a file that is damaged is told of, and never wrong figures.
    let path = with_ending(folder.path(), "settled").remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let row = town.promotion(promotion);
    let asked = Asked { promotion: &row, deeds: &[], stretch: Span::hours(1), reach: &|_| 1 };
    assert!(feed.report_on(&asked).is_err());
}
