use base::{PromotionId, Span};
use feed::{Cause, CounterRecord, Counts, Gap, Outcome, Waterfall};

use crate::setting::after;

fn counted(promotion: u128, minute: u64, served: u64) -> CounterRecord {
    let mut counts = Counts::default();
    for _ in 0..served {
        counts.add(Outcome::Served);
    }
    counts.add(Outcome::Lost(Cause::Outbid));
    let promotion = PromotionId::from_bits(promotion);
    CounterRecord::Counted { promotion, minute: after(Span::minutes(minute)), counts }
}

#[test]
fn names_and_numbers_of_causes_lead_back_to_them() {
    for cause in Cause::ALL {
        assert_eq!(Cause::from_number(cause as u8), Some(cause));
    }
    assert_eq!(Cause::from_number(0), None);
    assert!(Cause::ALL.is_sorted());
}

#[test]
fn processes_and_parts_of_a_minute_add_up() {
    let mut waterfall = Waterfall::default();
    waterfall.absorb([counted(1, 0, 2), counted(1, 0, 3), counted(1, 1, 1)]);
    waterfall.absorb([counted(1, 0, 4), counted(2, 0, 9)]);
    let of_one: Vec<_> = waterfall
        .of(PromotionId::from_bits(1))
        .map(|(minute, counts)| (minute, counts.get(Outcome::Served), counts.opportunities()))
        .collect();
    assert_eq!(of_one, [(after(Span::ZERO), 9, 12), (after(Span::minutes(1)), 1, 2)]);
}

#[test]
fn a_start_without_a_stop_before_it_is_a_gap() {
    let at = |second| after(Span::seconds(second));
    let mut waterfall = Waterfall::default();
    waterfall.absorb([
        CounterRecord::Started { at: at(0) },
        CounterRecord::Flushed { at: at(5) },
        CounterRecord::Stopped { at: at(6) },
        CounterRecord::Started { at: at(10) },
        counted(1, 0, 1),
        CounterRecord::Flushed { at: at(11) },
        counted(1, 0, 1),
        CounterRecord::Started { at: at(40) },
    ]);
    assert_eq!(waterfall.gaps(), [Gap { from: at(11), until: at(40) }]);
    let (_, counts) = waterfall.of(PromotionId::from_bits(1)).next().unwrap();
    assert_eq!(counts.opportunities(), 4);
}
