//! Bills: the same amounts wherever the stream is cut, each booked once.

use std::collections::BTreeMap;

use base::{Amount, Currency};
use feed::billing::{Admission, Bill, Booked, BookingError, FoldError, Totals};
use feed::verdict::{Body, Judged, Outcome, Reason, Record, Repaid};
use promotions::EventKind;
use proptest::prelude::*;

use super::desk::{at, price, promotion, selection};

/// A billed view, and whether it is repaid later and why.
#[derive(Clone, Copy, Debug)]
struct Unit {
    promotion: u8,
    slice: u64,
    price: u64,
    repaid: Option<Reason>,
}

fn any_unit() -> impl Strategy<Value = Unit> {
    let reason = proptest::sample::select(&[Reason::Lockstep, Reason::Returned][..]);
    (0_u8..2, 0_u64..2, 0_u64..2_500, proptest::option::of(reason))
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

type Balances = BTreeMap<(base::PromotionId, u64), i64>;

/// Books bills as a book would: what each slice has paid in the end.
fn book(bills: &[Bill], balances: &mut Balances, booked: &mut Booked) {
    for bill in bills {
        if booked.admit(bill.stream, bill.from, bill.to) == Ok(Admission::New) {
            for line in &bill.lines {
                assert!(line.charge.is_zero() || line.repayment.is_zero());
                let paid = balances.entry((line.promotion, line.slice)).or_default();
                *paid += line.charge.minor() - line.repayment.minor();
                assert!(*paid >= 0);
            }
        }
    }
}

proptest! {
    #[test]
    fn cuts_and_repetitions_change_no_amount(
        units in proptest::collection::vec(any_unit(), 1..60),
        cuts in proptest::collection::vec(0_usize..120, 0..6),
    ) {
        let log = log(&units);
        let mut whole = Balances::new();
        book(&[Totals::new(1).fold(&log).unwrap()], &mut whole, &mut Booked::new(1));

        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(log.len())).collect();
        cuts.push(log.len());
        cuts.sort_unstable();
        let mut totals = Totals::new(1);
        let mut bills = Vec::new();
        for cut in cuts {
            // Always from the beginning: what is known is passed over.
            bills.push(totals.fold(&log[..cut]).unwrap());
        }
        let twice: Vec<_> = bills.iter().flat_map(|bill| [bill.clone(), bill.clone()]).collect();
        let (mut parts, mut booked) = (Balances::new(), Booked::new(1));
        book(&twice, &mut parts, &mut booked);
        book(&bills, &mut parts, &mut booked);
        parts.retain(|key, paid| *paid != 0 || whole.contains_key(key));
        prop_assert_eq!(&whole, &parts);
        prop_assert_eq!(booked.next, log.len() as u64);

        for number in 0..2 {
            let summary = totals.summary(promotion(number));
            let paid = summary.billed.minor() - summary.repaid.minor();
            let of_this = |((id, _), paid): (&(base::PromotionId, u64), &i64)| {
                if *id == promotion(number) { *paid } else { 0 }
            };
            prop_assert_eq!(paid, whole.iter().map(of_this).sum::<i64>());
            let causes: i64 = summary.causes.iter().map(|cause| cause.repaid.minor()).sum();
            prop_assert_eq!(causes, summary.repaid.minor());
        }
    }

    #[test]
    fn a_slice_never_pays_more_than_its_units(
        units in proptest::collection::vec(any_unit(), 1..60),
    ) {
        let mut paid = Balances::new();
        book(&[Totals::new(1).fold(&log(&units)).unwrap()], &mut paid, &mut Booked::new(1));
        for ((id, slice), paid) in paid {
            let of_slice = |unit: &&Unit| {
                promotion(unit.promotion.into()) == id
                    && unit.slice == slice
                    && unit.repaid.is_none()
            };
            let cost: u64 = units.iter().filter(of_slice).map(|unit| unit.price).sum();
            prop_assert_eq!(paid as u64, cost / 1_000);
        }
    }
}

#[test]
fn gaps_are_refused() {
    let unit = Unit { promotion: 1, slice: 1, price: 1_000, repaid: None };
    let records: Vec<_> = (0..4).map(|sequence| billed(sequence, &unit)).collect();
    let mut totals = Totals::new(1);
    assert_eq!(totals.fold(&records[1..]), Err(FoldError::Gap { expected: 0, found: 1 }));
    assert_eq!(totals.fold(&records[..2]).unwrap().lines[0].charge, Amount::new(2).unwrap());
    let holed = [records[1], records[3]];
    assert_eq!(totals.fold(&holed), Err(FoldError::Gap { expected: 2, found: 3 }));
    let bill = totals.fold(&records).unwrap();
    assert_eq!((bill.from, bill.to, bill.lines[0].billed_units), (2, 4, 2));
    assert_eq!(totals.fold(&records).unwrap().lines, []);
}

#[test]
fn a_bill_is_booked_once() {
    let mut booked = Booked::new(7);
    let mut check = |from, to, expected| assert_eq!(booked.admit(7, from, to), expected);
    check(0, 10, Ok(Admission::New));
    check(0, 10, Ok(Admission::Repeated));
    check(3, 5, Ok(Admission::Repeated));
    check(5, 12, Err(BookingError::Overlap { next: 10 }));
    check(11, 12, Err(BookingError::Gap { next: 10, from: 11 }));
    check(12, 11, Err(BookingError::Backward { from: 12, to: 11 }));
    check(10, 10, Ok(Admission::Repeated));
    check(10, 12, Ok(Admission::New));
    let other = BookingError::OtherStream { expected: 7, found: 8 };
    assert_eq!(booked.admit(8, 12, 13), Err(other));
    assert_eq!(booked.next, 12);
}

#[test]
fn more_than_an_amount_is_refused_whole() {
    let most = u64::MAX / 1_000;
    let unit = Unit { promotion: 1, slice: 1, price: most, repaid: None };
    // 500,000 of these fit into an amount.
    let records: Vec<_> = (0..500_001).map(|sequence| billed(sequence, &unit)).collect();
    let mut totals = Totals::new(1);
    assert_eq!(totals.fold(&records), Err(FoldError::TooMuch { slice: 1 }));
    assert_eq!(totals.next_sequence(), 0);
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
    let mut totals = Totals::new(1);
    let bill = totals.fold(&log).unwrap();
    // 92 units at 2.888 cents are 265.696.
    assert_eq!(bill.lines[0].charge, Amount::new(265).unwrap());
    let summary = totals.summary(promotion(1));
    assert_eq!((summary.billed.minor(), summary.repaid.minor()), (577, 312));
    let expected = [
        "212 views from automated traffic: 104 not billed, 108 with 3.12 USD repaid.",
        "1 view that did not last, not billed.",
    ];
    assert_eq!(summary.sentences(Currency::USD), expected);
    assert_eq!(totals.summary(promotion(2)).sentences(Currency::USD), Vec::<String>::new());
}
