//! What is told of parts of an audience, and what is not.

use std::collections::{BTreeMap, BTreeSet};

use base::{Label, PromotionId, Region};
use feed::segments::{
    AgeBand, Dimension, GROUP_MIN, Rest, Segment, SegmentCounter, SegmentCounts, SegmentRow,
};
use feed::token::{Selection, ViewerHash};
use promotions::{Device, Gender, Language, Micros, Viewer};
use proptest::prelude::*;

use crate::events::desk;

const ID: PromotionId = PromotionId::from_bits(7);

fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

fn from(code: &str) -> Viewer {
    Viewer { region: Some(region(code)), ..Viewer::default() }
}

/// A counter, and what it gave away.
#[derive(Default)]
struct Counted {
    counter: SegmentCounter,
    nonce: u64,
    total: SegmentCounts,
    known: BTreeMap<Segment, SegmentCounts>,
}

impl Counted {
    /// A viewer of that number is shown it, and it is billed or not.
    fn show(&mut self, viewer: &Viewer, number: u64, is_billed: bool) {
        self.nonce += 1;
        let key = ViewerHash::new(number + 1);
        self.counter.shown(ID, self.nonce, (viewer, Some(key)), viewer.interests.first());
        self.total.shown += 1;
        if is_billed {
            let price = Micros::new(250_000);
            let (viewer, nonce) = (Some(key), self.nonce);
            let selection = Selection { promotion: ID, viewer, nonce, price, ..desk::selection(1) };
            self.counter.billed(&selection);
            self.total.units += 1;
            self.total.price = self.total.price.saturating_add(price);
        }
        let mut given = Vec::new();
        self.counter.flush(&mut given);
        for record in given {
            assert_eq!(record.promotion, ID);
            self.known.entry(record.segment).or_default().absorb(record.counts);
        }
    }

    fn rows(&self) -> Vec<SegmentRow> {
        let known: Vec<_> = self.known.iter().map(|(one, sum)| (one.clone(), *sum)).collect();
        SegmentRow::all(self.total, &known, &self.counter.rest(ID))
    }

    /// `US 10`, `US-CA 10`, `other 12`: how often each part of a dimension was shown it.
    fn told(&self, dimension: Dimension) -> Vec<String> {
        let rows = self.rows().into_iter().filter(|row| row.dimension == dimension);
        let name = |row: &SegmentRow| match (&row.segment, row.within) {
            (Some(segment), _) => segment.name().to_owned(),
            (None, Some(country)) => format!("elsewhere in {country}"),
            (None, None) => "other".to_owned(),
        };
        rows.map(|row| format!("{} {}", name(&row), row.counts.shown)).collect()
    }
}

#[test]
fn names_and_numbers_lead_back_to_segments() {
    for dimension in Dimension::ALL {
        assert_eq!(Dimension::from_number(dimension as u8), Some(dimension));
    }
    assert_eq!(Dimension::from_number(0), None);
    let segments = [
        Segment::Country(region("US")),
        Segment::Region(region("US-CA")),
        Segment::Age(AgeBand::of(30).unwrap()),
        Segment::Gender(Gender::Other),
        Segment::Device(Device::Tv),
        Segment::Language(Language::new("en").unwrap()),
        Segment::Interest(Label::new("tea").unwrap()),
    ];
    for segment in segments {
        let read = Segment::parse(segment.dimension(), segment.name());
        assert_eq!(read.as_ref(), Some(&segment));
    }
    assert_eq!(Segment::parse(Dimension::Age, "12-13"), None);
}

#[test]
fn ages_fall_into_bands() {
    let cases = [(0, None), (12, None), (13, Some("13-17")), (17, Some("13-17"))];
    let more = [(18, Some("18-24")), (64, Some("55-64")), (65, Some("65+")), (255, Some("65+"))];
    for (age, band) in cases.into_iter().chain(more) {
        assert_eq!(AgeBand::of(age).map(AgeBand::as_str), band, "{age}");
    }
}

#[test]
fn a_group_is_told_of_from_ten_viewers_on() {
    let mut counted = Counted::default();
    for number in 0..u64::from(GROUP_MIN) - 1 {
        counted.show(&from("US"), number, true);
        // As often as they like: nine people are nine people.
        counted.show(&from("US"), number, true);
    }
    assert_eq!(counted.rows(), []);
    counted.show(&from("US"), 9, true);
    assert_eq!(counted.told(Dimension::Country), ["US 19"]);
    // The next one is told of with nine more. Meanwhile they are others, who are too few, and the
    // only group that could hide them is all there is.
    counted.show(&from("US"), 10, true);
    assert_eq!(counted.rows(), []);
    (11..20).for_each(|number| counted.show(&from("US"), number, true));
    assert_eq!(counted.told(Dimension::Country), ["US 29"]);
    let row = &counted.rows()[0];
    assert_eq!((row.counts.units, row.counts.price), (29, Micros::new(29 * 250_000)));
}

