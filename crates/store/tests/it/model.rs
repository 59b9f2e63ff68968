//! Any rows in any order: what each engine shows is what the store in memory shows.

use std::collections::BTreeMap;

use base::{AccountId, CardId, CheckoutId, Instant, OrderId, PersonId, ProgramId, PromotionId};
use base::{RefundId, SellerId};
use claims::Status;
use engine::{Key, Row};
use giftcards::CardState;
use payments::DisputeState;
use promotions::State;
use proptest::prelude::*;
use shop::PayoutState;
use store::{CardFilter, List, MemoryBook, Page, Reader, SweptRow};

use crate::any;
use crate::support::{Place, PostgresPlace, Scribe, SqlitePlace, Writes};

fn filters() -> Vec<CardFilter> {
    let none = CardFilter::default;
    vec![
        none(),
        CardFilter { state: Some(CardState::Active), ..none() },
        CardFilter { last4: Some(*b"ABCD"), ..none() },
        CardFilter { owner: Some(PersonId::from_bits(1)), ..none() },
        CardFilter { program: Some(ProgramId::from_bits(2)), ..none() },
    ]
}

fn lists() -> Vec<List> {
    let person = Some(PersonId::from_bits(1));
    vec![
        List::Methods { owner: None },
        List::Methods { owner: person },
        List::Disputes { state: None },
        List::Disputes { state: Some(DisputeState::Open) },
        List::Sellers,
        List::Creators,
        List::Products { seller: None },
        List::Products { seller: Some(SellerId::from_bits(1)) },
        List::Checkouts { buyer: None },
        List::Checkouts { buyer: person },
        List::Payments { checkout: None },
        List::Payments { checkout: Some(CheckoutId::from_bits(1)) },
        List::RailRefunds { refund: None },
        List::RailRefunds { refund: Some(RefundId::from_bits(1)) },
        List::Orders { buyer: None },
        List::Orders { buyer: person },
        List::OrderRefunds { order: OrderId::from_bits(1) },
        List::Payouts { state: None },
        List::Payouts { state: Some(PayoutState::Failed) },
        List::Promotions { advertiser: None, state: None },
        List::Promotions { advertiser: person, state: None },
        List::Promotions { advertiser: None, state: Some(State::Running) },
        List::Promotions { advertiser: person, state: Some(State::Draft) },
        List::Deeds { promotion: PromotionId::from_bits(1) },
        List::PromotionSettlements { promotion: PromotionId::from_bits(1) },
        List::Slices { promotion: PromotionId::from_bits(1) },
        List::Incidents,
        List::Claims { promotion: None, status: None },
        List::Claims { promotion: Some(PromotionId::from_bits(1)), status: None },
        List::Claims { promotion: None, status: Some(Status::InReview) },
        List::Claims { promotion: Some(PromotionId::from_bits(1)), status: Some(Status::Received) },
        List::ClaimsOf { claimant: PersonId::from_bits(1) },
        List::Restitutions { promotion: None, only_stuck: false },
        List::Restitutions { promotion: None, only_stuck: true },
        List::AccountFreezes { only_frozen: false },
        List::AccountFreezes { only_frozen: true },
        List::Suspects { only_open: false },
        List::Suspects { only_open: true },
        List::Restitutions { promotion: Some(PromotionId::from_bits(1)), only_stuck: false },
    ]
}

fn pages() -> Vec<Page> {
    let whole = Page::after(None, 100);
    let at = Instant::from_micros;
    vec![
        whole,
        Page { limit: 2, ..whole },
        Page { after: Some(3), ..whole },
        Page { created_after: Some(at(5)), created_before: Some(at(12)), ..whole },
    ]
}

/// Everything a reader shows, as text.
fn everything(reader: &mut dyn Reader) -> String {
    let mut seen = Vec::new();
    let mut rows: Vec<SweptRow> = Vec::new();
    reader.all_rows(&mut |row| rows.push(row)).unwrap();
    seen.push(format!("{rows:?} {:?} {:?}", reader.head().unwrap(), reader.book().unwrap()));
    for page in pages() {
        for filter in filters() {
            seen.push(format!("{:?}", reader.cards(&filter, page).unwrap()));
        }
        seen.push(format!("{:?}", reader.holds(None, page).unwrap()));
        seen.push(format!("{:?}", reader.holds(Some("order-1"), page).unwrap()));
        seen.push(format!("{:?}", reader.programs(page).unwrap()));
        for list in lists() {
            seen.push(format!("{:?}", reader.list(list, page).unwrap()));
        }
    }
    for prefix in ["", "giftcard/", "giftcard/gc_0", "receivable/", "rail/"] {
        for after in [None, Some(AccountId::from_bits(2))] {
            seen.push(format!("{:?}", reader.accounts(prefix, after, 3).unwrap()));
        }
    }
    for now in [0, 5, 19, i64::MAX] {
        let now = Instant::from_micros(now);
        seen.push(format!("{:?} {:?}", reader.due(now, 3).unwrap(), reader.next_due(now).unwrap()));
    }
    seen.push(format!("{:?}", reader.cards_by_id(Some(CardId::from_bits(1)), 2).unwrap()));
    seen.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn stores_show_the_same(
        commits in prop::collection::vec(
            prop::collection::vec((any::row(), 1..20_u64), 0..12),
            1..6,
        ),
    ) {
        let (memory, sqlite, postgres) =
            (MemoryBook::new(), SqlitePlace::new(), PostgresPlace::new());
        let places: [&dyn Place; 3] = [&memory, &sqlite, &postgres];
        let mut scribes = places.map(Scribe::of);
        for scribe in &mut scribes {
            scribe.write_at(1, 20, &Writes::default()).unwrap();
        }
        let mut keys: Vec<Key> = vec![Key::Book];
        for commit in commits {
            // A commit names no row twice; the last one counts.
            let rows: BTreeMap<Key, SweptRow> = commit
                .into_iter()
                .map(|(row, applied_seq)| (Row::key(&row), SweptRow { row, applied_seq }))
                .collect();
            keys.extend(rows.keys());
            for scribe in &mut scribes {
                let writes = Writes { rows: rows.values().cloned().collect(), ..Writes::default() };
                scribe.write(&writes).unwrap();
            }
        }
        let [expected, others @ ..] = places.map(|place| everything(place.reader().as_mut()));
        for shown in others {
            prop_assert_eq!(&shown, &expected);
        }
        let [expected, others @ ..] = places.map(|place| {
            let mut found = Vec::new();
            place.store().load(&keys, &mut found).unwrap();
            found
        });
        for loaded in others {
            prop_assert_eq!(&loaded, &expected);
        }
    }
}
