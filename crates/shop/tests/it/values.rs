//! Values with rules of their own: short names, rates, stored numbers.

use std::collections::BTreeSet;

use shop::{BasisPoints, CheckoutState, EventKind, LineId, PayoutState, RefundStatus, Refusal};
use shop::{Series, SourceKind, TenderId, TenderStatus, take_number};

#[test]
fn short_names_have_one_text() {
    #[track_caller]
    fn check(text: &str, accepted: bool) {
        let line = text.parse::<LineId>();
        assert_eq!(line.is_ok(), accepted, "{text:?}");
        match line {
            Ok(line) => {
                assert_eq!((line.to_string(), format!("{line:?}")), (text.into(), text.into()))
            }
            Err(refused) => assert_eq!(refused, Refusal::LineNotFound),
        }
        let text = text.replace('l', "t");
        let is_tender = accepted && text != "shipping";
        assert_eq!(text.parse::<TenderId>().is_ok_and(|id| id.to_string() == text), is_tender);
    }
    for text in ["l1", "l9", "l10", "l100"] {
        check(text, true);
    }
    for text in ["", "l", "l0", "l01", "l+1", "l-1", "l1 ", "L1", "1", "l99999"] {
        check(text, false);
    }
    assert_eq!("shipping".parse(), Ok(LineId::Shipping));
    assert_eq!("l256".parse::<LineId>(), Err(Refusal::LineNotFound));
    assert!(LineId::Number(255) < LineId::Shipping);
    assert_eq!("shipping".parse::<TenderId>(), Err(Refusal::TenderNotFound));
}

#[test]
fn a_rate_is_at_most_the_whole() {
    assert_eq!(BasisPoints::new(10_000), Some(BasisPoints::WHOLE));
    assert_eq!(BasisPoints::new(10_001), None);
    assert_eq!(BasisPoints::new(250).map(BasisPoints::get), Some(250));
}

#[test]
fn numbers_begin_at_one_and_leave_no_gap() {
    let (first, row) = take_number(None, Series::Receipt);
    let (second, row) = take_number(Some(&row), Series::Receipt);
    assert_eq!((first, second, row.next, row.series), (1, 2, 3, Series::Receipt));
}

#[test]
fn stored_numbers_are_read_back_and_names_are_unique() {
    #[track_caller]
    fn check<T: Copy + PartialEq + std::fmt::Debug>(
        all: &[T],
        number: fn(T) -> u16,
        name: fn(T) -> &'static str,
        from_number: fn(u16) -> Option<T>,
    ) {
        let numbers: BTreeSet<u16> = all.iter().map(|value| number(*value)).collect();
        let names: BTreeSet<&str> = all.iter().map(|value| name(*value)).collect();
        assert_eq!((numbers.len(), names.len()), (all.len(), all.len()));
        for value in all {
            assert_eq!(from_number(number(*value)), Some(*value));
        }
        let last = numbers.last().unwrap();
        assert_eq!(from_number(last + 1), None);
    }
    check(&EventKind::ALL, |kind| kind as u16, EventKind::as_str, EventKind::from_number);
    check(
        &CheckoutState::ALL,
        |state| state as u16,
        CheckoutState::as_str,
        |number| CheckoutState::from_number(number as u8),
    );
    check(
        &TenderStatus::ALL,
        |status| status as u16,
        TenderStatus::as_str,
        |number| TenderStatus::from_number(number as u8),
    );
    check(
        &RefundStatus::ALL,
        |status| status as u16,
        RefundStatus::as_str,
        |number| RefundStatus::from_number(number as u8),
    );
    check(
        &PayoutState::ALL,
        |state| state as u16,
        PayoutState::as_str,
        |number| PayoutState::from_number(number as u8),
    );
    check(
        &SourceKind::ALL,
        |kind| kind as u16,
        SourceKind::as_str,
        |number| SourceKind::from_number(number as u8),
    );
    check(
        &Series::ALL,
        |series| series as u16,
        Series::as_str,
        |number| Series::from_number(number as u8),
    );
    for kind in SourceKind::ALL {
        assert_eq!(SourceKind::parse(kind.as_str()), Some(kind));
    }
    assert!(EventKind::ALL.into_iter().all(|kind| (300..400).contains(&(kind as u16))));
}
