//! Tokens: what they say comes back, and nobody else can make one.

use base::{Instant, PromotionId, Region};
use feed::token::{Selection, TOKEN_CHARACTERS, TokenKeys, UnknownToken, ViewerHash};
use promotions::{Device, Goal, Micros};
use proptest::prelude::*;

use super::desk::{keys, selection};

fn any_selection() -> impl Strategy<Value = Selection> {
    let ids = (any::<u128>(), any::<u32>(), any::<u16>(), any::<u64>());
    let viewer = proptest::option::of(any::<u64>().prop_map(ViewerHash::new));
    let at = 0..=Instant::MAX.micros() / 1_000;
    let price = any::<u64>();
    let country = proptest::option::of("[A-Z]{2}".prop_map(|code| Region::parse(&code).unwrap()));
    let device = proptest::option::of(proptest::sample::select(&Device::ALL[..]));
    let goal = proptest::sample::select(&Goal::ALL[..]);
    (ids, viewer, at, price, country, device, goal).prop_map(
        |((promotion, slice, process, nonce), viewer, at, price, country, device, goal)| {
            Selection {
                promotion: PromotionId::from_bits(promotion),
                slice,
                viewer,
                at: Instant::from_micros(at * 1_000),
                price: Micros::new(price),
                process,
                nonce,
                country,
                device,
                goal,
            }
        },
    )
}

proptest! {
    #[test]
    fn what_a_token_says_comes_back(selection in any_selection()) {
        let token = keys().seal(selection);
        prop_assert_eq!(token.len(), TOKEN_CHARACTERS);
        prop_assert_eq!(keys().open(&token), Ok(selection));
    }

    #[test]
    fn no_character_can_be_changed(
        selection in any_selection(),
        place in 0..TOKEN_CHARACTERS,
        other in "[A-Za-z0-9_-]",
    ) {
        let token = keys().seal(selection);
        let mut changed = token.clone();
        changed.replace_range(place..=place, &other);
        prop_assume!(changed != token);
        prop_assert_eq!(keys().open(&changed), Err(UnknownToken));
    }

    #[test]
    fn no_text_is_a_token(text in ".{0,200}") {
        prop_assert_eq!(keys().open(&text), Err(UnknownToken));
    }
}

#[test]
fn a_token_of_another_book_is_unknown() {
    let other = TokenKeys::new("other", (2, &[2; 32]), &[]);
    assert_eq!(keys().open(&other.seal(selection(1))), Err(UnknownToken));
    // Nor can a part of the name move into what follows it.
    let longer = TokenKeys::new("test2", (2, &[2; 32]), &[]);
    assert_eq!(keys().open(&longer.seal(selection(1))), Err(UnknownToken));
}

#[test]
fn a_former_key_reads_and_a_retired_one_does_not() {
    let former = TokenKeys::new("test", (1, &[1; 32]), &[]).seal(selection(1));
    assert_eq!(keys().open(&former), Ok(selection(1)));
    let retired = TokenKeys::new("test", (2, &[2; 32]), &[]);
    assert_eq!(retired.open(&former), Err(UnknownToken));
    // The version is signed: another key's token does not pass under it.
    let wrong = TokenKeys::new("test", (1, &[7; 32]), &[]).seal(selection(1));
    assert_eq!(keys().open(&wrong), Err(UnknownToken));
}

#[test]
fn length_and_alphabet_are_strict() {
    let token = keys().seal(selection(1));
    let refused = [
        format!("{token}A"),
        format!("{token}="),
        format!(" {token}"),
        token[..TOKEN_CHARACTERS - 1].to_owned(),
        token[..TOKEN_CHARACTERS - 4].to_owned(),
        String::new(),
    ];
    for text in refused {
        assert_eq!(keys().open(&text), Err(UnknownToken), "{text}");
    }
}

#[test]
fn a_subdivision_counts_as_its_country() {
    let mut chosen = selection(1);
    chosen.country = Some(Region::parse("US-CA").unwrap());
    let read = keys().open(&keys().seal(chosen)).unwrap();
    assert_eq!(read.country, Some(Region::parse("US").unwrap()));
}

#[test]
fn keys_are_not_shown() {
    assert_eq!(format!("{:?}", keys()), "TokenKeys[2, 1]");
}
