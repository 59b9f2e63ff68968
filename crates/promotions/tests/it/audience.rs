//! Who belongs to an audience.

use base::{Label, Region};
use promotions::{Audience, Gender, Language, Viewer};

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
