//! Bills: the same sums wherever the stream is cut.

use std::collections::BTreeMap;

use base::Currency;
use feed::Unbilled;
use feed::billing::{Gap, Totals};
use feed::verdict::{Body, Judged, Outcome, Reason, Record, Repaid};
use promotions::{Bill, EventKind, limits};
use proptest::prelude::*;

use super::desk::{at, label, price, promotion, selection};

/// A billed view, and whether it is repaid later and why.
#[derive(Clone, Copy, Debug)]
struct Unit {
    promotion: u8,
    slice: u32,
    price: u64,
    repaid: Option<Reason>,
}

fn any_unit() -> impl Strategy<Value = Unit> {
    let reason = proptest::sample::select(&[Reason::Lockstep, Reason::Returned][..]);
    (0_u8..2, 0_u32..2, 0_u64..2_500, proptest::option::of(reason))
        .prop_map(|(promotion, slice, price, repaid)| Unit { promotion, slice, price, repaid })
}

fn billed(sequence: u64, unit: &Unit) -> Record {
    let mut chosen = selection(sequence);
    chosen.promotion = promotion(unit.promotion.into());
    chosen.slice = unit.slice;
    chosen.price = price(unit.price);
    judged(sequence, chosen, Outcome::Billed)
}

fn judged(sequence: u64, selection: feed::token::Selection, outcome: Outcome) -> Record {
    let kind = EventKind::View;
    let judged = Judged { selection, kind, outcome, was_too_short: false, address: 0, network: 0 };
    Record { sequence, at: at(sequence), body: Body::Judged(judged) }
}

/// The units, then the repayments.
fn log(units: &[Unit]) -> Vec<Record> {
    let mut log: Vec<_> = (0..).zip(units).map(|(sequence, unit)| billed(sequence, unit)).collect();
    for (of, unit) in (0..).zip(units) {
        let Some(reason) = unit.repaid else { continue };
        let sequence = log.len() as u64;
        let repaid = Repaid {
            billed: of,
            promotion: promotion(unit.promotion.into()),
            slice: unit.slice,
            kind: EventKind::View,
            price: price(unit.price),
            reason,
        };
        log.push(Record { sequence, at: at(sequence), body: Body::Repaid(repaid) });
    }
    log
}

/// Units, their price, units taken back and their price, of each slice.
type Sums = BTreeMap<(base::PromotionId, u32), [u64; 4]>;

fn sums<'a>(bills: impl IntoIterator<Item = &'a Bill>) -> Sums {
    let mut sums = Sums::new();
    for bill in bills {
        for line in &bill.lines {
            let sum = sums.entry((line.promotion, line.slice)).or_default();
            (sum[0], sum[1]) = (sum[0] + line.units, sum[1] + line.price.get());
        }
        for back in &bill.takebacks {
            let sum = sums.entry((back.promotion, back.slice)).or_default();
            (sum[2], sum[3]) = (sum[2] + back.units, sum[3] + back.price.get());
        }
    }
    sums
}

fn totals() -> Totals {
    Totals::new(label("feed-1"))
}

proptest! {
    #[test]
    fn cuts_and_repetitions_change_no_sum(
        units in proptest::collection::vec(any_unit(), 1..60),
        cuts in proptest::collection::vec(0_usize..120, 0..6),
    ) {
        let log = log(&units);
        let whole = sums([&totals().fold(&log).unwrap()]);

        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(log.len())).collect();
        cuts.push(log.len());
        cuts.sort_unstable();
        let mut totals = totals();
        let mut bills = Vec::new();
        for cut in cuts {
            // Always from the beginning: what is known is passed over.
            bills.push(totals.fold(&log[..cut]).unwrap());
        }
        prop_assert_eq!(&whole, &sums(&bills));
        prop_assert!(bills.windows(2).all(|two| two[0].to == two[1].from));

        for number in 0..2 {
            let summary = totals.summary(promotion(number));
            let due = |sum: &[u64; 4]| sum[1] - sum[3];
            let of_this = whole.iter().filter(|((id, _), _)| *id == promotion(number));
            let due: u64 = of_this.map(|(_, sum)| due(sum)).sum();
            let paid = summary.billed.minor() - summary.repaid.minor();
            prop_assert_eq!(paid as u64, due / 1_000_000);
            let causes: i64 = summary.causes.iter().map(|cause| cause.repaid.minor()).sum();
            prop_assert_eq!(causes, summary.repaid.minor());
        }
    }
}

