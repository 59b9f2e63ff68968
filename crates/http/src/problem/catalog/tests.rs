//! Every refusal has its entry, and every entry says what to do.

use super::*;
use engine::StoredRefusal;

#[test]
fn every_refusal_about_people_has_an_entry() {
    for refusal in people::Refusal::ALL {
        let entry = of_people(*refusal);
        assert_eq!(entry.status == 429, refusal.is_transient(), "{}", entry.code);
    }
}

#[test]
fn every_refusal_about_requests_has_an_entry() {
    for refusal in support::conversation::TalkRefusal::ALL {
        let entry = of_talk(*refusal);
        assert_eq!(entry.status == 429, refusal.is_transient(), "{}", entry.code);
    }
}

#[test]
fn every_refusal_has_an_entry() {
    let money = Some(base::Money::new(1, base::Currency::USD).unwrap());
    let refusals: Vec<_> = (0..1_000)
        .filter_map(|number| {
            Refusal::from_stored(StoredRefusal { number, why: 1, money, tender: None })
        })
        .collect();
    assert!(refusals.len() >= 26, "the numbers are no longer below 1,000");
    for refusal in refusals {
        let entry = of_refusal(&refusal);
        assert_eq!(entry.code, refusal.code());
        assert!(matches!(entry.status, 404 | 422), "{} has {}", entry.code, entry.status);
    }
}

#[test]
fn details_say_what_to_do() {
    for entry in ALL {
        assert!(entry.detail.ends_with('.') && entry.detail.len() > 20, "{}", entry.code);
        assert!(!entry.title.ends_with('.'), "{}", entry.code);
    }
}
