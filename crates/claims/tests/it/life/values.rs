//! Stored numbers and names.

use claims::{Awaited, ClaimEvent, Ground, LastFour, MediaType, Outcome, RestitutionKind, Status};
use claims::{Cause, Claimant, Digest, Fingerprint, RestitutionKind as Kind, StepName, Way};

use super::world::{OWNER, PROMOTION, contact};

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
    check!(Status as u8, StepName as u8, Outcome as u8, MediaType as u8, RestitutionKind as u8);
    check!(Ground as u8, ClaimEvent as u16);
}

#[test]
fn names_are_read_back() {
    assert!(Ground::ALL.into_iter().all(|one| Ground::parse(one.as_str()) == Some(one)));
    assert!(StepName::ALL.into_iter().all(|one| StepName::parse(one.as_str()) == Some(one)));
    assert!(MediaType::ALL.into_iter().all(|one| MediaType::parse(one.as_str()) == Some(one)));
    assert_eq!(
        (Ground::parse("Other"), StepName::parse(""), Ground::parse("")),
        (None, None, None)
    );
    // What can carry a script into the page of whoever looks at it is not taken.
    for name in ["image/svg+xml", "text/html", "application/zip", "image/PNG", ""] {
        assert_eq!(MediaType::parse(name), None, "{name}");
    }
    let mut awaited: Vec<&str> = Awaited::ALL.iter().map(|one| one.as_str()).collect();
    awaited.sort_unstable();
    awaited.dedup();
    assert_eq!(awaited.len(), Awaited::ALL.len());
}

#[test]
fn events_are_a_noun_and_a_participle() {
    for event in ClaimEvent::ALL {
        let (noun, verb) = event.as_str().split_once('.').unwrap();
        assert!(matches!(noun, "claim" | "restitution" | "account" | "suspect"), "{noun}");
        assert!(
            ["ed", "aid", "eld", "ade", "wn", "zen", "ound"].iter().any(|end| verb.ends_with(end)),
            "{verb}"
        );
    }
}

#[test]
fn four_digits_are_kept_with_their_zeros() {
    for text in ["0000", "0042", "9999"] {
        let digits = LastFour::parse(text).unwrap();
        assert_eq!(digits.to_string(), text);
        assert_eq!(LastFour::from_number(digits.number()), Some(digits));
    }
    for text in ["", "42", "00042", "+042", "12a4", "１２３４"] {
        assert_eq!(LastFour::parse(text), None, "{text}");
    }
    assert_eq!(LastFour::from_number(10_000), None);
}

#[test]
fn ids_follow_from_what_they_are_of() {
    let person = Claimant::Person(OWNER);
    assert_eq!(person.id(), Claimant::Person(OWNER).id());
    // A contact whose hash has the bits of a person is somebody else.
    let twin = Claimant::Contact(Fingerprint(OWNER.to_bytes()));
    assert_ne!(person.id(), twin.id());
    assert_eq!((person.person(), contact().person()), (Some(OWNER), None));
    let of = |kind, cause| claims::restitution_id(PROMOTION, kind, Fingerprint([cause; 16]));
    assert_eq!(of(Kind::Incident, 1), of(Kind::Incident, 1));
    assert_ne!(of(Kind::Incident, 1), of(Kind::Incident, 2));
    assert_ne!(of(Kind::Incident, 1), of(Kind::Overspend, 1));
    let id = of(Kind::Incident, 1);
    let claim = base::ClaimId::from_bits(id.bits());
    assert_ne!(claims::statement_id(claim, 1), claims::statement_id(claim, 2));
    assert_ne!(claims::statement_id(claim, 0), claims::restitution_statement_id(id));
    assert_eq!(Digest([0xa5; 32]).to_string(), "a5".repeat(32));
}

#[test]
fn each_kind_of_restitution_goes_one_way() {
    #[track_caller]
    fn check(kind: Kind, way: Way) {
        assert_eq!(kind.way(), way, "{kind:?}");
    }
    check(Kind::Incident, Way::Settlement);
    check(Kind::LateInvalid, Way::Settlement);
    check(Kind::Unspent, Way::Settlement);
    check(Kind::Overspend, Way::Refund(Cause::Overspend));
    check(Kind::WrongDelivery, Way::Refund(Cause::WrongDelivery));
    check(Kind::DoubleCapture, Way::Capture);
}
