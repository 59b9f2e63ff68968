//! Lists of the read side.

use base::{Currency, Instant, PersonId, ProgramId, Text, Token};
use engine::Row;
use giftcards::{Block, Card, CardState, Channel, Delivery, DeliveryState, Details, Gift, Owner};
use giftcards::{ReturnTerm, Sealed};
use ledger::{Account, AccountName};
use store::{CardFilter, Due, DueObject, Page, Reader};

use crate::support::{
    Place, Scribe, amount, at, book_row, card, card_account, card_id, card_row, hold, hold_row,
    on_every_store, program, whole,
};

/// Cards 1 to 6 with their accounts; 3 is expired, 4 has a reference, 5 a recipient, 6 another
/// code, a program and an owner.
fn six_cards(place: &dyn Place) {
    let with = |number, details| Card { details: Some(Box::new(details)), ..card(number) };
    let reference = Some(Text::new("order-1").unwrap());
    let recipient = Some(Sealed { person: PersonId::from_bits(1), bytes: [1, 2].into() });
    let mut six = card(6);
    six.code.last4 = *b"WXYZ";
    six.program = Some(ProgramId::from_bits(8));
    let owner = Some(Owner { person: PersonId::from_bits(2), since: at(1) });
    six.gift = Some(Box::new(Gift { owner, ..Gift::default() }));
    let cards = [
        card(1),
        card(2),
        Card { state: CardState::Expired, ..card(3) },
        with(4, Details { reference, ..Details::default() }),
        with(5, Details { recipient, ..Details::default() }),
        six,
    ];
    let mut rows: Vec<Row> = (1..=6).map(|n| Row::Account(card_account(n, 5))).collect();
    rows.extend(cards.into_iter().map(card_row));
    // A card that was swept before its account: not complete yet, so not shown.
    rows.push(card_row(card(7)));
    Scribe::of(place).keep(rows);
}

#[test]
fn the_row_of_the_book_is_found() {
    on_every_store(|place| {
        assert_eq!(place.reader().book().unwrap(), None);
        Scribe::of(place).keep(vec![book_row()]);
        assert_eq!(place.reader().book().unwrap().map(Row::Book), Some(book_row()));
    });
}

#[test]
fn cards_are_filtered() {
    on_every_store(|place| {
        six_cards(place);
        let check = |filter: CardFilter, expected: &[u128]| {
            let found = place.reader().cards(&filter, whole()).unwrap();
            for (card, account) in &found {
                assert_eq!(card.id.bits(), account.id.bits());
                assert_eq!(account.balance(), 5);
            }
            let ids: Vec<u128> = found.iter().map(|(card, _)| card.id.bits()).collect();
            assert_eq!(ids, expected, "{filter:?}");
        };
        let none = CardFilter::default;
        check(none(), &[6, 5, 4, 3, 2, 1]);
        check(CardFilter { state: Some(CardState::Expired), ..none() }, &[3]);
        check(CardFilter { state: Some(CardState::Canceled), ..none() }, &[]);
        check(CardFilter { reference: Some("order-1".into()), ..none() }, &[4]);
        check(CardFilter { reference: Some("order".into()), ..none() }, &[]);
        check(CardFilter { last4: Some(*b"WXYZ"), ..none() }, &[6]);
        check(CardFilter { recipient: Some(PersonId::from_bits(1)), ..none() }, &[5]);
        check(CardFilter { owner: Some(PersonId::from_bits(1)), ..none() }, &[]);
        check(CardFilter { owner: Some(PersonId::from_bits(2)), ..none() }, &[6]);
        check(CardFilter { program: Some(ProgramId::from_bits(8)), ..none() }, &[6]);
        let two = CardFilter { last4: Some(*b"ABCD"), state: Some(CardState::Active), ..none() };
        check(two, &[5, 4, 2, 1]);
    });
}

#[test]
fn lists_are_paged() {
    on_every_store(|place| {
        six_cards(place);
        let check = |page: Page, expected: &[u128]| {
            let found = place.reader().cards(&CardFilter::default(), page).unwrap();
            let ids: Vec<u128> = found.iter().map(|(card, _)| card.id.bits()).collect();
            assert_eq!(ids, expected, "{page:?}");
        };
        check(Page { limit: 2, ..whole() }, &[6, 5]);
        check(Page { limit: 2, after: Some(5), ..whole() }, &[4, 3]);
        check(Page { limit: 9, after: Some(1), ..whole() }, &[]);
        check(Page { limit: 0, ..whole() }, &[]);
        check(Page { created_after: Some(at(3)), ..whole() }, &[6, 5, 4, 3]);
        check(Page { created_before: Some(at(3)), ..whole() }, &[2, 1]);
        let between = Page {
            created_after: Some(at(2)),
            created_before: Some(at(5)),
            after: Some(4),
            limit: 9,
        };
        check(between, &[3, 2]);
    });
}

