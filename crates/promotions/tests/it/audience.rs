//! Who belongs to an audience.

use base::{Label, Region};
use promotions::{Audience, Device, Gender, Language, SettingChange, Terms, Viewer};
use proptest::prelude::*;

use crate::world::terms;

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn known() -> Viewer {
    Viewer {
        region: Some(Region::parse("US-CA").unwrap()),
        language: Some(Language::new("en").unwrap()),
        age: Some(18),
        gender: Some(Gender::Female),
        interests: vec![label("cats")],
        consents_to_personal: true,
        ..Viewer::default()
    }
}

#[test]
fn everybody_is_in_an_automatic_audience() {
    assert!(Audience::automatic().admits(&known()));
    assert!(Audience::automatic().admits(&Viewer::default()));
}

#[test]
fn a_country_contains_its_subdivisions() {
    let us = Audience { regions: vec![Region::parse("US").unwrap()], ..Audience::default() };
    let texas = Audience { regions: vec![Region::parse("US-TX").unwrap()], ..us.clone() };
    assert!(us.admits(&known()));
    assert!(!texas.admits(&known()));
}

#[test]
fn what_is_unknown_does_not_fit_and_excludes_nobody() {
    let asks = Audience { age_min: Some(18), ..Audience::default() };
    let spares = Audience { excluded_interests: vec![label("cats")], ..Audience::default() };
    let silent = Viewer { consents_to_personal: false, ..known() };
    assert!(asks.admits(&known()) && !asks.admits(&silent));
    assert!(!spares.admits(&known()) && spares.admits(&silent));
}

#[test]
fn ages_include_both_ends() {
    let eighteen = Audience { age_min: Some(18), age_max: Some(18), ..Audience::default() };
    assert!(eighteen.admits(&known()));
    assert!(!eighteen.admits(&Viewer { age: Some(19), ..known() }));
}

/// Of each setting a part, all of it, or nothing.
fn any_audience() -> impl Strategy<Value = Audience> {
    let some = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        prop_oneof![Just(Vec::new()), prop::sample::subsequence(words, 0..=3)]
    };
    let labels = |words: Vec<String>| words.iter().map(|word| label(word)).collect();
    let ages = || prop::option::of(16..30_u8);
    let places = some(&["US", "US-CA", "CA-QC"]);
    let lists = (places, some(&["en", "de", "fr"]), some(&["cats", "dogs", "cars"]));
    let others = (some(&["cats", "tea", "pop"]), ages(), ages(), 0..4_usize, 0..4_usize);
    (lists, others).prop_map(move |((regions, languages, interests), others)| {
        let (excluded, age_min, age_max, genders, devices) = others;
        Audience {
            regions: regions.iter().map(|code| Region::parse(code).unwrap()).collect(),
            languages: languages.iter().map(|code| Language::new(code).unwrap()).collect(),
            age_min,
            age_max,
            genders: Gender::ALL[..genders].to_vec(),
            interests: labels(interests),
            excluded_interests: labels(excluded),
            devices: Device::ALL[..devices].to_vec(),
        }
    })
}

fn any_viewer() -> impl Strategy<Value = Viewer> {
    let one = |words: [&'static str; 3]| prop::option::of(prop::sample::select(words.to_vec()));
    let interests = ["cats", "dogs", "cars", "tea", "pop"].map(label).to_vec();
    let who = (prop::option::of(15..32_u8), 0..4_usize, any::<bool>());
    let where_from = (one(["US", "US-CA", "CA-QC"]), one(["en", "de", "fr"]), 0..4_usize);
    let interests = prop::sample::subsequence(interests, 0..4);
    (where_from, who, interests).prop_map(|((region, language, device), who, interests)| {
        let (age, gender, consents_to_personal) = who;
        Viewer {
            id: None,
            region: region.map(|code| Region::parse(code).unwrap()),
            language: language.map(|code| Language::new(code).unwrap()),
            age,
            gender: Gender::ALL.get(gender).copied(),
            interests,
            device: Device::ALL.get(device).copied(),
            consents_to_personal,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn who_belongs_to_an_audience_belongs_to_one_that_contains_it(
        wide in any_audience(),
        narrow in any_audience(),
        viewers in prop::collection::vec(any_viewer(), 20),
    ) {
        prop_assert!(wide.contains(&wide));
        prop_assert!(Audience::automatic().contains(&wide));
        if wide.contains(&narrow) {
            prop_assert!(viewers.iter().all(|one| !narrow.admits(one) || wide.admits(one)));
        }
        // One that asks for less in one respect contains it.
        let all = [
            Audience { regions: Vec::new(), ..wide.clone() },
            Audience { languages: Vec::new(), ..wide.clone() },
            Audience { age_min: None, ..wide.clone() },
            Audience { age_max: None, ..wide.clone() },
            Audience { genders: Vec::new(), ..wide.clone() },
            Audience { interests: Vec::new(), ..wide.clone() },
            Audience { excluded_interests: Vec::new(), ..wide.clone() },
            Audience { devices: Vec::new(), ..wide.clone() },
        ];
        for wider in all {
            prop_assert!(wider.contains(&wide));
            prop_assert_eq!(wide.contains(&wider), wide == wider);
        }
    }

    #[test]
    fn no_suggestion_makes_an_audience_narrower(audience in any_audience()) {
        let before = Terms { audience, ..terms() };
        for change in SettingChange::ALL {
            let Some(after) = change.apply(&before) else { continue };
            prop_assert!(after.audience.contains(&before.audience), "{change:?}");
            let is_other = after.audience != before.audience;
            prop_assert_eq!(is_other, change.is_of_audience(), "{:?}", change);
        }
    }
}
