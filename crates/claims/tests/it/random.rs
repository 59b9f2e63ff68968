//! Random tables against brute force, and random facts against the standard rules.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use base::{Amount, Currency, Span};
use claims::{
    Change, FactName, Facts, Finding, Ground, Kind, Outcome, Rules, Table, Tables, Value,
    WhyUnknown, replay,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{TestCaseError, TestRunner};

use crate::world::{GATE, fact, finding, noon};

/// The facts of random tables, and how many numbers each of them can be here: from 0 on.
const COLUMNS: [(FactName, i64); 4] = [
    (FactName::Narrowed, 2),
    (FactName::Dispute, 4),
    (FactName::RingMarks, 7),
    (FactName::FailedCalls, 5),
];

/// The place of a named value, `ring_marks - failed_calls`, behind those of the facts.
const SPREAD: usize = COLUMNS.len();

/// A test as a set of numbers, with or without "unknown", and as it is written.
#[derive(Clone, Debug)]
struct Test {
    column: usize,
    admits: Vec<Option<i64>>,
    written: String,
}

type Row = Vec<Vec<Test>>;

fn test(column: usize) -> BoxedStrategy<Test> {
    if column == SPREAD { spread_test().boxed() } else { fact_test(column).boxed() }
}

/// A test of the named value `spread`.
fn spread_test() -> impl Strategy<Value = Test> {
    let all = -(COLUMNS[3].1)..=COLUMNS[2].1;
    (0..4_u8, -3..4_i64, any::<bool>()).prop_map(move |(shape, bound, unknown)| {
        let (numbers, mut written): (Vec<i64>, String) = match shape {
            0 => (all.clone().filter(|it| *it < bound).collect(), format!("< {bound}")),
            1 => (all.clone().filter(|it| *it >= bound).collect(), format!(">= {bound}")),
            2 => (vec![bound], bound.to_string()),
            _ => (all.clone().collect(), "known".to_owned()),
        };
        let mut admits: Vec<Option<i64>> = numbers.into_iter().map(Some).collect();
        if unknown {
            admits.push(None);
            written.push_str(" or unknown");
        }
        Test { column: SPREAD, admits, written }
    })
}

fn fact_test(column: usize) -> impl Strategy<Value = Test> {
    let (fact, size) = COLUMNS[column];
    let set = proptest::collection::btree_set(0..size, 1..=2);
    (set, any::<bool>(), 0..5_u8, 0..size, 0..size).prop_map(
        move |(set, unknown, shape, left, right)| {
            let (low, high) = (left.min(right), left.max(right));
            let (mut numbers, mut written): (Vec<i64>, String) = match (fact.kind(), shape) {
                (Kind::Count, 0) => ((0..=high).collect(), format!("<= {high}")),
                // There are larger numbers than those that are tried; they fit as the largest does.
                (Kind::Count, 1) => ((low..size).collect(), format!(">= {low}")),
                (Kind::Count, 2) => ((low..=high).collect(), format!("{low} .. {high}")),
                (_, 3) => ((0..size).collect(), "known".to_owned()),
                (kind, _) => {
                    let show = |number: &i64| match kind {
                        Kind::Flag => (*number == 1).to_string(),
                        Kind::Word(words) => words[usize::try_from(*number).unwrap()].to_owned(),
                        _ => number.to_string(),
                    };
                    let words: Vec<String> = set.iter().map(show).collect();
                    (set.iter().copied().collect(), words.join(" or "))
                }
            };
            // The largest number stands for all above it, so no test may tell them apart.
            if let Kind::Count = fact.kind()
                && numbers.contains(&(size - 1))
                && !written.starts_with(">=")
                && written != "known"
            {
                numbers.retain(|number| *number < size - 1);
                written = match numbers.as_slice() {
                    [] => {
                        numbers = vec![0];
                        "0".to_owned()
                    }
                    some => some.iter().map(i64::to_string).collect::<Vec<_>>().join(" or "),
                };
            }
            let mut admits: Vec<Option<i64>> = numbers.into_iter().map(Some).collect();
            if unknown {
                admits.push(None);
                written.push_str(" or unknown");
            }
            Test { column, admits, written }
        },
    )
}

/// A row that tests one of these lists of columns.
fn row(columns: Vec<Vec<usize>>) -> impl Strategy<Value = Row> {
    let tests = select(columns);
    let alternative = tests.prop_flat_map(|it| it.into_iter().map(test).collect::<Vec<_>>());
    proptest::collection::vec(alternative, 1..=2)
}

/// Every combination of the facts.
fn combinations() -> Vec<Vec<Option<i64>>> {
    let mut all = vec![Vec::new()];
    for (_, size) in COLUMNS {
        let values = || (0..size).map(Some).chain([None]);
        let longer = |point: &Vec<Option<i64>>| {
            let point = point.clone();
            values().map(move |value| [point.clone(), vec![value]].concat()).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    for point in &mut all {
        let spread = point[2].zip(point[3]).map(|(marks, calls)| marks - calls);
        point.push(spread);
    }
    all
}

fn fits(row: &Row, point: &[Option<i64>]) -> bool {
    row.iter().any(|tests| tests.iter().all(|test| test.admits.contains(&point[test.column])))
}

fn written(rows: &[Row], over: &[Vec<usize>]) -> String {
    let mut text = "name = \"random\"\nground = \"other\"\neffective_from = 2026-01-01\n\
         [let]\nspread = \"ring_marks - failed_calls\"\n"
        .to_owned();
    let mut push = |place: usize, when: String, over: &[usize]| {
        let over: Vec<String> = over.iter().map(|later| format!("\"r{later}\"")).collect();
        text.push_str(&format!(
            "[[row]]\nid = \"r{place}\"\ncode = \"c\"\nsays = \"A row.\"\nwhen = {when}\n\
             outcome = \"review\"\nover = [{}]\n",
            over.join(", ")
        ));
    };
    for (place, row) in rows.iter().enumerate() {
        let alternative = |tests: &Vec<Test>| {
            let test = |test: &Test| {
                let name = COLUMNS.get(test.column).map_or("spread", |(fact, _)| fact.as_str());
                format!("{name} = \"{}\"", test.written)
            };
            format!("{{ {} }}", tests.iter().map(test).collect::<Vec<_>>().join(", "))
        };
        let when = row.iter().map(alternative).collect::<Vec<_>>().join(", ");
        push(place, format!("[{when}]"), &over[place]);
    }
    text
}

fn facts_of(point: &[Option<i64>]) -> Facts {
    let mut facts = Facts::new();
    for ((name, _), number) in COLUMNS.into_iter().zip(point) {
        let finding = match number {
            None => Finding::Unknown(WhyUnknown::NotRecorded),
            Some(number) => Finding::Known(value(name, *number)),
        };
        facts.tell(fact(name, finding)).unwrap();
    }
    facts
}

fn value(name: FactName, number: i64) -> Value {
    match name.kind() {
        Kind::Flag => Value::Flag(number != 0),
        Kind::Count => Value::Count(number.unsigned_abs()),
        Kind::Money => Value::Money(Amount::new(number).unwrap()),
        Kind::Span => Value::Span(Span::from_micros(number.unsigned_abs())),
        Kind::Word(words) => Value::Word(words[usize::try_from(number).unwrap() % words.len()]),
    }
}

/// What is wrong with a table, found by trying every combination.
fn is_sound(rows: &[Row], over: &[Vec<usize>], points: &[Vec<Option<i64>>]) -> bool {
    let fitting = |point: &Vec<Option<i64>>| -> Vec<usize> {
        (0..rows.len()).filter(|place| fits(&rows[*place], point)).collect()
    };
    let fitting: Vec<Vec<usize>> = points.iter().map(fitting).collect();
    let has_no_gap = fitting.iter().all(|rows| !rows.is_empty());
    let all_decide = (0..rows.len()).all(|row| fitting.iter().any(|it| it.first() == Some(&row)));
    let overlaps_are_told = (0..rows.len()).all(|upper| {
        (upper + 1..rows.len()).all(|lower| {
            let both = fitting.iter().any(|it| it.contains(&upper) && it.contains(&lower));
            both == over[upper].contains(&lower)
        })
    });
    has_no_gap && all_decide && overlaps_are_told
}

/// The overlaps as they are, with a last row for all else when asked for.
fn overlaps(rows: &[Row], points: &[Vec<Option<i64>>]) -> Vec<Vec<usize>> {
    let both = |upper: usize, lower: usize| {
        points.iter().any(|point| fits(&rows[upper], point) && fits(&rows[lower], point))
    };
    (0..rows.len())
        .map(|upper| (upper + 1..rows.len()).filter(|lower| both(upper, *lower)).collect())
        .collect()
}

/// Whether each combination is decided by the first row that fits.
fn decides_as_brute_force(table: &Table, rows: &[Row], points: &[Vec<Option<i64>>]) -> bool {
    let gate = Table::load("gate", GATE).unwrap();
    let tables = Tables { gate: &gate, ground: table };
    points.iter().all(|point| {
        let decision = tables.decide(&facts_of(point), Currency::USD);
        let first = rows.iter().position(|row| fits(row, point)).unwrap();
        decision.table.row.as_str() == format!("r{first}")
    })
}

/// Runs a check on many random inputs, and counts how often it said yes and no.
fn run<S: Strategy>(
    cases: u32,
    strategy: S,
    check: impl Fn(S::Value) -> Result<bool, TestCaseError>,
) -> (u32, u32) {
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    TestRunner::new(ProptestConfig::with_cases(cases))
        .run(&strategy, |input| {
            let count = if check(input)? { &accepted } else { &refused };
            count.set(count.get() + 1);
            Ok(())
        })
        .unwrap();
    (accepted.get(), refused.get())
}

/// A table is accepted if, and only if, brute force finds nothing wrong with it; then each
/// combination is decided by the first row that fits.
#[test]
fn a_table_is_accepted_when_brute_force_finds_nothing_wrong() {
    let points = combinations();
    let columns = vec![vec![0], vec![1], vec![2], vec![0, 2], vec![1, 3], vec![0, 1, 2, 3]];
    let flips = proptest::collection::vec((0..5_usize, 0..5_usize), 0..2);
    let rows = proptest::collection::vec(row(columns), 1..5);
    let (accepted, refused) = run(250, (rows, any::<bool>(), flips), |(mut rows, last, flips)| {
        if last {
            rows.push(vec![Vec::new()]);
        }
        let mut over = overlaps(&rows, &points);
        for (upper, lower) in flips.into_iter().filter(|(upper, lower)| upper < lower) {
            if lower < rows.len() {
                let told = &mut over[upper];
                let before = told.len();
                told.retain(|place| *place != lower);
                if told.len() == before {
                    told.push(lower);
                }
            }
        }
        let text = written(&rows, &over);
        let loaded = Table::load("random", &text);
        prop_assert_eq!(loaded.is_ok(), is_sound(&rows, &over, &points), "{:?}\n{}", loaded, text);
        if let Ok(table) = &loaded {
            prop_assert!(decides_as_brute_force(table, &rows, &points), "{}", text);
        }
        Ok(loaded.is_ok())
    });
    assert!(accepted > 30 && refused > 30, "{accepted} accepted, {refused} refused");
}

/// Named values are taken to be free where they are known, so a sound table may be refused; one
/// that is accepted is sound.
#[test]
fn an_accepted_table_with_a_named_value_has_neither_gap_nor_untold_overlap() {
    let points = combinations();
    let columns = vec![vec![SPREAD], vec![SPREAD, 2], vec![0, SPREAD], vec![2], vec![3, SPREAD]];
    let rows = proptest::collection::vec(row(columns), 1..4);
    let (accepted, refused) = run(250, (rows, any::<bool>()), |(mut rows, last)| {
        if last {
            rows.push(vec![Vec::new()]);
        }
        let over = overlaps(&rows, &points);
        let text = written(&rows, &over);
        let Ok(table) = Table::load("random", &text) else { return Ok(false) };
        let some_row_fits = |point: &Vec<_>| rows.iter().any(|row| fits(row, point));
        prop_assert!(points.iter().all(some_row_fits), "{}", text);
        prop_assert!(decides_as_brute_force(&table, &rows, &points), "{}", text);
        Ok(true)
    });
    assert!(accepted > 20 && refused > 20, "{accepted} accepted, {refused} refused");
}

/// Any finding of a fact; numbers are near those that the tables compare with, or anything.
fn any_finding(name: FactName) -> BoxedStrategy<Finding> {
    const DAY: i64 = 86_400_000_000;
    let number = match name.kind() {
        Kind::Flag => (0..2_i64).boxed(),
        Kind::Word(words) => (0..i64::try_from(words.len()).unwrap()).boxed(),
        Kind::Count => prop_oneof![0..4_i64, 0..1_500_i64, Just(i64::MAX)].boxed(),
        Kind::Money => prop_oneof![Just(0), 0..25_000_i64, Just(i64::MAX)].boxed(),
        Kind::Span => prop_oneof![(0..100_i64).prop_map(|days| days * DAY), Just(i64::MAX)].boxed(),
    };
    prop_oneof![
        9 => number.prop_map(move |number| Finding::Known(value(name, number))),
        1 => select(WhyUnknown::ALL.to_vec()).prop_map(Finding::Unknown),
    ]
    .boxed()
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let all: Vec<_> =
        FactName::ALL.iter().map(|name| (any_finding(*name), 0..20_u8, Just(*name))).collect();
    all.prop_map(|found| {
        let mut facts = Facts::new();
        for (finding, luck, name) in found {
            // Most claims pass the gate, and one fact in twenty was not looked for.
            let finding = match (name, luck) {
                (FactName::Dispute, 2..) => Finding::Known(Value::Word("none")),
                (FactName::SameClaim, 2..) => Finding::Known(Value::Word("none")),
                (FactName::Window, 2..) => Finding::Known(Value::Word("open")),
                (FactName::RingMarks | FactName::EarlierClaims, 2..) => {
                    Finding::Known(Value::Count(0))
                }
                _ => finding,
            };
            if luck != 19 {
                facts.tell(fact(name, finding)).unwrap();
            }
        }
        facts
    })
}

/// Whether facts that are changed as told lead to the row that was told. True for changes that
/// are not told in facts, or not in flags, words and counts.
fn leads_there(facts: &Facts, change: &Change, tables: Tables) -> bool {
    let Some(row) = &change.row else { return true };
    let mut changed = BTreeMap::new();
    for needed in &change.needed {
        let Some(name) = needed.fact else { return true };
        let words = needed.words(Currency::USD);
        let first = match words.split(" or ").next().unwrap() {
            "yes" => "true",
            "no" => "false",
            "above 0" => "1",
            other => other.trim_start_matches("at least ").trim_start_matches("at most "),
        };
        let is_money = matches!(name.kind(), Kind::Money | Kind::Span);
        if is_money || first == "known" || first.contains(' ') {
            return true;
        }
        changed.insert(name, finding(name, first));
    }
    let mut other = Facts::new();
    for name in FactName::ALL {
        let found = changed.get(name).copied().or(facts.get(*name).map(|fact| fact.finding));
        found.into_iter().for_each(|found| other.tell(fact(*name, found)).unwrap());
    }
    tables.decide(&other, Currency::USD).table.row == *row
}

/// Whether the fact is something on record, said a second time.
fn is_on_record(facts: &Facts, name: FactName) -> bool {
    match facts.get(name).map(|fact| fact.finding) {
        Some(Finding::Known(Value::Flag(is_so))) => is_so,
        Some(Finding::Known(Value::Count(count))) => count > 0,
        Some(Finding::Known(Value::Money(amount))) => !amount.is_zero(),
        Some(Finding::Known(Value::Span(span))) => span != Span::MAX,
        Some(Finding::Known(Value::Word(word))) => !name.absent_words().contains(&word),
        Some(Finding::Unknown(_)) | None => false,
    }
}

#[test]
fn any_facts_are_decided_and_never_paid_too_much() {
    let rules = Rules::standard();
    let mut seen: BTreeMap<Outcome, u32> = BTreeMap::new();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(1_500));
    let counted = RefCell::new(&mut seen);
    runner
        .run(&(any_facts(), select(Ground::ALL.to_vec())), |(facts, ground)| {
            let tables = rules.tables(ground, noon());
            let decision = tables.decide(&facts, Currency::USD);
            *counted.borrow_mut().entry(decision.outcome).or_default() += 1;
            let left = match facts.get(FactName::LeftRefundable).map(|fact| fact.finding) {
                Some(Finding::Known(Value::Money(left))) => left,
                _ => Amount::ZERO,
            };
            prop_assert!(decision.amount <= left);
            let comes_back = !decision.amount.is_zero() || !decision.elsewhere.is_zero();
            prop_assert_eq!(comes_back, decision.outcome.pays());
            prop_assert_eq!(decision.automated, decision.outcome != Outcome::Review);
            prop_assert!((1..=4).contains(&decision.reasons.len()));
            if decision.outcome == Outcome::Deny {
                let mut used = decision.facts_used.iter();
                prop_assert!(used.any(|name| is_on_record(&facts, *name)), "{:?}", decision);
            }
            for change in &decision.would_change {
                prop_assert!(leads_there(&facts, change, tables), "{:?}", change);
            }
            let again = replay(&facts.to_bytes(), tables, Currency::USD).unwrap();
            prop_assert_eq!(again.to_bytes(), decision.to_bytes());
            Ok(())
        })
        .unwrap();
    for outcome in Outcome::ALL {
        assert!(seen.contains_key(&outcome), "{outcome:?} never came up: {seen:?}");
    }
}