#[test]
fn cards_are_walked_in_id_order() {
    on_every_store(|place| {
        six_cards(place);
        let walk = |after, limit| {
            let found = place.reader().cards_by_id(after, limit).unwrap();
            found.iter().map(|(card, _)| card.id.bits()).collect::<Vec<_>>()
        };
        assert_eq!(walk(None, 4), [1, 2, 3, 4]);
        assert_eq!(walk(Some(card_id(4)), 4), [5, 6]);
        assert_eq!(walk(Some(card_id(6)), 4), [0; 0]);
    });
}

#[test]
fn holds_and_programs_are_listed() {
    on_every_store(|place| {
        Scribe::of(place).keep(vec![
            Row::Account(card_account(1, 5)),
            Row::Program(program(1).into()),
            Row::Program(program(2).into()),
            hold_row(hold(11, 1, 50, "order-1")),
            hold_row(hold(12, 1, 50, "order-2")),
            hold_row(hold(13, 1, 50, "order-1")),
        ]);
        let check = |reference, page, expected: &[u128]| {
            let found = place.reader().holds(reference, page).unwrap();
            assert!(found.iter().all(|(_, account)| *account == card_account(1, 5)));
            let ids: Vec<u128> = found.iter().map(|(hold, _)| hold.id.bits()).collect();
            assert_eq!(ids, expected, "{reference:?}");
        };
        check(None, whole(), &[13, 12, 11]);
        check(Some("order-1"), whole(), &[13, 11]);
        check(Some("order-1"), Page { after: Some(13), ..whole() }, &[11]);
        check(Some("order-9"), whole(), &[]);
        assert_eq!(place.reader().programs(whole()).unwrap(), [program(2), program(1)]);
    });
}

#[test]
fn accounts_are_listed_by_name_across_pages() {
    on_every_store(|place| {
        let receivable = |name| AccountName::Receivable(Token::new(name).unwrap());
        let names = [
            (AccountName::GiftCardBreakage, Currency::EUR),
            (AccountName::GiftCardBreakage, Currency::USD),
            (AccountName::GiftCardIncentives, Currency::USD),
            (AccountName::OrderClearing, Currency::USD),
            (receivable("a"), Currency::USD),
            (receivable("ab"), Currency::USD),
        ];
        let cards = [1, 2, 1 << 126, u128::MAX];
        let mut all: Vec<Account> =
            names.into_iter().map(|(name, currency)| Account::open(name, currency)).collect();
        all.extend(cards.map(|number| card_account(number, 5)));
        let rows = all.iter().cloned().map(Row::Account).collect();
        Scribe::of(place).keep(rows);
        all.sort_by_key(|account| (account.name.to_string(), account.id));
        let prefixes = [
            "",
            "g",
            "giftcard/",
            "giftcard/b",
            "giftcard/gc_",
            "giftcard/gc_0",
            "giftcard/gc_7zz",
            "giftcard/gc_00000000000000000000000001",
            "giftcard/gc_000000000000000000000000012",
            "giftcard/gc_u",
            "giftcard/gc_8",
            "giftcard/gcx",
            "receivable/a",
            "receivable/ab",
            "z",
        ];
        for prefix in prefixes {
            let expected: Vec<&Account> =
                all.iter().filter(|a| a.name.to_string().starts_with(prefix)).collect();
            for limit in [1, 3, 20] {
                let mut found: Vec<Account> = Vec::new();
                loop {
                    let after = found.last().map(|account| account.id);
                    let page = place.reader().accounts(prefix, after, limit).unwrap();
                    assert!(page.len() <= usize::try_from(limit).unwrap());
                    if page.is_empty() {
                        break;
                    }
                    found.extend(page);
                }
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{prefix} {limit}");
            }
        }
        let unknown = Some(base::AccountId::from_bits(99));
        assert_eq!(place.reader().accounts("", unknown, 9).unwrap(), []);
    });
}

#[test]
fn an_account_is_found_by_its_id() {
    on_every_store(|place| {
        six_cards(place);
        let of = |number| place.reader().account(card_account(number, 5).id).unwrap();
        assert_eq!(of(3), Some(card_account(3, 5)));
        assert_eq!(of(7), None);
    });
}

