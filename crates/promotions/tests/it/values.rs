//! Stored numbers and names.

use promotions::{Component, IncidentSeverity, SignalKind};
use promotions::{DeedKind, EndCause, Factor, PostKind, Promise, PromotionEvent, Role, SliceState};
use promotions::{State, Visibility};

/// Every number is read back as what it was, and no two have one name.
macro_rules! check {
    ($($type:ident as $number:ident),+) => {$(
        let mut names: Vec<&str> = $type::ALL.iter().map(|one| one.as_str()).collect();
        for one in $type::ALL {
            assert_eq!($type::from_number(one as $number), Some(one));
        }
        assert_eq!((0..=$number::MAX).filter_map($type::from_number).count(), $type::ALL.len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), $type::ALL.len());
    )+};
}

#[test]
fn numbers_are_read_back() {
    check!(State as u8, EndCause as u8, DeedKind as u8, Role as u8, SliceState as u8);
    check!(Component as u8, IncidentSeverity as u8, SignalKind as u8);
    check!(PostKind as u8, Visibility as u8, Promise as u8, Factor as u8, PromotionEvent as u16);
}

#[test]
fn a_stolen_password_is_no_strong_factor() {
    let strong: Vec<&str> =
        Factor::ALL.iter().filter(|one| one.is_strong()).map(|one| one.as_str()).collect();
    assert_eq!(strong, ["passkey", "totp"]);
}