#[test]
fn few_others_are_joined_by_the_smallest_group() {
    let mut counted = Counted::default();
    for number in 0..10 {
        counted.show(&from("US"), number, false);
        counted.show(&from("US"), number, false);
        counted.show(&from("DE"), 10 + number, false);
    }
    let told = |counted: &Counted| counted.told(Dimension::Country);
    // The tenth has come back after it was told of.
    assert_eq!(told(&counted), ["US 19", "other 11"]);
    (20..29).for_each(|number| counted.show(&from("FR"), number, false));
    assert_eq!(told(&counted), ["DE 10", "US 19", "other 10"]);
}

#[test]
fn regions_add_up_to_their_country() {
    let mut counted = Counted::default();
    for number in 0..10 {
        counted.show(&from("US-CA"), number, false);
        counted.show(&from("US-NY"), 10 + number, false);
        counted.show(&from("DE"), 20 + number, false);
    }
    assert_eq!(counted.told(Dimension::Country), ["DE 10", "US 20"]);
    assert_eq!(counted.told(Dimension::Region), ["US-CA 10", "US-NY 10"]);
    // Ten of whom only the country is known: of other regions, none.
    (30..40).for_each(|number| counted.show(&from("US"), number, false));
    assert_eq!(counted.told(Dimension::Country), ["DE 10", "US 30"]);
    let told = ["US-CA 10", "US-NY 10", "elsewhere in US 10"];
    assert_eq!(counted.told(Dimension::Region), told);
}

#[test]
fn who_comes_elsewhere_between_two_reports_are_many() {
    let mut counted = Counted::default();
    (0..5).for_each(|number| counted.show(&from("US-VT"), number, false));
    (5..9).for_each(|number| counted.show(&from("US-WY"), number, false));
    counted.show(&from("US-CA"), 9, false);
    assert_eq!(counted.told(Dimension::Country), ["US 10"]);
    // One of Vermont alone would be what comes to the others, were California told of.
    counted.show(&from("US-VT"), 10, false);
    (11..20).for_each(|number| counted.show(&from("US-CA"), number, false));
    assert_eq!(counted.told(Dimension::Country), ["US 20"]);
    assert_eq!(counted.told(Dimension::Region), [""; 0]);
    (20..30).for_each(|number| counted.show(&from("US-CA"), number, false));
    assert_eq!(counted.told(Dimension::Region), ["US-CA 20", "elsewhere in US 10"]);
}

#[test]
fn who_is_not_told_of_is_asked_for_with_the_same_flush() {
    let mut counter = SegmentCounter::default();
    let show = |counter: &mut SegmentCounter, number: u64| {
        let key = ViewerHash::new(number + 1);
        counter.shown(ID, number, (&from("US"), Some(key)), None);
    };
    (0..3).for_each(|number| show(&mut counter, number));
    counter.flush(&mut Vec::new());
    let rests = counter.take_rests();
    assert_eq!(rests.get(&ID), Some(&counter.rest(ID)));
    assert!(counter.take_rests().is_empty());
    show(&mut counter, 3);
    assert_ne!(rests.get(&ID), Some(&counter.rest(ID)));
}

#[test]
fn without_consent_nothing_personal_is_counted() {
    let mut counted = Counted::default();
    let viewer = Viewer {
        age: Some(30),
        gender: Some(Gender::Female),
        device: Some(Device::Phone),
        language: Some(Language::new("en").unwrap()),
        interests: vec![Label::new("tea").unwrap()],
        ..from("US")
    };
    (0..20).for_each(|number| counted.show(&viewer, number, false));
    let dimensions: Vec<_> = counted.rows().iter().map(|row| row.dimension).collect();
    assert_eq!(dimensions, [Dimension::Country, Dimension::Device, Dimension::Language]);
    let consents = Viewer { consents_to_personal: true, ..viewer };
    (20..30).for_each(|number| counted.show(&consents, number, false));
    for (dimension, name) in
        [(Dimension::Age, "25-34"), (Dimension::Gender, "female"), (Dimension::Interest, "tea")]
    {
        assert_eq!(counted.told(dimension), [format!("{name} 10"), "other 20".to_owned()]);
    }
}

#[test]
fn what_is_not_remembered_counts_for_nobody_in_particular() {
    let mut counted = Counted::default();
    (0..10).for_each(|number| counted.show(&from("US"), number, false));
    // An event of a selection before a restart: its unit is in the total alone.
    let mut fresh = SegmentCounter::default();
    fresh.billed(&Selection { promotion: ID, nonce: 3, ..desk::selection(1) });
    assert_eq!(fresh.rest(ID), Rest::default());
    counted.total.units += 1;
    // Nobody knows how few they are.
    assert_eq!(counted.rows(), []);
}

#[test]
fn a_promotion_that_is_over_is_forgotten() {
    let mut counted = Counted::default();
    (0..9).for_each(|number| counted.show(&from("US"), number, false));
    assert_ne!(counted.counter.rest(ID), Rest::default());
    counted.counter.forget(ID);
    assert_eq!(counted.counter.rest(ID), Rest::default());
}

