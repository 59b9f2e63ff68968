//! Codes: the check letter, what is recognized, what is printed.

use base::CardId;
use outside::codes::{ALPHABET, Code, CodeError, ParsedCode};
use outside::keyring::KeyNumber;

use crate::ring;

fn code(nonce: u64) -> Code {
    ring(1).code_for(CardId::from_bits(7), nonce, KeyNumber::FIRST).unwrap()
}

fn letters(nonce: u64) -> Vec<u8> {
    code(nonce).reveal().bytes().filter(|byte| *byte != b'-').collect()
}

fn parse(letters: &[u8]) -> Result<ParsedCode, CodeError> {
    ParsedCode::parse(std::str::from_utf8(letters).unwrap())
}

#[test]
fn the_alphabet_has_31_letters_in_order_and_none_that_look_alike() {
    assert_eq!(ALPHABET.len(), 31);
    assert!(ALPHABET.is_sorted_by(|left, right| left < right));
    assert!(!ALPHABET.iter().any(|letter| b"01OIL".contains(letter)));
}

/// Exhaustive over positions and letters. That the check is linear makes one code stand for all;
/// a few more are tried nevertheless.
#[test]
fn every_single_error_and_every_swap_is_a_typo() {
    for nonce in 0..20 {
        let right = letters(nonce);
        assert!(matches!(parse(&right), Ok(ParsedCode::Ours(_))));
        for place in 0..right.len() {
            for letter in ALPHABET.iter().filter(|letter| **letter != right[place]) {
                let mut wrong = right.clone();
                wrong[place] = *letter;
                assert_eq!(parse(&wrong), Err(CodeError::Typo), "substitution at {place}");
            }
            for other in place + 1..right.len() {
                let mut wrong = right.clone();
                wrong.swap(place, other);
                let same = right[place] == right[other];
                assert_eq!(parse(&wrong).is_ok(), same, "swap of {place} and {other}");
            }
        }
    }
}

/// Every pair of different letters at every pair of neighboring places, swapped; and every
/// doubled letter replaced by another doubled letter.
#[test]
fn every_pair_of_letters_at_every_place_is_protected() {
    let base = letters(0);
    for place in 0..16 {
        for first in ALPHABET {
            for second in ALPHABET.iter().filter(|second| *second != first) {
                // Of 17 letters with these two in place, the one letter that makes the code fit
                // is found by trial at a third place.
                let check = if place == 0 { 16 } else { 0 };
                let fitted = |left: u8, right: u8| {
                    let mut fitted = base.clone();
                    (fitted[place], fitted[place + 1]) = (left, right);
                    let fits = ALPHABET.iter().filter(|letter| {
                        fitted[check] = **letter;
                        parse(&fitted).is_ok()
                    });
                    let fits: Vec<u8> = fits.copied().collect();
                    assert_eq!(fits.len(), 1, "exactly one letter fits");
                    fitted[check] = fits[0];
                    fitted
                };
                let mut swapped = fitted(*first, *second);
                swapped.swap(place, place + 1);
                assert_eq!(parse(&swapped), Err(CodeError::Typo));
                let mut doubled = fitted(*first, *first);
                (doubled[place], doubled[place + 1]) = (*second, *second);
                assert_eq!(parse(&doubled), Err(CodeError::Typo));
            }
        }
    }
}

#[test]
fn what_is_recognized() {
    let ours = code(3);
    let text = ours.reveal();
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    assert_eq!(groups, [4, 4, 4, 5]);
    let plain = text.replace('-', "");
    for typed in [
        text.clone(),
        plain.clone(),
        text.to_lowercase(),
        format!("  {}\u{A0}\n", text.replace('-', " – ")),
        plain.chars().flat_map(|letter| [letter, '-']).collect(),
    ] {
        assert_eq!(ParsedCode::parse(&typed), Ok(ParsedCode::Ours(ours.clone())), "{typed}");
    }
    // Expected: the normalized custom code, `typo` or `malformed`.
    for (typed, expected) in [
        ("abcd-efgh", "ABCDEFGH"),
        ("ab cd ef gh 01", "ABCDEFGH01"),
        ("AAAA-AAAA-AAAA-AAAAA", "typo"),
        ("22222222222222222", "typo"),
        ("AAAA-AAAA-AAAA-AAAA0", "AAAAAAAAAAAAAAAA0"),
        ("AAAA-AAAA-AAAA-AAAA", "AAAAAAAAAAAAAAAA"),
        ("AAAA-AAAA-AAAA-AAAAAA", "AAAAAAAAAAAAAAAAAA"),
        (&"X".repeat(40), &"X".repeat(40)),
        (&"X".repeat(41), "malformed"),
        (&format!("{}ABCDEFGH", "-".repeat(200)), "malformed"),
        ("ABC-DEFG", "malformed"),
        ("", "malformed"),
        ("ABCD_EFGH", "malformed"),
        ("ÀBCDEFGHI", "malformed"),
        ("ABCDEFGHı", "malformed"),
        ("ABCDEFGH\0", "malformed"),
    ] {
        let found = match ParsedCode::parse(typed) {
            Ok(ParsedCode::Custom(code)) => code.reveal(),
            Ok(ParsedCode::Ours(_)) => "ours".to_owned(),
            Err(CodeError::Typo) => "typo".to_owned(),
            Err(CodeError::Malformed) => "malformed".to_owned(),
        };
        assert_eq!(found, expected, "{typed:?}");
    }
}

#[test]
fn nothing_prints_more_than_the_last_four() {
    let ours = code(4);
    let parsed = ParsedCode::parse("summer-party-2026").unwrap();
    let plain = ours.reveal().replace('-', "");
    assert_eq!(format!("{ours}"), format!("Code(…{})", &plain[13..]));
    assert_eq!(format!("{ours:?}"), format!("{ours}"));
    assert_eq!(format!("{parsed:?}"), "Custom(CustomCode(…2026))");
    assert_eq!((ours.last4(), parsed.last4()), (&plain[13..], "2026"));
}
