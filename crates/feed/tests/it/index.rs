//! The audience index says what the definition says.

use std::collections::BTreeMap;

use feed::{AudienceIndex, Match, Mismatch, Slot};
use promotions::{Audience, Device, Gender, Language, Viewer};
use proptest::prelude::*;

use crate::crowd::{Crowd, label, region};

/// What the index is held against: every audience is asked.
#[derive(Default)]
struct Model(BTreeMap<u32, (Audience, u64)>);

impl Model {
    fn all(&self, viewer: &Viewer) -> Vec<Match> {
        let admitting = self.0.iter().filter(|(_, (audience, _))| audience.admits(viewer));
        let mut all: Vec<Match> =
            admitting.map(|(slot, (_, rank))| Match { rank: *rank, slot: Slot(*slot) }).collect();
        all.sort_by_key(|found| (std::cmp::Reverse(found.rank), found.slot));
        all
    }
}

/// Both, changed together.
#[derive(Default)]
struct Pair {
    index: AudienceIndex,
    model: Model,
}

impl Pair {
    fn insert(&mut self, slot: u32, audience: Audience, rank: u64) {
        self.index.insert(Slot(slot), &audience, rank);
        self.model.0.insert(slot, (audience, rank));
    }

    fn remove(&mut self, slot: u32) {
        let was_there = self.model.0.remove(&slot).is_some();
        assert_eq!(self.index.remove(Slot(slot)), was_there);
    }

    fn set_rank(&mut self, slot: u32, rank: u64) {
        let there = self.model.0.get_mut(&slot).map(|row| row.1 = rank);
        assert_eq!(self.index.set_rank(Slot(slot), rank), there.is_some());
    }

    /// Compares everything that can be asked about `viewer`; says how many matched.
    fn check(&self, viewer: &Viewer, most: usize) -> usize {
        let expected = self.model.all(viewer);
        assert_eq!(self.index.len(), self.model.0.len());
        assert_eq!(self.index.all(viewer), expected, "{viewer:?}");
        let first = &expected[..most.min(expected.len())];
        assert_eq!(self.index.best(viewer, most), first, "{viewer:?}");
        expected.len()
    }

    fn check_mismatches(&self, viewer: &Viewer) {
        for (slot, (audience, _)) in &self.model.0 {
            let said = self.index.mismatch(Slot(*slot), viewer);
            assert_eq!(said, first_mismatch(audience, viewer), "{audience:?} {viewer:?}");
        }
    }
}

/// By the definition: the first attribute without which all before it would still fit.
fn first_mismatch(audience: &Audience, viewer: &Viewer) -> Option<Mismatch> {
    let mut asked = Audience::automatic();
    asked.regions = audience.regions.clone();
    if !asked.admits(viewer) {
        return Some(Mismatch::Region);
    }
    asked.languages = audience.languages.clone();
    if !asked.admits(viewer) {
        return Some(Mismatch::Language);
    }
    (asked.age_min, asked.age_max) = (audience.age_min, audience.age_max);
    if !asked.admits(viewer) {
        return Some(Mismatch::Age);
    }
    asked.genders = audience.genders.clone();
    if !asked.admits(viewer) {
        return Some(Mismatch::Gender);
    }
    asked.interests = audience.interests.clone();
    if !asked.admits(viewer) {
        return Some(Mismatch::Interests);
    }
    asked.excluded_interests = audience.excluded_interests.clone();
    if !asked.admits(viewer) {
        return Some(Mismatch::ExcludedInterests);
    }
    (!audience.admits(viewer)).then_some(Mismatch::Device)
}

/// Half of the slots change before each round of viewers. More than a million pairs.
#[test]
fn slow_a_million_random_pairs_are_matched_as_defined() {
    let mut crowd = Crowd::new(5);
    let mut pair = Pair::default();
    let (mut pairs, mut matches) = (0, 0);
    for round in 0..20 {
        for _ in 0..1_000 {
            let slot = crowd.below(2_000) as u32;
            match crowd.below(8) {
                0 | 1 => pair.remove(slot),
                2 => pair.set_rank(slot, crowd.below(5)),
                _ => pair.insert(slot, crowd.audience(), crowd.below(5)),
            }
        }
        for asked in 0..60 {
            let viewer = crowd.viewer();
            matches += pair.check(&viewer, crowd.below(40) as usize);
            if asked == round {
                pair.check_mismatches(&viewer);
            }
            pairs += pair.model.0.len();
        }
    }
    assert!(pairs >= 1_000_000, "{pairs}");
    assert!(matches >= pairs / 200 && matches <= pairs / 5, "{matches} of {pairs}");
}