#[test]
fn gaps_are_refused() {
    let unit = Unit { promotion: 1, slice: 1, price: 1_000, repaid: None };
    let records: Vec<_> = (0..4).map(|sequence| billed(sequence, &unit)).collect();
    let mut totals = totals();
    assert_eq!(totals.fold(&records[1..]), Err(Gap { expected: 0, found: 1 }));
    assert_eq!(totals.fold(&records[..2]).unwrap().lines[0].price.get(), 2_000_000);
    let holed = [records[1], records[3]];
    assert_eq!(totals.fold(&holed), Err(Gap { expected: 2, found: 3 }));
    let bill = totals.fold(&records).unwrap();
    assert_eq!((bill.from, bill.to, bill.lines[0].units), (2, 4, 2));
    assert_eq!(totals.fold(&records).unwrap().lines, []);
}

#[test]
fn a_bill_ends_where_one_more_line_would_be_too_many() {
    let most = limits::LINES_PER_BILL_MAX as u32;
    let of_slice = |number: u32| Unit { promotion: 1, slice: number, price: 1_000, repaid: None };
    let record = |number: u32| billed(number.into(), &of_slice(number));
    let records: Vec<_> = (0..2 * most + 1).map(record).collect();
    let mut totals = totals();
    let mut bills = Vec::new();
    while totals.next_sequence() < records.len() as u64 {
        bills.push(totals.fold(&records).unwrap());
    }
    let ends: Vec<_> = bills.iter().map(|bill| (bill.to, bill.lines.len())).collect();
    let most = u64::from(most);
    let expected = [(most, 1_000), (2 * most, 1_000), (2 * most + 1, 1)];
    assert_eq!(ends, expected);
    assert_eq!(totals.summary(promotion(1)).billed.minor() as u64, 2 * most + 1);
}

#[test]
fn a_bill_tells_what_cost_nothing() {
    let outcomes = [
        Outcome::Billed,
        Outcome::Unbilled(Unbilled::NothingLeft),
        Outcome::Counted,
        Outcome::Invalid(Reason::DataCentre),
        // A longer view may follow.
        Outcome::Invalid(Reason::TooShort),
    ];
    let records: Vec<_> =
        (0..).zip(outcomes).map(|(number, one)| judged(number, selection(number), one)).collect();
    let bill = totals().fold(&records).unwrap();
    let line = bill.lines[0];
    assert_eq!((line.units, line.unbilled_units, line.invalid_units), (1, 1, 1));
    assert_eq!(line.price.get(), 1_500_000);
}

#[test]
fn an_advertiser_reads_what_was_not_billed_and_why() {
    let mut log = Vec::new();
    let mut invalid = |reason, times| {
        for _ in 0..times {
            let sequence = log.len() as u64;
            log.push(judged(sequence, selection(sequence), Outcome::Invalid(reason)));
        }
    };
    invalid(Reason::DeclaredProgram, 100);
    invalid(Reason::DataCentre, 4);
    invalid(Reason::TooShort, 1);
    let first = log.len() as u64;
    let unit = Unit { promotion: 1, slice: 5, price: 2_888, repaid: None };
    log.extend((first..first + 200).map(|sequence| billed(sequence, &unit)));
    for of in first..first + 108 {
        let sequence = log.len() as u64;
        let repaid = Repaid {
            billed: of,
            promotion: promotion(1),
            slice: 5,
            kind: EventKind::View,
            price: price(2_888),
            reason: Reason::Lockstep,
        };
        log.push(Record { sequence, at: at(sequence), body: Body::Repaid(repaid) });
    }
    let mut totals = totals();
    let bill = totals.fold(&log).unwrap();
    let (line, back) = (bill.lines[0], bill.takebacks[0]);
    assert_eq!((line.units, back.units), (200, 108));
    // 92 units at 2.888 cents are 265.696.
    assert_eq!(line.price.get() - back.price.get(), 265_696_000);
    let summary = totals.summary(promotion(1));
    assert_eq!((summary.billed.minor(), summary.repaid.minor()), (577, 312));
    let expected = [
        "212 views from automated traffic: 104 not billed, 108 with 3.12 USD repaid.",
        "1 view that did not last, not billed.",
    ];
    assert_eq!(summary.sentences(Currency::USD), expected);
    assert_eq!(totals.summary(promotion(2)).sentences(Currency::USD), Vec::<String>::new());
}
