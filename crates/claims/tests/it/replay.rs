//! Old cases under the same tables, and under others.

use base::{Currency, Instant};
use claims::{Ground, Outcome, PastCase, Rules, Table, Tables, difference, replay};

use crate::rows::{AGREED, HALF, PAID};
use crate::world::{GATE, facts, noon};

fn file(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/claims");
    std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap()
}

/// The standard rules with one more table of unauthorized charges.
fn with(later: &str) -> Rules {
    let names = [
        "gate",
        "technical_error",
        "unauthorized_charge",
        "failure_to_deliver",
        "poor_outcome",
        "other",
    ];
    let texts = names.map(file);
    let mut files: Vec<_> = names.into_iter().zip(texts.iter().map(String::as_str)).collect();
    files.push(("later", later));
    Rules::load(&files, ("messages", &file("messages.en"))).unwrap()
}

fn later(change: impl Fn(&str) -> String) -> String {
    change(&file("unauthorized_charge").replace("2026-01-01", "2027-01-01"))
}

fn case(given: &str) -> PastCase {
    PastCase {
        ground: Ground::UnauthorizedCharge,
        filed_at: noon(),
        currency: Currency::USD,
        facts: facts(&format!("{PAID}{AGREED}{given}")),
    }
}

#[test]
fn the_same_facts_and_tables_give_the_same_bytes() {
    let (once, again) = (Rules::standard(), Rules::standard());
    for given in [format!("{PAID}{HALF}"), format!("{PAID}{AGREED}"), String::new()] {
        for ground in Ground::ALL {
            let facts = facts(&given);
            let decision = once.tables(ground, noon()).decide(&facts, Currency::USD);
            let tables = again.tables(ground, noon());
            let replayed = replay(&facts.to_bytes(), tables, Currency::USD).unwrap();
            assert_eq!(replayed.to_bytes(), decision.to_bytes());
        }
    }
    assert!(replay(&[9], once.tables(Ground::Other, noon()), Currency::USD).is_err());
}

/// Decisions are compared by these bytes with what was stored, so their form never changes.
#[test]
fn a_decision_has_one_form_in_bytes() {
    let gate = Table::load("gate", GATE).unwrap();
    let ground = Table::load("ground", include_str!("golden/ground.toml")).unwrap();
    let tables = Tables { gate: &gate, ground: &ground };
    let given = [
        "spent = 60; unspent = 40; left_refundable = 60; narrowed = true",
        "unspent = 1; left_refundable = 9",
        "window = closed",
    ];
    let bytes = given.map(|text| tables.decide(&facts(text), Currency::USD).to_bytes());
    let text = String::from_utf8(bytes.concat()).unwrap();
    assert_eq!(
        text,
        include_str!("golden/decisions.txt"),
        "stored decisions are compared with these:\n{text}"
    );
}

#[test]
fn a_claim_is_decided_by_the_table_of_the_day_it_was_filed() {
    let rules = with(&later(|text| text.replace("> 30 days", "> 60 days")));
    let row = |at: &str| {
        let tables = rules.tables(Ground::UnauthorizedCharge, Instant::parse(at).unwrap());
        let facts = case("device_age = 40 days").facts;
        tables.decide(&facts, Currency::USD).table.row.as_str().to_owned()
    };
    assert_eq!(row("2025-06-01T00:00:00Z"), "u10");
    assert_eq!(row("2026-12-31T23:59:59.999999Z"), "u10");
    assert_eq!(row("2027-01-01T00:00:00Z"), "u11");
}

#[test]
fn a_version_is_of_what_a_table_says_and_not_how_it_is_written() {
    let standard = Rules::standard();
    let version =
        |rules: &Rules| rules.tables(Ground::UnauthorizedCharge, Instant::MAX).ground.version();
    let written = |change: &dyn Fn(&str) -> String| {
        claims::Table::load("x", &change(&file("unauthorized_charge"))).unwrap().version()
    };
    assert_eq!(written(&str::to_owned), version(&standard));
    assert_eq!(written(&|text| text.replace(" = ", "  =  ")), version(&standard));
    assert_eq!(written(&|text| format!("# New remark\n{text}")), version(&standard));
    assert_ne!(
        written(&|text| text.replace("> 90 days", "> 91 days").replace("<= 90 days", "<= 91 days")),
        version(&standard)
    );
    assert_ne!(written(&|text| text.replace("USD = 20000", "USD = 20001")), version(&standard));
    assert_ne!(written(&|text| text.replace("All else goes", "The rest goes")), version(&standard));
}

#[test]
fn a_changed_table_is_tried_on_old_cases() {
    // From whatever day on it is to be in force.
    let new = later(|text| text.replace("USD = 20000", "USD = 5000"));
    let new = Table::load("new", &new).unwrap();
    let cases = [
        case("authorization = absent; used_later = false"),
        case("authorization = absent; used_later = false; left_refundable = 4000"),
        case(""),
        case("authorization = absent; used_later = false; left_refundable = 6000"),
    ];
    let found = difference(&cases, &Rules::standard(), new);
    assert_eq!((found.cases, found.changed), (4, 2));
    let moves = &found.moves[&(Outcome::Approve, Outcome::Review)];
    assert_eq!((moves.count, moves.examples.as_slice()), (2, [0, 3].as_slice()));
    let money = found.money["USD"];
    assert_eq!((money.before, money.after), (20_000, 4_000));
}