/// Long lists under one key, cut into blocks and joined again.
#[test]
fn lists_of_thousands_keep_their_order() {
    let mut crowd = Crowd::new(6);
    let mut pair = Pair::default();
    let somebody = crowd.viewer();
    for slot in 0..4_000 {
        pair.insert(slot, Audience::automatic(), crowd.below(100));
    }
    assert_eq!(pair.check(&somebody, 100), 4_000);
    for left in [3_000, 2_000, 600, 300, 3] {
        while pair.model.0.len() > left {
            pair.remove(crowd.below(4_000) as u32);
            pair.set_rank(crowd.below(4_000) as u32, crowd.below(100));
        }
        assert_eq!(pair.check(&somebody, 100), left);
    }
}

/// Audiences with more combinations than are filed.
#[test]
fn audiences_that_ask_for_a_lot_are_found() {
    let mut crowd = Crowd::new(7);
    let mut pair = Pair::default();
    let numbers = 0..70;
    let interests: Vec<_> = numbers.clone().map(|number| label(&format!("i{number}"))).collect();
    let regions: Vec<_> = numbers.map(|number| region(&format!("US-{number}"))).collect();
    let many_interests = Audience { interests, ..Audience::automatic() };
    let many_of_both = Audience { regions, ..many_interests.clone() };
    let narrower =
        Audience { languages: vec![Language::new("en").unwrap()], ..many_of_both.clone() };
    pair.insert(0, many_interests, 1);
    pair.insert(1, many_of_both, 2);
    pair.insert(2, narrower, 3);
    let viewer = Viewer {
        region: Some(region("US-69")),
        interests: vec![label("i3"), label("i4"), label("else")],
        consents_to_personal: true,
        ..Viewer::default()
    };
    assert_eq!(pair.check(&viewer, 9), 2);
    let speaker = Viewer { language: Some(Language::new("en").unwrap()), ..viewer.clone() };
    assert_eq!(pair.check(&speaker, 9), 3);
    assert_eq!(pair.check(&Viewer { consents_to_personal: false, ..viewer }, 9), 0);
    for _ in 0..50 {
        pair.check(&crowd.viewer(), 2);
    }
}

#[test]
fn the_first_attribute_that_does_not_fit_is_named() {
    let mut index = AudienceIndex::new();
    let audience = Audience {
        regions: vec![region("US"), region("CA-QC")],
        genders: vec![Gender::Female],
        excluded_interests: vec![label("cats")],
        devices: vec![Device::Tv],
        ..Audience::automatic()
    };
    index.insert(Slot(3), &audience, 0);
    let fits = Viewer {
        region: Some(region("US-CA")),
        gender: Some(Gender::Female),
        device: Some(Device::Tv),
        consents_to_personal: true,
        ..Viewer::default()
    };
    let expect = |viewer: Viewer, said| assert_eq!(index.mismatch(Slot(3), &viewer), said);
    expect(fits.clone(), None);
    let canada = Viewer { region: Some(region("CA")), device: None, ..fits.clone() };
    expect(canada, Some(Mismatch::Region));
    let silent = Viewer { consents_to_personal: false, ..fits.clone() };
    expect(silent, Some(Mismatch::Gender));
    let cats = Viewer { interests: vec![label("cats")], device: None, ..fits.clone() };
    expect(cats, Some(Mismatch::ExcludedInterests));
    expect(Viewer { device: Some(Device::Phone), ..fits.clone() }, Some(Mismatch::Device));
    assert_eq!(index.mismatch(Slot(2), &fits), Some(Mismatch::Absent));
    assert_eq!(index.mismatch(Slot(4), &fits), Some(Mismatch::Absent));
}

#[test]
fn an_index_that_was_emptied_knows_no_names() {
    let mut crowd = Crowd::new(8);
    let mut index = AudienceIndex::new();
    for slot in 0..500 {
        index.insert(Slot(slot), &crowd.audience(), 1);
    }
    let full = index.bytes();
    for slot in 0..500 {
        assert!(index.remove(Slot(slot)));
    }
    assert!(index.is_empty() && !index.remove(Slot(7)));
    assert!(index.bytes() < full);
    assert!(index.all(&crowd.viewer()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// What is asked after any changes depends on what is there, not on how it came there.
    #[test]
    fn the_order_of_changes_does_not_matter(
        seed: u64,
        changes in prop::collection::vec((0_u32..12, 0_u8..4, 0_u64..3), 1..60),
        most in 0_usize..8,
    ) {
        let mut crowd = Crowd::new(seed);
        let mut pair = Pair::default();
        for (slot, change, rank) in changes {
            match change {
                0 => pair.remove(slot),
                1 => pair.set_rank(slot, rank),
                _ => pair.insert(slot, crowd.audience(), rank),
            }
        }
        let mut again = AudienceIndex::new();
        for (slot, (audience, rank)) in pair.model.0.iter().rev() {
            again.insert(Slot(*slot), audience, *rank);
        }
        for _ in 0..20 {
            let viewer = crowd.viewer();
            pair.check(&viewer, most);
            pair.check_mismatches(&viewer);
            prop_assert_eq!(again.all(&viewer), pair.index.all(&viewer));
        }
    }
}
