//! A log of before: one file, without snapshots.

use std::path::{Path, PathBuf};

use base::{Label, PromotionId, Span};
use engine::PromotionCommand;
use promotions::{Goal, Lease};
use tempfile::tempdir;

use crate::settled::{told, with_ending};
use crate::town::{Town, cents};

/// Tokens and slices know it by this name.
const STREAM: &str = "feed-ae426a56b9271175091c0f3ed82f587c";

/// Written by the program that knew neither volumes nor snapshots, which died after 170 seconds;
/// with what it told of its two promotions when it was opened again.
fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[test]
fn a_log_of_before_is_read_billed_and_never_read_again() {
    let (town, folder) = (Town::new(), tempdir().unwrap());
    let promotions = [town.running(1, 5_000), town.running_for(Goal::Sales, 2, 50_000)];
    for ending in ["log", "tail-a", "tail-b"] {
        let path = folder.path().join(STREAM).with_extension(ending);
        std::fs::copy(golden().join(format!("{ending}.bin")), path).unwrap();
    }
    // The money that it had.
    town.wait(Span::seconds(1));
    for (promotion, amount) in promotions.into_iter().zip([3, 988]) {
        let (holder, term) = (Label::new(STREAM).unwrap(), Span::minutes(10));
        let want = Lease { holder, amount: cents(amount), term };
        town.promote(PromotionCommand::Lease { promotion, held: None, want }).unwrap();
    }
    town.wait(Span::seconds(169));
    let feed = town.feed(folder.path());
    feed.run().unwrap();
    let is_told_as_before = |feed: &serving::Feed, promotion: PromotionId| {
        let known = golden().join(format!("report-{}.txt", promotion.bits()));
        let known = std::fs::read_to_string(known).unwrap();
        assert_eq!(format!("{}\n", told(&town, feed, promotion)), known);
    };
    promotions.iter().for_each(|promotion| is_told_as_before(&feed, *promotion));
    let delivered = |promotion| {
        let delivery = town.promotion(promotion).delivery;
        (delivery.billed_units, delivery.invalid_units)
    };
    assert_eq!(promotions.map(delivered), [(4, 0), (38, 1)]);
    feed.close().unwrap();
    drop(feed);
    assert_eq!(with_ending(folder.path(), "snapshot").len(), 1);
    // Were it read, it would be found damaged, and another stream begun.
    std::fs::write(with_ending(folder.path(), "log").remove(0), "nothing").unwrap();
    let feed = town.feed(folder.path());
    promotions.iter().for_each(|promotion| is_told_as_before(&feed, *promotion));
    assert_eq!(with_ending(folder.path(), "log").len(), 1);
}
