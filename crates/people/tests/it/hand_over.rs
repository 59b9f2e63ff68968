//! The way from the embedding shop.

use base::{Span, Text, Token};
use people::{HandOver, HandOverKey, Refusal};
use proptest::prelude::*;

use crate::{NOW, later};

const KEY: HandOverKey = HandOverKey([7; 32]);

fn hand_over() -> HandOver {
    HandOver {
        book: Token::new("shop").unwrap(),
        subject: Text::new("user 17, Ann").unwrap(),
        made_at: NOW,
        nonce: [0xab; 16],
    }
}

/// Made once by `hmac` and `base64` of Python's library, so that the format does not change.
const GOLDEN: &str = include_str!("golden/hand_over.txt");

#[test]
fn the_format_is_as_documented() {
    assert_eq!(hand_over().seal(&KEY), GOLDEN.trim());
}

#[test]
fn it_works_for_a_minute_for_its_book() {
    let text = hand_over().seal(&KEY);
    let opened = HandOver::open(&text, &KEY, "shop", later(Span::seconds(59)));
    assert_eq!(opened, Ok(hand_over()));
    let refused = Err(Refusal::HandOverRefused);
    assert_eq!(HandOver::open(&text, &KEY, "shop", hand_over().forget_at()), refused);
    assert_eq!(HandOver::open(&text, &KEY, "other", NOW), refused);
    assert_eq!(HandOver::open(&text, &HandOverKey([8; 32]), "shop", NOW), refused);
    let early = NOW.saturating_sub(Span::seconds(31));
    assert_eq!(HandOver::open(&text, &KEY, "shop", early), refused);
    assert!(HandOver::open(&text, &KEY, "shop", NOW.saturating_sub(HandOver::AHEAD)).is_ok());
    assert_eq!(HandOver::open(&"a".repeat(1_001), &KEY, "shop", NOW), refused);
    assert_eq!(format!("{KEY:?}"), "HandOverKey(…)");
}

proptest! {
    /// No changed letter gives another hand-over.
    #[test]
    fn a_changed_token_is_refused(place in 0_usize..150, letter in "[A-Za-z0-9_.-]") {
        let text = hand_over().seal(&KEY);
        let place = place % text.len();
        let mut changed = text.clone();
        changed.replace_range(place..=place, &letter);
        let opened = HandOver::open(&changed, &KEY, "shop", NOW);
        prop_assert_eq!(opened.is_ok(), changed == text, "{}", changed);
    }

    #[test]
    fn no_text_breaks_it(text in "(mgh1)?[.A-Za-z0-9_-]{0,80}") {
        prop_assert!(HandOver::open(&text, &KEY, "shop", NOW).is_err());
    }
}
