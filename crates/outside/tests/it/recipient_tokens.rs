//! Recipient tokens: always the same from ring and ids, and never another's.

use base::{CardId, ContactId, Instant};
use outside::keyring::{KeyNumber, KeyRing};
use outside::random::SeededRandomness;
use outside::recipient_tokens::RecipientToken;

use crate::ring;

fn token(ring: &KeyRing, book: &str, card: u128, contact: u128) -> RecipientToken {
    let (card, contact) = (CardId::from_bits(card), ContactId::from_bits(contact));
    ring.recipient_token(book, card, contact, KeyNumber::FIRST).unwrap()
}

#[test]
fn a_token_is_read_as_it_was_written() {
    let token = token(&ring(1), "a", 7, u128::MAX);
    let text = token.reveal();
    assert!(text.starts_with("rcp_") && text.len() == RecipientToken::TEXT_BYTES, "{text}");
    let read = RecipientToken::parse(&text).unwrap();
    assert_eq!((read.card(), read.contact()), (token.card(), token.contact()));
    assert_eq!(read.reveal(), text);
    assert!(!format!("{token:?}").contains(&text[56..]));
    for wrong in ["", "rcp_", &text[4..], &text[..81], &format!("{text}0"), "rcp_é", "clm_x"] {
        assert!(RecipientToken::parse(wrong).is_none(), "{wrong}");
    }
}

#[test]
fn a_token_is_good_for_its_card_contact_book_and_ring_alone() {
    let own = ring(1);
    let text = token(&own, "a", 7, 8).reveal();
    let read = |text: &str| RecipientToken::parse(text).unwrap();
    assert!(own.has_sealed("a", &read(&text)));
    assert!(!own.has_sealed("b", &read(&text)));
    assert!(!ring(2).has_sealed("a", &read(&text)));
    // The seal of one letter under the ids of others.
    let seal = &text[56..];
    for (card, contact) in [(8, 8), (7, 7), (8, 7)] {
        let other = token(&own, "a", card, contact).reveal();
        assert!(own.has_sealed("a", &read(&other)));
        assert!(!own.has_sealed("a", &read(&format!("{}{seal}", &other[..56]))));
    }
    for place in 56..text.len() {
        let mut letters = text.clone().into_bytes();
        letters[place] = if letters[place] == b'0' { b'1' } else { b'0' };
        let changed = RecipientToken::parse(std::str::from_utf8(&letters).unwrap());
        assert!(changed.is_none_or(|changed| !own.has_sealed("a", &changed)), "{place}");
    }
}

#[test]
fn a_token_outlives_a_rotation_and_ends_with_its_key() {
    let old = ring(1);
    let made = token(&old, "a", 7, 8);
    let rotated = old.rotate(Instant::MIN, &mut SeededRandomness::new(2)).unwrap();
    assert_eq!(token(&rotated, "a", 7, 8).reveal(), made.reveal());
    assert!(rotated.has_sealed("a", &made));
    let retired = rotated.retire(KeyNumber::FIRST).unwrap();
    assert!(!retired.has_sealed("a", &made));
}
