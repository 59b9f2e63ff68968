//! Random commands on a few cards: the book is audited after each, whatever is asked.

use engine::{AnswerRef, EventKind, Refusal};
use giftcards::account_of;
use proptest::prelude::*;

use crate::script::apply;
use crate::words;
use crate::world::World;

/// One line of a script with places for names: `{card}`, `{hold}` for one placed before, `{key}`
/// for an operation that came before, `{new}` for a name not used yet.
#[derive(Clone, Debug)]
struct Template(&'static str, usize, u32);

const CARDS: [&str; 3] = ["A", "B", "C"];

const OPENING: [&str; 4] = [
    "program P 10..500 days=3 hold=90000 extension=1",
    "issue A 100 program=P",
    "issue B 100 by=promotional regions=US until=2d",
    "issue C 100 by=import via=email from=S to=P link=L",
];

const LINES: &[&str] = &[
    "hold {new} {card} {sum} for=600 partial region=US",
    "hold {new} {card} {sum} for=60",
    "hold {new} code:{card} {sum} for=86400",
    "hold {new} {card} {sum} region=US",
    "redeem {new} {card} {sum} region=US",
    "redeem {new} code:{card} {sum} partial region=US",
    "redeem {new} {card} {sum} partial region=US",
    "redeem {new} {card} {sum}EUR region=US",
    "change {hold} {sum}",
    "change {hold} {sum} for=300",
    "change {hold} for={sum}",
    "capture {hold} {sum} open",
    "capture {hold} {sum}",
    "capture {hold}",
    "release {hold} {sum}",
    "release {hold}",
    "refund {new} {hold} {sum}",
    "refund {new} {hold} {sum}",
    "refund {new} {hold} {sum}",
    "refund {new} {hold} {sum}",
    "refund {new} {hold} {sum}",
    "lapse {hold}",
    "hold {new} {card} {sum} checkout=K region=US",
    "hold {new} {card} {sum} checkout=K region=US",
    "secure {hold} by=K",
    "secure {hold} by=K",
    "capture {hold} {sum} by=K",
    "release {hold} by=K",
    "refund {new} {hold} {sum} by=K",
    "withdraw {card} {sum}",
    "clawback {card} {sum}",
    "restore {card} {sum}",
    "issue {new} {sum} via=link link=L",
    "claim code:{card} P",
    "claim code:{card} Q",
    "news {card} accepted",
    "resend {card}",
    "forward {card} P",
    "dispute {card}",
    "undispute {card}",
    "undispute {card}",
    "issue {new} {sum} via=email",
    "issue {new} {sum} via=email from=S to=P",
    "report link:{card},L scam",
    "report letter:{card},S-P other block",
    "take_again letter:{card},S-P",
    "ban S",
    "unban S",
    "reverse {key}",
    "reverse {key}",
    "reverse {key}",
    "reverse {key}",
    "freeze {card}",
    "unfreeze {card}",
    "unfreeze {card}",
    "replace {card} {card}",
    "replace {card} {new}",
    "extend {card} 1d",
    "extend {card} never",
    "adjust {card} +{sum}",
    "adjust {card} -{sum} for=fraud",
    "update {card} with=k:{sum}",
    "update {card} with= ref={new}",
    "expire {card}",
    "issue {new} {sum}",
    "wait {sum}",
    "wait 900",
    "wait 1d",
];

/// Rare, because it ends the life of a card.
const LAST: &str = "cancel {card}";

fn script() -> impl Strategy<Value = Vec<String>> {
    let line = prop_oneof![60 => prop::sample::select(LINES), 1 => Just(LAST)];
    let template =
        (line, 0..60_usize, 0..130_u32).prop_map(|(line, pick, sum)| Template(line, pick, sum));
    prop::collection::vec(template, 1..40).prop_map(|templates| fill_in(&templates))
}

/// Gives every line its names; each line with a new name is an operation of that name too.
fn fill_in(templates: &[Template]) -> Vec<String> {
    let (mut holds, mut keys) = (vec!["none".to_owned()], vec!["none".to_owned()]);
    let mut lines = Vec::new();
    for (number, Template(line, pick, sum)) in templates.iter().enumerate() {
        let new = format!("n{number}");
        let recent = |names: &[String]| names[names.len().saturating_sub(1 + pick % 6)].clone();
        let mut line = line
            .replace("{card}", CARDS[pick % CARDS.len()])
            .replace("{hold}", &recent(&holds))
            .replace("{key}", &recent(&keys))
            .replace("{new}", &new)
            .replace("{sum}", &sum.to_string());
        if line.starts_with("hold") || line.starts_with("redeem") {
            holds.push(new.clone());
        }
        let keyless = [
            "wait",
            "reverse",
            "secure",
            "withdraw",
            "clawback",
            "restore",
            "dispute",
            "undispute",
        ];
        let is_keyless = keyless.iter().any(|word| line.starts_with(word));
        if !is_keyless && !line.contains("=K") {
            line += &format!(" key={new}");
            keys.push(new);
        }
        lines.push(line);
    }
    lines
}

/// What the holder of a card has, whether expiry was booked or not.
fn worth(world: &World) -> Vec<i64> {
    let worth = |name: &&str| {
        let card = &world.card[&words::card(name)];
        world.account[&account_of(card.id)].balance() + card.expired_value.minor()
    };
    CARDS.iter().map(worth).collect()
}

/// Undoing an accepted operation at once leaves every card with what it had before. One cannot be
/// undone, for no card has it: the refund of what was given away on a card that is canceled.
fn undone_at_once(before: &World, line: &str) -> Result<(), TestCaseError> {
    let Some((_, key)) = line.split_once("key=") else { return Ok(()) };
    let mut world = before.clone();
    if apply(&mut world, line).is_err() {
        return Ok(());
    }
    let no_card_has_it = line.starts_with("refund ") && worth(&world) == worth(before);
    match apply(&mut world, &format!("reverse {key}")) {
        Err(Refusal::Operation(_)) => Ok(()),
        Err(Refusal::GiftCards(giftcards::Refusal::InsufficientBalance { .. }))
            if no_card_has_it =>
        {
            Ok(())
        }
        undone => {
            prop_assert!(matches!(undone, Ok(Some(AnswerRef::Reversal(..)))), "{line}: {undone:?}");
            prop_assert_eq!(worth(&world), worth(before), "{}", line);
            Ok(())
        }
    }
}

/// A card gets back what was clawed back from it and no more: whoever calls that rule knows how
/// much it was.
fn restored_in_bounds(world: &World, line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let ["restore", card, sum] = words[..] else { return line.to_owned() };
    let taken = world.clawed_back.get(&words::card(card)).copied().unwrap_or(0);
    format!("restore {card} {}", taken.min(sum.parse().unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn slow_no_sequence_of_commands_makes_or_loses_money(script in script()) {
        let mut world = World::new();
        for line in OPENING {
            apply(&mut world, line).unwrap();
        }
        for line in &script {
            let line = restored_in_bounds(&world, line);
            undone_at_once(&world, &line)?;
            // Refusals are welcome; the audit after each command is the test.
            let _ = apply(&mut world, &line);
        }
    }
}

#[test]
fn a_refund_that_no_card_takes_cannot_be_undone_and_loses_nothing() {
    let mut world = World::new();
    let script = [
        "adjust C +33 key=n0",
        "redeem n1 C 32 region=US key=n1",
        "cancel C key=n6",
        "refund n7 n1 1 key=n7",
    ];
    for line in OPENING.iter().chain(&script) {
        apply(&mut world, line).unwrap();
    }
    let before = worth(&world);
    let undone = apply(&mut world, "reverse n7");
    let refused = Err(Refusal::GiftCards(giftcards::Refusal::InsufficientBalance {
        available: words::money("0"),
    }));
    assert_eq!(undone.map(|_| ()), refused);
    assert_eq!(worth(&world), before);
}

#[test]
fn the_random_scripts_reach_every_event() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..600 {
        let mut world = World::new();
        let lines = script().new_tree(&mut runner).unwrap().current();
        for line in OPENING.iter().map(|line| (*line).to_owned()).chain(lines) {
            let line = restored_in_bounds(&world, &line);
            let _ = apply(&mut world, &line);
            seen.extend(world.events.iter().copied());
        }
    }
    let missing: Vec<EventKind> = EventKind::all()
        .filter(|kind| matches!(kind, EventKind::GiftCards(_)) && !seen.contains(kind))
        .collect();
    assert_eq!(missing, []);
}
