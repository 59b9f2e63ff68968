//! Who is found for a page, and who of them is asked.

use base::{CreatorId, Span};
use feed::{
    Candidates, Cause, Chance, Chooser, Counts, Offer, Outcome, Page, Pricing, Promoted, Standing,
    Waterfall,
};
use promotions::Goal;

use crate::setting::{after, chooser, page, price, promoted, start, viewer};

const MANY: u128 = 10_000;

/// A promotion of sales by an advertiser who has many: a sale costs 500 times what a view does, and
/// is `per_million` showings' worth.
fn sale(number: u128, per_million: u32) -> Promoted {
    Promoted {
        goal: Goal::Sales,
        creator: CreatorId::from_bits(1),
        pricing: Pricing::Auction { least: price(10_000), most: price(500_000) },
        believed: Chance::from_billionths(per_million * 1_000),
        ..promoted(number)
    }
}

/// A view of somebody else, worth half of its price.
fn view() -> Promoted {
    promoted(MANY + 1)
}

struct Feed {
    chooser: Chooser,
    candidates: Candidates,
}

impl Feed {
    fn of(all: &[Promoted]) -> Feed {
        let (chooser, slots) = chooser(all);
        let mut candidates = Candidates::default();
        for (one, slot) in all.iter().zip(slots) {
            candidates.put(slot, one, chooser.rank(slot));
        }
        Feed { chooser, candidates }
    }

    fn page(&mut self, page: &Page<'_>) -> Vec<Offer> {
        let found = self.candidates.of(page.viewer, page.now);
        self.chooser.choose(page, &found)
    }

    /// Opportunities of all of these.
    fn counts<'a>(&mut self, of: impl IntoIterator<Item = &'a Promoted>) -> Counts {
        let mut log = Vec::new();
        self.chooser.flush(&mut log, after(Span::hours(2)));
        let mut waterfall = Waterfall::default();
        waterfall.absorb(log);
        let mut sum = Counts::default();
        for one in of {
            waterfall.of(one.promotion).for_each(|(_, counts)| sum.absorb(counts));
        }
        sum
    }
}

fn many(one: impl Fn(u128) -> Promoted) -> Vec<Promoted> {
    (1..=MANY).map(one).chain([view()]).collect()
}

#[test]
fn ten_thousand_promotions_of_dear_units_are_cut_by_what_they_may_bring() {
    let all = many(|number| sale(number, 500));
    let mut feed = Feed::of(&all);
    let offers = feed.page(&page(&viewer("v")));
    assert_eq!(offers[0].promotion, view().promotion, "it is worth twice as much");
    let counts = feed.counts(&all);
    assert_eq!(counts.opportunities(), all.len() as u64, "each is counted once");
    assert_eq!(counts.get(Outcome::Lost(Cause::Outbid)), all.len() as u64 - 1);
}

#[test]
fn ten_thousand_better_promotions_of_one_creator_leave_the_second_place() {
    let all = many(|number| sale(number, 5_000));
    let mut feed = Feed::of(&all);
    let viewer = viewer("v");
    let offers = feed.page(&Page { places: 2, ..page(&viewer) });
    let shown: Vec<_> = offers.iter().map(|offer| offer.promotion).collect();
    assert_eq!(shown.len(), 2);
    assert_ne!(shown[0], view().promotion);
    assert_eq!(shown[1], view().promotion);
    assert_eq!(feed.counts(&all).opportunities(), all.len() as u64);
}

#[test]
fn what_is_held_up_stands_behind_what_runs() {
    let paused = |number| Promoted { standing: Standing::Paused, ..sale(number, 5_000) };
    let all = many(paused);
    let mut feed = Feed::of(&all);
    let offers = feed.page(&page(&viewer("v")));
    assert_eq!(offers[0].promotion, view().promotion);
    let counts = feed.counts(&all);
    assert_eq!(counts.get(Outcome::Lost(Cause::Paused)), all.len() as u64 - 1);
}

#[test]
fn nobody_is_found_out_of_their_time() {
    let mut one = promoted(1);
    (one.plan.starts_at, one.plan.ends_at) = (after(Span::hours(1)), after(Span::hours(2)));
    let mut feed = Feed::of(std::slice::from_ref(&one));
    let viewer = viewer("v");
    let mut found = |span| feed.candidates.of(&viewer, after(span)).len();
    assert_eq!([found(Span::minutes(59)), found(Span::minutes(60))], [0, 1]);
    assert_eq!([found(Span::minutes(119)), found(Span::minutes(120))], [1, 0]);
    // It is prolonged.
    one.plan.ends_at = after(Span::hours(3));
    let slot = feed.chooser.put(one.clone(), start());
    feed.candidates.put(slot, &one, 1);
    assert_eq!(feed.candidates.of(&viewer, after(Span::hours(2))), [slot]);
    feed.candidates.remove(slot);
    assert_eq!(feed.candidates.of(&viewer, after(Span::hours(2))), []);
}

#[test]
fn ranks_follow_what_is_learned() {
    let [one, other] = [promoted(1), promoted(2)];
    let mut feed = Feed::of(&[one.clone(), other.clone()]);
    let slots = [1, 2].map(|number| feed.chooser.slot(promoted(number).promotion).unwrap());
    let viewer = viewer("v");
    assert_eq!(feed.candidates.of(&viewer, start()), slots);
    feed.chooser.recall(one.promotion, 1_000, 0);
    feed.candidates.rank(feed.chooser.ranks());
    assert_eq!(feed.candidates.of(&viewer, start()), [slots[1], slots[0]]);
    let paused = Promoted { standing: Standing::Paused, ..other };
    feed.chooser.put(paused, start());
    feed.candidates.rank(feed.chooser.ranks());
    assert_eq!(feed.candidates.of(&viewer, start()), slots);
}