/// What is known of the showings of one country: to whom, where, and up to which of them the log
/// tells.
#[derive(Default)]
struct Country {
    shows: Vec<(u64, &'static str)>,
    country_to: usize,
    /// The same at the time before.
    country_before: usize,
    region_to: BTreeMap<&'static str, usize>,
}

impl Country {
    /// Those who are in its row and in none of its regions.
    fn elsewhere(&self) -> BTreeSet<u64> {
        self.elsewhere_since(0)
    }

    /// Those of them who came after so many showings.
    fn elsewhere_since(&self, first: usize) -> BTreeSet<u64> {
        let shows = self.shows[..self.country_to].iter().enumerate().skip(first);
        let is_elsewhere = |(place, (_, region)): &(usize, &(u64, &'static str))| {
            self.region_to.get(region).is_none_or(|to| place >= to)
        };
        shows.filter(is_elsewhere).map(|(_, (viewer, _))| *viewer).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Rows of a dimension add up to the whole, and whatever is written is of ten viewers.
    #[test]
    fn rows_add_up_and_every_sum_is_of_many(
        shows in prop::collection::vec((0..40_u64, any::<bool>()), 1..400),
    ) {
        let codes = ["US-CA", "US-NY", "US", "DE", "DE-BE", "FR"];
        // Most live in the first places.
        let of = |number: u64| codes[[0, 0, 0, 1, 1, 2, 3, 3, 4, 5][number as usize % 10]];
        let mut counted = Counted::default();
        let mut seen: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for (number, is_billed) in shows {
            let country = of(number)[..2].to_owned();
            let written = |counted: &Counted| {
                counted.known.get(&Segment::Country(region(&country))).copied().unwrap_or_default()
            };
            let before = written(&counted);
            counted.show(&from(of(number)), number, is_billed);
            seen.entry(country.clone()).or_default().insert(number);
            if written(&counted) != before {
                let viewers = seen.remove(&country).unwrap_or_default();
                prop_assert!(viewers.len() >= GROUP_MIN as usize, "{viewers:?}");
            }
            let rows = counted.rows();
            let of_countries = rows.iter().filter(|row| row.dimension == Dimension::Country);
            let mut sum = SegmentCounts::default();
            of_countries.for_each(|row| sum.absorb(row.counts));
            prop_assert!(sum == counted.total || rows.is_empty(), "{rows:?}");
            for row in rows.iter().filter(|row| row.dimension == Dimension::Region) {
                prop_assert!(row.segment.is_some() || row.within.is_some());
            }
        }
    }

    /// Regions and what is elsewhere add up to their country, and who is elsewhere are many.
    #[test]
    fn regions_add_up_to_their_country_whatever_comes(
        shows in prop::collection::vec((0..60_u64, any::<bool>(), 1..4_usize), 1..400),
    ) {
        let codes =
            ["US-CA", "US-CA", "US-CA", "US-NY", "US-NY", "US-TX", "US", "US-FL", "DE", "DE-BE"];
        let mut counted = Counted::default();
        let mut countries: BTreeMap<&str, Country> = BTreeMap::new();
        for (number, is_billed, times) in shows {
            let code = codes[number as usize % 10];
            for _ in 0..times {
                let before = counted.known.clone();
                counted.show(&from(code), number, is_billed);
                let of = countries.entry(&code[..2]).or_default();
                of.shows.push((number, code));
                let now = of.shows.len();
                let was = of.country_to;
                for segment in counted.known.keys() {
                    let is_new = before.get(segment) != counted.known.get(segment);
                    match segment {
                        Segment::Country(_) if is_new => {
                            (of.country_before, of.country_to) = (was, now);
                        }
                        Segment::Region(region) if is_new => {
                            let code = codes.iter().find(|it| **it == region.as_str()).unwrap();
                            of.region_to.insert(code, now);
                        }
                        _ => {}
                    }
                }
            }
            for country in countries.values() {
                let elsewhere = country.elsewhere().len();
                prop_assert!(elsewhere == 0 || elsewhere >= GROUP_MIN as usize, "{elsewhere}");
                // What one report says more of them than the one before.
                let more = country.elsewhere_since(country.country_before).len();
                prop_assert!(more == 0 || more >= GROUP_MIN as usize, "{more}");
            }
            let rows = counted.rows();
            let of_countries = rows.iter().filter(|row| row.dimension == Dimension::Country);
            for country in of_countries.filter(|row| row.segment.is_some()) {
                let code = country.segment.as_ref().unwrap().name();
                let mut sum = SegmentCounts::default();
                let is_in = |row: &&SegmentRow| row.within == Some(region(code));
                rows.iter().filter(is_in).for_each(|row| sum.absorb(row.counts));
                prop_assert!(sum == country.counts || !rows.iter().any(|row| is_in(&row)));
            }
        }
    }
}
