//! Values with rules of their own: labels, metadata, stored numbers, statuses.

use std::collections::BTreeSet;

use base::{AccountId, Amount, CardId, Currency, HoldId, Instant, PaymentId, Token};
use giftcards::{AdjustReason, CardState, EventKind, Funding, Hold, HoldStatus, Label, LineKind};
use giftcards::{Channel, DeliveryState, Metadata, MetadataError, Why};
use ledger::{AccountName, Pending};

#[test]
fn labels_are_narrow() {
    #[track_caller]
    fn check(text: &str, accepted: bool) {
        assert_eq!(Label::new(text).is_ok(), accepted, "{text:?}");
    }
    check("shop/Category-1.2:x_y", true);
    check(&"a".repeat(64), true);
    check(&"a".repeat(65), false);
    for text in ["", " ", "a b", "a,b", "ä", "a\n", "a@b", "a\u{0}"] {
        check(text, false);
    }
}

#[test]
fn metadata_is_bounded_sorted_and_unique() {
    #[track_caller]
    fn check(pairs: &[(&str, &str)], error: Option<MetadataError>) {
        let owned = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        assert_eq!(Metadata::new(owned.collect()).err(), error);
    }
    let (long_key, long_value) = ("k".repeat(41), "v".repeat(501));
    check(&[], None);
    check(&[("order", "7"), ("empty", "")], None);
    check(&[(&long_key[1..], &long_value[1..])], None);
    check(&[("", "7")], Some(MetadataError::Key));
    check(&[(&long_key, "7")], Some(MetadataError::Key));
    check(&[("a", "1"), ("b", "2"), ("a", "3")], Some(MetadataError::Key));
    check(&[("a", &long_value)], Some(MetadataError::Value));
    check(&[("a", "1\n2")], Some(MetadataError::ControlCharacter));
    check(&[("a\t", "1")], Some(MetadataError::ControlCharacter));
    let many = |count: usize| {
        let pairs = (0..count).map(|number| (format!("{number:02}"), String::new()));
        Metadata::new(pairs.rev().collect())
    };
    assert_eq!(many(51), Err(MetadataError::TooMany));
    let most = many(50).unwrap();
    assert!(most.iter().map(|(key, _)| key).is_sorted());
    assert!(!most.is_empty() && Metadata::default().is_empty());
}

#[test]
fn a_hold_shows_what_became_of_it_whether_or_not_its_lapse_was_booked() {
    #[track_caller]
    fn check((reserved, posted, voided): (i64, i64, i64), expired: bool, shown: [HoldStatus; 2]) {
        let amount = |minor| Amount::new(minor).unwrap();
        let at = Instant::from_micros(5);
        let pending = Pending {
            debit: AccountId::from_bits(1),
            credit: AccountId::from_bits(2),
            currency: Currency::USD,
            reserved: amount(reserved),
            posted: amount(posted),
            voided: amount(voided),
            expired,
        };
        let hold = Hold {
            id: HoldId::from_bits(1),
            card: CardId::from_bits(1),
            pending,
            refunded: Amount::ZERO,
            goodwill: Amount::ZERO,
            expires_at: at,
            reference: base::Text::new("order-1").unwrap(),
            created_at: Instant::MIN,
            checkout: None,
        };
        assert_eq!([hold.status(Instant::from_micros(4)), hold.status(at)], shown);
    }
    use HoldStatus::{Captured, Expired, Held, Released};
    check((10, 0, 0), false, [Held, Expired]);
    check((10, 4, 0), false, [Held, Captured]);
    check((10, 0, 4), false, [Held, Expired]);
    check((10, 4, 6), false, [Captured, Captured]);
    check((10, 10, 0), false, [Captured, Captured]);
    check((10, 0, 10), false, [Released, Released]);
    check((10, 0, 10), true, [Expired, Expired]);
    check((10, 4, 6), true, [Captured, Captured]);
}

#[test]
fn funding_says_where_value_comes_from_and_where_it_expires_to() {
    #[track_caller]
    fn check(funding: &Funding, word: &str, from: &str, expires_to: &str) {
        assert_eq!(funding.as_str(), word);
        assert_eq!(funding.account().to_string(), from);
        assert_eq!(funding.expiry_account().to_string(), expires_to);
        assert_eq!(AccountName::parse(from), Some(funding.account()));
    }
    let incentives = "giftcard/incentives";
    let invoice = Funding::Invoice { customer: Token::new("acme").unwrap() };
    check(&Funding::Promotional, "promotional", incentives, incentives);
    check(&invoice, "invoice", "receivable/acme", "giftcard/breakage");
    check(&Funding::External, "external", "rail/external/clearing", "giftcard/breakage");
    let (payment, rail) = (PaymentId::from_bits(1), Token::new("sandbox").unwrap());
    let bought = Funding::Payment { payment, rail };
    check(&bought, "payment", "order/clearing", "giftcard/breakage");
    check(&Funding::Import, "import", "import/opening", "giftcard/breakage");
}

#[test]
fn every_word_for_an_adjustment_has_a_reason_of_its_own_in_the_ledger() {
    let words = AdjustReason::ALL.map(AdjustReason::as_str);
    assert_eq!(words, ["goodwill", "correction", "compensation", "fraud", "other"]);
    for reason in AdjustReason::ALL {
        assert_eq!(AdjustReason::parse(reason.as_str()), Some(reason));
        assert_eq!(reason.in_ledger().as_str(), "adjusted");
    }
    for text in ["", "Goodwill", "goodwill ", "adjusted", "mistake"] {
        assert_eq!(AdjustReason::parse(text), None, "{text:?}");
    }
}

#[test]
fn stored_numbers_are_read_back_and_words_are_unique() {
    let kinds: Vec<EventKind> = (0..=u16::MAX).filter_map(EventKind::from_number).collect();
    assert_eq!(kinds, EventKind::ALL);
    let words: BTreeSet<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(words.len(), kinds.len());
    assert!(words.iter().all(|word| word.split('.').count() == 2));
    for number in 0..=u8::MAX {
        assert!(Why::from_number(number).is_none_or(|why| why as u8 == number));
        assert!(CardState::from_number(number).is_none_or(|state| state as u8 == number));
    }
    assert_eq!((0..=u8::MAX).filter_map(Why::from_number).count(), 7);
    assert_eq!((0..=u8::MAX).filter_map(CardState::from_number).count(), 3);
    for number in 0..=u8::MAX {
        assert!(Channel::from_number(number).is_none_or(|it| it as u8 == number));
        assert!(DeliveryState::from_number(number).is_none_or(|it| it as u8 == number));
    }
    assert_eq!((0..=u8::MAX).filter_map(Channel::from_number).count(), 4);
    assert_eq!((0..=u8::MAX).filter_map(DeliveryState::from_number).count(), 7);
    for kind in LineKind::ALL {
        assert_eq!(LineKind::parse(kind.as_str()), Some(kind));
    }
}
