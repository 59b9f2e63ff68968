use base::{PromotionId, Span};
use feed::{FrequencyCap, Sightings};

use crate::setting::after;

const CAP: FrequencyCap = FrequencyCap { times: 2, within: Span::hours(1) };

#[test]
fn a_cap_holds_for_every_stretch_of_its_length() {
    let promotion = PromotionId::from_bits(5);
    let mut sightings = Sightings::new(10);
    let is_capped = |sightings: &Sightings, minute| {
        sightings.of(1).is_capped(promotion, CAP, after(Span::minutes(minute)))
    };
    for minute in [0, 50] {
        assert!(!is_capped(&sightings, minute));
        sightings.record(1, promotion, after(Span::minutes(minute)));
    }
    assert!(is_capped(&sightings, 51));
    assert!(is_capped(&sightings, 60));
    assert!(!is_capped(&sightings, 61));
    sightings.record(1, promotion, after(Span::minutes(61)));
    assert!(is_capped(&sightings, 62));
    assert!(is_capped(&sightings, 110));
    assert!(!is_capped(&sightings, 111));
}

#[test]
fn viewers_and_promotions_are_counted_apart() {
    let mut sightings = Sightings::new(10);
    for _ in 0..2 {
        sightings.record(1, PromotionId::from_bits(5), after(Span::ZERO));
    }
    let now = after(Span::minutes(1));
    assert!(sightings.of(1).is_capped(PromotionId::from_bits(5), CAP, now));
    assert!(!sightings.of(1).is_capped(PromotionId::from_bits(6), CAP, now));
    assert!(!sightings.of(2).is_capped(PromotionId::from_bits(5), CAP, now));
}

#[test]
fn those_are_forgotten_who_have_not_come_for_longest() {
    let promotion = PromotionId::from_bits(5);
    let mut sightings = Sightings::new(1_000);
    for round in 0..20 {
        for viewer in 0..100 {
            sightings.record(viewer, promotion, after(Span::minutes(round)));
        }
        for stranger in 0..300 {
            let stranger = 1_000 + round * 300 + stranger;
            sightings.record(stranger, promotion, after(Span::minutes(round)));
        }
    }
    let now = after(Span::minutes(20));
    assert!((0..100).all(|viewer| sightings.of(viewer).is_capped(promotion, CAP, now)));
    assert!(sightings.forgotten() >= 5_000, "{} forgotten", sightings.forgotten());
}
