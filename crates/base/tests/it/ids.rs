use std::collections::BTreeSet;
use std::str::FromStr;

use base::{
    AccountId, CardId, DisputeId, EventId, HoldId, IdError, IdProblem, ImportId, Instant, KeyId,
    MethodId, PaymentId, PersonId, ProgramId, RailRefundId, RefundId, RequestId, TransferId,
    TypedId,
};
use proptest::prelude::*;

/// Everything that must hold for every type of id, for these bits; answers with the prefix.
#[track_caller]
fn check_round_trip<Id: TypedId>(bits: u128) -> &'static str {
    let id = Id::from_bits(bits);
    let text = id.to_string();
    assert_eq!(id.bits(), bits);
    assert_eq!(text.len(), Id::PREFIX.len() + 27);
    assert!(text.starts_with(Id::PREFIX) && text.as_bytes()[Id::PREFIX.len()] == b'_');
    assert_eq!(Id::from_str(&text), Ok(id));
    assert_eq!(format!("{id:?}"), text);
    assert_eq!(Id::from_bytes(id.to_bytes()), id);
    assert_eq!(id.to_bytes(), bits.to_be_bytes());
    let mut appended = String::from("id=");
    id.write_into(&mut appended);
    assert_eq!(appended, format!("id={text}"));
    Id::PREFIX
}

fn check_all_types(bits: u128) -> [&'static str; 15] {
    [
        check_round_trip::<CardId>(bits),
        check_round_trip::<HoldId>(bits),
        check_round_trip::<RefundId>(bits),
        check_round_trip::<ProgramId>(bits),
        check_round_trip::<PersonId>(bits),
        check_round_trip::<AccountId>(bits),
        check_round_trip::<TransferId>(bits),
        check_round_trip::<EventId>(bits),
        check_round_trip::<KeyId>(bits),
        check_round_trip::<RequestId>(bits),
        check_round_trip::<ImportId>(bits),
        check_round_trip::<PaymentId>(bits),
        check_round_trip::<MethodId>(bits),
        check_round_trip::<RailRefundId>(bits),
        check_round_trip::<DisputeId>(bits),
    ]
}

#[test]
fn prefixes_are_released_and_stay_as_they_are() {
    let prefixes = check_all_types(0);
    let expected = [
        "gc", "hold", "ref", "prog", "per", "acct", "tr", "evt", "key", "req", "imp", "pay", "pm",
        "rrf", "dp",
    ];
    assert_eq!(prefixes, expected);
    assert_eq!(BTreeSet::from(prefixes).len(), prefixes.len());
}

#[test]
fn texts_worked_out_by_hand() {
    #[track_caller]
    fn check(bits: u128, text: &str) {
        assert_eq!(CardId::from_bits(bits).to_string(), text);
    }
    check(0, "gc_00000000000000000000000000");
    check(31, "gc_0000000000000000000000000z");
    check(32, "gc_00000000000000000000000010");
    check(1 << 127, "gc_40000000000000000000000000");
    check(u128::MAX, "gc_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    // The whole alphabet in order, behind the two bits of `0` that do not count.
    let mut bits = 0_u128;
    for value in 1..26 {
        bits = bits << 5 | value;
    }
    check(bits, "gc_0123456789abcdefghjkmnpqrs");
}

#[test]
fn other_texts_are_refused() {
    #[track_caller]
    fn check(text: &str, problem: IdProblem) {
        let expected = IdError { expected_prefix: "gc", problem };
        assert_eq!(CardId::from_str(text), Err(expected), "{text:?}");
    }
    use IdProblem::{InvalidCharacter, TooLarge, WrongLength, WrongPrefix};
    check("", WrongPrefix);
    check("gc", WrongPrefix);
    check("00000000000000000000000000", WrongPrefix);
    check("hold_00000000000000000000000000", WrongPrefix);
    check("GC_00000000000000000000000000", WrongPrefix);
    check("gc-00000000000000000000000000", WrongPrefix);
    check(" gc_00000000000000000000000000", WrongPrefix);
    check("gcx_00000000000000000000000000", WrongPrefix);
    check("gc_", WrongLength);
    check("gc_0000000000000000000000000", WrongLength);
    check("gc_000000000000000000000000000", WrongLength);
    check("gc_00000000000000000000000000 ", WrongLength);
    check("gc_0000000000000000000000000é", WrongLength);
    for character in ["A", "Z", "i", "l", "o", "u", "_", "-", " ", "\0", "{", "/", ":"] {
        check(&format!("gc_0000000000000000000000000{character}"), InvalidCharacter);
        check(&format!("gc_{character}0000000000000000000000000"), InvalidCharacter);
    }
    check("gc_000000000000000000000000é", InvalidCharacter);
    check("gc_80000000000000000000000000", TooLarge);
    check("gc_zzzzzzzzzzzzzzzzzzzzzzzzzz", TooLarge);

    let refusal = CardId::from_str("gc_secret").unwrap_err().to_string();
    assert_eq!(refusal, "expected gc_ and 26 characters: the length is wrong");
}

#[test]
fn an_id_made_of_parts_holds_milliseconds_then_random_bits() {
    let at = Instant::from_micros(0x0123_4567_89ab * 1_000 + 999);
    let id = HoldId::from_parts(at, [0xf0, 1, 2, 3, 4, 5, 6, 7, 8, 0x9f]);
    assert_eq!(id.bits(), 0x0123_4567_89ab_f001_0203_0405_0607_089f);
    let last = HoldId::from_parts(Instant::MAX, [0xff; 10]);
    assert_eq!(last.bits() >> 80, 253_402_300_799_999);
}

proptest! {
    #[test]
    fn any_bits_make_the_round_trip(bits in any::<u128>()) {
        check_all_types(bits);
    }

    #[test]
    fn texts_sort_as_bits_do(left in any::<u128>(), right in any::<u128>()) {
        let (left, right) = (CardId::from_bits(left), CardId::from_bits(right));
        prop_assert_eq!(left.cmp(&right), left.to_string().cmp(&right.to_string()));
        prop_assert_eq!(left.cmp(&right), left.bits().cmp(&right.bits()));
    }

    #[test]
    fn a_text_that_is_read_is_the_text_of_what_was_read(tail in "[0-9][0-9a-hj-np-z]{25}") {
        let text = format!("gc_{tail}");
        if let Ok(id) = CardId::from_str(&text) {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}