#[test]
fn a_snapshot_has_every_list() {
    on_every_store(|place| {
        six_cards(place);
        let account = card_account(3, 5).id;
        let mut looks = 0;
        let mut look = |reader: &mut dyn Reader| {
            assert_eq!(reader.cards(&CardFilter::default(), whole()).unwrap().len(), 6);
            assert_eq!(reader.holds(None, whole()).unwrap(), []);
            assert_eq!(reader.programs(whole()).unwrap(), []);
            assert_eq!(reader.accounts("giftcard/", None, 10).unwrap().len(), 6);
            assert_eq!(reader.account(account).unwrap(), Some(card_account(3, 5)));
            assert_eq!(reader.entries(account, None, 10).unwrap(), []);
            assert_eq!(reader.seq_at(Instant::MAX), reader.head().map(|head| head.seq));
            reader.accounts_at(0, &mut |_| {}).unwrap();
            assert!(!reader.blocks_after(0, 1 << 20).unwrap().is_empty());
            looks += 1;
        };
        let mut reader = place.reader();
        reader.snapshot(&mut look).unwrap();
        reader.snapshot(&mut look).unwrap();
        assert_eq!(looks, 2);
    });
}

#[test]
fn what_falls_due_comes_in_due_order() {
    on_every_store(|place| {
        let expiring =
            |number, expires_at| Card { expires_at: Some(at(expires_at)), ..card(number) };
        let mut captured = hold(14, 1, 10, "r");
        captured.pending.posted = amount(100);
        let disputed = Some(Block { since: at(1), reason: Token::new("fraud").unwrap() });
        Scribe::of(place).keep(vec![
            card_row(expiring(1, 20)),
            card_row(expiring(2, 30)),
            card_row(Card { state: CardState::Canceled, ..expiring(3, 5) }),
            card_row(card(4)),
            card_row(scheduled(5, 20, CardState::Active, DeliveryState::Scheduled)),
            card_row(scheduled(6, 20, CardState::Active, DeliveryState::Due)),
            card_row(scheduled(7, 20, CardState::Canceled, DeliveryState::Scheduled)),
            card_row(unclaimed(8, 30, CardState::Active)),
            card_row(unclaimed(9, 30, CardState::Canceled)),
            card_row(Card { disputed, ..unclaimed(10, 30, CardState::Active) }),
            hold_row(hold(11, 1, 20, "r")),
            hold_row(hold(12, 1, 10, "r")),
            hold_row(hold(13, 1, 40, "r")),
            hold_row(captured),
        ]);
        let hold_due = |instant, number| Due {
            at: at(instant),
            what: DueObject::Hold(base::HoldId::from_bits(number)),
        };
        let card_due =
            |instant, number| Due { at: at(instant), what: DueObject::Card(card_id(number)) };
        let order = [
            hold_due(10, 12),
            hold_due(20, 11),
            card_due(20, 1),
            Due { at: at(20), what: DueObject::Delivery(card_id(5)) },
            card_due(30, 2),
            Due { at: at(30), what: DueObject::Unclaimed(card_id(8)) },
            hold_due(40, 13),
        ];
        let mut reader = place.reader();
        for (now, limit, count) in [(9, 9, 0), (10, 9, 1), (20, 9, 4), (20, 2, 2), (99, 9, 7)] {
            assert_eq!(reader.due(at(now), limit).unwrap(), order[..count], "{now} {limit}");
        }
        for (now, next) in [(0, Some(0)), (10, Some(1)), (20, Some(4)), (39, Some(6)), (40, None)] {
            assert_eq!(reader.next_due(at(now)).unwrap(), next.map(|n: usize| order[n]), "{now}");
        }
        assert_eq!(reader.next_due(Instant::MAX).unwrap(), None);
    });
}

/// A card that goes back at an instant unless somebody claims it.
fn unclaimed(number: u128, instant: i64, state: CardState) -> Card {
    let return_term = Some(ReturnTerm { after_days: 30, at: Some(at(instant)) });
    let gift = Gift { return_term, ..Gift::default() };
    Card { state, gift: Some(Box::new(gift)), ..card(number) }
}

/// A card to be sent at an instant.
fn scheduled(number: u128, instant: i64, state: CardState, sent: DeliveryState) -> Card {
    let delivery = Delivery {
        channel: Channel::Email,
        state: sent,
        at: at(1),
        deliver_at: Some(at(instant)),
        sendings: 0,
    };
    let gift = Gift { delivery: Some(delivery), ..Gift::default() };
    Card { state, gift: Some(Box::new(gift)), ..card(number) }
}
