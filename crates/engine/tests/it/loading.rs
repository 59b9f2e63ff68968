//! Which rows are asked for, and in how many rounds.

use std::collections::HashSet;

use base::CardId;
use engine::{Attempt, CardRef, Command, Context, GiftCardCommand, Key, Query, ask, attempt};
use engine::{NEEDS_ROUNDS_MAX, Refusal, needs, query_needs};
use giftcards::account_of;
use ledger::AccountName;

use crate::script::{apply, check, run};
use crate::words;
use crate::world::{View, World};

#[test]
fn commands_take_the_stated_rounds_of_loading() {
    let mut world = check(
        "issue A 100
         hold h1 A 10 for=60 key=H
         hold h2 A 10 key=I
         capture h2 5 open key=C
         refund r2 h2 1 key=R
         wait 60",
    );
    let mut check = |line: &str, rounds: usize| {
        run(&mut world, line);
        assert_eq!(world.rounds, rounds, "{line}");
        assert!(rounds <= NEEDS_ROUNDS_MAX);
    };
    check("open test", 1);
    check("program P 1..9", 1);
    check("issue B 5", 1);
    check("freeze B", 1);
    check("replace B new", 1);
    check("adjust B +1", 2);
    check("update B ref=r", 1);
    check("extend A 5d -> date_not_later", 2);
    check("cancel B", 2);
    check("redeem p1 A 1", 2);
    check("redeem p2 code:A 1", 3);
    check("claim code:A P", 2);
    check("claim link:A,L P -> gift_card_not_usable unknown", 1);
    check("resend A -> already_claimed", 1);
    check("redeem p3 code:none 1 -> gift_card_not_usable unknown", 1);
    check("release h2 1", 2);
    check("refund r3 h2 1", 3);
    check("reverse R", 3);
    check("reverse C -> amount_exceeds_captured 4", 3);
    check("reverse X", 0);
}

#[test]
fn what_an_earlier_command_of_the_batch_changed_is_asked_for_again() {
    let mut world = World::new();
    world.now = world.now.saturating_add(base::Span::days(1));
    let card = CardRef::Code(Box::new([words::hash("A")]));
    let place = words::place("h", "60");
    let redeem = Command::GiftCards(GiftCardCommand::Redeem { card, place });
    let code = Key::Code(words::hash("A"));
    let loaded = HashSet::from([code]);
    let context = Context { now: world.now, wall: world.now, sequence: 9 };
    let unknown = attempt(&redeem, &View { world: &world, loaded: Some(&loaded) }, context);
    assert!(matches!(unknown, Attempt::Decided(Err(Refusal::GiftCards(_)))), "{unknown:?}");
    // The same command behind one that issues the card: nothing is decided on rows not loaded.
    apply(&mut world, "issue A 100").unwrap();
    let view = View { world: &world, loaded: Some(&loaded) };
    let expected = vec![Key::Account(account_of(words::card("A"))), Key::Card(words::card("A"))];
    assert_eq!(attempt(&redeem, &view, context), Attempt::Missing(expected.clone()));
    assert_eq!(needs(&redeem, &view, world.now), expected);
}

#[test]
#[should_panic(expected = "decided before its rows were loaded")]
fn nothing_is_decided_on_rows_that_are_not_loaded() {
    let command =
        Command::GiftCards(GiftCardCommand::Unfreeze { card: CardId::from_bits(1), by: None });
    let view = View { world: &World::new(), loaded: Some(&HashSet::new()) };
    let context = Context { now: view.world.now, wall: view.world.now, sequence: 1 };
    let _ = engine::decide(&command, &view, context);
}

#[test]
fn queries_ask_for_rows_as_commands_do() {
    let world = check(
        "open test
         program P 1..9
         issue A 100 code=old
         replace A new
         redeem h A 60
         refund r h 5",
    );
    let by_code = |code| Query::Lookup(CardRef::Code(Box::new([words::hash(code)])));
    let clearing = AccountName::OrderClearing.id(base::Currency::USD);
    let check = |query: &Query, rounds: usize, found: bool| {
        let mut loaded = HashSet::new();
        for _ in 0..rounds {
            let missing = query_needs(query, &View { world: &world, loaded: Some(&loaded) });
            assert!(!missing.is_empty(), "{query:?} needs fewer rounds");
            loaded.extend(missing);
        }
        let view = View { world: &world, loaded: Some(&loaded) };
        assert_eq!(query_needs(query, &view), []);
        assert_eq!(ask(query, &view, world.now).is_some(), found, "{query:?}");
    };
    check(&Query::Book, 1, true);
    check(&Query::Program(words::program("P")), 1, true);
    check(&Query::Program(words::program("Q")), 1, false);
    check(&Query::Card(words::card("A")), 1, true);
    check(&Query::Card(words::card("B")), 1, false);
    check(&Query::Lookup(CardRef::Id(words::card("A"))), 1, true);
    check(&by_code("new"), 2, true);
    check(&by_code("old"), 1, false);
    check(&by_code("none"), 1, false);
    check(&Query::Hold(words::hold("h")), 2, true);
    check(&Query::Hold(words::hold("i")), 1, false);
    check(&Query::Refund(words::refund("r")), 1, true);
    check(&Query::Account(clearing), 1, true);
    check(&Query::Account(account_of(words::card("B"))), 1, false);
}
